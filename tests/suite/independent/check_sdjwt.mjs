// Verifies every signer-<n>.sdjwt of a folder with @sd-jwt/core and WebCrypto alone; altered ones must be refused.
// usage: node check_sdjwt.mjs FOLDER PACKAGES   (the node_modules of tests/install)
import { createHash, webcrypto } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, packages] = process.argv.slice(2);
const { SDJwtInstance } = createRequire(join(packages, "any.js"))("@sd-jwt/core");
const hasher = (data) => createHash("sha256").update(Buffer.from(data)).digest();

async function verified(text, jwk) {
  const key = await webcrypto.subtle.importKey("jwk", jwk, { name: "Ed25519" }, false, ["verify"]);
  const verifier = (data, signature) => webcrypto.subtle.verify("Ed25519", key, Buffer.from(signature, "base64url"), Buffer.from(data));
  return new SDJwtInstance({ hasher, hashAlg: "sha-256", verifier }).verify(text);
}

async function refuses(text, jwk) {
  try {
    await verified(text, jwk);
  } catch {
    return;
  }
  throw new Error(`accepted: ${text.slice(0, 80)}`);
}

const read = (name) => readFileSync(join(folder, name), "utf8").trimEnd();
const names = readdirSync(folder).filter((name) => name.endsWith(".sdjwt"));
if (names.length === 0) throw new Error("no signer-<n>.sdjwt");
const shown = new Set();
for (const name of names) {
  const [text, jwk] = [read(name), JSON.parse(read(name.replace(".sdjwt", ".jwk")))];
  const { payload } = await verified(text, jwk);
  const clauses = payload.clauses.filter((clause) => clause.number !== undefined);
  if (clauses.length === 0) throw new Error("no clause is opened");
  shown.add(JSON.stringify(payload));
  const [header, body, rest] = text.split(".");
  await refuses([header, `${body.slice(0, -4)}AAAA`, rest].join("."), jwk);
  await refuses([header, body, `AAAA${rest.slice(4)}`].join("."), jwk);
  await refuses(text.replace(/~([^~]{8})/, "~AAAAAAAA"), jwk);
}
if (shown.size !== 1) throw new Error("the signers have not signed one document");
