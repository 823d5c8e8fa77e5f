// Altered disclosures, each with what the page's core says of it, for another verifier to be compared with. Half are
// files that were altered after they were made; the rest were altered while they were made, so that those who hold
// every key of a record have signed, recorded and stamped the alteration.
// usage: node tests/checker/mutants.mjs [how many, 1000] [seed, 1]
// For each: a line of JSON with the name, what the reader brings, verdict, check and why, and the length of the file
// that follows.
import { once } from "node:events";
import { Alterer } from "./alter.mjs";
import { loadCore } from "./core.mjs";
import { altering, canonical } from "./forge.mjs";
import { scenarios } from "./scenarios.mjs";

const [count, seed] = [Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 1)];
const entente = loadCore();
const alterer = new Alterer(seed);

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

const sources = scenarios.filter(({ verdict }) => verdict === "authentic").map(source);

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

for (let i = 0; i < count; i += 1) {
  const { name, file, trust } = mutant();
  const bytes = Buffer.from(file);
  const { verdict, check = null, why = null } = await entente.checkFile(new Uint8Array(bytes), await entente.readTrust(trust));
  process.stdout.write(`${JSON.stringify({ name, trust, verdict, check, why, length: bytes.length })}\n`);
  if (!process.stdout.write(bytes)) await once(process.stdout, "drain");
}
