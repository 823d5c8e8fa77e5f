"""Makes `parts/` of the first entry of a disclosure as docs/record.md section 17 says, for want of a client.

usage: python3 parts.py disclosure.json parts
"""
import base64
import hashlib
import json
import pathlib
import sys


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


file, folder = json.load(open(sys.argv[1], encoding="utf-8")), pathlib.Path(sys.argv[2])
folder.mkdir()
entry, roster = file["entries"][0], file["roster"].split("\n")
(folder / "leaf.bin").write_bytes(entry["leaf"].encode())
(folder / "body.bin").write_bytes(entry["body"].encode())
(folder / "entry.tlog-proof").write_bytes(entry["recorded"].encode())
valued = lambda word: [line.split(" ", 1)[1] for line in roster if line.startswith(word + " ")]
(folder / "log.vkey").write_text(valued("log")[0] + "\n")
for number, key in enumerate(valued("cosigner"), 1):
    (folder / f"cosigner-{number}.vkey").write_text(key + "\n")
jwks = {}
for x in valued("ed25519"):
    jwk = '{"crv":"Ed25519","kty":"OKP","x":"%s"}' % x
    jwks[base64.urlsafe_b64encode(hashlib.sha256(jwk.encode()).digest()).decode().rstrip("=")] = jwk
document = entry["document"]
openings = "".join(opening + "~" for opening in document["signatures"][0]["header"]["disclosures"])
number = 0
for signature in document["signatures"]:
    header = json.loads(decoded(signature["protected"]))
    if header["alg"] == "ML-DSA-65":
        continue
    number += 1
    compact = f'{signature["protected"]}.{document["payload"]}.{signature["signature"]}~{openings}'
    (folder / f"signer-{number}.sdjwt").write_text(compact)
    (folder / f"signer-{number}.jwk").write_text(jwks[header["kid"]])
