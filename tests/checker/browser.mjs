// The page in a real headless Chromium: what a reader does with it, and that nothing leaves it.
// usage: node tests/checker/browser.mjs [folder for screenshots and the printed page]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Chromium } from "./chromium.mjs";
import { checker } from "./core.mjs";
import { scenarios, vectorOf } from "./scenarios.mjs";

const scratch = mkdtempSync(join(tmpdir(), "entente-checker-files-"));
const pictures = process.argv[2] ?? scratch;
mkdirSync(pictures, { recursive: true });
const folder = fileURLToPath(new URL("../vectors/verdicts/", import.meta.url));
let failures = 0;
let steps = 0;

function expect(what, is, should = true) {
  steps += 1;
  if (JSON.stringify(is) === JSON.stringify(should)) return;
  failures += 1;
  console.error(`${what}: ${JSON.stringify(is)}, expected ${JSON.stringify(should)}`);
}

function stored(start) {
  const name = readdirSync(folder).find((file) => file.startsWith(start));
  return { name, ...JSON.parse(readFileSync(join(folder, name), "utf8")) };
}

function vector(start) {
  const made = scenarios.find(({ name }) => name === start);
  const { name, file, trust, verdict, check } = made === undefined ? stored(start) : vectorOf(made);
  const path = join(scratch, name);
  writeFileSync(path, file);
  const trustPath = join(scratch, `${name}.trust`);
  writeFileSync(trustPath, trust);
  return { path, trust, trustPath, verdict, check, code: /^record (\S+)/m.exec(trust)?.[1] ?? "" };
}

const browser = await Chromium.start(process.env.CHROMIUM ?? "chromium");
const text = (selector) => browser.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? null`);
const anchor = (value) => browser.evaluate(`document.getElementById("anchor").value = ${JSON.stringify(value)}; null`);
const checked = () => browser.until(`document.getElementById("note").textContent.startsWith("Checked in")`);
const clear = () => browser.evaluate(`document.getElementById("note").textContent = ""; null`);

async function choose({ path, trust }) {
  await clear();
  await anchor(trust);
  await browser.evaluate(`document.getElementById("file").value = ""; null`);
  await browser.choose("#file", path);
  await checked();
}

async function picture(name) {
  const { data } = await browser.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
  writeFileSync(join(pictures, `${name}.png`), Buffer.from(data, "base64"));
}

const heading = (verdict) => verdict[0].toUpperCase() + verdict.slice(1);

async function everyVector() {
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".json")).sort()) {
    const one = vector(name);
    await choose(one);
    expect(`${name} in the page`, await text("#verdict h2"), heading(one.verdict));
    if (one.check) expect(`${name}: the check`, (await text("#verdict")).includes(`Check ${one.check} failed`));
    expect(`${name}: findings`, await browser.evaluate(`document.querySelector("article") === null`), /^(not authentic|proven|not proven)$/.test(one.verdict) || /^(15|effect|newer|histories)/.test(name));
  }
}

async function dropped() {
  const one = vector("02");
  await clear();
  await anchor(one.code.toUpperCase().replace(/(.{4})/g, "$1 "));
  const [x, y] = await browser.evaluate(`(() => { scrollTo(0, 0); const r = document.getElementById("drop").getBoundingClientRect(); return [r.x + 20, r.y + r.height / 2]; })()`);
  await browser.drop(one.path, x, y);
  await checked();
  expect("a dropped file", await text("#verdict h2"), "Authentic");
  expect("the page after a drop", await browser.evaluate("location.href"), checker.href);
  expect("focus goes to the verdict", await browser.evaluate("document.activeElement.id"), "verdict");
  const page = await text("#result");
  for (const said of ["This does not say they are true, complete or still in force", "Limited ceasefire", "North (side 1)", "binds its side",
    "signed as witness; it binds nobody", "Clause 7", "In force since", "No agreement to this release is in the file",
    "Stamping is not assent", "No outside witness", "ML-DSA-65", "1 other item of the record is not shown"]) {
    expect(`the page says: ${said}`, page.includes(said));
  }
  await picture("authentic");
}

async function trustFile() {
  await anchor("");
  const one = vector("01");
  await browser.choose("#file", one.path);
  await browser.until(`document.querySelector("#verdict h2")?.innerText === "Cannot tell"`);
  expect("the code to compare", (await text("#verdict")).includes(one.code.match(/.{4}/g).join(" ")));
  await picture("cannot-tell");
  await browser.choose("#trust", one.trustPath);
  await browser.until(`document.querySelector("#verdict h2")?.innerText === "Authentic"`);
  expect("slots that are not shown", (await text("#result")).includes("2 clauses shown. 6 places are not shown"));
  await anchor("record nonsense");
  await browser.evaluate(`document.getElementById("check").click(); null`);
  await browser.until(`document.getElementById("note").textContent.startsWith("Nothing was checked")`);
  expect("no verdict without a readable trust file", await text("#verdict"), null);
}

async function tampered() {
  await choose(vector("07"));
  expect("a tampered file", (await text("#verdict")).includes("Altered, damaged or forged; do not rely on it."));
  await picture("not-authentic");
}

async function twoHistories() {
  await choose(vector("two-roots.json"));
  const said = await text("#verdict");
  for (const part of ["Proven", "after 2 items", "Nobody else could have made both signatures", "Your trust file names this key.", "entente/checker+"]) {
    expect(`a proof of two histories says: ${part}`, said.includes(part));
  }
  await choose({ ...vector("two-roots-stamped"), trust: "" });
  expect("it needs no check code", (await text("#verdict")).includes("This file does not say whose key it is."));
  await picture("two-histories");
  await choose(vector("one-root-twice"));
  expect("what proves nothing accuses nobody", (await text("#verdict")).includes("do not hold it against anybody"));
}

async function longAndAltered() {
  const path = join(scratch, "long");
  writeFileSync(path, "");
  truncateSync(path, 16777300);
  await choose({ path, trust: "" });
  expect("a file that is too long", (await text("#verdict")).includes("Check R-01 failed"));
  expect("nothing is said of what was not read", (await text("#result")).includes("16777300 bytes: too long for what it should be, and not read to its end"));
  await choose(vector("01"));
  await browser.evaluate(`document.getElementById("anchor").focus(); document.execCommand("insertText", false, "0"); null`);
  expect("no verdict stands for another check code", await text("#verdict"), null);
  expect("nor is there anything to print", await browser.evaluate(`document.getElementById("print").hidden`));
}

async function rightToLeft() {
  await choose(vector("right-to-left"));
  expect("a right-to-left file", await text("#verdict h2"), "Authentic");
  const directions = await browser.evaluate(`[...document.querySelectorAll("blockquote p")].map((line) => [line.lang, getComputedStyle(line).direction])`);
  expect("directions", directions, [["ar", "rtl"], ["en", "ltr"], ["ar", "rtl"], ["en", "ltr"]]);
  const names = await browser.evaluate(`[...document.querySelectorAll("article li bdi")].map((name) => getComputedStyle(name).unicodeBidi)`);
  expect("names stand by themselves", names.length > 0 && names.every((how) => how === "isolate"));
  await picture("right-to-left");
}

async function phone() {
  await browser.send("Emulation.setDeviceMetricsOverride", { width: 360, height: 740, deviceScaleFactor: 2, mobile: true });
  for (const one of [vector("02"), vector("05"), vector("07"), vector("right-to-left")]) {
    await choose(one);
    expect("360 pixels are wide enough", await browser.evaluate("document.documentElement.scrollWidth <= 360"));
  }
  await picture("phone");
  await browser.send("Emulation.clearDeviceMetricsOverride");
}

async function keyboard() {
  await choose(vector("02"));
  await browser.evaluate("document.activeElement.blur(); scrollTo(0, 0); null");
  const reached = [];
  for (let i = 0; i < 7; i += 1) {
    for (const type of ["keyDown", "keyUp"]) await browser.send("Input.dispatchKeyEvent", { type, key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 });
    reached.push(await browser.evaluate("document.activeElement.id"));
  }
  for (const id of ["file", "anchor", "trust", "check", "print"]) expect(`the keyboard reaches ${id}`, reached.includes(id));
  const { nodes } = await browser.send("Accessibility.getFullAXTree");
  const unnamed = nodes.filter(({ ignored, role, name }) => !ignored && ["button", "textbox"].includes(role?.value) && !name?.value);
  expect("every control has a name", unnamed.map(({ role }) => role.value), []);
}

async function printed() {
  const { data } = await browser.send("Page.printToPDF", { preferCSSPageSize: true });
  const path = join(pictures, "printed.pdf");
  writeFileSync(path, Buffer.from(data, "base64"));
  const words = execFileSync("pdftotext", ["-layout", path, "-"], { encoding: "utf8" });
  for (const said of ["Authentic", "Clause 7", "Limited ceasefire", "Page 1 of"]) expect(`the printed page says ${said}`, words.includes(said));
  expect("the form is not printed", !words.includes("choose the file"));
  const size = execFileSync("pdfinfo", [path], { encoding: "utf8" });
  expect("it is A4", /Page size:\s+59[45][.\d]* x 84[12]/.test(size));
}

// Five signers, 32 slots of which 8 are shown, five stamps; each time in a page just opened. First as a reader does it,
// who takes a second to find the file; then chosen at once, while the page still tries itself: from the choice to the verdict.
async function speed() {
  const times = { checked: [], atOnce: [] };
  for (let i = 0; i < 6; i += 1) {
    await browser.open(checker.href);
    await new Promise((go) => { setTimeout(go, 1000); });
    await choose(vector("speed"));
    times.checked.push(Number(/in (\d+) ms/.exec(await text("#note"))[1]));
    await browser.open(checker.href);
    await browser.evaluate(`document.getElementById("file").addEventListener("change", () => { globalThis.chosen = performance.now(); }, true);
      new MutationObserver(() => { globalThis.answered ??= document.getElementById("verdict") && performance.now(); }).observe(document.getElementById("result"), { childList: true }); null`);
    await choose(vector("speed"));
    times.atOnce.push(Math.round(await browser.evaluate("answered - chosen")));
  }
  return times; // Printed, and no test: what else the machine does decides as much.
}

// The page's own policy stops what a fault in it could try; a server on this machine would hear it.
async function nothingLeaves() {
  let heard = 0;
  const server = createServer((_, answer) => { heard += 1; answer.end(); });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const before = browser.requests().filter((asked) => asked !== checker.href);
  expect("requests of the page", before, []);
  expect("faults of the page", browser.faults(), []);
  expect("fetch is refused", await browser.evaluate(`fetch(${JSON.stringify(url)}, { mode: "no-cors" }).then(() => "sent", () => "refused")`), "refused");
  await browser.evaluate(`new Promise((done) => { const image = new Image(); image.onload = image.onerror = done; image.src = ${JSON.stringify(url)}; })`);
  await browser.evaluate(`(() => { const script = document.createElement("script"); script.textContent = "globalThis.injected = true"; document.body.append(script); })()`);
  expect("a script from elsewhere does not run", await browser.evaluate("globalThis.injected ?? false"), false);
  expect("what a server heard", heard, 0);
  server.close();
}

try {
  await browser.open(checker.href);
  await everyVector();
  await dropped();
  await trustFile();
  await tampered();
  await twoHistories();
  await longAndAltered();
  await rightToLeft();
  await phone();
  await keyboard();
  await printed();
  const times = await speed();
  await nothingLeaves();
  console.log(`checker in Chromium: a check takes ${times.checked.join(", ")} ms; chosen as soon as the page is open, ${times.atOnce.join(", ")} ms until the verdict`);
} finally {
  await browser.stop();
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`test result: ${failures === 0 ? "ok" : "FAILED"}. ${steps - failures} passed; ${failures} failed; 0 ignored`);
process.exit(failures === 0 ? 0 : 1);
