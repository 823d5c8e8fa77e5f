"""The patches, each of which takes out one defence: ID.patch, or ID-part.patch, with two lines of header."""
import hashlib
import re

PACKAGES = {  # in the order in which they depend on each other
    "entente-log": "crates/log",
    "entente-record": "crates/record",
    "entente-wire": "crates/wire",
    "entente-channel": "crates/channel",
    "entente-store": "crates/store",
    "entente-relay": "relay",
    "entente-client": "client",
    "entente-tests": "tests",
}


class Patch:
    def __init__(self, path):
        text = path.read_text(encoding="utf-8")
        self.path, self.name = path, path.stem
        self.package = re.match(r"Package: (.+)", text)[1]
        self.defence = re.search(r"^Defence: (.+)", text, re.M)[1]
        self.touched = re.findall(r"^\+\+\+ b/(.+)", text, re.M)
        # r17_ for R17 and R17-record: what its tests' names begin with.
        self.stem = self.name.split("-")[0].lower() + "_"

    def order(self):
        """Patches of one package together, and in it those that have the same crates built anew."""
        folders = list(PACKAGES.values())
        crates = sorted({i for i, folder in enumerate(folders) for file in self.touched if file.startswith(folder + "/")})
        return list(PACKAGES).index(self.package), crates, self.name

    def sources(self, copy):
        """The files of its package that hold tests of its attack."""
        paths = sorted((copy / PACKAGES[self.package]).rglob("*.rs"))
        return [path for path in paths if f"fn {self.stem}" in path.read_text(encoding="utf-8")]

    def targets(self, copy):
        """The test binaries that these files belong to, as cargo's arguments."""
        package, targets = copy / PACKAGES[self.package], set()
        for path in self.sources(copy):
            folder, *rest = path.relative_to(package).parts
            if folder == "tests":
                targets.add(f"--test {self.binary(package / folder, rest[0].removesuffix('.rs'))}")
            else:
                targets.add("--lib" if folder == "src" else f"--test {folder}")
        return targets

    @staticmethod
    def binary(tests, name):
        """The test binary that a module belongs to: its own, or the one that declares it."""
        if (tests / f"{name}.rs").exists() or (tests / name / "main.rs").exists():
            return name
        declares = re.compile(rf"^mod {name};", re.M)
        return next(path.stem for path in sorted(tests.glob("*.rs")) if declares.search(path.read_text(encoding="utf-8")))

    def state(self, copy):
        """Changes when the patch, what it touches or the source of its tests changes."""
        sources = [*self.sources(copy), *sorted(copy / file for file in self.touched)]
        digest = hashlib.sha256(self.path.read_bytes())
        for source in sources:
            digest.update(source.read_bytes())
        return digest.hexdigest()
