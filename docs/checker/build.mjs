// Makes checker.html of the parts in src/, with a content security policy that names them by hash, and its SHA-256.
// usage: node docs/checker/build.mjs [--check]
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const CORE = ["bytes", "json", "text", "ed25519", "ml_dsa_65", "selftest", "signature", "tree", "note", "lines", "roster", "field", "document",
  "rules", "about", "figures", "consent", "letters", "trust", "file", "histories", "state", "check", "report"];
const PAGE = ["words", "show", "page"];

const here = new URL(".", import.meta.url);
const source = (name) => readFileSync(new URL(`src/${name}`, here), "utf8");
const joined = (names) => names.map((name) => source(`${name}.js`)).join("\n");
const wrapped = (code) => `\n"use strict";\n${code}`;
const sha256 = (text, form) => createHash("sha256").update(text).digest(form);

const core = wrapped(`const entente = (() => {\n${joined(CORE)}
return { checkFile, readTrust, readCheckCode, Malformed, verifyEd25519, verifiesHere, verifyMlDsa65, included, consistent, engineServes, computesRightly,
  sha256, fromHex, toHex, fromBase64 };
})();\n`);
const page = wrapped(`(() => {\n${joined(PAGE)}})();\n`);
const style = `\n${source("style.css")}`;
const policy = ["default-src 'none'", `script-src 'sha256-${sha256(core, "base64")}' 'sha256-${sha256(page, "base64")}'`,
  `style-src 'sha256-${sha256(style, "base64")}'`, "base-uri 'none'", "form-action 'none'"].join("; ");
const html = source("frame.html").replace("{{policy}}", () => policy).replace("{{style}}", () => style)
  .replace("{{core}}", () => core).replace("{{page}}", () => page);
const sum = `${sha256(html, "hex")}  checker.html\n`;

if (process.argv.includes("--check")) {
  const same = (name, text) => readFileSync(new URL(name, here), "utf8") === text;
  if (!same("checker.html", html) || !same("checker.html.sha256", sum)) {
    console.error("docs/checker/checker.html is not what its parts make: node docs/checker/build.mjs");
    process.exit(1);
  }
} else {
  writeFileSync(new URL("checker.html", here), html);
  writeFileSync(new URL("checker.html.sha256", here), sum);
}
