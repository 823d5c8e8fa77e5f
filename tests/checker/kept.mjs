// The scenarios that lie in tests/vectors/verdicts, with the checks that an authentic one is there to pass.
// usage: node tests/checker/kept.mjs             writes them anew, and the table in tests/vectors/README.md
//        node tests/checker/kept.mjs --check     says whether they lie there as this makes them
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { vectors } from "./scenarios.mjs";

const PASSES = {
  "understanding": ["R-01", "R-03", "R-04", "R-06", "R-07", "R-08", "R-09", "R-10", "R-11", "R-14", "R-15"],
  "principals-known": ["R-02"],
  "admission-shown": ["R-05", "R-12"],
  "succession": ["R-05", "R-08", "R-11"],
  "hand-over": ["R-02", "R-04", "R-05", "R-12"],
  "hand-over-across": ["R-04", "R-11"],
  "hand-over-by-one-side-and-witnesses": ["R-11"],
  "amended-both-shown": ["R-09", "R-13"],
  "dispute-settled": ["R-13"],
  "superseded": ["R-13"],
  "ad-referendum-confirmed": ["R-09", "R-13"],
  "report-with-dissent": ["R-13", "R-15"],
  "one-side-and-witnesses": ["R-11"],
  "one-side-and-one-of-two": ["R-11"],
  "each-side-beside-witnesses": ["R-11"],
  "letter-through-delegate": ["R-16"],
  "consent-with-letter": ["R-07", "R-16"],
  "unattributed": ["R-08", "R-10"],
  "right-to-left": ["R-07"],
};

// Beside those: for each check what fails it alone, and what answers an attack.
const KEPT = [...Object.keys(PASSES), "speed", "witness-asked-and-missing", "newer-document", "newer-kind", "effect", "consent-to-more", "ad-referendum-alone",
  "amended-later-not-shown", "recorded-too-late", "a-rendering-that-lies", "figures-that-differ",
  "hand-over-of-one-side", "hand-over-back", "hand-over-and-admission", "hand-over-recorded-by-the-old-key", "old-key-after-hand-over", "new-key-before-hand-over",
  "hand-over-left-out", "hand-over-and-its-key-trusted", "effect-that-hides", "openings-more-than-digests", "suspended-in-part", "letter-out-of-span",
  "one-name-twice", "flag-of-a-place-that-is-not", "principal-of-another", "forged-with-own-keys", "charter-not-at-the-beginning", "witness-is-a-stamper", "log-key-of-another",
  "stamp-with-large-s", "admission-that-removes", "succession-by-another-principal", "path-too-long", "recorded-in-another-history", "clause-behind-a-decoy",
  "digest-twice", "one-salt-twice", "bidi-override", "languages-alike", "one-key-twice", "signature-stripped", "one-key-for-all",
  "nothing-opened-and-not-signed", "post-quantum-signature", "retired-key-signs", "two-delegates-of-one-side", "consent-of-one-side", "report-of-dissent-alone",
  "salt-altered", "unattributed-with-salts", "unattributed-with-author", "stamped-by-one-side", "two-of-one-side", "witnesses-alone", "succession-left-out",
  "amendment-without-flag", "amended-after-the-end", "mark-of-nobody", "seen-another-history", "admitted-since-seen", "companion-missing",
  "report-stripped-of-dissent", "letter-by-another-principal", "letter-signature", "one-side-and-too-few-witnesses",
  "witness-stamp-fails", "succession-by-witnesses-alone", "two-roots", "two-leaves", "two-roots-stamped", "one-root-twice", "roots-of-two-sizes", "leaves-in-two-places",
  "root-by-another-log", "leaf-not-in-its-tree", "histories-newer", "histories-and-disclosure"];

const folder = new URL("../vectors/verdicts/", import.meta.url);
const others = [];
const made = new Map(vectors().map((vector) => [vector.name, vector]));
for (const name of KEPT) {
  const { about, check, file, trust, verdict } = made.get(name);
  const vector = { about, check, file, passes: PASSES[name] ?? [], trust, verdict };
  keep(new URL(`${name}.json`, folder), `${JSON.stringify(vector, null, 2)}\n`);
}

function keep(path, text) {
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, "utf8") !== text) others.push(path.pathname);
}

const all = readdirSync(folder).filter((name) => name.endsWith(".json")).sort()
  .map((name) => ({ name: name.slice(0, -5), ...JSON.parse(readFileSync(new URL(name, folder), "utf8")) }));
const checks = [...new Set(all.flatMap(({ check, passes = [] }) => [check, ...passes]).filter((check) => check !== null))].sort();
const rows = checks.map((check) => `| ${check} | ${all.filter(({ passes = [] }) => passes.includes(check)).map(({ name }) => `\`${name}\``).join(", ")} | ` +
  `${all.filter((one) => one.check === check).map(({ name }) => `\`${name}\``).join(", ")} |`);
const readme = new URL("../vectors/README.md", import.meta.url);
const text = readFileSync(readme, "utf8");
keep(readme, `${text.slice(0, text.indexOf("| check |"))}| check | passed by | failed by |\n|---|---|---|\n${rows.join("\n")}\n`);
// What is in the folder and made by nobody; the numbered ones are made by our own code.
others.push(...all.map(({ name }) => name).filter((name) => !/^[0-9]/.test(name) && !KEPT.includes(name)));
if (others.length > 0) {
  console.error(`not what tests/checker/kept.mjs makes: ${others.join(", ")}`);
  process.exit(1);
}
