// Verifier keys, signed notes, checkpoints, stamps and offline proofs: docs/log.md sections 3 to 7.

const MAX_SIZE = 2n ** 63n - 1n;
const BY_LOG = 1;
const BY_STAMP = 4;

function decimal(text) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) bad("not a decimal number");
  const number = BigInt(text);
  if (number > MAX_SIZE) bad("a number that is too large");
  return number;
}

function keyName(text) {
  if (text === "" || utf8(text).length > 255 || /[\p{White_Space}\p{Cc}+]/u.test(text)) bad("not a key's name");
  return text;
}

// `<name>+<id>+<base64 of type and key>`.
async function verifierKey(text) {
  const parts = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(text);
  if (parts === null) bad("not a verifier key");
  const name = keyName(parts[1]);
  const bytes = fromBase64(parts[3]);
  if (bytes.length < 2) bad("a verifier key without a key");
  const id = (await sha256(utf8(name), [10], bytes)).slice(0, 4);
  if (toHex(id) !== parts[2]) bad("a verifier key whose id is another's");
  const type = bytes[0];
  const key = bytes.slice(1);
  if (type !== BY_LOG && type !== BY_STAMP) bad("a verifier key of a type that is not supported");
  if (!isEd25519Key(key)) bad("a verifier key that is no Ed25519 key");
  return { text, name, id: parts[2], type, key, keyText: toHex(key) };
}

async function verifierKeyOfType(text, type) {
  const key = await verifierKey(text);
  if (key.type !== type) bad("a verifier key of another type");
  return key;
}

// docs/log.md section 3, rules 1 and 2.
function keySet(keys) {
  if (new Set(keys.map(({ name, id }) => `${name} ${id}`)).size !== keys.length) bad("two keys of one name and id");
  if (new Set(keys.map(({ keyText }) => keyText)).size !== keys.length) bad("one key twice");
  return keys;
}

function readNote(value) {
  const note = string(value);
  if (/\p{Surrogate}/u.test(note) || utf8(note).length > 1048576) bad("a note that is too long");
  if (/[\0-\x09\x0b-\x1f]/.test(note)) bad("a note with a control character");
  const blank = note.lastIndexOf("\n\n");
  if (blank < 0 || !note.endsWith("\n")) bad("a note without signatures");
  const lines = note.slice(blank + 2).split("\n").slice(0, -1);
  if (lines.length < 1 || lines.length > 128) bad("a note of too few or too many signatures");
  return { text: note.slice(0, blank + 1), lines: lines.map(readSignatureLine) };
}

function readSignatureLine(line) {
  const parts = /^\u2014 ([^ ]+) ([^ ]+)$/.exec(line);
  if (parts === null) bad("not a signature line");
  const bytes = fromBase64(parts[2]);
  if (bytes.length < 5 || bytes.length > 4 + 8192) bad("a signature of a length that is not allowed");
  return { name: keyName(parts[1]), id: toHex(bytes.slice(0, 4)), signature: bytes.slice(4) };
}

function readCheckpoint(value) {
  const { text, lines } = readNote(value);
  const parts = text.split("\n");
  if (parts.length !== 4) bad("a checkpoint that has not three lines");
  const checkpoint = {
    text, lines, note: value, origin: keyName(parts[0]), size: decimal(parts[1]), root: fromBase64(parts[2], 32),
  };
  if (checkpoint.size === 0n && !sameBytes(checkpoint.root, EMPTY_ROOT)) bad("a root of nothing that is another");
  return checkpoint;
}

// Who of `keys` has signed: `null` if a line of one of them fails.
async function signaturesOf(checkpoint, keys) {
  const known = checkpoint.lines.map((line) => [keys.find(({ name, id }) => name === line.name && id === line.id), line.signature])
    .filter(([key]) => key !== undefined);
  const times = await Promise.all(known.map(([key, signature]) => lineTime(key, signature, checkpoint.text)));
  if (times.includes(null)) return null;
  const found = { log: false, stamps: new Map() };
  for (const [i, [{ type, name, keyText }]] of known.entries()) {
    const earlier = found.stamps.get(keyText);
    if (type === BY_LOG) found.log ||= name === checkpoint.origin;
    else if (earlier === undefined || times[i] < earlier) found.stamps.set(keyText, times[i]);
  }
  return found;
}

// The time of a line that holds, 0 for a log's; else null.
async function lineTime(key, signature, text) {
  if (key.type === BY_STAMP) return stampTime(key, signature, text);
  return await holds("Ed25519", key.key, signature, utf8(text)) ? 0n : null;
}

// docs/log.md section 5: the time of a stamp that holds.
async function stampTime(key, bytes, text) {
  if (bytes.length !== 72) return null;
  const time = BigInt("0x" + toHex(bytes.slice(0, 8)));
  if (time > MAX_SIZE) return null;
  const signed = `cosignature/v1\ntime ${time}\n${text}`;
  return await holds("Ed25519", key.key, bytes.slice(8), utf8(signed)) ? time : null;
}

// docs/log.md section 7, without an extra line.
function readProof(value) {
  const text = string(value);
  const blank = text.indexOf("\n\n");
  if (blank < 0) bad("an offline proof without a checkpoint");
  const head = text.slice(0, blank).split("\n");
  if (blank + 2 > 131072 || head[0] !== "c2sp.org/tlog-proof@v1") bad("not an offline proof");
  const index = /^index ([0-9]+)$/.exec(head[1] ?? "");
  if (index === null || head.length > 65) bad("an offline proof without its index, or too long");
  return {
    index: decimal(index[1]),
    path: head.slice(2).map((line) => fromBase64(line, 32)),
    checkpoint: readCheckpoint(text.slice(blank + 2)),
  };
}
