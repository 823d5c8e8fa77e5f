// Whether a signature holds. One checkpoint is read many times, and one file is checked again with another check code:
// what was found once, of these very bytes, is not computed anew.

const VERIFIERS = { "Ed25519": verifyEd25519, "ML-DSA-65": verifyMlDsa65 };
const MOST_FOUND = 512;
const found = new Map();
const latin1 = new TextDecoder("latin1");

async function holds(algorithm, key, signature, signed) {
  const name = `${algorithm} ${key.length} ${signature.length} ${latin1.decode(joined(key, signature, signed))}`;
  if (!found.has(name)) {
    if (found.size === MOST_FOUND) found.clear();
    found.set(name, VERIFIERS[algorithm](key, signature, signed));
  }
  return found.get(name);
}
