// What became of what was signed: the state of docs/record.md section 11, check R-13.

async function checkStates(check) {
  neighbours(check);
  for (const { entry } of check.reached.slice(1)) {
    const { before, after } = entry.leaf;
    if (before.size !== after.size) refuse("R-13", "a change of who may sign that did something else");
  }
  for (const entry of check.shown) await check.inEntry(entry, () => stateOf(entry, check));
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
  const { document, state, target } = entry;
  move(entry);
  if ((state === null) !== (ABOUT_ITEMS[document.kind] === undefined)) {
    refuse("R-13", "what became of the item is missing, or one too many");
  }
  if (state === null) return;
  if (document.kind === "amendment") targetStands(entry.index, target, check);
  const { size, root } = check.file.last.leaf.after;
  const id = itemOf(entry);
  if (!sameBytes(state.leaf.id, id) || !await included(await leafHash(state.leaf.bytes), state.slot, size, state.path, root)) {
    refuse("R-13", "what became of the item is not what the record says");
  }
  if (state.leaf.flags.some(({ name, slot }) => slot !== null || !Object.values(ABOUT_ITEMS).includes(name))) {
    refuse("R-13", "a mark that nothing can have set");
  }
  for (const other of check.shown) {
    const about = itemOf(other);
    if (about !== null && sameBytes(about, id)) noted(other, state.leaf, check.file.checkpoint.size);
  }
}

// What an entry of its kind does to the state, by its leaf.
function move({ document: { kind }, leaf: { before, after }, state }) {
  const sameSize = before.size === after.size;
  const does = {
    charter: () => true,
    understanding: () => after.size === before.size + 1n && (state === null || state.slot === before.size),
    amendment: () => sameSize && (state === null || state.slot < before.size),
  };
  const nothing = () => sameSize && sameBytes(before.root, after.root);
  const fits = ROSTER_KINDS.includes(kind) ? sameSize : (does[kind] ?? nothing)();
  if (!fits) refuse("R-13", "an item that did something else than its kind does");
}

// What `leaf` has to say of the shown entry, which is about the same item.
function noted({ index, document }, leaf, size) {
  const flags = leaf.flags.map(({ name }) => name);
  if (!flags.includes("signed") || !flags.includes(ABOUT_ITEMS[document.kind])) {
    refuse("R-13", "a mark is missing from what became of the item");
  }
  if (leaf.latest < index || leaf.latest >= size) refuse("R-13", "the item's latest change is out of place");
}

function targetStands(index, target, { shown }) {
  if (target === null) refuse("R-13", "what is amended is not shown");
  if (target.index >= index) refuse("R-13", "an amendment of what was not yet");
  const other = shown.find((one) => one.index === target.index);
  if (other !== undefined && !(other.document.kind === "understanding" && sameBytes(other.document.id, target.item))) {
    refuse("R-13", "an amendment of something else");
  }
}

function targetOf({ kind, values }) {
  const value = kind === "amendment" ? values.get("amends") : undefined;
  if (!isObject(value) || Object.keys(value).sort().join() !== "index,item") return null;
  const isTarget = Number.isSafeInteger(value.index) && value.index >= 0 && /^[0-9a-f]{32}$/.test(value.item);
  return isTarget ? { index: BigInt(value.index), item: fromHex(value.item) } : null;
}

const itemOf = ({ document, target }) => (document.kind === "understanding" ? document.id : target?.item ?? null);
