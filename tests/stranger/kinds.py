"""Kinds of entry: who may make each, and what it does (docs/record.md section 9)."""
from canonical import Malformed, array, integer, shape, string
from documents import NAMELESS
from signing import ed25519_thumbprint

FOUNDERS, NAMED, AWAITED, EACH, SOME = "every founder", "each party named", "the awaited party", "each of the target", "some of the target"
MEMBERS, ONE, NOBODY, SIDES, PRINCIPAL = "members", "one member", "nobody shown", "every side", "the principal"


class Kind:
    def __init__(self, by, sets=None, clears=None, about=None, when="always", settles=False):
        self.by, self.sets, self.clears, self.about, self.when, self.settles = by, sets, clears, about, when, settles


KINDS = {
    "charter": Kind(FOUNDERS),
    "understanding": Kind(NAMED),
    "confirmation": Kind(AWAITED, clears="unconfirmed", about="whole", when="open"),
    "amendment": Kind(EACH, "amended", about="clauses", when="binding", settles=True),
    "interpretation": Kind(EACH, "interpreted", about="clauses", when="binding", settles=True),
    "erratum": Kind(EACH, "corrected", about="clauses"),
    "reservation": Kind(SOME, "reserved", about="clauses", when="open"),
    "dispute": Kind(SOME, "disputed", about="clauses"),
    "suspension": Kind(SOME, "suspended", about="clauses", when="binding"),
    "resumption": Kind(EACH, clears="suspended", about="clauses", when="open"),
    "termination": Kind(SOME, "terminated", about="whole", when="open"),
    "report": Kind(MEMBERS, about="clauses"),
    "statement": Kind(ONE),
    NAMELESS: Kind(NOBODY),
    "consent": Kind(SIDES),
    "admission": Kind(SIDES),
    "removal": Kind(SIDES),
    "succession": Kind(PRINCIPAL),
    "hand-over": Kind(SIDES),
}
MAKERS = ("admission", "removal", "succession", "hand-over")
SILENT = ("statement", "consent", NAMELESS)


def bound(payload):
    return {signer.party for signer in payload.signers if signer.capacity == "binds"}


def awaited(payload):
    return {signer.party for signer in payload.signers if signer.capacity == "ad-referendum"} - bound(payload)


def named(payload):
    return {signer.party for signer in payload.signers} - {0}


def authority(presentation, roster):
    """Raises unless the signers may sign this kind under this roster."""
    payload = presentation.payload
    by, parties = KINDS[payload.kind].by, named(payload)
    for signer in payload.signers:
        signs(signer, payload.kind, roster)
    every_side = bound(payload) >= set(roster.sides)
    if by == FOUNDERS:
        signed = {tuple(signer.thumbprints) for signer in payload.signers}
        enough = every_side and signed == {tuple(member.thumbprints) for member in roster.members}
    elif by == NAMED:
        enough = len(parties) >= 2 and parties == bound(payload) | awaited(payload)
    elif by in (AWAITED, EACH, SOME):
        fits = {AWAITED: len(parties) == 1, EACH: len(parties) >= 2, SOME: len(parties) >= 1}[by]
        enough = fits and parties == bound(payload)
    elif by == MEMBERS:
        enough = "states" in [signer.capacity for signer in payload.signers]
    else:
        enough = {ONE: len(payload.signers) == 1, NOBODY: True, SIDES: every_side, PRINCIPAL: len(payload.signers) == 1}[by]
    if not enough:
        raise Malformed("those who would have to sign have not")


def signs(signer, kind, roster):
    if len(signer.thumbprints) == 1:
        key = roster.sides.get(signer.party)
        if signer.capacity != "binds" or key is None or [ed25519_thumbprint(key)] != signer.thumbprints:
            raise Malformed("not the principal of this side, to bind it")
        return
    member = roster.member(signer.thumbprints)
    if member is None or member.party != signer.party:
        raise Malformed("a signer who does not stand in the roster so")
    states = kind in ("statement", "report")
    may = {
        "binds": not states and signer.party != 0 and member.scope == "commit",
        "ad-referendum": kind == "understanding" and signer.party != 0 and member.scope != "explore",
        "guarantees": not states,
        "witnesses": not states,
        "states": states,
        "dissents": kind == "report",
    }
    if not may[signer.capacity]:
        raise Malformed("a signer without the authority for its capacity")


def fits_target(payload, target):
    """Raises unless the signers are those that section 9 asks for, the target being shown."""
    sides, by = bound(target) | awaited(target), KINDS[payload.kind].by
    if by == NAMED:
        fits = bound(payload) == sides
    elif by == AWAITED:
        fits = named(payload) <= awaited(target)
    else:
        fits = {EACH: named(payload) == sides, SOME: named(payload) <= sides}.get(by, True)
    if not fits:
        raise Malformed("the signers are not the sides of what it is about")


def slots(value):
    found = [integer(each, 0, 63) for each in array(value, 0, 64)]
    if found != sorted(set(found)):
        raise Malformed("slots out of order")
    return found


class About:
    """The property `about`."""

    def __init__(self, value, kind):
        shape(value, ("clauses", "index", "item"), ("settles",))
        self.clauses, self.index = slots(value["clauses"]), integer(value["index"])
        self.item, self.settles = string(value["item"]), "settles" in value
        if len(self.item) != 32 or any(each not in "0123456789abcdef" for each in self.item):
            raise Malformed("not an item's id")
        rule = KINDS[kind]
        if self.settles and (value["settles"] is not True or not rule.settles):
            raise Malformed("it settles what it may not")
        if rule.about is None and kind != "understanding":
            raise Malformed("about something, and of a kind that is about nothing")
        if rule.about != "clauses" and self.clauses:
            raise Malformed("about the whole, and names clauses")


def about(presentation):
    """What an entry is about, or None; raises if it is not shown, out of form or out of place."""
    kind = presentation.payload.kind
    if "about" in presentation.properties:
        return About(presentation.properties["about"], kind)
    if KINDS[kind].about:
        raise Malformed("it does not show what it is about")
    return None


class Finding:
    """The property `finding` of a report."""

    def __init__(self, value, payload):
        shape(value, ("dissents", "says"))
        self.says, self.dissents = string(value["says"]), slots(value["dissents"])
        if self.says not in ("kept", "broken", "observed"):
            raise Malformed("an unknown finding")
        if len(self.dissents) != [signer.capacity for signer in payload.signers].count("dissents"):
            raise Malformed("not one dissent for each who dissents")
        if any(slot >= len(payload.clauses) for slot in self.dissents):
            raise Malformed("a dissent in a slot that is not there")


def finding(presentation):
    kind = presentation.payload.kind
    if ("finding" in presentation.properties) != (kind == "report"):
        raise Malformed("a report without its finding, or a finding in another kind")
    return Finding(presentation.properties["finding"], presentation.payload) if kind == "report" else None
