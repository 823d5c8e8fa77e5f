// One side of crates/record/benches/peers.rs: verifies FOLDER/presentation.json with @sd-jwt/core, as often as
// each line of its input says, and answers with the median in microseconds. With "strict" it also checks what
// keeps two readers from understanding the same bytes differently, as sdjwt.py does.
// usage: node sdjwt.mjs FOLDER PACKAGES [strict]   (the node_modules of tests/install)
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [folder, packages, mode] = process.argv.slice(2);
const { GeneralJSON, SDJwtGeneralJSONInstance } = createRequire(join(packages, "any.js"))("@sd-jwt/core");
const text = readFileSync(join(folder, "presentation.json"), "utf8");
const key = createPublicKey({ key: JSON.parse(readFileSync(join(folder, "key.jwk"), "utf8")), format: "jwk" });
const hasher = (data) => createHash("sha256").update(data).digest();
// Node's own Ed25519, which is faster than WebCrypto's.
const verifier = (data, signature) => verify(null, Buffer.from(data), key, Buffer.from(signature, "base64url"));
const instance = new SDJwtGeneralJSONInstance({ hasher, hashAlg: "sha-256", verifier });
const opened = async (text) => (await instance.verify(GeneralJSON.fromSerialized(JSON.parse(text)))).payload;

const demand = (holds) => {
  if (!holds) throw new Error("another text of the same content");
};
const decoded = (text) => {
  const bytes = Buffer.from(text, "base64url");
  demand(bytes.toString("base64url") === text);
  return bytes;
};
const sorted = (value) => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
};
const canonical = (text) => {
  const value = JSON.parse(text);
  demand(JSON.stringify(sorted(value)) === text && text.normalize("NFC") === text);
  return value;
};
const once = (values) => {
  demand(new Set(values).size === values.length);
  return values;
};
const strictlyOpened = async (text) => {
  const { payload: encoded, signatures } = canonical(text);
  const [{ header, protected: head, signature }] = signatures;
  decoded(signature);
  canonical(decoded(head).toString());
  const payload = canonical(decoded(encoded).toString());
  const slots = payload.clauses.map((slot) => slot["..."]);
  for (const digest of [...once([...slots, ...payload._sd]), payload.id, payload.seen.root]) decoded(digest);
  const properties = payload._sd.map(decoded);
  demand(properties.every((one, place) => place === 0 || Buffer.compare(properties[place - 1], one) < 0));
  const openings = header.disclosures.map((one) => canonical(decoded(one).toString()));
  demand(once(openings.map(([salt]) => salt)).every((salt) => decoded(salt).length >= 16));
  once(openings.filter((opening) => opening.length === 2).map(([, clause]) => clause.number));
  return opened(text);
};
const check = mode === "strict" ? strictlyOpened : opened;

const clauses = (await check(text)).clauses.filter((clause) => clause.number !== undefined);
const refused = await check(text.replace(/"signature":"..../, '"signature":"AAAA')).then(() => false, () => true);
if (!refused) throw new Error("accepts an altered signature");
console.log(clauses.length);
for await (const line of createInterface({ input: process.stdin })) {
  const times = [];
  for (let round = 0; round < Number(line); round += 1) {
    const start = process.hrtime.bigint();
    await check(text);
    times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  console.log(times.sort((a, b) => a - b)[times.length >> 1]);
}
