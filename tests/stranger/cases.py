"""Files made with keys of one's own, each with the answer that the specification calls for.

usage: python3 cases.py FOLDER   writes one vector a case, in the form of tests/vectors/verdicts"""
import copy
import json
import pathlib
import sys

from canonical import base64url
from forge import Member, Pair, Principal, Record, clause, root_of, text_of
from tree import EMPTY, leaf_hash

T = 1_772_496_000
GOOD, BAD, UNSURE = "authentic", "not authentic", "cannot tell"
CASES = []


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


# What must be authentic.

@case(GOOD)
def whole_life():
    """An understanding, its amendment, a succession with one other side's stamp, a statement after it."""
    t = Talks()
    u = t.agree(properties={"parties": {"1": "North", "2": "South"}})
    m = t.record.amendment(t.both, u, [clause("1", "Fire stops at six.")])
    _, shown = succeeded(t)
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "We have said so.")])
    return t.show((u, "1", "parties"), (m, "1", "amends"), (s, "1"), stamps=t.later, rosters=[shown()])


@case(GOOD)
def charter_shown():
    """The charter itself among the entries."""
    t = Talks()
    return t.show((t.record.entries[0], "1", "roster"))


@case(GOOD)
def admission():
    """A third member admitted by both sides signs."""
    t = Talks()
    _, shown = succeeded(t, signers=t.both, kind="admission", members=lambda heir: [t.agnes, t.north, t.south, heir])
    u = t.agree(signers=[(t.heir, "binds"), (t.south, "binds")])
    return t.show((u, "1"), stamps=t.later, rosters=[shown()])


@case(GOOD)
def removal():
    """A second delegate removed by both sides."""
    t = Talks(extra=[("north-b", 1)])
    _, shown = succeeded(t, signers=t.both, kind="removal", members=lambda _: [t.agnes, t.north, t.south])
    u = t.agree()
    return t.show((u, "1"), rosters=[shown()])


# Anchors.

@case(BAD, "R-02")
def another_principal():
    """The reader knows another principal of side 1."""
    t = Talks()
    return t.show((t.agree(), "1"), trust=[f"principal 1 {base64url(Principal('other', 1).public)}"])


@case(BAD, "R-02")
def principal_of_no_side():
    """The reader has a principal for a side that the record does not have."""
    t = Talks()
    return t.show((t.agree(), "1"), trust=[f"principal 3 {base64url(Principal('other', 3).public)}"])


@case(BAD, "R-02")
def another_log():
    """The reader knows another log."""
    t = Talks()
    return t.show((t.agree(), "1"), trust=["log " + Pair("other").vkey(t.record.origin, 1)[0], "quorum none"])


@case(UNSURE)
def witness_absent():
    """The reader's policy asks for a witness that has not stamped."""
    t = Talks()
    witness = Member("entente/elsewhere", "witness", 0)
    return t.show((t.agree(), "1"), trust=[f"log {t.record.log_vkey}", f"witness w {witness.vkey}", "quorum w"])


@case(GOOD)
def witness_present():
    """The reader's policy asks for a witness that has stamped."""
    t = Talks()
    witness = Member("entente/elsewhere", "witness", 0)
    u = t.agree()
    file, trust = t.show((u, "1"), trust=[f"log {t.record.log_vkey}", f"witness w {witness.vkey}", "quorum w"])
    return file | {"checkpoint": t.record.checkpoint(2, t.stamps + [(witness, T)])}, trust


# The charter and rosters.

@case(BAD, "R-03")
def charter_state():
    """The charter's leaf stands on a state that is not empty."""
    t = Talks()
    file, _ = t.show((t.agree(), "1"))
    leaf = file["charter"]["leaf"].replace("before 0 e3b0", "before 1 e3b0")
    file["charter"]["leaf"] = leaf
    return file, f"record {leaf_hash(leaf.encode()).hex()}\n"


@case(BAD, "R-05")
def roster_not_shown():
    """A succession that keeps its roster to itself."""
    t = Talks()
    entry, shown = succeeded(t)
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    bare = t.record.shown(entry, [], 3, (2, t.stamps + [(t.heir, T)]))
    return t.show((s, "1"), stamps=t.later, rosters=[bare])


@case(BAD, "R-05")
def two_changes():
    """A succession that moves two members."""
    t = Talks()
    other = Member(t.record.origin, "south-2", 2)
    _, shown = succeeded(t, members=lambda heir: [t.agnes, heir, other])
    s = t.record.write("statement", [(t.agnes, "states")], [clause("1", "So.")])
    return t.show((s, "1"), stamps=[(t.heir, T), (other, T)], rosters=[shown()])


@case(BAD, "R-05")
def version_skipped():
    """A roster of version 2 after version 0."""
    t = Talks()
    _, shown = succeeded(t, version=2)
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    return t.show((s, "1"), stamps=t.later, rosters=[shown()])


@case(BAD, "R-05")
def scope_changed_by_admission():
    """An admission that also raises a member's scope."""
    t = Talks()
    raised = Member(t.record.origin, "agnes", 0, "intermediary", "commit")
    _, shown = succeeded(t, signers=t.both, kind="admission", members=lambda heir: [raised, t.north, t.south, heir])
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    return t.show((s, "1"), rosters=[shown()])


@case(BAD, "R-05")
def old_key_again():
    """An admission of a member whose key is a principal's."""
    t = Talks()

    def members(heir):
        heir.ed25519 = t.record.principals[1]
        return [t.agnes, t.north, t.south, heir]
    _, shown = succeeded(t, signers=t.both, kind="admission", members=members)
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    return t.show((s, "1"), rosters=[shown()])


@case(BAD, "R-05")
def last_of_a_side():
    """A removal that leaves a side without a member."""
    t = Talks()
    _, shown = succeeded(t, signers=t.both, kind="removal", members=lambda _: [t.agnes, t.south])
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    return t.show((s, "1"), rosters=[shown()])


@case(BAD, "R-12")
def succession_left_out():
    """R25: the succession that retired a key is left out."""
    t = Talks()
    succeeded(t)
    u = t.agree(signers=[(t.heir, "binds"), (t.south, "binds")])
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    return t.show((s, "1"), stamps=t.stamps)


@case(BAD, "R-08")
def retired_key():
    """R25: signed by a delegate whom a succession had replaced."""
    t = Talks()
    _, shown = succeeded(t)
    u = t.agree()
    return t.show((u, "1"), stamps=t.later, rosters=[shown()])


@case(BAD, "R-11")
def admission_without_quorum():
    """An admission that the side before it has not stamped."""
    t = Talks()
    _, shown = succeeded(t, signers=t.both, kind="admission",
                         members=lambda heir: [t.agnes, t.north, t.south, heir], stamps=[(t.south, T)])
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    return t.show((s, "1"), rosters=[shown()])


@case(BAD, "R-11")
def admitted_member_judges_itself():
    """An admission that its own new member alone has stamped for its side."""
    t = Talks()
    entry, _ = succeeded(t, signers=t.both, kind="admission", members=lambda heir: [t.agnes, t.north, t.south, heir])
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    shown = t.record.shown(entry, ["roster"], 3, (2, [(t.heir, T), (t.south, T)]))
    return t.show((s, "1"), rosters=[shown])


@case(BAD, "R-11")
def succession_without_other_side():
    """A succession that the side it belongs to alone has stamped."""
    t = Talks()
    _, shown = succeeded(t, stamps=[(t.north, T)])
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    return t.show((s, "1"), stamps=t.later, rosters=[shown()])


@case(BAD, "R-11")
def relief_reaches_the_checkpoint():
    """The checkpoint just after a succession has no stamp of the side whose principal signed it."""
    t = Talks()
    u = t.agree()
    _, shown = succeeded(t)
    one = t.record.shown(u, ["1"], 3, (2, t.stamps))
    return t.show(one, stamps=[(t.south, T + 7)], rosters=[shown()])


@case(BAD, "R-11")
def relief_reaches_another_entry():
    """A statement recorded by the checkpoint of the succession after it, without a stamp of one side."""
    t = Talks()
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "They agreed by word of mouth.")])
    _, shown = succeeded(t)
    t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    one = t.record.shown(s, ["1"], 4, (3, [(t.south, T + 7)]))
    return t.show(one, stamps=t.later, rosters=[shown()])


@case(BAD, "R-11")
def amendment_forked_away():
    """R6: the log's holder and South fork before the amendment, with a true succession of North's on top."""
    t = Talks()
    u = t.agree()
    t.record.write("statement", [(t.south, "states")], [clause("1", "In the place of the amendment.")])
    _, shown = succeeded(t, seen=(2, root_of(t.record.leaf_hashes()[:2])), stamps=[(t.south, T + 7)])
    one = t.record.shown(u, ["1"], 4, (2, t.stamps))
    return t.show(one, stamps=[(t.south, T + 7)], rosters=[shown()])


# Documents.

def edited(verdict, check, name, about, **edit):
    def make():
        t = Talks()
        return t.show((t.agree(edit=edit), "1"))
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


edited(UNSURE, None, "effect", "A condition on the effect.", effect={"when": "paid"})
edited(UNSURE, None, "document_version", "A document of version 2.", version=2)
edited(UNSURE, None, "document_suite", "A suite that is not known.", suite="ML-DSA-87")
edited(BAD, "R-07", "suite_of_principals", "An understanding in the suite of principals.", suite="Ed25519")
edited(BAD, "R-07", "another_origin", "A document of another record.", origin="entente/other")
edited(BAD, "R-07", "slots_wrong", "A number of slots that is not theirs.", slots=16)
edited(BAD, "R-07", "unknown_payload_member", "A member that payloads do not have.", crit=[])
edited(BAD, "R-07", "not_after_negative", "An instant before 1970.", not_after=-1)
edited(BAD, "R-08", "two_signers_one_signature", "A kind that the signatures do not have.", kind="amendment")
edited(GOOD, None, "not_after_passed", "Recorded after its not_after: authentic, and not in force.", not_after=T - 1)


def text_case(verdict, check, name, about, text):
    def make():
        t = Talks()
        return t.show((t.agree([clause("1", text)]), "1"))
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


text_case(BAD, "R-07", "bidi_override", "A right-to-left override in a clause.", "Pay \u202e001\u202c.")
text_case(BAD, "R-07", "not_nfc", "A clause that is not in NFC.", "cafe\u0301")
text_case(BAD, "R-07", "zero_width", "A zero-width space.", "10\u200b0")
text_case(BAD, "R-07", "blank_clause", "A clause of white space.", " \n ")
text_case(BAD, "R-07", "tab", "A tab in a clause.", "a\tb")
text_case(BAD, "R-07", "isolate_open", "An isolate left open at the end of its line.", "a \u2066b\nc\u2069")
text_case(GOOD, None, "isolate_closed", "An isolate that is closed, ZWNJ and ZWJ.", "a \u2066b\u2069 \u200c\u200d")
text_case(BAD, "R-07", "unassigned", "A code point that no version of Unicode assigned.", "a \U0001FFFE")


def clause_case(verdict, check, name, about, first, *more, shown=("1",), **properties):
    def make():
        t = Talks()
        return t.show((t.agree([first, *more], properties), *shown))
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


ONE, TWO = clause("1", "One."), clause("2", "Two.")
clause_case(BAD, "R-15", "companion_missing", "A clause without its companion.", clause("1", "One.", **{"with": [1]}), TWO)
clause_case(GOOD, None, "companion_shown", "A clause with its companion.", clause("1", "One.", **{"with": [1]}), TWO, shown=("1", "2"))
clause_case(BAD, "R-07", "companion_itself", "A clause that is its own companion.", clause("1", "One.", **{"with": [0]}))
clause_case(BAD, "R-07", "companion_beyond", "A companion beyond the slots.", clause("1", "One.", **{"with": [8]}))
clause_case(BAD, "R-07", "companion_decoy", "A companion that is opened, and a decoy.", clause("1", "One.", **{"with": [1]}), shown=("1", "decoy 1"))
clause_case(BAD, "R-07", "hidden_inside", "Something hidden inside a property.", ONE, shown=("1", "title"), title={"_sd": []})
clause_case(BAD, "R-07", "property_like_payload", "A property named as a member of the payload.", ONE, shown=("1", "not_after"), not_after=1)
clause_case(BAD, "R-07", "decoy_with_value", "A decoy property that holds something.", ONE, shown=("1", "decoy-x"), **{"decoy-x": "a"})
clause_case(BAD, "R-07", "clause_number_long", "A clause's number of 17 characters.", clause("1" * 17, "One."), shown=("1" * 17,))
clause_case(BAD, "R-07", "field_leap", "An instant on 30 February.", clause("1", "One.", fields=[{"name": "end", "type": "instant", "value": "2026-02-30T00:00:00Z"}]))
clause_case(BAD, "R-07", "field_north", "A latitude of 91 degrees.", clause("1", "One.", fields=[{"name": "at", "type": "point", "value": {"datum": "WGS84", "latitude": "91.000000", "longitude": "0.000000"}}]))
clause_case(GOOD, None, "field_point", "A point, a quantity, a duration.", clause("1", "One.", fields=[
    {"name": "at", "type": "point", "value": {"datum": "WGS84", "latitude": "-1.500000", "longitude": "180.000000"}},
    {"name": "of", "type": "quantity", "value": {"amount": -3, "unit": "t"}},
    {"name": "for", "type": "duration", "value": {"from": "signing", "seconds": 0}}]))


@case(BAD, "R-07")
def same_number_twice():
    """Two shown clauses of one number."""
    t = Talks()
    u = t.agree([clause("1", "One."), clause("1", "Two.")])
    return t.show((u, "1", "1 again"))


@case(BAD, "R-07")
def openings_out_of_order():
    """The openings in another order."""
    t = Talks()
    file, trust = t.show((t.agree(), "1", "2"))
    file["entries"][0]["document"]["signatures"][0]["header"]["disclosures"].reverse()
    return file, trust


@case(BAD, "R-08")
def keys_of_another():
    """South's signatures in the place of North's."""
    t = Talks()
    file, trust = t.show((t.agree(), "1"))
    signatures = file["entries"][0]["document"]["signatures"]
    for place in (0, 1):
        for member in ("protected", "signature"):
            signatures[place][member] = signatures[place + 2][member]
    return file, trust


# Authority.

def signers_case(verdict, check, name, about, signers, kind="understanding", extra=()):
    def make():
        t = Talks(extra=extra)
        chosen = signers(t)
        entry = t.agree(signers=chosen) if kind == "understanding" else t.record.write(kind, chosen, [clause("1", "So.")])
        return t.show((entry, "1"))
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


signers_case(BAD, "R-09", "one_side_alone", "An understanding of one side.", lambda t: [(t.north, "binds"), (t.agnes, "witnesses")])
signers_case(BAD, "R-09", "two_of_one_side", "R27: two delegates of one side, one under the other side's number.",
             lambda t: [(t.north, "binds"), (t.extra[0], "binds", 2)], extra=[("north-b", 1)])
signers_case(BAD, "R-09", "scope_too_small", "A delegate who may only explore binds its side.",
             lambda t: [(t.extra[0], "binds"), (t.south, "binds")], extra=[("north-b", 1, "aide", "explore")])
signers_case(BAD, "R-09", "referendum_alone", "A side that is there by a signature ad referendum alone.",
             lambda t: [(t.north, "binds"), (t.south, "ad-referendum")])
signers_case(BAD, "R-09", "states_in_understanding", "An understanding that one merely states.", lambda t: [*t.both, (t.agnes, "states")])
signers_case(BAD, "R-09", "statement_of_two", "A statement of two authors.", lambda t: [(t.north, "states"), (t.south, "states")], "statement")
signers_case(BAD, "R-09", "statement_that_binds", "A statement in the capacity of binding.", lambda t: [(t.north, "binds")], "statement")
signers_case(GOOD, None, "guarantor", "A member of no side guarantees.", lambda t: [*t.both, (t.agnes, "guarantees")])
signers_case(UNSURE, None, "custody", "A kind that has no entry of its own.", lambda t: [(t.agnes, "states")], "custody")
signers_case(BAD, "R-09", "second_charter", "A charter that is not entry 0.",
             lambda t: [(t.agnes, "witnesses"), *t.both], "charter")


@case(BAD, "R-09")
def succession_by_delegate():
    """A succession that the other side's principal signed."""
    t = Talks()
    _, shown = succeeded(t, signers=[(t.record.principals[2], "binds")])
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    return t.show((s, "1"), stamps=t.later, rosters=[shown()])


@case(BAD, "R-09")
def amended_by_others():
    """An amendment by two of the three sides that its target binds."""
    t = Talks(sides=(1, 2, 3), extra=[("east", 3)])
    all_three = [*t.both, (t.extra[0], "binds")]
    stamps = [*t.stamps, (t.extra[0], T)]
    u = t.agree(signers=all_three)
    m = t.record.amendment(t.both, u, [clause("1", "So.")])
    return t.show((u, "1"), (m, "1", "amends"), stamps=stamps)


# Log, state, seen.

@case(BAD, "R-10")
def salt_altered():
    """Another salt."""
    t = Talks()
    file, trust = t.show((t.agree(), "1"))
    file["entries"][0]["salts"][0] = base64url(b"\1" * 32)
    return file, trust


@case(BAD, "R-10")
def body_of_another():
    """The body of another entry."""
    t = Talks()
    u, v = t.agree(), t.agree()
    file, trust = t.show((u, "1"))
    file["entries"][0]["body"] = v.body
    return file, trust


@case(BAD, "R-06")
def recorded_beyond():
    """An entry recorded by a checkpoint that is later than the file's."""
    t = Talks()
    u = t.agree()
    file, trust = t.show((u, "1"))
    t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    file["entries"][0]["recorded"] = t.record.proof(1, 3, t.stamps)
    return file, trust


@case(BAD, "R-06")
def last_is_not_last():
    """A leaf before the last, shown as the last."""
    t = Talks()
    u = t.agree()
    file, trust = t.show((u, "1"))
    file["last"] = {"leaf": file["charter"]["leaf"], "path": file["charter"]["path"]}
    return file, trust


@case(BAD, "R-11")
def one_side_stamps_twice():
    """R27: two members of one side have stamped, and none of the other."""
    t = Talks(extra=[("north-b", 1)])
    return t.show((t.agree(), "1"), stamps=[(t.north, T), (t.extra[0], T), (t.agnes, T)])


@case(BAD, "R-11")
def stamp_for_another():
    """South's stamp removed from the checkpoint at the end."""
    t = Talks()
    u = t.agree()
    file, trust = t.show((u, "1"))
    return file | {"checkpoint": t.record.checkpoint(2, [(t.north, T)])}, trust


@case(BAD, "R-04")
def log_has_not_signed():
    """A checkpoint without the log's own signature."""
    t = Talks()
    file, trust = t.show((t.agree(), "1"))
    lines = file["checkpoint"].split("\n")
    return file | {"checkpoint": "\n".join(lines[:4] + lines[5:])}, trust


@case(BAD, "R-13")
def state_left_alone():
    """R26: the amendment is recorded, and the state leaf says nothing of it."""
    t = Talks()
    u = t.agree()
    amends = {"amends": {"index": u.index, "item": u.id.hex()}}
    m = t.record.write("amendment", t.both, [clause("1", "So.")], amends)
    m.slot = u.slot
    return t.show((u, "1"), (m, "1", "amends"))


@case(BAD, "R-13")
def amends_hidden():
    """An amendment that does not show what it amends."""
    t = Talks()
    u = t.agree()
    m = t.record.amendment(t.both, u, [clause("1", "So.")])
    return t.show((m, "1"))


@case(BAD, "R-13")
def amends_an_amendment():
    """An amendment that names the index of an amendment with the understanding's id."""
    t = Talks()
    u = t.agree()
    m = t.record.amendment(t.both, u, [clause("1", "So.")])
    n = t.record.amendment(t.both, u, [clause("1", "Not so.")], properties={"amends": {"index": 2, "item": u.id.hex()}})
    return t.show((m, "1", "amends"), (n, "1", "amends"))


@case(BAD, "R-13")
def statement_with_state():
    """A statement with a state leaf."""
    t = Talks()
    u = t.agree()
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    file, trust = t.show((s, "1"))
    file["entries"][0]["state"] = t.record.state_at(u.slot)
    return file, trust


@case(BAD, "R-13")
def neighbours_torn():
    """Two neighbours of which the second does not stand on the first's state."""
    t = Talks()
    u = t.agree()
    t.record.slots.append(t.record.item(b"\1" * 16, ["signed"], 1))
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    return t.show((u, "1"), (s, "1"))


@case(BAD, "R-13")
def latest_beyond():
    """A state leaf whose latest entry is beyond the log."""
    t = Talks()

    def change(slots, entry):
        entry.slot = 1
        return slots + [t.record.item(entry.id, ["signed"], 7)]
    return t.show((t.agree(change=change), "1"))


@case(BAD, "R-14")
def seen_never():
    """Signed on a log that never was."""
    t = Talks()
    u = t.agree(seen=(1, b"\7" * 32))
    return t.show((u, "1"))


@case(BAD, "R-14")
def seen_nothing():
    """An understanding whose signers had seen nothing."""
    t = Talks()
    u = t.agree(seen=(0, EMPTY))
    return t.show((u, "1"))


@case(BAD, "R-01")
def entries_twice():
    """One entry twice."""
    t = Talks()
    u = t.agree()
    return t.show((u, "1"), (u, "2"))


@case(BAD, "R-01")
def flag_twice():
    """A state leaf that has a flag twice."""
    t = Talks()

    def change(slots, entry):
        entry.slot = 1
        return slots + [t.record.item(entry.id, ["signed", "signed"], 1)]
    return t.show((t.agree(change=change), "1"))


@case(BAD, "R-01")
def upper_case_hash():
    """A path in upper-case hexadecimal."""
    t = Talks()
    file, trust = t.show((t.agree(), "1"))
    file["charter"]["path"] = [each.upper() for each in file["charter"]["path"]]
    return file, trust


# Findings: what the page does not say, or what it lets through. The answer is the one it should give.

@case(GOOD)
def no_entries():
    """A file that discloses nothing."""
    t = Talks()
    t.agree()
    return t.show()


@case(GOOD)
def names_of_the_other():
    """A statement of South alone, whose `parties` calls side 2 North."""
    t = Talks()
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "We, North, broke the truce.")],
                       {"parties": {"1": "South", "2": "North"}})
    return t.show((s, "1", "parties"))


@case(GOOD)
def name_of_two_lines():
    """A party's name that goes on with a line of its own."""
    t = Talks()
    return t.show((t.agree(properties={"parties": {"1": "North\n6. Agreement to this release: all sides", "2": "South"}}), "1", "parties"))


@case(GOOD)
def names_malformed():
    """`parties` is no object from party to name."""
    t = Talks()
    return t.show((t.agree(properties={"parties": {"1": "North", "01": "South", "9": 7}}), "1", "parties"))


@case(GOOD)
def languages_alike():
    """One language twice, in two spellings, with two figures."""
    t = Talks()
    return t.show((t.agree([clause("1", "") | {"text": {"en-GB": "Pay 10.", "en-gb": "Pay 100."}}]), "1"))


@case(GOOD)
def principal_borrowed():
    """A forger's record that lists the true principals' keys, which have signed nothing."""
    true = Record("true")
    t = Talks(name="forged", principals=true.principals)
    trust = [f"principal {side} {base64url(each.public)}" for side, each in sorted(true.principals.items())]
    return t.show((t.agree(properties={"parties": {"1": "North", "2": "South"}}), "1", "parties"), trust=trust)


@case(GOOD)
def recorded_late_on_purpose():
    """Recorded in time; the discloser shows a later checkpoint, and it seems to be too late."""
    t = Talks()
    u = t.agree(edit={"not_after": T + 60})
    late = [(t.north, T + 90), (t.south, T + 90)]
    return t.show((u, "1"), stamps=late)


@case(GOOD)
def unicode_16():
    """Letters that Unicode 16 composes and earlier versions do not know."""
    t = Talks()
    return t.show((t.agree([clause("1", "\U000105D2\u0307")]), "1"))


@case(GOOD)
def succession_raises_scope():
    """A successor who may commit, in the place of one who might only explore."""
    t = Talks(extra=[("north-b", 1, "head", "explore")])
    _, shown = succeeded(t, members=lambda heir: [t.agnes, t.north, t.south, heir])
    u = t.agree(signers=[(t.heir, "binds"), (t.south, "binds")])
    return t.show((u, "1"), stamps=t.later, rosters=[shown()])


@case(GOOD)
def class_never_shown():
    """A clause of class never, shown all the same."""
    t = Talks()
    return t.show((t.agree([clause("1", "One.", **{"class": "never"})]), "1"))


@case(GOOD)
def embargo_open():
    """A clause to be shown after the year 2100, shown."""
    t = Talks()
    return t.show((t.agree([clause("1", "One.", **{"class": "after", "after": 4_102_444_800})]), "1"))


@case(GOOD)
def witness_without_quorum():
    """The reader names a witness and no quorum, and the witness has not stamped."""
    t = Talks()
    witness = Member("entente/elsewhere", "witness", 0)
    return t.show((t.agree(), "1"), trust=[f"witness w {witness.vkey}"])


@case(UNSURE)
def witness_is_a_member():
    """The reader's outside witness is a member's stamping key."""
    t = Talks()
    return t.show((t.agree(), "1"), trust=[f"log {t.record.log_vkey}", f"witness w {t.north.vkey}", "quorum w"])


@case(GOOD)
def one_id_twice():
    """Two understandings of one id; the second is shown."""
    t = Talks()
    u = t.agree()
    v = t.agree(edit={"id": base64url(u.id)})
    return t.show((u, "1"))


@case(GOOD)
def terminated_by_nobody():
    """A state leaf with a flag that no kind sets."""
    t = Talks()

    def change(slots, entry):
        entry.slot = 1
        return slots + [t.record.item(entry.id, ["signed", "terminated"], 1)]
    return t.show((t.agree(change=change), "1"))


@case(GOOD)
def succession_expired():
    """A succession recorded long after its not_after; another entry stands on it."""
    t = Talks()
    late = T + 10_000_000
    _, shown = succeeded(t, edit={"not_after": T}, stamps=[(t.south, late)])
    u = t.agree(signers=[(t.heir, "binds"), (t.south, "binds")])
    return t.show((u, "1"), stamps=[(t.heir, late), (t.south, late)], rosters=[shown()])


@case(GOOD)
def amendment_expired():
    """An amendment recorded long after its not_after."""
    t = Talks()
    u = t.agree()
    m = t.record.amendment(t.both, u, [clause("1", "Nobody leaves.")], edit={"not_after": T})
    late = [(t.north, T + 10_000_000), (t.south, T + 10_000_000)]
    return t.show(t.record.shown(u, ["1"], 3, (2, t.stamps)), (m, "1", "amends"), stamps=late)


@case(GOOD)
def statement_moves_state():
    """A statement whose leaf changes the state of an understanding that is not shown."""
    t = Talks()
    u = t.agree()
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")],
                       slots=[t.record.slots[0], t.record.item(u.id, ["signed", "terminated"], 2)])
    return t.show((s, "1"))


@case(GOOD)
def understanding_in_an_old_slot():
    """An understanding that takes another's slot."""
    t = Talks()
    u = t.agree()

    def change(slots, entry):
        entry.slot = u.slot
        return [slots[0], t.record.item(entry.id, ["signed"], entry.index)]
    return t.show((t.agree(change=change), "1"))


@case(GOOD)
def recorded_on_a_fork():
    """Recorded by a smaller checkpoint, stamped by both sides, that is no prefix of the file's."""
    t = Talks()
    u = t.agree()
    fork = copy.copy(t.record)
    fork.entries, fork.slots = list(fork.entries), list(fork.slots)
    fork.write("statement", [(t.south, "states")], [clause("1", "On the other branch.")])
    proof = fork.proof(1, 3, t.stamps)
    t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    file, trust = t.show((u, "1"))
    file["entries"][0]["recorded"] = proof
    return file, trust


@case(BAD, "R-06")
def two_roots_of_one_size():
    """Recorded by a checkpoint of the file's size and another root, stamped by both sides."""
    t = Talks()
    u = t.agree()
    fork = copy.copy(t.record)
    fork.entries, fork.slots = list(fork.entries), list(fork.slots)
    fork.write("statement", [(t.south, "states")], [clause("1", "On the other branch.")])
    proof = fork.proof(1, 3, t.stamps)
    t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    file, trust = t.show((u, "1"))
    file["entries"][0]["recorded"] = proof
    return file, trust


@case(BAD, "R-14")
def signed_before_admission():
    """A signer who was no member of the log that its document says it had seen."""
    t = Talks()
    seen = t.record.head()
    _, shown = succeeded(t, signers=t.both, kind="admission", members=lambda heir: [t.agnes, t.north, t.south, heir])
    u = t.agree(signers=[(t.heir, "binds"), (t.south, "binds")], seen=seen)
    return t.show((u, "1"), stamps=t.later, rosters=[shown()])


@case(BAD, "R-05")
def retired_key_returns():
    """R25: an admission brings back the delegate whom a succession had replaced."""
    t = Talks()
    first, shown = succeeded(t)
    both = [(t.heir, "binds"), (t.south, "binds")]
    second = t.record.next_roster("admission", both, [t.agnes, t.heir, t.south, t.north])
    t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
    again = t.record.shown(second, ["roster"], 4, (3, t.later))
    return t.show((t.record.entries[3], "1"), stamps=t.later, rosters=[shown(), again])


@case(GOOD)
def stamping_key_kept():
    """A successor who keeps its predecessor's stamping key, and so whoever stole it."""
    t = Talks()

    def members(heir):
        heir.stamper, heir.stamp_name, heir.vkey, heir.stamp_id = (
            t.north.stamper, t.north.stamp_name, t.north.vkey, t.north.stamp_id)
        return [t.agnes, heir, t.south]
    _, shown = succeeded(t, members=members, stamps=[(t.south, T + 7)])
    u = t.agree(signers=[(t.heir, "binds"), (t.south, "binds")])
    return t.show((u, "1"), stamps=t.stamps, rosters=[shown()])


def main():
    import edges  # noqa: F401, which adds its own cases
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, about, verdict, check, make in CASES:
        file, trust = make()
        vector = {"about": about, "check": check, "file": file if isinstance(file, str) else text_of(file), "trust": trust, "verdict": verdict}
        (folder / f"{name.replace('_', '-')}.json").write_text(text_of(vector) + "\n", encoding="utf-8")


if __name__ == "__main__":
    from cases import main as once  # so that edges adds to the one list

    once()
