"""Files made with keys of one's own, each with the answer that the specification calls for.

usage: python3 cases.py FOLDER   writes one vector a case, in the form of tests/vectors/verdicts"""
import importlib
import pathlib
import sys

from forge import Member, Record, clause, text_of

T = 1_772_496_000
GOOD, BAD, UNSURE, REFUSED = "authentic", "not authentic", "cannot tell", "trust refused"
CASES = []
MODULES = ("rosters_cases", "documents_cases", "log_cases", "open_cases", "hand_over_cases", "edges")


def case(verdict, check=None):
    def keep(function):
        CASES.append((function.__name__, function.__doc__, verdict, check, function))
        return function
    return keep


class Talks:
    """Agnes (no side), North and South, a charter, and one understanding of two clauses."""

    def __init__(self, **options):
        extra, north = options.pop("extra", ()), options.pop("north", Member)
        borrowed = options.pop("principal_1", None)
        self.record = Record(**options)
        if borrowed:
            self.record.principals[1].public = borrowed
        origin = self.record.origin
        self.agnes = Member(origin, "agnes", 0, "intermediary", "explore")
        self.north, self.south = north(origin, "north", 1), Member(origin, "south", 2)
        self.extra = [Member(origin, *each) for each in extra]
        self.record.charter([self.agnes, self.north, self.south] + self.extra)
        self.stamps = [(self.north, T), (self.south, T + 5)]
        self.both = [(self.north, "binds"), (self.south, "binds")]

    def agree(self, clauses=None, properties=None, signers=None, **other):
        clauses = clauses or [clause("1", "Fire stops."), clause("2", "Roads open.")]
        return self.record.understanding(signers or self.both, clauses, properties, **other)

    def show(self, *shown, stamps=None, rosters=(), trust=(), **changes):
        """Each of `shown` is an entry and the names of what is opened, or a made ENTRY."""
        size = len(self.record.entries)
        entries = [each if isinstance(each, dict) else
                   self.record.shown(each[0], each[1:], size, (size, stamps or self.stamps)) for each in shown]
        file = self.record.file(entries, stamps or self.stamps, rosters) | changes
        return file, self.record.trust(*trust)


def succeeded(talks, stamps=None, signers=None, kind="succession", members=None, record_at=None, **other):
    """A succession of North's delegate, and its ENTRY maker for the size at the end."""
    record = talks.record
    heir = Member(record.origin, "north-2", 1)
    members = members(heir) if members else [talks.agnes, heir, talks.south]
    entry = record.next_roster(kind, signers or [(record.principals[1], "binds")], members, **other)
    talks.heir, size_then = heir, len(record.entries)
    talks.later = [(heir, T + 9), (talks.south, T + 10)]
    return entry, lambda: record.shown(entry, ["roster"], len(record.entries),
                                       (record_at or size_then, stamps or [(talks.north, T + 6), (talks.south, T + 7), (heir, T + 8)]))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for module in MODULES:
        importlib.import_module(module)
    for name, about, verdict, check, make in CASES:
        file, trust = make()
        text = file if isinstance(file, str) else text_of(file)
        vector = {"about": about, "check": check, "file": text, "trust": trust, "verdict": verdict}
        (folder / f"{name.replace('_', '-')}.json").write_text(text_of(vector) + "\n", encoding="utf-8")


if __name__ == "__main__":
    from cases import main as once  # so that the modules add to the one list

    once()
