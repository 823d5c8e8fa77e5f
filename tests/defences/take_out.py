"""Takes out one defence after another; see `run` beside it.

First all tests that are wanted must pass as the project stands; a package is built once for that. Then, patch by
patch, only the test binaries that hold its tests are built again, and one of these tests must fail. A patch that
does not apply or build, tests that hang or end their process, and tests that all pass are each said by name:
none of them counts as a fall."""
import fcntl
import json
import os
import pathlib
import sys
import time

from outcomes import FELL, NOT_BUILT, STANDS, Workshop
from patches import Patch

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def main():
    words = sys.argv[1:]
    patches = sorted((Patch(path) for path in HERE.glob("*.patch")), key=Patch.order)
    wanted = [word for word in words if word != "--changed"]
    for word in wanted:
        if word not in {patch.name for patch in patches}:
            sys.exit(f"no tests/defences/{word}.patch")
    if wanted:
        patches = [patch for patch in patches if patch.name in wanted]
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
    place = target / "defences"
    place.mkdir(parents=True, exist_ok=True)
    with open(place / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        workshop = Workshop(ROOT, place)
        workshop.take_over(target)
        Run(workshop, patches, "--changed" in words).go()


class Run:
    def __init__(self, workshop, patches, changed):
        self.workshop, self.results = workshop, workshop.place / "results.json"
        self.known = json.loads(self.results.read_text()) if self.results.exists() else {}
        self.states = {patch.name: patch.state(workshop.copy) for patch in patches}
        as_before = {name for name, state in self.states.items() if self.known.get(name) == [FELL, state]}
        self.patches = [patch for patch in patches if not (changed and patch.name in as_before)]
        self.left_out = len(patches) - len(self.patches)

    def go(self):
        began, fell = time.monotonic(), 0
        try:
            for package in dict.fromkeys(patch.package for patch in self.patches):
                patches = [patch for patch in self.patches if patch.package == package]
                before = self.baseline(package, patches)
                for patch in patches:
                    fell += self.take_out(patch, before[patch.name])
        finally:
            self.workshop.restore()
        minutes = (time.monotonic() - began) / 60
        rest = f", {self.left_out} as before" if self.left_out else ""
        print(f"{fell} of {len(self.patches)} fall without their defence{rest}; {minutes:.0f} minutes")
        sys.exit(fell != len(self.patches))

    def baseline(self, package, patches):
        """What came of the tests of each patch as the project stands."""
        targets = {patch.name: patch.targets(self.workshop.copy) for patch in patches}
        with open(self.workshop.place / f"{package}.log", "w", encoding="utf-8") as log:
            binaries = self.workshop.tests(package, set().union(*targets.values()), log)
            if binaries is None:
                return dict.fromkeys(targets, NOT_BUILT)
            return {patch.name: self.outcome(patch, targets[patch.name], binaries, log)[0] for patch in patches}

    def outcome(self, patch, targets, binaries, log):
        here = [binary for target, binary in binaries.items() if target in targets]
        return self.workshop.outcome(patch.package, patch.stem, here, log)

    def take_out(self, patch, before):
        """Whether tests fall; prints and keeps what came of it."""
        began, failed = time.monotonic(), []
        if before != STANDS:
            outcome = f"before the patch: {before}"
        elif not self.workshop.apply(patch):
            outcome = "does not apply"
        else:
            targets = patch.targets(self.workshop.copy)
            with open(self.workshop.place / f"{patch.name}.log", "w", encoding="utf-8") as log:
                binaries = self.workshop.tests(patch.package, targets, log)
                outcome = NOT_BUILT
                if binaries is not None:
                    outcome, failed = self.outcome(patch, targets, binaries, log)
            self.workshop.restore()
        seconds = time.monotonic() - began
        print(f"{patch.name:12} {outcome:15} {seconds:4.0f} s  {patch.package:16} {patch.defence}", flush=True)
        for name in failed:
            print(f"{'':12} {name}", flush=True)
        self.known[patch.name] = [outcome, self.states[patch.name]]
        self.results.write_text(json.dumps(self.known, indent=1))
        return outcome == FELL


if __name__ == "__main__":
    main()
