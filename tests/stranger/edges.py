"""Files at the edges of the formats: numbers, escapes, depth, notes, keys and signatures that
verifiers disagree about. Each is a case like those of cases.py, which writes them all."""
import base64
import hashlib
import json

from canonical import base64url
from cases import BAD, GOOD, T, UNSURE, Member, Talks, case, clause
from forge import text_of
from signing import CURVE, ORDER, PRIME, point, seed_scalar, sha256

IDENTITY = (0, 1)
BASE = point(bytes([0x58]) + bytes([0x66]) * 31)


def add(first, second):
    (x, y), (u, v) = first, second
    product = CURVE * x * u * y * v % PRIME
    return ((x * v + u * y) * pow(1 + product, PRIME - 2, PRIME) % PRIME,
            (y * v + x * u) * pow(1 - product, PRIME - 2, PRIME) % PRIME)


def times(scalar, at):
    found = IDENTITY
    while scalar:
        if scalar & 1:
            found = add(found, at)
        at, scalar = add(at, at), scalar >> 1
    return found


def encoded(at):
    return (at[1] | (at[0] & 1) << 255).to_bytes(32, "little")


def torsion():
    """A point of order eight."""
    y = 2
    while True:
        at = point(y.to_bytes(32, "little"))
        found = at and times(ORDER, at)
        if found and times(4, found) != IDENTITY:
            return found
        y += 1


def challenge(nonce, key, message):
    return int.from_bytes(hashlib.sha512(nonce + key + message).digest(), "little") % ORDER


def stamp_line(member, time, signature):
    line = base64.b64encode(member.stamp_id + time.to_bytes(8, "big") + signature).decode()
    return f"\u2014 {member.stamp_name} {line}\n"


def stamped(talks, line_of):
    """A file whose checkpoint has North's stamp as `line_of` makes it."""
    file, trust = talks.show((talks.agree(), "1"))
    text = file["checkpoint"].partition("\n\n")[0] + "\n"
    note = talks.record.checkpoint(2, [(talks.south, T)])
    return file | {"checkpoint": note + line_of(text)}, trust


def message(time, text):
    return f"cosignature/v1\ntime {time}\n{text}".encode()


@case(BAD, "R-04")
def stamp_with_large_s():
    """R19: the group's order added to S."""
    t = Talks()

    def line(text):
        good = t.north.stamper.secret.sign(message(T, text))
        number = int.from_bytes(good[32:], "little") + ORDER
        return stamp_line(t.north, T, good[:32] + number.to_bytes(32, "little"))
    return stamped(t, line)


@case(BAD, "R-04")
def stamp_with_small_nonce():
    """R19: R is the neutral point; the equation holds."""
    t = Talks()
    secret = seed_scalar(t.north.stamper.secret.private_bytes_raw())

    def line(text):
        nonce = encoded(IDENTITY)
        number = challenge(nonce, t.north.stamper.public, message(T, text)) * secret % ORDER
        return stamp_line(t.north, T, nonce + number.to_bytes(32, "little"))
    return stamped(t, line)


def mixed(holds):
    """North stamps with a key of mixed order; with the cofactor every such stamp would hold."""
    class Stamper:
        def __init__(self, secret):
            self.secret, self.scalar = self, seed_scalar(secret.private_bytes_raw())
            self.public = encoded(add(times(self.scalar, BASE), torsion()))

        def sign(self, data):
            nonce = 1
            while True:
                first = encoded(times(nonce, BASE))
                found = challenge(first, self.public, data)
                if (found % 8 == 0) == self.holds:
                    number = (nonce + found * self.scalar) % ORDER
                    return first + number.to_bytes(32, "little")
                nonce += 1

    class North(Member):
        def __init__(self, *given):
            super().__init__(*given)
            self.stamper = Stamper(self.stamper.secret)
            data = bytes([4]) + self.stamper.public
            self.stamp_id = sha256(self.stamp_name.encode() + b"\n" + data)[:4]
            self.vkey = f"{self.stamp_name}+{self.stamp_id.hex()}+{base64.b64encode(data).decode()}"
            self.stamper.holds = True

    t = Talks(north=North)
    file, trust = t.show((t.agree(), "1"))
    t.north.stamper.holds = holds
    return file | {"checkpoint": t.record.checkpoint(2, t.stamps)}, trust


@case(GOOD)
def key_of_mixed_order():
    """R19: a key with a part of small order, and a stamp that holds without the cofactor."""
    return mixed(True)


@case(BAD, "R-04")
def stamp_by_cofactor():
    """R19: the same key, and a stamp that holds with the cofactor alone."""
    return mixed(False)


def principal_key(name, about, key):
    def make():
        t = Talks(principal_1=key)
        return t.show((t.agree(), "1"))
    make.__name__, make.__doc__ = name, about
    case(BAD, "R-03")(make)


principal_key("principal_of_small_order", "R19: a principal's key of small order.", encoded(torsion()))
principal_key("principal_neutral", "R19: a principal's key that is the neutral point.", encoded(IDENTITY))
principal_key("principal_not_canonical", "R19: a principal's key with y of 2^255 - 19 or above.",
              next((y + PRIME).to_bytes(32, "little") for y in range(2, 19) if point(y.to_bytes(32, "little"))))
principal_key("principal_no_point", "A principal's key that is no point.",
              next(y.to_bytes(32, "little") for y in range(2, 99) if not point(y.to_bytes(32, "little"))))


# JSON.

def file_text(verdict, check, name, about, change):
    def make():
        t = Talks()
        file, trust = t.show((t.agree(), "1"), rendering="RENDERING")
        return change(text_of(file)), trust
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


def rendering(verdict, name, about, written):
    file_text(verdict, None if verdict == GOOD else "R-01", name, about, lambda text: text.replace("RENDERING", written))


rendering(BAD, "escape_lower", "A control character in lower-case hexadecimal.", "\\u001f\\b\\t\\n\\f\\r\\\"\\\\")
rendering(BAD, "escape_upper", "A control character in upper-case hexadecimal.", "\\u001F")
rendering(BAD, "escape_long", "A newline written in hexadecimal.", "\\u000a")
rendering(BAD, "escape_slash", "A slash escaped.", "\\/")
rendering(BAD, "escape_letter", "A letter escaped.", "\\u0041")
rendering(BAD, "surrogate_escaped", "A lone surrogate, escaped.", "\\ud800")
rendering(BAD, "pair_escaped", "A pair of surrogates, escaped.", "\\ud83d\\ude00")
rendering(BAD, "delete_bare", "A bare U+007F, U+2028, U+FEFF and a noncharacter.", "\x7f\u2028\ufeff\uffff\U0001F600")
rendering(BAD, "control_bare", "A bare tab.", "\t")
file_text(BAD, "R-01", "byte_order_mark", "A byte-order mark.", lambda text: "\ufeff" + text)
file_text(BAD, "R-01", "blank", "A blank after a colon.", lambda text: text.replace('"index":', '"index": '))
file_text(GOOD, None, "newline_at_end", "A newline at the end.", lambda text: text + "\n")
file_text(BAD, "R-01", "newlines_at_end", "Two newlines at the end.", lambda text: text + "\n\n")
for number, named in (("1.0", "fraction"), ("1e0", "exponent"), ("01", "leading_zero"), ("-1", "negative"),
                      ("9007199254740993", "large"), ("true", "truth"), ('"1"', "text"), ("1E400", "huge")):
    file_text(BAD, "R-01", f"index_{named}", f"An index written {number}.",
              lambda text, number=number: text.replace('"index":1,', f'"index":{number},'))
file_text(BAD, "R-01", "slot_minus_zero", "A slot written -0.", lambda text: text.replace('"slot":0}', '"slot":-0}'))
file_text(BAD, "R-12", "roster_in_slot_1", "The roster's slot said to be 1.", lambda text: text.replace('"slot":0}', '"slot":1}'))
file_text(UNSURE, None, "newer_file", "A newer form.", lambda text: text.replace("entente-disclosure/v1", "entente-disclosure/v10"))
file_text(UNSURE, None, "no_disclosure", "Another file.", lambda text: text.replace("entente-disclosure/v1", "entente-invite/v1"))
file_text(BAD, "R-01", "an_array", "An array.", lambda text: f"[{text}]")
file_text(BAD, "R-01", "deep", "A value nested very deep.", lambda text: "[" * 100_000 + "]" * 100_000)


def nested(verdict, check, name, about, depth):
    def make():
        t = Talks()
        value = json.loads("[" * depth + "]" * depth)
        return t.show((t.agree(properties={"nested": value}), "1", "nested"))
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


nested(GOOD, None, "nested_16", "An opening nested 16 deep.", 15)
nested(BAD, "R-07", "nested_17", "An opening nested 17 deep.", 16)


def opened(verdict, check, name, about, written):
    """An opening of a property whose text is written so."""
    def make():
        t = Talks()
        u = t.agree(raw_property=written)
        return t.show((u, "1", "raw"))
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


SALT = base64url(b"\x05" * 16)
opened(GOOD, None, "opening_plain", "An opening.", f'["{SALT}","raw",{{"a":1,"b":"é"}}]')
opened(BAD, "R-07", "opening_twice", "A duplicate name in an opening.", f'["{SALT}","raw",{{"a":1,"a":2}}]')
opened(BAD, "R-07", "opening_order", "Names out of order in an opening.", f'["{SALT}","raw",{{"b":1,"a":2}}]')
opened(BAD, "R-07", "opening_blank", "A blank in an opening.", f'["{SALT}", "raw",1]')
opened(BAD, "R-07", "opening_fraction", "A fraction in an opening.", f'["{SALT}","raw",1.5]')
opened(BAD, "R-07", "opening_salt_short", "A salt of 15 bytes.", f'["{base64url(bytes(15))}","raw",1]')
opened(BAD, "R-07", "opening_salt_long", "A salt of 65 bytes.", f'["{base64url(bytes(65))}","raw",1]')
opened(BAD, "R-07", "opening_salt_spare", "A salt with spare bits.", f'["{"A" * 21}B","raw",1]')
opened(BAD, "R-07", "opening_of_four", "An opening of four parts.", f'["{SALT}","raw",1,2]')
opened(BAD, "R-07", "opening_name_ascii", "A member's name that is not ASCII.", f'["{SALT}","raw",{{"é":1}}]')


# Notes.

def note(verdict, check, name, about, change):
    def make():
        t = Talks()
        file, trust = t.show((t.agree(), "1"))
        return file | {"checkpoint": change(file["checkpoint"], t)}, trust
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


note(GOOD, None, "unknown_signature", "A line of a key that nobody knows.", lambda text, t: text + f"\u2014 stranger.example {base64.b64encode(bytes(9)).decode()}\n")
note(GOOD, None, "name_without_id", "A line with a member's name and another id.", lambda text, t: text + f"\u2014 {t.north.stamp_name} {base64.b64encode(bytes(76)).decode()}\n")
note(BAD, "R-04", "second_line_fails", "A second line of a member that fails.", lambda text, t: text + stamp_line(t.north, T, bytes(64)))
note(BAD, "R-04", "second_line_short", "A second line of a member, too short for a stamp.",
     lambda text, t: text + f"\u2014 {t.north.stamp_name} {base64.b64encode(t.north.stamp_id + b'a').decode()}\n")
note(GOOD, None, "stamped_twice", "A member has stamped twice.", lambda text, t: text + stamp_line(t.north, T + 99, t.north.stamper.secret.sign(message(T + 99, text.partition("\n\n")[0] + "\n"))))
note(BAD, "R-04", "time_too_large", "A time of 2^63.", lambda text, t: text + stamp_line(t.north, 2**63, t.north.stamper.secret.sign(message(2**63, text.partition("\n\n")[0] + "\n"))))
note(BAD, "R-01", "lines_129", "129 signature lines.", lambda text, t: text + f"\u2014 stranger.example {base64.b64encode(bytes(9)).decode()}\n" * 126)
note(GOOD, None, "lines_128", "128 signature lines.", lambda text, t: text + f"\u2014 stranger.example {base64.b64encode(bytes(9)).decode()}\n" * 125)
note(BAD, "R-01", "note_without_newline", "A note without its last newline.", lambda text, t: text[:-1])
note(BAD, "R-01", "note_carriage_return", "A note with carriage returns.", lambda text, t: text.replace("\n", "\r\n"))
note(BAD, "R-01", "note_extension", "A checkpoint with an extension line.", lambda text, t: text.replace("\n\n", "\nextension\n\n"))
note(BAD, "R-01", "note_size_zeroes", "A size with a leading zero.", lambda text, t: text.replace("\n2\n", "\n02\n"))
note(BAD, "R-01", "note_hyphen", "A hyphen for the dash.", lambda text, t: text.replace("\u2014", "-"))
note(BAD, "R-01", "note_blank_name", "A no-break space in a name.", lambda text, t: text + f"\u2014 a\u00a0b {base64.b64encode(bytes(9)).decode()}\n")


def proof(verdict, check, name, about, change):
    def make():
        t = Talks()
        file, trust = t.show((t.agree(), "1"))
        file["entries"][0]["recorded"] = change(file["entries"][0]["recorded"])
        return file, trust
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


proof(BAD, "R-01", "proof_extra", "An extra line.", lambda text: text.replace("\nindex", "\nextra YQ==\nindex"))
proof(BAD, "R-06", "proof_index", "Another index.", lambda text: text.replace("\nindex 1", "\nindex 0"))
proof(BAD, "R-06", "proof_long", "A hash too many.", lambda text: text.replace("\n\n", "\n" + base64.b64encode(bytes(32)).decode() + "\n\n", 1))
proof(BAD, "R-01", "proof_newer", "Another version of the proof.", lambda text: text.replace("tlog-proof@v1", "tlog-proof@v2"))


# What the reader brings.

def trust_file(verdict, check, name, about, change):
    def make():
        t = Talks()
        witnesses = [Member("entente/elsewhere", f"witness-{place}", 0) for place in range(3)]
        file, trust = t.show((t.agree(), "1"))
        file["checkpoint"] = t.record.checkpoint(2, t.stamps + [(each, T) for each in witnesses[:2]])
        return file, change(trust, t, witnesses)
    make.__name__, make.__doc__ = name, about
    case(verdict, check)(make)


def group(threshold):
    return lambda trust, t, witnesses: (trust + f"log {t.record.log_vkey} https://log.example/\n"
                                        + "".join(f"witness w{place} {each.vkey}\n" for place, each in enumerate(witnesses))
                                        + f"group g {threshold} w0 w1 w2\nquorum g\n")


trust_file(GOOD, None, "code_spaced", "The check code in capitals and groups of four.",
           lambda trust, t, _: "# from North\n\nrecord " + " ".join(trust[7:71].upper()[place : place + 4] for place in range(0, 64, 4)) + "\n")
trust_file(GOOD, None, "group_of_two", "Two of three witnesses.", group("2"))
trust_file(GOOD, None, "group_any", "Any of three witnesses.", group("any"))
trust_file(UNSURE, None, "group_all", "All of three witnesses.", group("all"))


# Times.

def timed(name, about, north, **edit):
    def make():
        t = Talks()
        stamps = [(t.north, north), (t.south, T)]
        return t.show((t.agree(edit=edit), "1"), stamps=stamps)
    make.__name__, make.__doc__ = name, about
    case(GOOD)(make)


timed("time_from_the_future", "R14: one side dates its stamp beyond not_after.", T + 10**9, not_after=T + 60)
timed("time_of_2_to_the_62", "A stamp of the year 146 billion.", 2**62)
timed("time_largest", "The largest time that a stamp can have.", 2**63 - 1)
timed("time_zero", "A stamp of 1970.", 0)
timed("not_after_largest", "The largest not_after.", T, not_after=2**53 - 1)
timed("not_after_zero", "A not_after of 1970.", T, not_after=0)


def dated(verdict, name, about, written):
    def make():
        t = Talks()
        fields = [{"name": "end", "type": "instant", "value": written}]
        return t.show((t.agree([clause("1", "One.", fields=fields)]), "1"))
    make.__name__, make.__doc__ = name, about
    case(verdict, None if verdict == GOOD else "R-07")(make)


dated(GOOD, "instant_leap_day", "29 February of a leap year.", "2028-02-29T23:59:59Z")
dated(BAD, "instant_no_leap_day", "29 February of 2100.", "2100-02-29T00:00:00Z")
dated(BAD, "instant_leap_second", "A leap second.", "2016-12-31T23:59:60Z")
dated(BAD, "instant_of_24", "An hour of 24.", "2026-03-03T24:00:00Z")
dated(BAD, "instant_fraction", "A fraction of a second.", "2026-03-03T00:00:00.5Z")
dated(BAD, "instant_zone", "An offset.", "2026-03-03T00:00:00+00:00")


@case(GOOD)
def after_largest():
    """A clause to be shown after the largest instant."""
    t = Talks()
    return t.show((t.agree([clause("1", "One.", **{"class": "after", "after": 2**53 - 1})]), "1"))
