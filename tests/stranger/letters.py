"""Letters of full powers (docs/record.md section 21), check R-16."""
from canonical import Malformed, integer, people, shape, unbase64url
from documents import HYBRID, Presentation
from signing import ed25519, ed25519_thumbprint, ml_dsa_65
from tree import EMPTY


class Letter:
    """Raises unless it is of this record and form, and signed by who may give it."""

    def __init__(self, value, verifier):
        shown = Presentation(value)
        shown.read_signatures()
        payload = shown.payload
        first = verifier.reached[0][1]
        if payload.origin != first.origin or payload.kind != "full-powers":
            raise Malformed("no letter of this record")
        if [signer.capacity for signer in payload.signers] != ["binds"] or payload.seen != (0, EMPTY):
            raise Malformed("not signed by one who binds, on nothing")
        if payload.not_after is not None or payload.effect or shown.clauses:
            raise Malformed("a letter that holds more than powers")
        names = {name for name in shown.properties if not name.startswith("decoy-")}
        if "powers" not in names or names - {"powers", "name"}:
            raise Malformed("a letter without powers, or with more")
        self.powers(shown.properties["powers"])
        if "name" in names and "\n" in people(shown.properties["name"]):
            raise Malformed("a name of two lines")
        shown.verify_by(self.keys(payload, first, verifier.reached))

    @staticmethod
    def powers(value):
        shape(value, ("delegate", "from", "may_delegate", "scope"), ("expires", "until"))
        shape(value["delegate"], ("ed25519", "ml-dsa-65"))
        for mark in value["delegate"].values():
            unbase64url(mark, 32, 32)
        for name in {"expires", "from", "until"} & set(value):
            integer(value[name])
        if type(value["may_delegate"]) is not bool or value["scope"] not in ("explore", "negotiate", "commit"):
            raise Malformed("powers out of their form")

    @staticmethod
    def keys(payload, first, reached):
        signer = payload.signers[0]
        if payload.suite != HYBRID:
            key = first.sides.get(signer.party)
            return [(ed25519, key if key and ed25519_thumbprint(key) == signer.thumbprints[0] else None)]
        members = [roster.member(signer.thumbprints) for _, roster in reached]
        member = next((each for each in members if each and each.party == signer.party), None)
        return [(ed25519, member and member.ed25519), (ml_dsa_65, member and member.ml_dsa_65)]
