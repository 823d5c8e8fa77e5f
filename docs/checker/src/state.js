// What became of what was signed: the state of docs/record.md section 11, check R-13.

async function checkStates(check) {
  neighbours(check);
  for (const { entry } of check.reached.slice(1)) {
    const { before, after } = entry.leaf;
    if (before.size !== after.size) refuse("R-13", "a change of who may sign that did something else");
  }
  for (const entry of check.shown) await check.inEntry(entry, () => stateOf(entry, check));
  for (const entry of check.shown) await check.inEntry(entry, () => inTurn(entry, check));
  for (const { state } of check.shown) {
    if (state === null) continue;
    for (const entry of check.shown) await check.inEntry(entry, () => noted(entry, state.leaf));
  }
}

// Where two neighbours are shown, the state goes from one to the other.
function neighbours(check) {
  for (const [index, { after }] of check.leaves) {
    const next = check.leaves.get(index + 1n);
    if (next === undefined) continue;
    if (next.before.size !== after.size || !sameBytes(next.before.root, after.root)) {
      check.entry = index + 1n;
      refuse("R-13", "two neighbours that do not fit");
    }
  }
}

async function stateOf(entry, check) {
  const { document, state } = entry;
  move(entry);
  entry.about = await under("R-13", () => aboutOf(document));
  entry.finding = await under("R-13", () => findingOf(document));
  if (entry.about !== null) targetStands(entry, check);
  const id = document.kind === "understanding" ? document.id : entry.about?.item ?? null;
  if ((state === null) !== (id === null)) refuse("R-13", "what became of the item is missing, or one too many");
  if (state === null) return;
  const { size, root } = check.file.last.leaf.after;
  if (!sameBytes(state.leaf.id, id) || !await included(await leafHash(state.leaf.bytes), state.slot, size, state.path, root)) {
    refuse("R-13", "what became of the item is not what the record says");
  }
  if (!flagStands(state.leaf, ["signed", null])) refuse("R-13", "a mark is missing from what became of the item");
  if (state.leaf.latest < entry.index || state.leaf.latest >= check.file.checkpoint.size) refuse("R-13", "the item's latest change is out of place");
  if (document.kind === "understanding") ownFlags(entry);
}

// What an entry of its kind does to the state, by its leaf.
function move({ document: { kind }, leaf: { before, after }, state }) {
  if (kind === "charter") return;
  const grown = after.size - before.size;
  const nothing = ["statement", "unattributed", "consent"].includes(kind);
  const fits = kind === "understanding" ? grown === 1n && (state === null || state.slot === before.size)
    : grown === 0n && (!nothing || sameBytes(before.root, after.root)) && (state === null || nothing || state.slot < before.size);
  if (!fits) refuse("R-13", "an item that did something else than its kind does");
}

function targetStands({ index, about }, { shown }) {
  if (about.index >= index) refuse("R-13", "about what was not yet");
  const target = shown.find((other) => other.index === about.index);
  if (target === undefined) return;
  const { kind, id, slots } = target.document;
  const fits = kind === "understanding" && sameBytes(id, about.item) && about.clauses.every((slot) => slot < slots.length);
  if (!fits) refuse("R-13", "about something else than it names");
}

const flagStands = ({ flags }, [name, slot]) => flags.some((flag) => flag.name === name && flag.slot === slot);

const beganWith = (document) => [["signed", null], ...partiesAwaited(document).map((party) => ["unconfirmed", BigInt(party)])];

// The flags of the understanding that an entry itself made.
function ownFlags({ index, document, state: { leaf } }) {
  const began = beganWith(document);
  const strange = leaf.flags.some(({ name, slot }) => (name === "unconfirmed"
    ? !began.some((flag) => flag[0] === name && flag[1] === slot)
    : slot !== null && slot >= document.slots.length));
  const untouched = leaf.latest !== index || (leaf.flags.length === began.length && began.every((flag) => flagStands(leaf, flag)));
  if (strange || !untouched) refuse("R-13", "a mark that nothing can have set");
}

// What ended takes nothing more that asks for its being open.
function inTurn({ index, document, about }, { shown }) {
  if (about === null || (KINDS.get(document.kind).when === undefined && document.kind !== "understanding")) return;
  const ended = shown.some((other) => other.index < index && other.about !== null && sameBytes(other.about.item, about.item) &&
    ["termination", "understanding"].includes(other.document.kind));
  if (ended) refuse("R-13", "about what had ended");
}

// Flags that a later entry can clear.
const PASSING = ["disputed", "suspended", "unconfirmed"];

// What `leaf` has to say of a shown entry, if that is about the same understanding.
function noted(entry, leaf) {
  const { index, document, about } = entry;
  const isOwn = document.kind === "understanding" && sameBytes(document.id, leaf.id);
  const isAbout = about !== null && sameBytes(about.item, leaf.id);
  if (!isOwn && !isAbout) return;
  if (leaf.latest < index) refuse("R-13", "the item's latest change is out of place");
  const set = [...(isOwn ? beganWith(document) : []), ...(isAbout ? flagsSet(entry) : [])];
  const missing = set.some((flag) => (!PASSING.includes(flag[0]) || leaf.latest === index) && !flagStands(leaf, flag));
  const back = isAbout && leaf.latest === index && leaf.flags.some(({ name, slot }) => cleared(entry, [name, slot]));
  if (missing || back) refuse("R-13", "a mark is missing from what became of the item, or one too many");
}
