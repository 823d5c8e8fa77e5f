"""JSON that has exactly one text, base64url, and text for people (docs/record.md section 1)."""
import base64
import json
import re
import unicodedata

LARGEST = 2**53 - 1
BLANK = re.compile(r"\A[A-Za-z0-9_-]*\Z")
ESCAPES = {'"': '"', "\\": "\\", "b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}
WRITTEN = {value: "\\" + name for name, value in ESCAPES.items()}
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,15})(?![0-9.eE+-])")
PLAIN = re.compile(r'[^"\\\x00-\x1f]+')
HEXADECIMAL = re.compile(r"\A[0-9a-f]{4}\Z")


class Malformed(Exception):
    """A text that is not of its form."""


class Reader:
    """A recursive reader of one JSON text; knows nothing of any form."""

    def __init__(self, text, deepest):
        self.text, self.at, self.deepest = text, 0, deepest

    def fail(self, why):
        raise Malformed(f"JSON: {why} at {self.at}")

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self, what):
        if not self.text.startswith(what, self.at):
            self.fail(f"no {what!r}")
        self.at += len(what)

    def value(self, depth):
        first = self.peek()
        if first in ("{", "["):
            if depth >= self.deepest:
                self.fail("nested too deep")
            return self.object(depth + 1) if first == "{" else self.array(depth + 1)
        if first == '"':
            return self.string()
        for word, value in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        found = NUMBER.match(self.text, self.at)
        if not found or found[0] == "-0" or abs(int(found[0])) > LARGEST:
            self.fail("no integer that is allowed")
        self.at = found.end()
        return int(found[0])

    def array(self, depth):
        self.take("[")
        values = []
        while self.peek() != "]":
            if values:
                self.take(",")
            values.append(self.value(depth))
        self.at += 1
        return values

    def object(self, depth):
        self.take("{")
        members, last = {}, None
        while self.peek() != "}":
            if members:
                self.take(",")
            name = self.string()
            if not name.isascii():
                self.fail("a name that is not ASCII")
            if last is not None and name <= last:
                self.fail(f"{name!r} is twice or out of order")
            self.take(":")
            members[name] = self.value(depth)
            last = name
        self.at += 1
        return members

    def string(self):
        self.take('"')
        out = []
        while True:
            letter = self.peek()
            if letter == "":
                self.fail("a string without end")
            if letter == '"':
                self.at += 1
                return "".join(out)
            if letter < " ":
                self.fail("a bare control character")
            if letter != "\\":
                plain = PLAIN.match(self.text, self.at)
                out.append(plain[0])
                self.at = plain.end()
                continue
            name = self.text[self.at + 1 : self.at + 2]
            if name in ESCAPES and name:
                out.append(ESCAPES[name])
                self.at += 2
                continue
            digits = self.text[self.at + 2 : self.at + 6]
            if name != "u" or not HEXADECIMAL.match(digits):
                self.fail("an unknown escape")
            letter = chr(int(digits, 16))
            if letter >= " " or letter in WRITTEN:
                self.fail("an escape that is not needed")
            out.append(letter)
            self.at += 6


def parse(data, largest=1_048_576, deepest=16):
    """The value of a canonical text, given as bytes."""
    if len(data) > largest:
        raise Malformed("JSON: too large")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("JSON: not UTF-8") from error
    reader = Reader(text, deepest)
    value = reader.value(0)
    if reader.at != len(text):
        reader.fail("something after the value")
    return value


def written(value):
    """The canonical text of a value that was parsed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def shape(value, required, optional=()):
    """`value`, an object of exactly these members."""
    if not isinstance(value, dict):
        raise Malformed("not an object")
    names = set(value)
    if not set(required) <= names or not names <= set(required) | set(optional):
        raise Malformed(f"members {sorted(names)} instead of {sorted(required)}")
    return value


def integer(value, least=0, most=LARGEST):
    if type(value) is not int or not least <= value <= most:
        raise Malformed("not an integer within bounds")
    return value


def string(value):
    if not isinstance(value, str):
        raise Malformed("not a string")
    return value


def array(value, least=0, most=1 << 20):
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise Malformed("not an array of a length that is allowed")
    return value


def unbase64url(text, least=0, most=1 << 30):
    """The bytes of a base64url text without padding and without spare bits."""
    if not isinstance(text, str) or not BLANK.match(text) or len(text) % 4 == 1:
        raise Malformed("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url(data) != text:
        raise Malformed("base64url with spare bits")
    if not least <= len(data) <= most:
        raise Malformed(f"{len(data)} bytes, out of bounds")
    return data


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


FORBIDDEN = [
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200B), (0x200E, 0x200F), (0x2028, 0x202E), (0x2060, 0x2065),
    (0x206A, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164), (0xE000, 0xF8FF), (0xFDD0, 0xFDEF),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFF), (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0x10FFFF), (0x7F, 0x9F),
]
HIDING = re.compile("[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in FORBIDDEN) + "]")


def people(text, empty=False):
    """`text`, which people read, if nothing in it hides from them."""
    string(text)
    if text == "" and empty:
        return text
    if text.strip() == "":
        raise Malformed("text of nothing but white space")
    if unicodedata.normalize("NFC", text) != text:
        raise Malformed("text that is not in Normalization Form C")
    for letter in text:
        code = ord(letter)
        if (code < 0x20 and letter != "\n") or code & 0xFFFE == 0xFFFE:
            raise Malformed(f"U+{code:04X} in a text")
        if unicodedata.category(letter) == "Cn":
            raise Malformed(f"U+{code:04X} in a text, which is not assigned")
        if HIDING.match(letter):
            raise Malformed(f"U+{code:04X} in a text")
    for line in text.split("\n"):
        depth = 0
        for letter in line:
            depth += ("\u2066" <= letter <= "\u2068") - (letter == "\u2069")
            if depth < 0:
                raise Malformed("an isolate is closed that was not opened")
        if depth:
            raise Malformed("an isolate is left open")
    return text


def people_within(value):
    """Every string of a property's value."""
    if isinstance(value, str):
        people(value, empty=True)
    elif isinstance(value, list):
        for each in value:
            people_within(each)
    elif isinstance(value, dict):
        for each in value.values():
            people_within(each)
