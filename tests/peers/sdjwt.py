"""One side of crates/record/benches/peers.rs: verifies FOLDER/presentation.json with jwcrypto and hashlib, as
often as each line of its input says, and answers with the median in microseconds. With "strict" it also checks
what keeps two readers from understanding the same bytes differently: one text of JSON and of base64url, NFC,
digests, salts and clause numbers that stand once.

usage: sdjwt.py FOLDER [strict]
"""

import base64
import hashlib
import json
import pathlib
import statistics
import sys
import time
import unicodedata

from jwcrypto import jwk, jws


def plain(text):
    """The value of an opening."""
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def opened(text, key, read=plain):
    """The payload with everything in it that the file opens."""
    signed = jws.JWS()
    signed.allowed_algs = ["EdDSA"]
    signed.deserialize(text, key)
    payload = json.loads(signed.payload)
    known = {}
    for disclosure in signed.jose_header[0]["disclosures"]:
        digest = base64.urlsafe_b64encode(hashlib.sha256(disclosure.encode("ascii")).digest())
        known[digest.decode().rstrip("=")] = read(disclosure)
    payload["clauses"] = [known.pop(slot["..."])[1] if slot["..."] in known else slot for slot in payload["clauses"]]
    for digest in payload.pop("_sd"):
        if digest in known:
            _, name, value = known.pop(digest)
            payload[name] = value
    if known:
        raise ValueError("a disclosure opens no digest of the payload")
    return payload


def decoded(text):
    """The bytes of base64url that has one text."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        raise ValueError("not canonical base64url")
    return data


def canonical(text):
    """The value of JSON that has one text, whose strings are in NFC."""
    value = json.loads(text)
    if json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True) != text:
        raise ValueError("not canonical JSON")
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError("not NFC")
    return value


def once(values):
    """Values of which none stands twice."""
    values = list(values)
    if len(set(values)) != len(values):
        raise ValueError("stands twice")
    return values


def strictly_opened(text, key):
    """As opened, and refuses every other text of the same content. An opening is decoded once."""
    openings = []

    def read(opening):
        openings.append(canonical(decoded(opening).decode()))
        return openings[-1]

    shown = opened(text, key, read)
    file = canonical(text)
    (signature,) = file["signatures"]
    decoded(signature["signature"])
    canonical(decoded(signature["protected"]).decode())
    payload = canonical(decoded(file["payload"]).decode())
    slots = [slot["..."] for slot in payload["clauses"]]
    for digest in once(slots + payload["_sd"]) + [payload["id"], payload["seen"]["root"]]:
        decoded(digest)
    properties = [decoded(digest) for digest in payload["_sd"]]
    if properties != sorted(properties):
        raise ValueError("not sorted")
    if any(len(decoded(salt)) < 16 for salt in once(opening[0] for opening in openings)):
        raise ValueError("a short salt")
    once(opening[1]["number"] for opening in openings if len(opening) == 2)
    return shown


def main():
    verify = strictly_opened if sys.argv[2:] == ["strict"] else opened
    folder = pathlib.Path(sys.argv[1])
    text = (folder / "presentation.json").read_text()
    key = jwk.JWK.from_json((folder / "key.jwk").read_text())
    shown = sum("number" in clause for clause in verify(text, key)["clauses"])
    place = text.index('"signature":"') + len('"signature":"')
    try:
        verify(text[:place] + "AAAA" + text[place + 4 :], key)
    except Exception:  # whatever it is called, it is a refusal
        print(shown, flush=True)
    else:
        raise AssertionError("accepts an altered signature")
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            verify(text, key)
            times.append((time.perf_counter() - start) * 1e6)
        print(statistics.median(times), flush=True)


main()
