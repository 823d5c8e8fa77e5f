// One side of crates/record/benches/peers.rs: verifies FOLDER/presentation.json with @sd-jwt/core, as often as
// each line of its input says, and answers with the median in microseconds.
// usage: node sdjwt.mjs FOLDER PACKAGES   (the node_modules of tests/install)
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [folder, packages] = process.argv.slice(2);
const { GeneralJSON, SDJwtGeneralJSONInstance } = createRequire(join(packages, "any.js"))("@sd-jwt/core");
const text = readFileSync(join(folder, "presentation.json"), "utf8");
const key = createPublicKey({ key: JSON.parse(readFileSync(join(folder, "key.jwk"), "utf8")), format: "jwk" });
const hasher = (data) => createHash("sha256").update(data).digest();
// Node's own Ed25519, which is faster than WebCrypto's.
const verifier = (data, signature) => verify(null, Buffer.from(data), key, Buffer.from(signature, "base64url"));
const instance = new SDJwtGeneralJSONInstance({ hasher, hashAlg: "sha-256", verifier });
const opened = async (text) => (await instance.verify(GeneralJSON.fromSerialized(JSON.parse(text)))).payload;

const clauses = (await opened(text)).clauses.filter((clause) => clause.number !== undefined);
const refused = await opened(text.replace(/"signature":"..../, '"signature":"AAAA')).then(() => false, () => true);
if (!refused) throw new Error("accepts an altered signature");
console.log(clauses.length);
for await (const line of createInterface({ input: process.stdin })) {
  const times = [];
  for (let round = 0; round < Number(line); round += 1) {
    const start = process.hrtime.bigint();
    await opened(text);
    times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  console.log(times.sort((a, b) => a - b)[times.length >> 1]);
}
