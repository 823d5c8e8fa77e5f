// The deterministic texts of docs/record.md section 7: leaves, bodies, state leaves.

class Lines {
  constructor(value, form) {
    const text = string(value);
    if (!text.endsWith("\n")) bad("a text that does not end in a newline");
    this.lines = text.slice(0, -1).split("\n");
    this.at = 0;
    if (this.next() !== form) bad(`a text that is not ${form}`);
  }

  next() {
    if (this.at === this.lines.length) bad("a text that ends too early");
    this.at += 1;
    return this.lines[this.at - 1];
  }

  startsWith(word) {
    return this.at < this.lines.length && this.lines[this.at].startsWith(word + " ");
  }

  // The value of the next line, which is that of `word`.
  take(word) {
    if (!this.startsWith(word)) bad(`a text without its line ${word}`);
    return this.next().slice(word.length + 1);
  }

  // The values of all the following lines of `word`.
  all(word) {
    const values = [];
    while (this.startsWith(word)) values.push(this.take(word));
    return values;
  }

  end() {
    if (this.at !== this.lines.length) bad("a text with something after its end");
  }
}

function hexOf(length) {
  const pattern = new RegExp(`^[0-9a-f]{${2 * length}}$`);
  return (text) => fromHex(matching(text, pattern, "hexadecimal"));
}

const hash = hexOf(32);

function readTree(text) {
  const parts = text.split(" ");
  if (parts.length !== 2) bad("not a size and a root");
  return { size: decimal(parts[0]), root: hash(parts[1]) };
}

function readLeaf(value) {
  const lines = new Lines(value, "entente-leaf/v1");
  const leaf = {
    text: value, bytes: utf8(value),
    body: hash(lines.take("body")), before: readTree(lines.take("before")), after: readTree(lines.take("after")),
  };
  lines.end();
  return leaf;
}

const KIND_NAME = /^[a-z][a-z-]{0,31}$/;

function readBody(value) {
  const lines = new Lines(value, "entente-body/v1");
  const body = {
    bytes: utf8(value),
    kind: matching(lines.take("kind"), KIND_NAME, "a kind"), payload: hash(lines.take("payload")),
    signatures: lines.all("signature").map(hash), nonce: hash(lines.take("nonce")),
  };
  lines.end();
  array(body.signatures, 0, 128);
  return body;
}

function readRosterSlot(value) {
  const lines = new Lines(value, "entente-state-roster/v1");
  const slot = { bytes: utf8(value), version: decimal(lines.take("version")), roster: hash(lines.take("roster")) };
  hash(lines.take("nonce"));
  lines.end();
  return slot;
}

const FLAGS = ["signed", "unconfirmed", "amended", "corrected", "interpreted", "reserved", "disputed", "suspended",
  "reported-kept", "reported-broken", "reported-observed", "terminated", "superseded"];

function readItemSlot(value) {
  const lines = new Lines(value, "entente-state-item/v1");
  const item = { bytes: utf8(value), id: hexOf(16)(lines.take("item")), flags: lines.all("flag").map(readFlag) };
  if (item.flags.some((flag, i) => i > 0 && !follows(item.flags[i - 1], flag))) bad("flags that are out of order");
  item.latest = decimal(lines.take("latest"));
  hash(lines.take("nonce"));
  lines.end();
  return item;
}

// Of one flag the whole first, then by number.
function follows(before, { name, slot }) {
  const [first, second] = [FLAGS.indexOf(before.name), FLAGS.indexOf(name)];
  return first < second || (first === second && slot !== null && (before.slot === null || before.slot < slot));
}

// A flag, perhaps with the slot of a clause; `unconfirmed` with a party.
function readFlag(text) {
  const [name, number, ...rest] = text.split(" ");
  if (!FLAGS.includes(name) || rest.length > 0) bad("not a flag");
  const slot = number === undefined ? null : decimal(number);
  const fits = name === "unconfirmed" ? slot !== null && slot >= 1n && slot <= 65535n
    : ["signed", "terminated", "superseded"].includes(name) ? slot === null : slot === null || slot < 64n;
  if (!fits) bad("a flag with a number that it cannot have");
  return { name, slot };
}

const readPath = (value) => array(value, 0, 63).map((text) => hash(string(text)));
