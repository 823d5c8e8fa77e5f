"""Documents: payloads, texts, clauses, signatures, and who may sign."""
from cases import BAD, GOOD, T, Talks, UNSURE, case, succeeded
from forge import clause


# Documents.

def edited(verdict, check, name, about, **edit):
    def make():
        t = Talks()
        return t.show((t.agree(edit=edit), "1"))
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


edited(UNSURE, None, "effect", "A condition on the effect.", effect={"when": "paid"})
edited(UNSURE, None, "effect_deep", "A condition that nests.", effect={"all": [{"paid": {"sd": "..."}}]})
edited(BAD, "R-07", "effect_hides", "A condition that holds digests.", effect={"_sd": []})
edited(BAD, "R-07", "effect_hides_deep", "A condition that holds a digest, deep in it.", effect={"all": [{"paid": [{"...": "AA"}]}]})
edited(BAD, "R-07", "effect_names_a_hash", "A condition that names a hash, deep in it.", effect={"when": {"_sd_alg": "sha-256"}})
edited(BAD, "R-07", "effect_in_an_array", "A condition that is an array.", effect=[{"when": "paid"}])
edited(UNSURE, None, "document_version", "A document of version 2.", version=2)
edited(UNSURE, None, "document_suite", "A suite that is not known.", suite="ML-DSA-87")
edited(BAD, "R-07", "suite_of_principals", "An understanding in the suite of principals.", suite="Ed25519")
edited(BAD, "R-07", "another_origin", "A document of another record.", origin="entente/other")
edited(BAD, "R-07", "slots_wrong", "A number of slots that is not theirs.", slots=16)
edited(BAD, "R-07", "unknown_payload_member", "A member that payloads do not have.", crit=[])
edited(BAD, "R-07", "not_after_negative", "An instant before 1970.", not_after=-1)
edited(BAD, "R-10", "kind_of_another", "A kind that body and signatures do not have.", kind="amendment")
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
clause_case(BAD, "R-15", "companion_decoy", "A companion that is opened, and a decoy.", clause("1", "One.", **{"with": [1]}), shown=("1", "decoy 1"))
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


@case(BAD, "R-10")
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
signers_case(GOOD, None, "referendum_alone", "A side that is there by a signature ad referendum alone.",
             lambda t: [(t.north, "binds"), (t.south, "ad-referendum")])
signers_case(BAD, "R-09", "states_in_understanding", "An understanding that one merely states.", lambda t: [*t.both, (t.agnes, "states")])
signers_case(BAD, "R-09", "statement_of_two", "A statement of two authors.", lambda t: [(t.north, "states"), (t.south, "states")], "statement")
signers_case(BAD, "R-09", "statement_that_binds", "A statement in the capacity of binding.", lambda t: [(t.north, "binds")], "statement")
signers_case(GOOD, None, "guarantor", "A member of no side guarantees.", lambda t: [*t.both, (t.agnes, "guarantees")])
signers_case(UNSURE, None, "custody", "A kind that has no entry of its own.", lambda t: [(t.agnes, "states")], "custody")
signers_case(BAD, "R-09", "second_charter", "A charter that is not entry 0.",
             lambda t: [(t.agnes, "witnesses"), *t.both], "charter")


@case(BAD, "R-05")
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
    return t.show((u, "1"), (m, "1", "about"), stamps=stamps)
