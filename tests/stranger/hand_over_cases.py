"""The log changes hands (docs/record.md sections 9 and 13)."""
from cases import BAD, GOOD, T, Talks, UNSURE, case, succeeded
from forge import Member, Pair, Record, clause

SECOND, THIRD = Pair("second keeper"), Pair("third keeper")


def first(talks):
    return talks.record.logs[0][1]


def handed_over(talks, to=SECOND, members=None, kind="hand-over", signers=None, stamps=None, logs=None, names=("roster",), **other):
    """A hand-over, and its ENTRY maker for the size at the end."""
    record = talks.record
    record.hand_log(to)
    entry = record.next_roster(kind, signers or talks.both, members or record.members, **other)
    size_then = len(record.entries)
    return entry, lambda: record.shown(entry, names, len(record.entries), (size_then, stamps or talks.stamps, logs))


def of(talks, how):
    """What is a function of the talks, as these have it."""
    return {name: value(talks) if callable(value) else value for name, value in how.items()}


def said(talks, words="So."):
    return talks.record.write("statement", [(talks.south, "states")], [clause("1", words)])


def told(verdict, check, name, about, **how):
    """A hand-over with a statement after it."""
    def make():
        t = Talks()
        _, shown = handed_over(t, **of(t, how))
        return t.show((said(t), "1"), rosters=[shown()])
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


def seen_by(verdict, check, name, about, trust, witness=False):
    """The same with what a reader knows of the log."""
    def make():
        t = Talks()
        _, shown = handed_over(t)
        stranger = Member("entente/elsewhere", "witness", 0)
        stamps = t.stamps + [(stranger, T)] if witness else t.stamps
        s = said(t)
        return t.show((s, "1"), rosters=[shown()], trust=trust(t, stranger), checkpoint=t.record.checkpoint(3, stamps))
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


# What must be authentic.

@case(GOOD)
def hand_over():
    """An understanding before a hand-over, the hand-over itself, and an understanding after it."""
    t = Talks()
    u = t.agree()
    h, shown = handed_over(t)
    after = t.agree()
    before = t.record.shown(u, ["1"], 4, (2, t.stamps))
    itself = t.record.shown(h, [], 4, (3, t.stamps))
    return t.show(before, itself, (after, "1"), rosters=[shown()])


@case(GOOD)
def hand_over_is_the_last():
    """Nothing after the hand-over yet."""
    t = Talks()
    u = t.agree()
    _, shown = handed_over(t)
    return t.show(t.record.shown(u, ["1"], 3, (2, t.stamps)), rosters=[shown()])


@case(GOOD)
def hand_over_not_yet():
    """A file of the time before the hand-over."""
    t = Talks()
    u = t.agree()
    file = t.show((u, "1"))
    handed_over(t)
    return file


@case(GOOD)
def hand_over_found_an_entry():
    """An understanding from before, stamped only under the new keeper."""
    t = Talks()
    u = t.agree()
    _, shown = handed_over(t)
    return t.show((u, "1"), rosters=[shown()])


def across(verdict, check, name, about, logs=None, stamps=None, **how):
    """An admission that is stamped only after the hand-over that follows it."""
    def make():
        t = Talks()
        a, _ = succeeded(t, signers=t.both, kind="admission", members=lambda heir: [t.agnes, t.north, t.south, heir])
        _, shown = handed_over(t, **of(t, how))
        s = said(t)
        admitted = t.record.shown(a, ["roster"], 4, (3, stamps(t) if stamps else t.stamps, logs and logs(t)))
        return t.show((s, "1"), rosters=[admitted, shown()])
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


across(GOOD, None, "hand_over_found_an_admission", "An admission, stamped only under the new keeper.")
across(BAD, "R-04", "hand_over_came_before_the_stamps", "The same, and the old keeper signed the checkpoint.", logs=lambda t: [first(t)])
across(BAD, "R-11", "hand_over_found_an_admission_of_itself", "The same, and the admitted alone has stamped for its side.",
       stamps=lambda t: [(t.heir, T), (t.south, T)])
across(BAD, "R-04", "hand_over_to_an_admitted", "The same, and the new keeper's key is the admitted's: it may stand in the roster before the admission, and not in the one after.",
       logs=lambda t: [first(t), t.heir.stamper], to=lambda t: t.heir.stamper, members=lambda t: [t.agnes, t.north, t.south])


across(BAD, "R-07", "hand_over_of_another_record", "The same, and the hand-over's document is of another record.", edit={"origin": "entente/other"})
across(BAD, "R-04", "hand_over_that_hides", "The same, and the hand-over's document is not well formed: it says nothing of a key.", edit={"effect": {"_sd": []}})
across(BAD, "R-04", "hand_over_of_another_version", "The same, and nobody can read the hand-over's document.", edit={"version": 2})


def twice(verdict, check, name, about, second, logs=None, size=4):
    """A hand-over and another; the first is recorded by a checkpoint of this size."""
    def make():
        t = Talks()
        one, shown = handed_over(t)
        two, later = handed_over(t, to=second(t))
        if size == 4:
            t.record.write("statement", [(t.south, "states")], [clause("1", "So.")])
        s = said(t)
        end = len(t.record.entries)
        early = t.record.shown(one, ["roster"], end, (size, t.stamps, logs and logs(t)))
        return t.show((s, "1"), rosters=[early, later()])
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


twice(GOOD, None, "hand_over_twice", "A hand-over, and another after it.", lambda t: THIRD, size=2)
twice(GOOD, None, "hand_over_found_a_hand_over", "A hand-over, stamped only under the keeper after the next.", lambda t: THIRD, size=4)
twice(BAD, "R-04", "hand_over_found_by_the_one_between", "The same, and the keeper between signed the checkpoint.", lambda t: THIRD, lambda t: [SECOND])
twice(BAD, "R-05", "hand_over_back", "The log goes back to its first keeper's key.", first, size=2)
twice(BAD, "R-05", "hand_over_to_itself", "The log goes to the key that has it.", lambda t: SECOND, size=2)


@case(GOOD)
def hand_over_after_a_succession():
    """A succession, a hand-over that the heir signs, and a succession of the other side."""
    t = Talks()
    _, heir = succeeded(t)
    both = [(t.heir, "binds"), (t.south, "binds")]
    _, shown = handed_over(t, signers=both, stamps=t.later)
    after = Member(t.record.origin, "south-2", 2)
    third = t.record.next_roster("succession", [(t.record.principals[2], "binds")], [t.agnes, t.heir, after])
    s = t.record.write("statement", [(after, "states")], [clause("1", "So.")])
    last = t.record.shown(third, ["roster"], 5, (4, [(t.heir, T + 11)]))
    return t.show((s, "1"), stamps=[(t.heir, T + 12), (after, T + 13)], rosters=[heir(), shown(), last])


told(GOOD, None, "hand_over_signed_by_both_keepers", "The old keeper has signed the checkpoint of the hand-over too.", logs=lambda t: [first(t), SECOND])
told(GOOD, None, "hand_over_by_more", "A hand-over with a witness among its signers.", signers=lambda t: [(t.agnes, "witnesses")] + t.both)
seen_by(GOOD, None, "hand_over_and_first_log", "The reader knows the log's first key.", lambda t, _: [f"log {first(t).vkey(t.record.origin, 1)[0]}", "quorum none"])
seen_by(GOOD, None, "hand_over_and_witness", "A witness that the reader knows has stamped what the new keeper signed.",
        lambda t, w: [f"log {first(t).vkey(t.record.origin, 1)[0]}", f"witness w {w.vkey}", "quorum w"], witness=True)
seen_by(UNSURE, None, "hand_over_and_no_witness", "The same witness has not stamped.", lambda t, w: [f"witness w {w.vkey}", "quorum w"])
seen_by(UNSURE, None, "hand_over_to_the_witness", "The witness that the reader asks for has the new keeper's key.",
        lambda t, _: [f"witness w {SECOND.vkey('elsewhere.example', 4)[0]}", "quorum w"])
seen_by(BAD, "R-02", "hand_over_and_new_log", "The reader's trust file names the new keeper's key, which is not the charter's.",
        lambda t, _: [f"log {t.record.log_vkey}", "quorum none"])


# Who signs, and what changes.

told(BAD, "R-09", "hand_over_of_one_side", "A hand-over that one side has not signed.", signers=lambda t: [t.both[0]])
told(BAD, "R-09", "hand_over_not_bound", "A hand-over that one side signs ad referendum.", signers=lambda t: [t.both[0], (t.south, "ad-referendum")])
told(BAD, "R-07", "hand_over_by_principal", "A hand-over that a principal signs.", signers=lambda t: [(t.record.principals[1], "binds")])
told(BAD, "R-11", "hand_over_stamped_by_one_side", "A hand-over that one side has not stamped.", stamps=lambda t: [(t.north, T)])
told(BAD, "R-05", "hand_over_too_late", "A hand-over recorded after its not_after.", edit={"not_after": T + 4})
told(UNSURE, None, "hand_over_with_effect", "A hand-over whose effect hangs on a condition.", edit={"effect": {"when": "both"}})
told(BAD, "R-05", "hand_over_version", "A hand-over that skips a version.", version=2)
told(BAD, "R-05", "hand_over_and_admission", "A hand-over that also admits a member.", members=lambda t: t.record.members + [Member(t.record.origin, "west", 1)])
told(BAD, "R-05", "hand_over_and_removal", "A hand-over that also removes its old keeper.", members=lambda t: [t.north, t.south])
told(BAD, "R-05", "hand_over_and_scope", "A hand-over that also raises a member's scope.",
     members=lambda t: [Member(t.record.origin, "agnes", 0, "intermediary", "commit"), t.north, t.south])
told(BAD, "R-04", "admission_of_a_keeper", "An admission that also changes the log's key, signed by that.", kind="admission",
     members=lambda t: t.record.members + [Member(t.record.origin, "west", 1)])
told(BAD, "R-05", "admission_of_a_keeper_signed_by_both", "The same, and the old keeper has signed.", kind="admission", logs=lambda t: [first(t), SECOND],
     members=lambda t: t.record.members + [Member(t.record.origin, "west", 1)])
told(BAD, "R-04", "hand_over_to_a_stamper", "A hand-over to a member's stamping key: no roster, and the new keeper alone has signed.", to=lambda t: t.north.stamper)
told(BAD, "R-05", "hand_over_to_a_stamper_signed_by_both", "The same, and the old keeper has signed.", to=lambda t: t.north.stamper, logs=lambda t: [first(t), t.north.stamper])
told(BAD, "R-05", "hand_over_to_a_principal", "A hand-over to a principal's key, signed by both.", to=lambda t: t.record.principals[1], logs=lambda t: [first(t)])
told(BAD, "R-04", "hand_over_to_a_removed", "A hand-over to the stamping key of a member whom it removes: that key may not stand in the roster before.",
     to=lambda t: t.agnes.stamper, members=lambda t: [t.north, t.south])
told(BAD, "R-05", "hand_over_to_a_removed_signed_by_both", "The same, and the old keeper has signed.",
     to=lambda t: t.agnes.stamper, members=lambda t: [t.north, t.south], logs=lambda t: [first(t), t.agnes.stamper])


def elsewhere(talks):
    """A roster of another record, with the same members and the new keeper's key."""
    other = Record("elsewhere")
    other.hand_log(SECOND)
    return other.roster(1, talks.record.members)


told(BAD, "R-04", "hand_over_to_another_record", "A hand-over with the roster of another record: its key of the log has another name.", roster=elsewhere)
told(BAD, "R-05", "hand_over_to_another_record_signed_by_first", "The same, and the old keeper has signed.", roster=elsewhere, logs=lambda t: [first(t)])


@case(BAD, "R-05")
def hand_over_to_a_retired_key():
    """A hand-over to the stamping key of a delegate whom a succession had replaced."""
    t = Talks()
    _, heir = succeeded(t)
    _, shown = handed_over(t, to=t.north.stamper, signers=[(t.heir, "binds"), (t.south, "binds")], stamps=t.later)
    return t.show((said(t), "1"), stamps=t.later, rosters=[heir(), shown()])


@case(BAD, "R-05")
def admission_of_an_old_keeper():
    """An admission of a member that stamps with the key of a keeper before."""
    t = Talks()
    _, shown = handed_over(t)
    west = Member(t.record.origin, "west", 1)
    west.stamper = first(t)
    west.vkey, west.stamp_id = west.stamper.vkey(west.stamp_name, 4)
    a = t.record.next_roster("admission", t.both, t.record.members + [west])
    s = said(t)
    return t.show((s, "1"), rosters=[shown(), t.record.shown(a, ["roster"], 4, (3, t.stamps))])


# Who signs the checkpoints.

told(BAD, "R-04", "hand_over_recorded_by_old_keeper", "The old keeper alone has signed the checkpoint of the hand-over.", logs=lambda t: [first(t)])
told(BAD, "R-04", "hand_over_not_shown", "A hand-over that keeps its roster to itself: nothing says whose the log is.", names=())
told(BAD, "R-05", "hand_over_not_shown_signed_by_both", "The same, and the old keeper has signed.", names=(), logs=lambda t: [first(t), SECOND])


def ended(verdict, check, name, about, log):
    """The checkpoint of a file after a hand-over, signed by this log."""
    def make():
        t = Talks()
        _, shown = handed_over(t)
        s = t.record.shown(said(t), ["1"], 3, (3, t.stamps))
        return t.show(s, rosters=[shown()], checkpoint=t.record.checkpoint(3, t.stamps, log(t)))
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


ended(BAD, "R-04", "old_keeper_signs_on", "The old keeper signs a checkpoint after the hand-over.", lambda t: [first(t)])
ended(BAD, "R-04", "another_keeper_signs", "A keeper of whom no roster says anything.", lambda t: [THIRD])
ended(GOOD, None, "both_keepers_sign_on", "The old keeper signs beside the new one.", lambda t: [first(t), SECOND])


def recorded_by(verdict, check, name, about, after, size, log):
    """A statement before or after the hand-over, recorded by a checkpoint of this size that this log signed."""
    def make():
        t = Talks()
        early = said(t, "Before.")
        _, shown = handed_over(t)
        late = said(t)
        one = t.record.shown(late if after else early, ["1"], 4, (size, t.stamps, log(t)))
        return t.show(one, rosters=[shown()])
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


recorded_by(GOOD, None, "recorded_before_hand_over", "Recorded before the hand-over, by the old keeper.", False, 2, lambda t: [first(t)])
recorded_by(BAD, "R-04", "new_keeper_signs_before", "Recorded before the hand-over, by the new keeper.", False, 2, lambda t: [SECOND])
recorded_by(BAD, "R-04", "old_keeper_records_later", "An entry from before, recorded after the hand-over by the old keeper.", False, 3, lambda t: [first(t)])
recorded_by(GOOD, None, "new_keeper_records_later", "An entry from before, recorded after the hand-over by the new keeper.", False, 3, lambda t: [SECOND])
recorded_by(BAD, "R-04", "old_keeper_records_after", "An entry after the hand-over, recorded by the old keeper.", True, 4, lambda t: [first(t)])


@case(BAD, "R-04")
def hand_over_left_out():
    """The hand-over is left out, and the new keeper has signed."""
    t = Talks()
    handed_over(t)
    return t.show((said(t), "1"))


@case(BAD, "R-12")
def hand_over_left_out_by_old_keeper():
    """The hand-over is left out by the old keeper, who signs on."""
    t = Talks()
    handed_over(t)
    s = t.record.shown(said(t), ["1"], 3, (3, t.stamps, [first(t)]))
    return t.show(s, checkpoint=t.record.checkpoint(3, t.stamps, [first(t)]))


@case(BAD, "R-04")
def hand_over_among_entries_alone():
    """The hand-over is shown as an entry and not among the rosters."""
    t = Talks()
    h, _ = handed_over(t)
    said(t)
    return t.show((h, "roster"))


@case(BAD, "R-06")
def hand_over_in_another_history():
    """The old keeper and the sides keep a history of their own in which nothing was handed over."""
    t = Talks()
    u = t.agree()
    _, shown = handed_over(t)
    other = Talks()
    other.agree()
    other.record.write("statement", [(other.south, "states")], [clause("1", "Nothing was handed over.")])
    one = t.record.shown(u, ["1"], 3, (2, t.stamps))
    one["recorded"] = other.record.proof(1, 3, other.stamps)
    return t.show(one, rosters=[shown()])
