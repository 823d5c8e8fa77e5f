// Whether this browser computes with the page's own code what is known to come of it. Asked once, when the page opens;
// by then the browser has also compiled what a check spends its time on.

// Keys and signatures made of nothing but these numbers: nobody has signed anything, and what FIPS 204 computes of them
// before it compares is known.
const NUMBERS = [1, 2, 4, 5];
const COMPUTED = "f77eb3ec63596fc55ad273efd331362afc8f70fc15bd6fcb555d5578a37de46a";

// So that the page answers its reader in between.
const pause = () => new Promise((go) => { setTimeout(go); });

async function computesRightly() {
  const computed = [];
  for (const number of NUMBERS) {
    await pause();
    const signature = joined(shake(136, [number, 1])(CHALLENGE_BYTES + 640 * COLUMNS), [7, 7, 7, 7, 7, 7], new Uint8Array(OMEGA - 6), [1, 2, 3, 4, 5, 6]);
    computed.push(challengeFor(shake(136, [number])(1952), signature, [number]) ?? []);
  }
  const { key, signature, message } = Object.fromEntries(Object.entries(ALWAYS).map(([name, text]) => [name, fromHex(text)]));
  await pause();
  return toHex(await sha256(...computed)) === COMPUTED &&
    await verifiesHere(key, signature, message) && !await verifiesHere(key, signature, [1]);
}
