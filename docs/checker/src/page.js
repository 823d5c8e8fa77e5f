// What the reader does: drop or choose a file, give a check code or a trust file, read.

const byId = (id) => document.getElementById(id);
const state = { name: null, size: 0, bytes: null, run: 0 };
// A disclosure and a newline after it; what is longer is read no further.
const MAX_FILE = 16777216 + 1;
const MAX_TRUST = 1048576;

function say(text) {
  byId("note").textContent = text;
}

async function take(file) {
  const bytes = new Uint8Array(await file.slice(0, MAX_FILE + 1).arrayBuffer());
  Object.assign(state, { bytes, name: file.name, size: file.size });
  await check();
}

async function takeTrust(file) {
  if (file.size > MAX_TRUST) {
    say("This is no trust file: it is too long.");
    return;
  }
  byId("anchor").value = await file.text();
  if (state.bytes !== null) await check();
}

// Asked when the page opens, while the reader looks for the file. WebCrypto's first answer takes longest, so it is asked too.
const computes = (async () => {
  try {
    await entente.engineServes();
    return await entente.computesRightly();
  } catch {
    return false;
  }
})();

async function check() {
  state.run += 1;
  const run = state.run;
  byId("result").replaceChildren();
  document.title = "Check a disclosure";
  if (state.bytes === null) {
    say("Choose the disclosure file first.");
    return;
  }
  if (!globalThis.crypto || !crypto.subtle) {
    say("This browser cannot compute what the check needs. Open this page as a local file in a current browser.");
    return;
  }
  let trust;
  try {
    trust = await entente.readTrust(byId("anchor").value);
  } catch (error) {
    if (!(error instanceof entente.Malformed)) throw error;
    say(`Nothing was checked: the check code or trust file cannot be read (${error.message}).`);
    return;
  }
  say("Checking…");
  if (!await computes) {
    say("Nothing was checked: this browser computes other numbers than it must. Use another browser, or another device.");
    return;
  }
  const { name, size, bytes } = state;
  const started = performance.now();
  const report = await entente.checkFile(bytes, trust);
  const took = Math.max(1, Math.round(performance.now() - started));
  const digest = size === bytes.length ? entente.toHex(await entente.sha256(bytes)) : null;
  const engine = await entente.engineServes();
  if (run !== state.run) return;
  byId("result").replaceChildren(...showReport(report, { name, size, digest, trust, engine }));
  document.title = `${report.verdict[0].toUpperCase()}${report.verdict.slice(1)} – a disclosure`;
  say(`Checked in ${took} ms. Nothing has left this page.`);
  byId("print").hidden = false;
  byId("verdict").focus();
}

function onDrop(event) {
  event.preventDefault();
  byId("drop").classList.remove("over");
  const file = event.dataTransfer?.files[0];
  if (file === undefined) return;
  byId("file").value = "";
  byId("chosen").replaceChildren("Dropped: ", foreign(file.name));
  take(file);
}

byId("file").addEventListener("change", (event) => {
  byId("chosen").textContent = "";
  if (event.target.files[0]) take(event.target.files[0]);
});
// So that a file which was chosen before is read anew.
for (const id of ["file", "trust"]) byId(id).addEventListener("click", (event) => { event.target.value = ""; });
// A verdict stands only for what was given when it was asked for.
byId("anchor").addEventListener("input", () => {
  state.run += 1;
  byId("trust").value = "";
  byId("result").replaceChildren();
  byId("print").hidden = true;
  document.title = "Check a disclosure";
  say("");
});
byId("trust").addEventListener("change", (event) => event.target.files[0] && takeTrust(event.target.files[0]));
byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
byId("print").addEventListener("click", () => print());
// A file dropped anywhere is taken, so that the browser never opens it in the place of this page.
addEventListener("dragover", (event) => {
  event.preventDefault();
  byId("drop").classList.add("over");
});
addEventListener("dragleave", () => byId("drop").classList.remove("over"));
addEventListener("drop", onDrop);
byId("form").hidden = false;
