"""One side of crates/record/benches/peers.rs: verifies FOLDER/presentation.json with jwcrypto and hashlib, as
often as each line of its input says, and answers with the median in microseconds.

usage: sdjwt.py FOLDER
"""

import base64
import hashlib
import json
import pathlib
import statistics
import sys
import time

from jwcrypto import jwk, jws


def opened(text, key):
    """The payload with everything in it that the file opens."""
    signed = jws.JWS()
    signed.allowed_algs = ["EdDSA"]
    signed.deserialize(text, key)
    payload = json.loads(signed.payload)
    known = {}
    for disclosure in signed.jose_header[0]["disclosures"]:
        digest = base64.urlsafe_b64encode(hashlib.sha256(disclosure.encode("ascii")).digest())
        padded = disclosure + "=" * (-len(disclosure) % 4)
        known[digest.decode().rstrip("=")] = json.loads(base64.urlsafe_b64decode(padded))
    payload["clauses"] = [known.pop(slot["..."])[1] if slot["..."] in known else slot for slot in payload["clauses"]]
    for digest in payload.pop("_sd"):
        if digest in known:
            _, name, value = known.pop(digest)
            payload[name] = value
    if known:
        raise ValueError("a disclosure opens no digest of the payload")
    return payload


def main():
    folder = pathlib.Path(sys.argv[1])
    text = (folder / "presentation.json").read_text()
    key = jwk.JWK.from_json((folder / "key.jwk").read_text())
    shown = sum("number" in clause for clause in opened(text, key)["clauses"])
    place = text.index('"signature":"') + len('"signature":"')
    try:
        opened(text[:place] + "AAAA" + text[place + 4 :], key)
    except Exception:  # whatever it is called, it is a refusal
        print(shown, flush=True)
    else:
        raise AssertionError("accepts an altered signature")
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            opened(text, key)
            times.append((time.perf_counter() - start) * 1e6)
        print(statistics.median(times), flush=True)


main()
