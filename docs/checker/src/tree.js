// The Merkle tree of docs/log.md section 1. Sizes and indices are BigInt.

const leafHash = (leaf) => sha256([0], leaf);
const nodeHash = (left, right) => sha256([1], left, right);
const EMPTY_ROOT = fromHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

// RFC 9162 section 2.1.3.2.
async function included(leaf, index, size, path, root) {
  if (index >= size) return false;
  let [at, last, hash] = [index, size - 1n, leaf];
  for (const sibling of path) {
    if (last === 0n) return false;
    if (at & 1n || at === last) {
      hash = await nodeHash(sibling, hash);
      while (at !== 0n && !(at & 1n)) [at, last] = [at >> 1n, last >> 1n];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  return last === 0n && sameBytes(hash, root);
}

// RFC 9162 section 2.1.4.2: the tree of `oldSize` is the beginning of that of `size`.
async function consistent(oldSize, oldRoot, size, root, proof) {
  if (oldSize > size || (oldSize === 0n && !sameBytes(oldRoot, EMPTY_ROOT))) return false;
  if (oldSize === size) return proof.length === 0 && sameBytes(oldRoot, root);
  if (oldSize === 0n) return proof.length === 0;
  if (proof.length === 0) return false;
  const isPower = (oldSize & (oldSize - 1n)) === 0n;
  const [first, ...rest] = isPower ? [oldRoot, ...proof] : proof;
  let [at, last] = [oldSize - 1n, size - 1n];
  while (at & 1n) [at, last] = [at >> 1n, last >> 1n];
  let [before, after] = [first, first];
  for (const hash of rest) {
    if (last === 0n) return false;
    if (at & 1n || at === last) {
      before = await nodeHash(hash, before);
      after = await nodeHash(hash, after);
      while (at !== 0n && !(at & 1n)) [at, last] = [at >> 1n, last >> 1n];
    } else {
      after = await nodeHash(after, hash);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  return last === 0n && sameBytes(before, oldRoot) && sameBytes(after, root);
}
