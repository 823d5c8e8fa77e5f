// The disclosure file: docs/record.md section 14. This is check R-01; documents are read at R-07.

const FORM = "entente-disclosure/v1";
const MEMBERS = ["charter", "checkpoint", "disclosure", "entries", "last", "roster", "roster_slot", "rosters"];
const ENTRY = ["body", "consistency", "document", "index", "leaf", "path", "recorded", "salts", "seen"];

// Editors end a file with a newline, which is no part of it.
const withoutNewline = (bytes) => (bytes.length > 0 && bytes[bytes.length - 1] === 10 ? bytes.subarray(0, -1) : bytes);

async function readFile(bytes) {
  const file = readJson(withoutNewline(bytes), 16777216, 24);
  if (isObject(file) && typeof file.disclosure === "string" && file.disclosure !== FORM) {
    throw new Unknown("form", "a file of a form that this program does not know");
  }
  object(file, MEMBERS, ["letters", "rendering"]);
  if (has(file, "rendering")) words(file.rendering);
  string(file.disclosure) === FORM || bad("not a disclosure");
  const charter = object(file.charter, ["leaf", "path", "slot"]);
  const last = object(file.last, ["leaf", "path"]);
  return {
    checkpoint: readCheckpoint(file.checkpoint),
    charter: { leaf: readLeaf(charter.leaf), path: readPath(charter.path), slot: readRosterSlot(charter.slot) },
    last: { leaf: readLeaf(last.leaf), path: readPath(last.path) },
    roster: string(file.roster),
    rosterSlot: readState(file.roster_slot, readRosterSlot),
    rosters: readEntries(file.rosters),
    entries: readEntries(file.entries, 1),
    letters: has(file, "letters") ? await inOrder(array(file.letters, 1, 64)) : [],
    rendering: file.rendering ?? null,
  };
}

async function inOrder(letters) {
  ascendingDigests(await Promise.all(letters.map(digestOfLetter)));
  return letters;
}

function readState(value, readSlot) {
  object(value, ["leaf", "path", "slot"]);
  return { leaf: readSlot(value.leaf), path: readPath(value.path), slot: BigInt(integer(value.slot, 0)) };
}

function readEntries(values, min = 0) {
  const entries = array(values, min, 512).map(readEntry);
  if (entries.some(({ index }, i) => i > 0 && index <= entries[i - 1].index)) bad("entries out of order");
  return entries;
}

function readEntry(value) {
  object(value, ENTRY, ["state"]);
  return {
    index: BigInt(integer(value.index, 0)), leaf: readLeaf(value.leaf), body: readBody(value.body),
    presentation: value.document, path: readPath(value.path), recorded: readProof(value.recorded),
    salts: array(value.salts, 0, 128).map((salt) => fromBase64url(salt, 32)), seen: readPath(value.seen), consistency: readPath(value.consistency),
    state: has(value, "state") ? readState(value.state, readItemSlot) : null,
  };
}
