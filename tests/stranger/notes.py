"""Signed notes, checkpoints, stamps, offline proofs, trust policies (docs/log.md 3 to 8)."""
import base64
import re
import unicodedata

from canonical import Malformed, unbase64url
from signing import ed25519, sha256, sound
from tree import EMPTY

LOG, STAMP = 1, 4
DECIMAL = re.compile(r"\A(0|[1-9][0-9]{0,18})\Z")
STANDARD = re.compile(r"\A[A-Za-z0-9+/]*={0,2}\Z")


class Unsupported(Malformed):
    """A verifier key of a type that is not known."""


def decimal(text, most=2**63 - 1):
    if not DECIMAL.match(text) or int(text) > most:
        raise Malformed(f"not a number: {text[:30]!r}")
    return int(text)


def unbase64(text):
    if not STANDARD.match(text) or len(text) % 4:
        raise Malformed("not base64")
    data = base64.b64decode(text)
    if base64.b64encode(data).decode() != text:
        raise Malformed("base64 with spare bits")
    return data


def key_name(name):
    if not name or len(name.encode()) > 255 or "+" in name:
        raise Malformed("not a key's name")
    if any(each.isspace() or unicodedata.category(each) == "Cc" for each in name):
        raise Malformed("a blank in a key's name")
    return name


class Key:
    """A verifier key: name, id, type, 32 bytes."""

    def __init__(self, text):
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise Malformed("not a verifier key")
        self.text, self.name, data = text, key_name(parts[0]), unbase64(parts[2])
        if len(data) < 2:
            raise Malformed("a verifier key without a key")
        self.id = sha256(self.name.encode() + b"\n" + data)[:4]
        if self.id.hex() != parts[1]:
            raise Malformed("a verifier key whose id is not its own")
        self.type, self.key = data[0], data[1:]
        if self.type not in (LOG, STAMP):
            raise Unsupported("a verifier key of another type")
        if not sound(self.key):
            raise Malformed("not an Ed25519 key")


def typed(text, kind):
    key = Key(text)
    if key.type != kind:
        raise Malformed("a verifier key of the wrong type")
    return key


def check_set(keys):
    """Rules 1 and 2 of section 3."""
    if len({(key.name, key.id) for key in keys}) != len(keys):
        raise Malformed("two keys of one name and id")
    if len({key.key for key in keys}) != len(keys):
        raise Malformed("one key twice")


class Checkpoint:
    """A checkpoint as it came: nothing of it is verified yet."""

    def __init__(self, text):
        data = text.encode()
        if len(data) > 1_048_576:
            raise Malformed("a note that is too large")
        if any(byte < 0x20 and byte != 0x0A for byte in data):
            raise Malformed("a control character in a note")
        head, gap, tail = text.rpartition("\n\n")
        if not gap or not tail.endswith("\n"):
            raise Malformed("a note without signatures")
        self.signed = (head + "\n").encode()
        self.lines = [self.line(each) for each in tail[:-1].split("\n")]
        if len(self.lines) > 128:
            raise Malformed("too many signatures")
        lines = head.split("\n")
        if len(lines) != 3:
            raise Malformed("a checkpoint of other than three lines")
        self.origin, self.size = key_name(lines[0]), decimal(lines[1])
        self.root = unbase64(lines[2])
        if len(self.root) != 32 or (self.size == 0 and self.root != EMPTY):
            raise Malformed("not a root")

    @staticmethod
    def line(text):
        parts = text.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014":
            raise Malformed("not a signature line")
        data = unbase64(parts[2])
        if not 5 <= len(data) <= 4 + 8192:
            raise Malformed("a signature of a length that is not allowed")
        return key_name(parts[1]), data[:4], data[4:]

    def open(self, keys):
        """Earliest time of each known stamping key that has a line, by the key's text.

        Refuses a line of a known key that fails, and a note the log has not signed."""
        check_set(keys)
        stamps, by_log = {}, False
        for name, identity, signature in self.lines:
            for key in keys:
                if (key.name, key.id) != (name, identity):
                    continue
                if key.type == LOG:
                    if not ed25519(key.key, self.signed, signature):
                        raise Malformed("the log's signature fails")
                    by_log = by_log or key.name == self.origin
                    continue
                time = stamp_time(key, self.signed, signature)
                if time is None:
                    raise Malformed(f"the stamp of {name} fails")
                stamps[key.text] = min(time, stamps.get(key.text, time))
        if not by_log:
            raise Malformed("not signed by the log")
        return stamps


def stamp_time(key, signed, signature):
    """The time of a stamp that holds, else None."""
    time = int.from_bytes(signature[:8], "big")
    message = f"cosignature/v1\ntime {time}\n".encode() + signed
    holds = len(signature) == 72 and time <= 2**63 - 1 and ed25519(key.key, message, signature[8:])
    return time if holds else None


class Proof:
    """A tlog-proof without an extra line."""

    def __init__(self, text):
        head, gap, note = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or len(head.encode()) + 2 > 131_072 or lines[0] != "c2sp.org/tlog-proof@v1":
            raise Malformed("not a tlog-proof")
        if len(lines) < 2 or not lines[1].startswith("index "):
            raise Malformed("a tlog-proof without an index")
        self.index = decimal(lines[1][6:])
        self.path = [unbase64(each) for each in lines[2:]]
        if len(self.path) > 63 or any(len(each) != 32 for each in self.path):
            raise Malformed("a tlog-proof with something that is no hash")
        self.checkpoint = Checkpoint(note)


class Policy:
    """What the reader brings: policy lines, and `record` and `principal`."""

    def __init__(self, text):
        self.record, self.principals, self.logs, self.witnesses, self.groups = None, {}, [], {}, {}
        self.quorum, taken = None, set()
        if len(text.encode()) > 65_536:
            raise Malformed("a trust file that is too long")
        if any((ord(each) < 0x20 and each not in "\t\n") or each == "\x7f" for each in text):
            raise Malformed("a control character in the trust file")
        for line in text.split("\n"):
            words = re.findall(r"[^ \t]+", line)
            if not words or words[0].startswith("#"):
                continue
            word, values = words[0], words[1:]
            if word == "record" and self.record is None and values:
                self.record = fingerprint(" ".join(values))
            elif word == "principal" and len(values) == 2:
                self.principal(decimal(values[0], 65535), values[1])
            elif word == "log" and len(values) in (1, 2):
                self.logs.append(typed(values[0], LOG))
            elif word == "witness" and len(values) in (2, 3):
                self.witnesses[self.define(values[0])] = typed(values[1], STAMP)
            elif word == "group" and len(values) >= 3:
                self.group(self.define(values[0]), values[1], values[2:], taken)
            elif word == "quorum" and len(values) == 1 and self.quorum is None:
                if values[0] != "none" and values[0] not in self.witnesses and values[0] not in self.groups:
                    raise Malformed("a quorum that is not defined")
                self.quorum = values[0]
            else:
                raise Malformed(f"not a line of a trust file: {line[:60]!r}")
        if self.quorum is None and (self.witnesses or self.groups):
            raise Malformed("witnesses and no quorum line")
        if max(len(self.logs), len(self.witnesses), len(self.groups)) > 64:
            raise Malformed("too many lines")
        check_set(self.logs + list(self.witnesses.values()))
        if self.record is None:
            raise Malformed("a trust file without a record line")

    def principal(self, side, key):
        if side in self.principals or side == 0 or len(self.principals) == 16:
            raise Malformed("two principals of one side, or too many")
        self.principals[side] = unbase64url(key, 32, 32)

    def define(self, name):
        if name == "none" or name in self.witnesses or name in self.groups:
            raise Malformed("a name that is taken")
        return name

    def group(self, name, threshold, members, taken):
        if len(set(members)) != len(members):
            raise Malformed("a member twice in a group")
        for member in members:
            if member in taken or not (member in self.witnesses or member in self.groups):
                raise Malformed("a member that is not defined, or taken")
            taken.add(member)
        number = {"any": 1, "all": len(members)}.get(threshold)
        number = decimal(threshold) if number is None else number
        if not 1 <= number <= len(members):
            raise Malformed("a threshold out of bounds")
        self.groups[name] = number, members

    def met(self, name, stamped):
        """Is this witness, or this group of them, among the keys that stamped?"""
        if name in self.witnesses:
            return self.witnesses[name].text in stamped
        number, members = self.groups[name]
        return sum(self.met(each, stamped) for each in members) >= number


def fingerprint(text):
    digits = re.sub(r"[\t\n\f\r -]", "", text).lower()
    if len(text) > 256 or not re.match(r"\A[0-9a-f]{64}\Z", digits):
        raise Malformed("not a check code")
    return bytes.fromhex(digits)
