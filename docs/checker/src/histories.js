// The proof that one key has signed two histories: docs/record.md section 19 and docs/log.md section 10.

const HISTORIES = "entente-equivocation/v1";

// The report on such a proof, or null for any other file.
async function checkHistories(bytes, trust) {
  const value = claimed(bytes);
  if (value === null) return null;
  const report = { kind: "two histories" };
  try {
    const accusation = await readHistories(value);
    const { key, both: [{ checkpoint: { origin } }] } = accusation;
    const known = [...trust.logs, ...trust.witnesses.values()].some(({ text }) => text === key.text);
    Object.assign(report, { key: key.text, known, origin }, await proven(accusation));
    return { ...report, verdict: report.why === undefined ? "proven" : "not proven" };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { ...report, verdict: "cannot tell", why: error.message };
  }
}

// A canonical object within the form's bounds that has the form's name as a member.
function claimed(bytes) {
  try {
    const value = readJson(withoutNewline(bytes), 4194304, 4);
    return isObject(value) && has(value, "equivocation") ? value : null;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

async function readHistories(value) {
  if (value.equivocation !== HISTORIES) bad("it is of a form that this program does not know");
  const { first, key, second } = object(value, ["equivocation", "first", "key", "second"]);
  const read = isObject(first) && has(first, "checkpoint") ? readSignedRoot : readSignedLeaf;
  return { key: await verifierKey(string(key)), both: [read(first), read(second)] };
}

const readSignedRoot = (value) => ({ checkpoint: readCheckpoint(object(value, ["checkpoint"]).checkpoint) });

function readSignedLeaf(value) {
  const { leaf, proof } = object(value, ["leaf", "proof"]);
  return { leaf: hash(string(leaf)), ...readProof(proof) };
}

// `why` if nothing is proven; else of which size two roots are signed, or at which index two leaves.
async function proven({ key, both }) {
  for (const { checkpoint } of both) if (!await signedBy(key, checkpoint)) return { why: "the key has not signed both" };
  for (const { checkpoint: { size, root }, leaf, index, path } of both) {
    if (leaf !== undefined && !await included(leaf, index, size, path, root)) return { why: "a leaf is not proven to be in its tree" };
  }
  const [first, second] = both;
  const ofLeaves = first.leaf !== undefined;
  if (first.checkpoint.origin !== second.checkpoint.origin) return { why: "the two are of different records" };
  const place = ({ checkpoint, index }) => (ofLeaves ? index : checkpoint.size);
  if (place(first) !== place(second)) return { why: "the two are not of one size, or not at one place: that they differ proves nothing" };
  const what = ({ checkpoint, leaf }) => (ofLeaves ? leaf : checkpoint.root);
  if (sameBytes(what(first), what(second))) return { why: "the two are the same" };
  return ofLeaves ? { index: first.index } : { size: first.checkpoint.size };
}

// Whether a checkpoint has a line of this key, and every such line holds.
async function signedBy(key, { lines, text }) {
  const own = lines.filter(({ name, id }) => name === key.name && id === key.id);
  const times = await Promise.all(own.map(({ signature }) => lineTime(key, signature, text)));
  return own.length > 0 && !times.includes(null);
}
