// The checker's core under Node: every vector of verdicts, the scenarios of this folder, and edge cases of Ed25519 and of trees.
// usage: node tests/checker/run.mjs [folders of vectors made by others]
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadCore } from "./core.mjs";
import { vectors } from "./scenarios.mjs";

const entente = loadCore();
let [looked, failures] = [0, 0];

function expect(name, is, should) {
  looked += 1;
  if (JSON.stringify(is) === JSON.stringify(should)) return;
  failures += 1;
  console.error(`${name}: ${JSON.stringify(is)}, expected ${JSON.stringify(should)}`);
}

const made = vectors();

// The answer on a file; none is looked for with a trust file that is refused.
async function judge(file, trust) {
  try {
    return await entente.checkFile(new TextEncoder().encode(file), await entente.readTrust(trust));
  } catch (error) {
    if (error instanceof entente.Malformed) return { verdict: "trust refused", why: error.message };
    throw error;
  }
}

async function verdicts() {
  const folders = [fileURLToPath(new URL("../vectors/verdicts/", import.meta.url)), ...process.argv.slice(2)];
  const stored = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith(".json")).sort()
    .map((name) => ({ name, ...JSON.parse(readFileSync(join(folder, name), "utf8")) })));
  for (const { name, file, trust, verdict, check } of [...stored, ...made]) {
    const report = await judge(file, trust);
    expect(`${name} (${report.why ?? ""})`, [report.verdict, report.check ?? null], [verdict, check ?? null]);
  }
  return stored.length + made.length;
}

const EMPTY_ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const vectorsOfLog = (name) => new URL(`../../crates/log/tests/vectors/${name}`, import.meta.url);
const fromElsewhere = (name) => JSON.parse(readFileSync(vectorsOfLog(name), "utf8"));

// What docs/log.md section 2 refuses, in the terms of CCTV's flags; the rest must hold.
async function edgeCases() {
  const cases = fromElsewhere("cctv-ed25519.json");
  const refused = ["low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"];
  for (const { number, key, sig, msg, flags } of cases) {
    const [k, s, m] = [entente.fromHex(key), entente.fromHex(sig), new TextEncoder().encode(msg)];
    const should = !(flags ?? []).some((flag) => refused.includes(flag));
    expect(`Ed25519 case ${number} ${flags}`, await entente.verifyEd25519(k, s, m), should);
    if (should) expect(`Ed25519 case ${number}, own code`, await entente.verifiesHere(k, s, m), true);
  }
  return `${cases.length} cases of Ed25519`;
}

async function trees() {
  const inclusion = fromElsewhere("merkle-inclusion.json");
  const base64 = (text) => entente.fromBase64(text ?? "");
  const bytes32 = (text) => text.length === 32;
  for (const [i, c] of inclusion.entries()) {
    const path = (c.proof ?? []).map(base64);
    const root = base64(c.root);
    const is = bytes32(root) && path.every(bytes32) &&
      await entente.included(base64(c.leafHash), BigInt(c.leafIdx), BigInt(c.treeSize), path, root);
    expect(`inclusion ${i} ${c.desc ?? ""}`, is, !c.wantErr);
  }
  const consistency = fromElsewhere("merkle-consistency.json");
  for (const [i, c] of consistency.entries()) {
    const proof = (c.proof ?? []).map(base64);
    const is = await entente.consistent(BigInt(c.size1), base64(c.root1), BigInt(c.size2), base64(c.root2), proof);
    // docs/log.md section 1 takes the empty proof from the empty tree, which the source of these cases does not.
    const fromNothing = c.size1 === 0 && c.size2 === 1 && c.root1 === EMPTY_ROOT && proof.length === 0;
    expect(`consistency ${i} ${c.desc ?? ""}`, is, fromNothing || !c.wantErr);
  }
  return `, ${inclusion.length + consistency.length} of trees`;
}

// A browser whose WebCrypto has no Ed25519: the page's own code judges the same.
async function withoutEngine() {
  const digest = (name, bytes) => crypto.subtle.digest(name, bytes);
  const other = loadCore({ subtle: { digest, importKey: () => Promise.reject(new Error("not supported")) } });
  expect("the engine is found wanting", await other.engineServes(), false);
  for (const name of ["understanding", "signature-of-another-text", "stamped-by-one-side"]) {
    const { file, trust, verdict, check } = made.find((scenario) => scenario.name === name);
    const report = await other.checkFile(new TextEncoder().encode(file), await other.readTrust(trust));
    expect(`${name} without the engine`, [report.verdict, report.check ?? null], [verdict, check]);
  }
}

// The page tries itself before it checks; here is one that computes wrongly, in each of the things that it tries.
async function selfTest() {
  expect("the page computes rightly", await entente.computesRightly(), true);
  const faults = {
    "another constant of the transform": ["8347681", "8347682"], "a rotation by another number": ["<< 12) | (s[12] >>> 20", "<< 13) | (s[12] >>> 19"],
    "another point of Ed25519": ["15112221349535400772501151409588531511454012693041857206046113283949847762202n", "15112221349535400772501151409588531511454012693041857206046113283949847762203n"],
    "a hint to the other side": ["rest > 0 ?", "rest < 0 ?"],
  };
  for (const [name, [from, to]] of Object.entries(faults)) {
    const other = loadCore(crypto, (script) => {
      if (script.split(from).length !== 2) throw new Error(`${from} stands not once in the page`);
      return script.replace(from, to);
    });
    expect(`${name} is noticed`, await other.computesRightly(), false);
  }
  const liar = loadCore({ subtle: { digest: async (name, bytes) => new Uint8Array(await crypto.subtle.digest(name, bytes)).fill(0) } });
  expect("a wrong SHA-256 is noticed", await liar.computesRightly(), false);
}

await selfTest();
await withoutEngine();
expect("this engine serves", await entente.engineServes(), true);
const count = await verdicts();
const others = await edgeCases() + await trees();
console.log(`checker: ${count} verdicts, ${others}`);
console.log(`test result: ${failures === 0 ? "ok" : "FAILED"}. ${looked - failures} passed; ${failures} failed; 0 ignored`);
process.exit(failures === 0 ? 0 : 1);
