// The page's core and the command line on altered files: they must give one verdict. Alterations know the structure:
// members left out, doubled, moved; lines of texts; JSON inside base64url.
// usage: node tests/checker/mutants.mjs <entente> [how many, 1000] [seed, 1]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCore } from "./core.mjs";
import { canonical } from "./forge.mjs";
import { vectors } from "./scenarios.mjs";

const [program, count = "1000", seed = "1"] = process.argv.slice(2);
if (program === undefined) {
  console.error("usage: node tests/checker/mutants.mjs <entente> [how many] [seed]");
  process.exit(64);
}

let state = Number(seed);
function below(limit) {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return Math.floor((state / 0x80000000) * limit);
}
const one = (values) => values[below(values.length)];

function paths(value, path = []) {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.keys(value).flatMap((name) => paths(value[name], [...path, name]))];
}
const at = (value, path) => path.reduce((inner, name) => inner[name], value);
const copy = (value) => JSON.parse(JSON.stringify(value));

function alteredLines(text) {
  const lines = text.split("\n");
  const [i, j] = [below(lines.length), below(lines.length)];
  one([
    () => lines.splice(i, 1),
    () => lines.splice(i, 0, lines[j]),
    () => { [lines[i], lines[j]] = [lines[j], lines[i]]; },
  ])();
  return lines.join("\n");
}

function alteredText(text) {
  const i = below(text.length + 1);
  const letter = one([..."0123456789abcdefABCZz-_+/=. \n\u2014\u202e"]);
  return one([
    () => text.slice(0, i) + letter + text.slice(i),
    () => text.slice(0, i) + text.slice(i + 1),
    () => text.slice(0, i) + letter + text.slice(i + 1),
    () => text.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
    () => alteredLines(text),
    () => alteredInside(text),
  ])();
}

function alteredInside(text) {
  try {
    return Buffer.from(canonical(altered(JSON.parse(Buffer.from(text, "base64url").toString())))).toString("base64url");
  } catch {
    return `${text}A`;
  }
}

function altered(value) {
  const places = paths(value).filter((path) => path.length > 0);
  if (places.length === 0) return value;
  const path = one(places);
  const parent = at(value, path.slice(0, -1));
  const name = path[path.length - 1];
  const inner = parent[name];
  one([
    () => (Array.isArray(parent) ? parent.splice(Number(name), 1) : delete parent[name]),
    () => (Array.isArray(parent) ? parent.splice(Number(name), 0, copy(inner)) : parent[`${name}x`] = copy(inner)),
    () => { parent[name] = copy(at(value, one(places))); },
    () => { parent[name] = one([null, [], {}, 0, -1, "", "1", true, 2 ** 53, 1.5]); },
    ...Array.from({ length: 6 }, () => () => {
      if (typeof inner === "string") parent[name] = alteredText(inner);
      else if (typeof inner === "number") parent[name] = one([inner + 1, inner - 1, 0]);
      else if (Array.isArray(inner)) inner.reverse();
      else parent[name] = {};
    }),
  ])();
  return value;
}

const entente = loadCore();
const folder = mkdtempSync(join(tmpdir(), "entente-mutants-"));
const sources = vectors().filter(({ verdict }) => verdict === "authentic");
let [verdicts, checks, made] = [0, 0, 0];
for (let i = 0; i < Number(count); i += 1) {
  const { name, file, trust } = one(sources);
  const value = JSON.parse(file);
  altered(value);
  if (below(4) === 0) altered(value);
  const bytes = Buffer.from(below(20) === 0 ? alteredText(canonical(value)) : canonical(value));
  const paths = [join(folder, "file"), join(folder, "trust")];
  writeFileSync(paths[0], bytes);
  writeFileSync(paths[1], trust);
  const { stdout, stderr } = spawnSync(program, ["check", paths[0], "--trust", paths[1], "--json"], { encoding: "utf8" });
  let other;
  try {
    other = JSON.parse(stdout);
  } catch {
    other = { verdict: `none: ${stderr}` };
  }
  const own = await entente.checkFile(new Uint8Array(bytes), await entente.readTrust(trust));
  made += 1;
  if (own.verdict !== other.verdict) {
    verdicts += 1;
    console.error(`mutant ${i} of ${name}: the page says ${own.verdict} ${own.check ?? ""}, the command ${other.verdict} ${other.check ?? ""}`);
  } else if ((own.check ?? null) !== (other.check ?? null)) {
    checks += 1;
    console.error(`mutant ${i} of ${name}: the page names ${own.check} (${own.why}), the command ${other.check} (${other.why})`);
  }
}
rmSync(folder, { recursive: true, force: true });
console.log(`mutants: ${made} altered files; ${verdicts} verdicts differ, ${checks} named another check first`);
process.exit(verdicts === 0 ? 0 : 1);
