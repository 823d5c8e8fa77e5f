// A headless Chromium with a fresh profile, driven over its DevTools pipe.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
  "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--remote-debugging-pipe"];
const LIMIT_MS = 60000;

export class Chromium {
  static async start(program) {
    const profile = mkdtempSync(join(tmpdir(), "entente-checker-"));
    const browser = new Chromium();
    browser.profile = profile;
    browser.process = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, "about:blank"],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    browser.waiting = new Map();
    browser.events = [];
    browser.last = 0;
    let held = Buffer.alloc(0);
    browser.process.stdio[4].on("data", (bytes) => {
      held = Buffer.concat([held, bytes]);
      for (let end = held.indexOf(0); end >= 0; end = held.indexOf(0)) {
        browser.heard(JSON.parse(held.subarray(0, end).toString()));
        held = held.subarray(end + 1);
      }
    });
    return browser;
  }

  heard(message) {
    const { id, error, result } = message;
    if (id === undefined) {
      this.events.push(message);
      return;
    }
    const { done, failed } = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) failed(new Error(error.message));
    else done(result);
  }

  send(method, params = {}, sessionId = this.session) {
    this.last += 1;
    const id = this.last;
    return new Promise((done, failed) => {
      const late = setTimeout(() => failed(new Error(`${method}: no answer`)), LIMIT_MS);
      this.waiting.set(id, {
        done: (result) => { clearTimeout(late); done(result); },
        failed: (error) => { clearTimeout(late); failed(error); },
      });
      this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  // Opens a page and follows everything that it asks the network for.
  async open(url) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" }, undefined);
    this.session = (await this.send("Target.attachToTarget", { targetId, flatten: true }, undefined)).sessionId;
    for (const domain of ["Page", "Network", "Runtime", "DOM", "Log"]) await this.send(`${domain}.enable`);
    await this.send("Page.navigate", { url });
    await this.until("document.readyState === 'complete'");
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate",
      { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async until(expression) {
    const end = Date.now() + LIMIT_MS;
    while (!await this.evaluate(expression)) {
      if (Date.now() > end) throw new Error(`never true: ${expression}`);
      await new Promise((again) => setTimeout(again, 20));
    }
  }

  async choose(selector, path) {
    const { root } = await this.send("DOM.getDocument");
    const { nodeId } = await this.send("DOM.querySelector", { nodeId: root.nodeId, selector });
    await this.send("DOM.setFileInputFiles", { nodeId, files: [path] });
  }

  async drop(path, x, y) {
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) await this.send("Input.dispatchDragEvent", { type, x, y, data });
  }

  requests() {
    return this.events.filter(({ method }) => method === "Network.requestWillBeSent")
      .map(({ params }) => params.request.url).filter((url) => url !== "about:blank");
  }

  // What the page did wrong by itself: exceptions, and errors in its log.
  faults() {
    return this.events.filter(({ method, params }) => method === "Runtime.exceptionThrown" ||
      (method === "Log.entryAdded" && params.entry.level === "error")).map(({ params }) =>
      params.entry?.text ?? params.exceptionDetails.exception?.description);
  }

  async stop() {
    const ended = new Promise((done) => this.process.once("exit", done));
    await this.send("Browser.close", {}, undefined).catch(() => this.process.kill());
    await ended;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
