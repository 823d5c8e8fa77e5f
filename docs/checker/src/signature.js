// Whether a signature holds. One checkpoint is read many times, and one file is checked again with another check code:
// what was found once, of these very bytes, is not computed anew.

const VERIFIERS = { "Ed25519": verifyEd25519, "ML-DSA-65": verifyMlDsa65 };
const MOST_FOUND = 4096;
const found = new Map();

async function holds(algorithm, key, signature, signed) {
  const lengths = new Uint8Array(Uint32Array.of(key.length, signature.length).buffer);
  const name = algorithm + toHex(await sha256(lengths, key, signature, signed));
  if (!found.has(name)) {
    if (found.size === MOST_FOUND) found.clear();
    found.set(name, await VERIFIERS[algorithm](key, signature, signed));
  }
  return found.get(name);
}
