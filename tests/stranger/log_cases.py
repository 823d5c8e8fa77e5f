"""Bodies, paths, stamps, states, and what signers had seen."""
from canonical import base64url
from cases import BAD, T, Talks, case
from forge import about_of, clause
from tree import EMPTY


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


@case(BAD, "R-11")
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
    amends = {"about": about_of(u)}
    m = t.record.write("amendment", t.both, [clause("1", "So.")], amends)
    m.slot = u.slot
    return t.show((u, "1"), (m, "1", "about"))


@case(BAD, "R-13")
def about_hidden():
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
    n = t.record.amendment(t.both, u, [clause("1", "Not so.")], properties={"about": about_of(u) | {"index": 2}})
    return t.show((m, "1", "about"), (n, "1", "about"))


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
