"""Whole lives of records, what readers bring, charters and rosters."""
from canonical import base64url
from cases import BAD, GOOD, T, Talks, UNSURE, case, succeeded
from forge import Member, Pair, Principal, clause, root_of
from tree import leaf_hash


# What must be authentic.

@case(GOOD)
def whole_life():
    """An understanding, its amendment, a succession with one other side's stamp, a statement after it."""
    t = Talks()
    u = t.agree(properties={"parties": {"1": "North", "2": "South"}})
    m = t.record.amendment(t.both, u, [clause("1", "Fire stops at six.")])
    _, shown = succeeded(t)
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "We have said so.")])
    return t.show((u, "1", "parties"), (m, "1", "about"), (s, "1"), stamps=t.later, rosters=[shown()])


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
