// Writes the scenarios of the checker's tests in the form of tests/vectors/verdicts, for other verifiers.
// usage: node tests/checker/make.mjs <folder>
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { vectors } from "./scenarios.mjs";

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: node tests/checker/make.mjs <folder>");
  process.exit(64);
}
mkdirSync(folder, { recursive: true });
for (const { name, ...vector } of vectors()) writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(vector, null, 2)}\n`);
