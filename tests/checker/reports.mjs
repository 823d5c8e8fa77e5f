// What the page's core finds in each file of folders of vectors: a line of JSON each, with the vector's path.
// usage: node tests/checker/reports.mjs FOLDER...
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { loadCore } from "./core.mjs";
import { plain, said } from "./said.mjs";

const entente = loadCore();

async function found(file, trust) {
  try {
    return said(await entente.checkFile(new TextEncoder().encode(file), await entente.readTrust(trust)));
  } catch (error) {
    if (error instanceof entente.Malformed) return null;
    throw error;
  }
}

for (const folder of process.argv.slice(2)) {
  for (const name of readdirSync(folder).filter((one) => one.endsWith(".json")).sort()) {
    const path = join(folder, name);
    const { file, trust } = JSON.parse(readFileSync(path, "utf8"));
    console.log(plain({ path, said: await found(file, trust) }));
  }
}
