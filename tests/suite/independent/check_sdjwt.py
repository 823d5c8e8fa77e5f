"""Verifies every signer-<n>.sdjwt of a folder with jwcrypto and RFC 9901 alone.

usage: check_sdjwt.py FOLDER | --self-test
"""

import base64
import hashlib
import json
import pathlib
import sys

from jwcrypto import jwk, jws


def unpadded(text):
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        raise ValueError("base64url in another spelling")
    return data


def digests(value):
    """All digests that a payload or an opened disclosure commits to."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "_sd":
                yield from inner
            elif name == "..." and isinstance(inner, str):
                yield inner
            else:
                yield from digests(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from digests(inner)


def check(text, key):
    """Gives payload and opened values; raises for anything that is not as it should be."""
    token, *rest = text.split("~")
    if not rest or rest[-1] != "":
        raise ValueError("an SD-JWT without key binding ends in a tilde")
    signed = jws.JWS()
    signed.allowed_algs = ["EdDSA", "Ed25519"]
    signed.deserialize(token, key)
    payload = json.loads(signed.payload)
    if payload.get("_sd_alg", "sha-256") != "sha-256":
        raise ValueError("another hash")
    known = set(digests(payload))
    opened = []
    waiting = rest[:-1]
    while waiting:
        left = []
        for disclosure in waiting:
            digest = hashlib.sha256(disclosure.encode("ascii")).digest()
            name = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if name not in known:
                left.append(disclosure)
                continue
            parts = json.loads(unpadded(disclosure))
            if len(parts) not in (2, 3) or len(unpadded(parts[0])) < 16:
                raise ValueError("a disclosure is salt, name and value, or salt and value")
            known.remove(name)
            known.update(digests(parts[-1]))
            opened.append(parts[-1])
        if len(left) == len(waiting):
            raise ValueError("a disclosure opens no digest of the payload")
        waiting = left
    return payload, opened


def check_folder(folder):
    found = sorted(folder.glob("signer-*.sdjwt"))
    if not found:
        raise ValueError("no signer-<n>.sdjwt")
    shown = set()
    for path in found:
        key = jwk.JWK.from_json(path.with_suffix(".jwk").read_text())
        if key.has_private:
            raise ValueError(f"{path}: a private key")
        payload, opened = check(path.read_text().rstrip("\n"), key)
        shown.add(json.dumps([payload, opened], sort_keys=True))
    if len(shown) != 1:
        raise ValueError("the signers have not signed one document")


def self_test():
    key = jwk.JWK.generate(kty="OKP", crv="Ed25519")

    def encode(data):
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    disclosure = encode(json.dumps([encode(bytes(16)), "forty"]).encode())
    digest = encode(hashlib.sha256(disclosure.encode()).digest())
    payload = json.dumps({"_sd_alg": "sha-256", "clauses": [{"...": digest}]})
    token = jws.JWS(payload.encode())
    token.add_signature(key, None, json.dumps({"alg": "EdDSA"}), None)
    good = token.serialize(compact=True) + "~" + disclosure + "~"
    assert check(good, key)[1] == ["forty"]
    other = jwk.JWK.generate(kty="OKP", crv="Ed25519")
    sixty = encode(json.dumps([encode(bytes(16)), "sixty"]).encode())
    header, body, signature = good.split("~")[0].split(".")
    bad = [
        (good, other),
        (good.replace(disclosure, sixty), key),
        (good.rstrip("~"), key),
        (good + disclosure + "~", key),
        (good.replace(header, encode(b'{"alg":"none"}')), key),
        (".".join([header, encode(b"{}"), signature]) + "~", key),
    ]
    for text, with_key in bad:
        try:
            check(text, with_key)
        except Exception:  # whatever it is called, it is a refusal
            continue
        raise AssertionError("accepted: " + text)


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        self_test()
    else:
        check_folder(pathlib.Path(sys.argv[1]))
