// Altered disclosures, each with what the page's core says of it, for another verifier to be compared with. Half are
// files that were altered after they were made; the rest were altered while they were made, so that those who hold
// every key of a record have signed, recorded and stamped the alteration.
// A file follows from the seed and its number alone, so that several can share the work: of `workers`, the one with
// number `worker` makes every file whose number leaves `worker` when it is divided by `workers`.
// usage: node tests/checker/mutants.mjs [how many, 1000] [seed, 1] [worker, 0] [workers, 1]
// For each: a line of JSON with its number, the name, what the reader brings, verdict, check and why, what is said of
// it (`said.mjs`), and the length of the file that follows.
import { createHash, createPublicKey, verify } from "node:crypto";
import { once } from "node:events";
import { Alterer } from "./alter.mjs";
import { loadCore } from "./core.mjs";
import { altering, canonical } from "./forge.mjs";
import { plain, said } from "./said.mjs";
import { scenarios } from "./scenarios.mjs";

const [count, seed, worker, workers] = [1000, 1, 0, 1].map((usual, i) => Number(process.argv[2 + i] ?? usual));

// WebCrypto's answers without its queue, which would cost more than what is asked; run.mjs asks WebCrypto itself.
const hashes = { "SHA-256": "sha256", "SHA-512": "sha512" };
const SPKI = Buffer.from("302a300506032b6570032100", "hex");
const keys = new Map();

function keyOf(bytes) {
  const name = Buffer.from(bytes).toString("latin1");
  if (!keys.has(name)) keys.set(name, createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: "der", type: "spki" }));
  return keys.get(name);
}

const entente = loadCore({ subtle: {
  digest: async (name, bytes) => createHash(hashes[name]).update(bytes).digest(),
  importKey: async (form, key) => keyOf(key),
  verify: async (algorithm, key, signature, message) => verify(null, message, key, signature),
} });

let alterer;
const altererOf = (number) => new Alterer(createHash("sha256").update(`${seed} ${number}`).digest().readUInt32LE());

// What documents are made of is altered less often: it costs new signatures.
const SIGNED = /^(payload|opening|header|key of)/;

// A scenario as it is, and the parts that it is made of.
function source(scenario) {
  const parts = new Map();
  const made = altering((what, value) => {
    parts.set(`${what} ${canonical(value)}`, { what, value });
    return value;
  }, () => built(scenario));
  const kinds = new Map();
  for (const [name, part] of parts) kinds.set(part.what, [...kinds.get(part.what) ?? [], [name, part.value]]);
  const ofKinds = (signed) => [...kinds].filter(([what]) => SIGNED.test(what) === signed).map(([, ofKind]) => ofKind);
  return { name: scenario.name, scenario, signed: ofKinds(true), unsigned: ofKinds(false), ...made };
}

function built({ make }) {
  const { record, file, trust } = make();
  return { file: canonical(file), trust: trust ?? record.trust() };
}

const sources = scenarios.filter(({ verdict }) => ["authentic", "proven"].includes(verdict)).map(source).filter(({ file }) => file !== undefined);

function partOf({ signed, unsigned }) {
  return alterer.one(alterer.one(alterer.below(4) === 0 ? signed : unsigned));
}

// One part, seldom two, is another from the beginning.
function madeOtherwise({ scenario, trust, ...kinds }) {
  const others = new Map(Array.from({ length: 1 + Number(alterer.below(6) === 0) }, () => {
    const [name, value] = partOf(kinds);
    return [name, alterer.value(value)];
  }));
  const made = altering((what, value) => {
    const name = `${what} ${canonical(value)}`;
    return others.has(name) ? others.get(name) : value;
  }, () => built(scenario));
  return alterer.below(12) === 0 ? { ...made, trust } : made;
}

function alteredAfterwards({ file, trust }) {
  let value = JSON.parse(file);
  for (let i = 0; i <= Number(alterer.below(4) === 0); i += 1) value = alterer.value(value);
  const text = canonical(value);
  return { file: alterer.below(20) === 0 ? alterer.text(text) : text, trust };
}

// Some parts cannot be made with an alteration: a size that is no number, a key that there is not. Another is taken.
function mutant() {
  for (;;) {
    const from = alterer.one(sources);
    const resigned = alterer.below(2) === 0;
    try {
      return { name: `${from.name}, ${resigned ? "made" : "altered"}`, ...(resigned ? madeOtherwise(from) : alteredAfterwards(from)) };
    } catch {
      // Taken again.
    }
  }
}

// Seldom, what the reader brings is another; it may be no trust file any more.
const broughtOf = (trust) => (alterer.below(16) === 0 ? alterer.text(trust) : trust);

async function answerOn(bytes, trust) {
  let read;
  try {
    read = await entente.readTrust(trust);
  } catch (error) {
    if (error instanceof entente.Malformed) return { verdict: "trust refused", why: error.message };
    throw error;
  }
  return entente.checkFile(bytes, read);
}

for (let number = worker; number < count; number += workers) {
  alterer = altererOf(number);
  const { name, file, trust: whole } = mutant();
  const [bytes, trust] = [Buffer.from(file), broughtOf(whole)];
  const report = await answerOn(new Uint8Array(bytes), trust);
  const { verdict, check = null, why = null } = report;
  process.stdout.write(`${plain({ number, name, trust, verdict, check, why, said: said(report), length: bytes.length })}\n`);
  if (!process.stdout.write(bytes)) await once(process.stdout, "drain");
}
