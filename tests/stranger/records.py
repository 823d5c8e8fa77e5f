"""The record's own texts: rosters, leaves, bodies, states; who may sign (docs/record.md 7 to 11)."""
import re

from canonical import Malformed, unbase64url
from notes import LOG, STAMP, check_set, decimal, typed
from signing import ed25519_thumbprint, ml_dsa_65_thumbprint, sha256, sound
from tree import leaf_hash

HASH = re.compile(r"\A[0-9a-f]{64}\Z")
KIND = re.compile(r"\A[a-z][a-z-]{0,31}\Z")
ROLE = re.compile(r"\A[a-z][a-z0-9-]{0,15}\Z")
STAMPER = re.compile(r"\A[!-~]{1,255}\Z")
FLAGS = ("signed", "unconfirmed", "amended", "corrected", "interpreted", "reserved", "disputed", "suspended",
         "reported-kept", "reported-broken", "reported-observed", "terminated", "superseded")


def digest(text):
    if not isinstance(text, str) or not HASH.match(text):
        raise Malformed("not a hash")
    return bytes.fromhex(text)


class Lines:
    """The lines of a deterministic text, taken one by one."""

    def __init__(self, text, form, largest=1 << 20):
        if not isinstance(text, str) or not text.endswith("\n") or len(text.encode()) > largest:
            raise Malformed(f"not a text of {form}")
        self.lines = text[:-1].split("\n")
        if self.lines[0] != form:
            raise Malformed(f"not a text of {form}")
        self.at = 1

    def next(self):
        return self.lines[self.at].split(" ")[0] if self.at < len(self.lines) else None

    def take(self, word, parts=1):
        if self.next() != word:
            raise Malformed(f"no line {word!r}")
        values = self.lines[self.at].split(" ")[1:]
        if len(values) != parts or "" in values:
            raise Malformed(f"a line {word!r} out of its form")
        self.at += 1
        return values[0] if parts == 1 else values

    def line(self, word):
        """The whole value of the next line, which is that of `word`."""
        if self.next() != word:
            raise Malformed(f"no line {word!r}")
        self.at += 1
        return self.lines[self.at - 1][len(word) + 1:]

    def end(self):
        if self.at != len(self.lines):
            raise Malformed("a line too many")


class Leaf:
    def __init__(self, text):
        lines = Lines(text, "entente-leaf/v1", 1023)
        self.body = digest(lines.take("body"))
        self.before, self.after = self.state(lines, "before"), self.state(lines, "after")
        lines.end()
        self.hash = leaf_hash(text.encode())

    @staticmethod
    def state(lines, word):
        size, root = lines.take(word, 2)
        return decimal(size), digest(root)


class Body:
    def __init__(self, text):
        lines = Lines(text, "entente-body/v1")
        self.kind, self.payload = lines.take("kind"), digest(lines.take("payload"))
        if not KIND.match(self.kind):
            raise Malformed("not a kind")
        self.signatures = []
        while lines.next() == "signature":
            self.signatures.append(digest(lines.take("signature")))
        if len(self.signatures) > 128:
            raise Malformed("too many signature lines")
        digest(lines.take("nonce"))
        lines.end()
        self.sha256 = sha256(text.encode())


class RosterSlot:
    def __init__(self, text):
        lines = Lines(text, "entente-state-roster/v1")
        self.version, self.roster = decimal(lines.take("version")), digest(lines.take("roster"))
        digest(lines.take("nonce"))
        lines.end()
        self.hash = leaf_hash(text.encode())


class Item:
    """A state leaf of an understanding; flags are (name, slot, or party, or None)."""

    def __init__(self, text):
        lines = Lines(text, "entente-state-item/v1")
        item = lines.take("item")
        if not re.match(r"\A[0-9a-f]{32}\Z", item):
            raise Malformed("not an item's id")
        self.item, self.flags, last = bytes.fromhex(item), [], (-1, -1)
        while lines.next() == "flag":
            flag = self.flag(lines.line("flag").split(" "))
            place = FLAGS.index(flag[0]), -1 if flag[1] is None else flag[1]
            if place <= last:
                raise Malformed("flags out of order")
            self.flags.append(flag)
            last = place
        self.latest = decimal(lines.take("latest"))
        digest(lines.take("nonce"))
        lines.end()
        self.hash = leaf_hash(text.encode())

    @staticmethod
    def flag(words):
        if not 1 <= len(words) <= 2 or words[0] not in FLAGS:
            raise Malformed("an unknown flag")
        number = decimal(words[1]) if len(words) == 2 else None
        if words[0] == "unconfirmed":
            fits = number is not None and 1 <= number <= 65535
        elif words[0] in ("signed", "terminated", "superseded"):
            fits = number is None
        else:
            fits = number is None or number < 64
        if not fits:
            raise Malformed("a flag with a number that it cannot have")
        return words[0], number


class Member:
    def __init__(self, lines, sides):
        party, self.role, self.scope = lines.take("member", 3)
        self.party = decimal(party, 65535)
        if self.party not in sides and self.party != 0:
            raise Malformed("a member of no side of the record")
        if not ROLE.match(self.role) or self.scope not in ("explore", "negotiate", "commit"):
            raise Malformed("a role or scope out of its form")
        self.ed25519 = unbase64url(lines.take("ed25519"), 32, 32)
        self.ml_dsa_65 = unbase64url(lines.take("ml-dsa-65"), 1952, 1952)
        if not sound(self.ed25519):
            raise Malformed("not an Ed25519 key")
        self.cosigner = typed(lines.take("cosigner"), STAMP)
        if not STAMPER.match(self.cosigner.name):
            raise Malformed("a stamper's name out of its form")
        self.thumbprints = [ed25519_thumbprint(self.ed25519), ml_dsa_65_thumbprint(self.ml_dsa_65)]
        self.line = (self.party, self.role, self.scope, self.ed25519, self.ml_dsa_65, self.cosigner.text)

    def keys(self):
        return [self.ed25519, self.ml_dsa_65, self.cosigner.key]


class Roster:
    def __init__(self, text):
        lines = Lines(text, "entente-roster/v1", 262_144)
        self.text, self.sha256 = text, sha256(text.encode())
        self.origin, self.version = lines.take("origin"), decimal(lines.take("version"))
        if not re.match(r"\A[!-*,-~]{1,128}\Z", self.origin):
            raise Malformed("an origin out of its form")
        self.log = typed(lines.take("log"), LOG)
        if self.log.name != self.origin:
            raise Malformed("the log's key has another name")
        rule = lines.line("quorum").split(" ")
        self.disclosure = lines.take("disclosure")
        if self.disclosure not in ("any-member", "by-consent"):
            raise Malformed("an unknown rule of disclosure")
        self.sides = {}
        while lines.next() == "side":
            side, key = lines.take("side", 2)
            side = decimal(side, 65535)
            if side <= max(self.sides, default=0):
                raise Malformed("sides out of order")
            self.sides[side] = None if key == "-" else unbase64url(key, 32, 32)
            if key != "-" and not sound(self.sides[side]):
                raise Malformed("not an Ed25519 key")
        self.quorum(lines, rule)
        self.members = []
        while lines.next() == "member":
            self.members.append(Member(lines, self.sides))
        lines.end()
        if not 1 <= len(self.sides) <= 16 or len(self.members) > 64:
            raise Malformed("sides or members too many or too few")
        keys = [self.log.key] + [key for key in self.sides.values() if key]
        keys += [key for member in self.members for key in member.keys()] + [each.key for each in self.witnesses]
        if len(set(keys)) != len(keys):
            raise Malformed("one key in two places")
        check_set(self.note_keys())
        self.head = (self.origin, self.disclosure, tuple(self.sides.items()),
                     self.with_witnesses, tuple(each.text for each in self.witnesses))

    def with_log(self, key):
        """This roster with another key of the log; raises if that key may not stand in it."""
        return Roster(re.sub(r"(?m)^log .*$", lambda _: f"log {key.text}", self.text, count=1))

    def note_keys(self):
        return [self.log] + self.witnesses + [member.cosigner for member in self.members]

    def quorum(self, lines, rule):
        """`each-side`, or how many of the witnesses make a quorum with one side."""
        self.with_witnesses, self.witnesses = None, []
        while lines.next() == "witness":
            witness = typed(lines.take("witness"), STAMP)
            if not STAMPER.match(witness.name):
                raise Malformed("a witness's name out of its form")
            self.witnesses.append(witness)
        if len(rule) == 2 and rule[0] == "each-side-or-one-with":
            self.with_witnesses = decimal(rule[1])
            if not 1 <= self.with_witnesses <= len(self.witnesses) <= 16:
                raise Malformed("witnesses that do not fit the quorum")
        elif rule != ["each-side"] or self.witnesses:
            raise Malformed("an unknown quorum, or witnesses for nothing")

    def member(self, thumbprints):
        for member in self.members:
            if member.thumbprints == thumbprints:
                return member
        return None

    def all_keys(self):
        keys = {self.log.key} | {key for key in self.sides.values() if key} | {each.key for each in self.witnesses}
        return keys.union(*(member.keys() for member in self.members))


def follows(before, after, kind, ever):
    """Raises unless `after` is `before` with the one change of `kind`; says the party it changed."""
    if after.version != before.version + 1 or after.head != before.head:
        raise Malformed("more than log, members and version changed")
    old, new = [each.line for each in before.members], [each.line for each in after.members]
    if kind == "hand-over":
        if new != old or after.log.key in ever:
            raise Malformed("not another key of the log alone, or one that stood in a roster before")
        return None
    if after.log.text != before.log.text:
        raise Malformed("another key of the log, and no hand-over")
    if kind == "admission":
        if new[:-1] != old or not new:
            raise Malformed("not one member more, at the end")
        party, fresh = after.members[-1].party, after.members[-1].keys()
    elif kind == "removal":
        gone = [place for place in range(len(old)) if old[:place] + old[place + 1:] == new]
        if not gone:
            raise Malformed("not one member less")
        party, fresh = before.members[gone[0]].party, []
    else:
        changed = [place for place in range(len(old)) if len(new) == len(old) and old[place] != new[place]]
        if len(new) != len(old) or len(changed) != 1:
            raise Malformed("not one member in the place of another")
        first, second = before.members[changed[0]], after.members[changed[0]]
        if (first.party, first.role) != (second.party, second.role):
            raise Malformed("a successor of another party or role")
        party, fresh = first.party, second.keys()
        if second.cosigner.text == first.cosigner.text:
            fresh = fresh[:2]
    if ever & set(fresh):
        raise Malformed("a new member has a key that stood in a roster before")
    if {member.party for member in after.members} >= set(after.sides):
        return party
    raise Malformed("a side without a member")
