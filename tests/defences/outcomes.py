"""Builds a package's tests in a folder apart, runs those of one attack, and says what came of it."""
import json
import os
import re
import shutil
import subprocess

from patches import PACKAGES

PATIENCE = 300  # seconds for the tests of one attack in one binary
FELL, STANDS, NO_TEST = "falls", "stands", "no test"
NOT_BUILT, HANGS, ABORTS = "does not build", "hangs", "aborts"


class Workshop:
    """A copy of the project and a build of its own."""

    def __init__(self, root, place):
        self.root, self.place = root, place
        self.copy, self.build = place / "copy", place / "build"
        # Our crates are built quickly rather than well, and again in part; all others as ever.
        self.settings = [f"--config=profile.release.package.{name}.opt-level=1" for name in PACKAGES]
        self.environment = {
            **os.environ, "CARGO_TARGET_DIR": str(self.build), "CARGO_INCREMENTAL": "1", "INSTA_UPDATE": "no",
        }

    def take_over(self, target):
        """The last commit, and what others wrote from the project's own build, if there is one."""
        if not (self.copy / ".git").is_dir():
            self.git("clone", "--quiet", "--shared", "--no-checkout", self.root, self.copy, of=self.root)
        self.git("fetch", "--quiet", self.root, "HEAD")
        self.git("checkout", "--quiet", "--force", "--detach", "FETCH_HEAD")
        if not self.build.is_dir() and (target / "release/.fingerprint").is_dir():
            ours = shutil.ignore_patterns("*entente*", "incremental")
            for part in (".fingerprint", "build", "deps"):
                shutil.copytree(target / "release" / part, self.build / "release" / part, symlinks=True, ignore=ours)

    def git(self, *arguments, of=None):
        subprocess.run(["git", "-C", of or self.copy, *arguments], check=True)

    def apply(self, patch):
        return subprocess.run(["git", "-C", self.copy, "apply", patch.path], stderr=subprocess.DEVNULL).returncode == 0

    def restore(self):
        self.git("checkout", "--quiet", "--force", ".")

    def cargo(self, log, *arguments):
        """Runs cargo; its messages, or nothing if it failed."""
        command = ["cargo", *arguments, "--release", "--locked", "--message-format=json-render-diagnostics"]
        ran = subprocess.run(
            command + self.settings, cwd=self.copy, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
        return None if ran.returncode else [json.loads(line) for line in ran.stdout.splitlines() if line[:1] == "{"]

    def tests(self, package, targets, log):
        """The test binaries of these targets (`--lib`, `--test attacks`); nothing if they do not build."""
        if package == "entente-tests" and self.cargo(log, "build", "--workspace", "--bins") is None:
            return None
        messages = self.cargo(log, "test", "--no-run", "-p", package, *" ".join(sorted(targets)).split())
        if messages is None:
            return None
        binaries = {}
        for message in messages:
            if message["reason"] == "compiler-artifact" and message["executable"] and message["profile"]["test"]:
                kind, name = message["target"]["kind"][0], message["target"]["name"]
                binaries[f"--test {name}" if kind == "test" else "--lib"] = message["executable"]
        return binaries

    def ask(self, package, binary, *arguments):
        folder = self.copy / PACKAGES[package]
        environment = {**self.environment, "CARGO_MANIFEST_DIR": str(folder)}
        return subprocess.run(
            [binary, *arguments], cwd=folder, env=environment, timeout=PATIENCE, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )

    def outcome(self, package, stem, binaries, log):
        """What came of the tests whose names begin with `stem`, and the names of those that failed."""
        passed, failed = [], []
        for binary in binaries:
            try:
                ran = self.ask(package, binary, stem)
            except subprocess.TimeoutExpired:
                return HANGS, []
            log.write(ran.stdout)
            if "test result: " not in ran.stdout:
                return ABORTS, []
            for name, result in re.findall(r"^test (\S+)(?: - should panic)? \.\.\. (ok|FAILED)$", ran.stdout, re.M):
                if name.split("::")[-1].startswith(stem):
                    (passed if result == "ok" else failed).append(name)
        if failed:
            return FELL, failed
        return (STANDS if passed else NO_TEST), []
