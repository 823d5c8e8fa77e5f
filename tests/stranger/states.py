"""What became of understandings: check R-13, in the order of its row (docs/record.md section 15)."""
from canonical import Malformed
from disclosure import need
from kinds import KINDS, SILENT, about, awaited, bound, finding
from tree import included

PASSING = ("disputed", "suspended", "unconfirmed")


class States:
    """Looks at all entries of a file; raises at the first that does not fit."""

    def __init__(self, file, leaves, under):
        self.file, self.under = file, under
        self.neighbours(leaves)
        for entry in file.rosters:
            with under("R-13", entry.index):
                need(entry.leaf.before[0] == entry.leaf.after[0], "a roster that changes the state's size")
        for entry in file.entries:
            with under("R-13", entry.index):
                self.entry(entry)
        self.over_all()

    def neighbours(self, leaves):
        for index, leaf in leaves.items():
            follower = leaves.get(index + 1)
            with self.under("R-13", index + 1):
                need(not follower or follower.before == leaf.after, "a state that does not follow")

    def entry(self, entry):
        payload, size = entry.payload, self.file.checkpoint.size
        self.move(entry)
        entry.about, entry.finding = about(entry.presentation), finding(entry.presentation)
        if entry.about:
            self.target(entry)
        makes = payload.kind == "understanding"
        need((entry.state is not None) == (makes or entry.about is not None), "a state where none is due, or none where one is")
        if entry.state is None:
            return
        item, at = entry.state.item, self.file.last.after
        entry.item = payload.id if makes else bytes.fromhex(entry.about.item)
        need(included(item.hash, entry.state.slot, at[0], entry.state.path, at[1]), "not in the state at the end")
        need(item.item == entry.item, "another understanding's state")
        need(("signed", None) in item.flags, "not signed")
        need(entry.index <= item.latest < size, "another latest entry")
        if makes:
            began = beginning(payload)
            for flag in item.flags:
                fits = flag in began if flag[0] == "unconfirmed" else flag[1] is None or flag[1] < len(payload.clauses)
                need(fits, "a flag that cannot be")
            need(item.latest != entry.index or item.flags == began, "flags that nothing set")

    @staticmethod
    def move(entry):
        """What the entry's leaf does to the state is what its kind does."""
        kind, before, after = entry.payload.kind, entry.leaf.before, entry.leaf.after
        if kind == "charter":
            return
        grown = after[0] - before[0]
        need(grown == (1 if kind == "understanding" else 0), "the state grows, or does not, against the kind")
        need(kind not in SILENT or before == after, "an entry that changes the state")
        if entry.state and kind == "understanding":
            need(entry.state.slot == before[0], "another slot than the new one")
        elif entry.state and kind not in SILENT:
            need(entry.state.slot < before[0], "a slot that was not there")

    def target(self, entry):
        need(entry.about.index < entry.index, "about what was not yet")
        for other in self.file.entries:
            if other.index == entry.about.index:
                need(other.payload.kind == "understanding", "about what is no understanding")
                need(other.payload.id.hex() == entry.about.item, "about another")
                need(all(slot < len(other.payload.clauses) for slot in entry.about.clauses), "about clauses that are not there")

    def over_all(self):
        entries = self.file.entries
        for entry in entries:
            if entry.about and (entry.payload.kind == "understanding" or KINDS[entry.payload.kind].when != "always"):
                ended = [other for other in entries if other.about and other.index < entry.index and other.about.item == entry.about.item
                         and other.payload.kind in ("termination", "understanding")]
                with self.under("R-13", entry.index):
                    need(not ended, "about what had ended")
        for item in [entry.state.item for entry in entries if entry.state]:
            for entry in entries:
                with self.under("R-13", entry.index):
                    self.fits(item, entry)

    @staticmethod
    def fits(item, entry):
        """A state leaf, and an entry that may be about its understanding."""
        payload, set_ = entry.payload, []
        own = payload.kind == "understanding" and payload.id == item.item
        other = entry.about is not None and entry.about.item == item.item.hex()
        if own:
            set_ += beginning(payload)
        if other:
            set_ += flags_set(entry)
        if not own and not other:
            return
        last = item.latest == entry.index
        need(item.latest >= entry.index, "a latest entry before this")
        need(all(flag in item.flags for flag in set_ if last or flag[0] not in PASSING), "a flag is missing")
        need(not (last and other and any(cleared(entry, flag) for flag in item.flags)), "a flag that was cleared")


def beginning(payload):
    return [("signed", None)] + [("unconfirmed", party) for party in sorted(awaited(payload))]


def flags_set(entry):
    kind = entry.payload.kind
    name = {"report": entry.finding and f"reported-{entry.finding.says}", "understanding": "superseded"}.get(kind, KINDS[kind].sets)
    return [(name, slot) for slot in entry.about.clauses or [None]] if name else []


def cleared(entry, flag):
    name, slot = flag
    if name != ("disputed" if entry.about.settles else KINDS[entry.payload.kind].clears):
        return False
    if name == "unconfirmed":
        return slot in bound(entry.payload)
    return not entry.about.clauses or slot in entry.about.clauses


def about_if_any(presentation):
    """The same as `about`, and None for what R-13 will refuse."""
    try:
        return about(presentation)
    except Malformed:
        return None


def dissents(presentation):
    """The slots of a report's dissents, none if R-13 will refuse its finding."""
    try:
        found = finding(presentation)
    except Malformed:
        return []
    return found.dissents if found else []
