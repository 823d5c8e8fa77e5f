"""What verifiers are tempted to let through, and what no file can show."""
import copy

from canonical import base64url
from cases import BAD, GOOD, REFUSED, UNSURE, T, Talks, case, succeeded
from forge import Member, Record, clause


@case(BAD, "R-01")
def no_entries():
    """A file that discloses nothing."""
    t = Talks()
    t.agree()
    return t.show()


@case(BAD, "R-07")
def names_of_the_other():
    """A statement of South alone, whose `parties` calls side 2 North."""
    t = Talks()
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "We, North, broke the truce.")],
                       {"parties": {"1": "South", "2": "North"}})
    return t.show((s, "1", "parties"))


@case(BAD, "R-07")
def name_of_two_lines():
    """A party's name that goes on with a line of its own."""
    t = Talks()
    return t.show((t.agree(properties={"parties": {"1": "North\n6. Agreement to this release: all sides", "2": "South"}}), "1", "parties"))


@case(BAD, "R-07")
def names_malformed():
    """`parties` is no object from party to name."""
    t = Talks()
    return t.show((t.agree(properties={"parties": {"1": "North", "01": "South", "9": 7}}), "1", "parties"))


@case(BAD, "R-07")
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


@case(REFUSED)
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


@case(BAD, "R-13")
def terminated_by_nobody():
    """A state leaf with a flag that no kind sets."""
    t = Talks()

    def change(slots, entry):
        entry.slot = 1
        return slots + [t.record.item(entry.id, ["signed", "terminated"], 1)]
    return t.show((t.agree(change=change), "1"))


@case(BAD, "R-05")
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
    return t.show(t.record.shown(u, ["1"], 3, (2, t.stamps)), (m, "1", "about"), stamps=late)


@case(BAD, "R-13")
def statement_moves_state():
    """A statement whose leaf changes the state of an understanding that is not shown."""
    t = Talks()
    u = t.agree()
    s = t.record.write("statement", [(t.south, "states")], [clause("1", "So.")],
                       slots=[t.record.slots[0], t.record.item(u.id, ["signed", "terminated"], 2)])
    return t.show((s, "1"))


@case(BAD, "R-13")
def understanding_in_an_old_slot():
    """An understanding that takes another's slot."""
    t = Talks()
    u = t.agree()

    def change(slots, entry):
        entry.slot = u.slot
        return [slots[0], t.record.item(entry.id, ["signed"], entry.index)]
    return t.show((t.agree(change=change), "1"))


@case(BAD, "R-06")
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
