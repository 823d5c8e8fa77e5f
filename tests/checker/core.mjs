// The checker's verifying core, taken out of the page as it is published.
import { readFileSync } from "node:fs";
import vm from "node:vm";

export const checker = new URL("../../docs/checker/checker.html", import.meta.url);

// With `crypto` in the place of the engine's own, and perhaps with something else in its text.
export function loadCore(crypto = globalThis.crypto, change = (script) => script) {
  const html = readFileSync(checker, "utf8");
  const script = /<script id="core">([\s\S]*?)<\/script>/.exec(html);
  if (script === null) throw new Error("the page has no core");
  return vm.runInThisContext(`((crypto) => {${change(script[1])}\nreturn entente;})`, { filename: "checker.html#core" })(crypto);
}
