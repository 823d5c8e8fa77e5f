"""Documents as strangers see them: payload, openings, signatures (docs/record.md section 3)."""
import re
from datetime import datetime

from canonical import (Malformed, array, integer, parse, people, people_within, shape,
                       string, unbase64url)
from records import KIND
from signing import ed25519, ed25519_thumbprint, ml_dsa_65, sha256

HYBRID, ALONE = "Ed25519+ML-DSA-65", "Ed25519"
CAPACITIES = ("binds", "ad-referendum", "guarantees", "witnesses", "states", "dissents")
NAMELESS = "unattributed"
CLASSES = (8, 16, 32, 64)
PAYLOAD = ("version", "suite", "origin", "kind", "id", "seen", "signers", "clauses", "slots", "_sd", "_sd_alg")
ORIGIN = re.compile(r"\A[!-*,-~]{1,128}\Z")
NUMBER = re.compile(r"\A[A-Za-z0-9.()-]{1,16}\Z")
LANGUAGE = re.compile(r"\A(?!.{36})[a-z]{2,3}(-[A-Za-z0-9]{1,8})*\Z")
PROPERTY = re.compile(r"\A[a-z][a-z0-9_-]{0,63}\Z")
PARTY = re.compile(r"\A(0|[1-9][0-9]{0,4})\Z")
INSTANT = re.compile(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z", re.ASCII)
DEGREES = re.compile(r"\A(-?)(0|[1-9]\d{0,2})\.(\d{6})\Z", re.ASCII)


class CannotTell(Exception):
    """A version, suite, form or kind that this program does not know."""


class Signer:
    def __init__(self, value, suite):
        shape(value, ("party", "capacity", "ed25519") + (("ml-dsa-65",) if suite == HYBRID else ()))
        self.party = integer(value["party"], 0, 65535)
        self.capacity = value["capacity"]
        if self.capacity not in CAPACITIES:
            raise Malformed("an unknown capacity")
        if self.party == 0 and self.capacity in ("binds", "ad-referendum"):
            raise Malformed("no side cannot be bound")
        self.thumbprints = [unbase64url(value["ed25519"], 32, 32)]
        if suite == HYBRID:
            self.thumbprints.append(unbase64url(value["ml-dsa-65"], 32, 32))


class Payload:
    def __init__(self, data):
        value = parse(data)
        version, suite = (value.get("version"), value.get("suite")) if isinstance(value, dict) else (None, None)
        if type(version) is int and version >= 0 and version != 1:
            raise CannotTell("a document of another version")
        if isinstance(suite, str) and suite not in (HYBRID, ALONE):
            raise CannotTell("an unknown suite")
        shape(value, PAYLOAD, ("not_after", "effect"))
        integer(version)
        self.suite, self.origin, self.kind = (string(value[each]) for each in ("suite", "origin", "kind"))
        if not ORIGIN.match(self.origin) or not KIND.match(self.kind):
            raise Malformed("an origin or kind out of its form")
        if self.kind != "full-powers" and (self.suite == ALONE) != (self.kind == "succession"):
            raise Malformed("the suite does not fit the kind")
        if self.kind == NAMELESS and {"not_after", "effect"} & set(value):
            raise Malformed("words without a name with a limit")
        self.id = unbase64url(value["id"], 16, 16)
        shape(value["seen"], ("root", "size"))
        self.seen = integer(value["seen"]["size"]), unbase64url(value["seen"]["root"], 32, 32)
        self.not_after = integer(value["not_after"]) if "not_after" in value else None
        self.effect = "effect" in value
        if self.effect and not isinstance(value["effect"], dict):
            raise Malformed("an effect that is no object")
        no_hiding(value.get("effect"))
        self.signers = [Signer(each, self.suite) for each in array(value["signers"], *((0, 0) if self.kind == NAMELESS else (1, 32)))]
        marks = [mark for signer in self.signers for mark in signer.thumbprints]
        if len(set(marks)) != len(marks):
            raise Malformed("a thumbprint twice")
        self.clauses = [unbase64url(shape(each, ("...",))["..."], 32, 32) for each in array(value["clauses"])]
        self.hidden = [unbase64url(each, 32, 32) for each in array(value["_sd"])]
        if len(self.clauses) not in CLASSES or len(self.hidden) not in CLASSES:
            raise Malformed("not a class of slots")
        if type(value["slots"]) is not int or value["slots"] != len(self.clauses):
            raise Malformed("a wrong number of slots")
        if value["_sd_alg"] != "sha-256" or self.hidden != sorted(self.hidden):
            raise Malformed("another digest, or digests out of order")
        if len(set(self.clauses + self.hidden)) != len(self.clauses) + len(self.hidden):
            raise Malformed("a digest twice")


def no_hiding(value):
    if isinstance(value, dict):
        if {"_sd", "_sd_alg", "..."} & set(value):
            raise Malformed("something is hidden inside an opening or an effect")
        for each in value.values():
            no_hiding(each)
    elif isinstance(value, list):
        for each in value:
            no_hiding(each)


def degrees(text, most):
    found = DEGREES.match(string(text))
    if not found or text == "-0.000000":
        raise Malformed("not degrees")
    if int(found[2]) * 10**6 + int(found[3]) > most * 10**6:
        raise Malformed("degrees out of bounds")


def point(value):
    shape(value, ("datum", "latitude", "longitude"))
    if value["datum"] != "WGS84":
        raise Malformed("another datum")
    degrees(value["latitude"], 90)
    degrees(value["longitude"], 180)


def instant(text):
    if not INSTANT.match(string(text)):
        raise Malformed("not an instant")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError as error:
        raise Malformed("not an instant") from error


def one_line(text):
    if "\n" in people(text):
        raise Malformed("a line that is broken")


def field(value):
    shape(value, ("name", "type", "value"))
    one_line(value["name"])
    held, kind = value["value"], value["type"]
    if kind == "instant":
        instant(held)
    elif kind == "period":
        shape(held, ("end", "start"))
        if instant(held["start"]) >= instant(held["end"]):
            raise Malformed("a period that ends before it begins")
    elif kind in ("person", "organisation"):
        shape(held, ("name",), ("reference",))
        for line in held.values():
            one_line(line)
    elif kind == "duration":
        one_line(shape(held, ("from", "seconds"))["from"])
        integer(held["seconds"])
    elif kind == "point":
        point(held)
    elif kind == "polygon":
        for each in array(held, 3, 1024):
            point(each)
    elif kind == "quantity":
        integer(shape(held, ("amount", "unit"))["amount"], -(2**53) + 1)
        one_line(held["unit"])
    elif kind == "file":
        unbase64url(shape(held, ("sha-256",))["sha-256"], 32, 32)
    else:
        raise Malformed("an unknown type of field")
    return value["name"]


class Clause:
    def __init__(self, value, slot, slots):
        known = isinstance(value, dict) and value.get("class")
        shape(value, ("class", "fields", "number", "text", "with") + (("after",) if known == "after" else ()))
        if known not in ("never", "by-consent", "public", "after"):
            raise Malformed("an unknown class")
        if known == "after":
            integer(value["after"])
        self.number = string(value["number"])
        if not NUMBER.match(self.number):
            raise Malformed("not a clause's number")
        if not isinstance(value["text"], dict) or not value["text"]:
            raise Malformed("a clause without text")
        for language, text in value["text"].items():
            if not LANGUAGE.match(language):
                raise Malformed("not a language tag")
            people(text)
        if len({language.lower() for language in value["text"]}) != len(value["text"]):
            raise Malformed("one language twice")
        names = [field(each) for each in array(value["fields"], 0, 64)]
        if len(set(names)) != len(names):
            raise Malformed("a field's name twice")
        self.companions = [integer(each, 0, slots - 1) for each in array(value["with"])]
        if self.companions != sorted(set(self.companions)) or slot in self.companions:
            raise Malformed("companions out of order")
        self.text, self.class_ = value["text"], known


class Presentation:
    """Payload, signatures and the chosen openings; everything but the signatures is checked here."""

    def __init__(self, value):
        if not isinstance(value, dict):
            raise Malformed("not a presentation")
        self.text = value.get("payload")
        self.bytes = unbase64url(self.text, 0, 1_048_576)
        self.payload = Payload(self.bytes)
        self.signatures, openings = self.parts(value)
        if len(openings) > len(self.payload.clauses) + len(self.payload.hidden):
            raise Malformed("more openings than digests")
        self.digests = []
        self.clauses, self.decoys, self.properties = {}, set(), {}
        salts, last = set(), None
        for text in openings:
            raw = unbase64url(text, 0, 1_048_576)
            digest = sha256(text.encode())
            if last is not None and digest <= last:
                raise Malformed("openings out of order")
            last = digest
            self.digests.append(digest)
            salt = self.open(parse(raw), digest)
            if salt in salts:
                raise Malformed("two openings of one salt")
            salts.add(salt)
        numbers = [clause.number for clause in self.clauses.values()]
        if len(set(numbers)) != len(numbers):
            raise Malformed("two clauses of one number")
        if self.clauses and self.decoys and min(self.decoys) < max(self.clauses):
            raise Malformed("a clause behind a decoy")
        if self.payload.kind == NAMELESS and self.properties:
            raise Malformed("words without a name that show a property")
        self.names()
        if self.payload.kind == "consent" and "release" in self.properties:
            Release(self.properties["release"])

    def parts(self, value):
        """Signatures and openings; these stand beside the payload where nobody signs visibly."""
        if not self.payload.signers:
            return [], array(shape(value, ("disclosures", "payload"))["disclosures"])
        signatures = array(shape(value, ("payload", "signatures"))["signatures"], 1)
        first = signatures[0].get("header") if isinstance(signatures[0], dict) else None
        return signatures, array(shape(first, ("disclosures",))["disclosures"])

    def names(self):
        """Section 4: what `title` and `parties` hold."""
        given = {"title", "parties"} & set(self.properties)
        if given and "states" in [signer.capacity for signer in self.payload.signers]:
            raise Malformed("names given by one who states")
        lines = [self.properties["title"]] if "title" in given else []
        if "parties" in given:
            parties = self.properties["parties"]
            if not isinstance(parties, dict) or not all(PARTY.match(each) and int(each) <= 65535 for each in parties):
                raise Malformed("names of what is no party")
            lines += parties.values()
            if len({string(name) for name in parties.values()}) != len(parties):
                raise Malformed("one name of two parties")
        for line in lines:
            if "\n" in people(line):
                raise Malformed("a name of two lines")

    def open(self, value, digest):
        array(value, 2, 3)
        salt = unbase64url(value[0], 16, 64)
        no_hiding(value[-1])
        if len(value) == 2:
            if digest not in self.payload.clauses:
                raise Malformed("an opening of nothing")
            slot = self.payload.clauses.index(digest)
            if isinstance(value[1], dict) and value[1].get("decoy") is True and len(value[1]) == 1:
                self.decoys.add(slot)
            else:
                self.clauses[slot] = Clause(value[1], slot, len(self.payload.clauses))
            return salt
        name = string(value[1])
        if digest not in self.payload.hidden:
            raise Malformed("an opening of nothing")
        if not PROPERTY.match(name) or name in PAYLOAD + ("not_after", "effect") or name in self.properties:
            raise Malformed("not a property's name, or one twice")
        if name.startswith("decoy-") and value[2] is not None:
            raise Malformed("a decoy that holds something")
        people_within(value[2])
        self.properties[name] = value[2]
        return salt

    def missing(self):
        """A clause that is shown without one of its companions, if there is one."""
        for slot, clause in sorted(self.clauses.items()):
            for companion in clause.companions:
                if companion not in self.clauses:
                    return slot, companion
        return None

    def read_signatures(self):
        """Raises unless there are as many as are owed, each of its form."""
        owed = sum(len(signer.thumbprints) for signer in self.payload.signers)
        if owed != len(self.signatures):
            raise Malformed("signatures too many or too few")
        self.signatures = [Signature(each, place == 0) for place, each in enumerate(self.signatures)]

    def verify(self, roster):
        """Raises unless each signature is that of the key that owes it, by this roster."""
        keys = []
        for signer in self.payload.signers:
            if len(signer.thumbprints) == 1:
                key = next((each for each in roster.sides.values() if each and ed25519_thumbprint(each) == signer.thumbprints[0]), None)
                keys.append((ed25519, key))
            else:
                member = roster.member(signer.thumbprints)
                keys += [(ed25519, member and member.ed25519), (ml_dsa_65, member and member.ml_dsa_65)]
        self.verify_by(keys)

    def verify_by(self, keys):
        """The same with keys that are known: pairs of how to verify, and the key or None."""
        marks = [mark for signer in self.payload.signers for mark in signer.thumbprints]
        for (how, key), mark, signature in zip(keys, marks, self.signatures):
            if signature.algorithm not in {ed25519: ("EdDSA", "Ed25519"), ml_dsa_65: ("ML-DSA-65",)}[how]:
                raise Malformed("another algorithm")
            if signature.mark != mark or signature.type != f"entente-{self.payload.kind}+sd-jwt":
                raise Malformed("another key's signature, or of another type")
            if key is None:
                raise Malformed("a signer whose key is not known")
            if not how(key, f"{signature.protected}.{self.text}".encode(), signature.signature):
                raise Malformed("a signature fails")


class Signature:
    """A signature and its protected header, as to form."""

    def __init__(self, value, first):
        shape(value, ("protected", "signature") + (("header",) if first else ()))
        self.protected, self.signature = string(value["protected"]), unbase64url(value["signature"])
        header = shape(parse(unbase64url(self.protected)), ("alg", "kid", "typ"))
        self.algorithm, self.type = string(header["alg"]), string(header["typ"])
        self.mark = unbase64url(header["kid"], 32, 32)


class Release:
    """What a consent agrees to (section 20)."""

    def __init__(self, value):
        shape(value, ("audience", "entries", "expires", "letters", "not_before"))
        if "\n" in people(value["audience"]) or integer(value["expires"]) < integer(value["not_before"]):
            raise Malformed("not an audience, or an end before the beginning")
        indices = [self.entry(each) for each in array(value["entries"], 1, 512)]
        if indices != sorted(set(indices)):
            raise Malformed("entries out of order")
        self.digests(value["letters"], 64)

    def entry(self, value):
        shape(value, ("digests", "index", "leaf"))
        if not re.match(r"\A[0-9a-f]{64}\Z", string(value["leaf"])):
            raise Malformed("not a leaf's hash")
        self.digests(value["digests"], 128)
        return integer(value["index"])

    @staticmethod
    def digests(value, most):
        digests = [unbase64url(each, 32, 32) for each in array(value, 0, most)]
        if digests != sorted(set(digests)):
            raise Malformed("digests out of order")
