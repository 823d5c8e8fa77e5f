// The checks of docs/record.md section 15, in its order; the first that fails is named.

class Check {
  constructor(file, trust) {
    Object.assign(this, { file, trust, entry: null, leaves: new Map(), roots: new Map() });
    // The rosters reached from the check code, each with the entry that made it.
    this.reached = [];
    this.shown = [];
  }

  async run() {
    await this.anchor();
    await this.charter();
    await this.checkpoint();
    this.oneRoot(this.file.checkpoint);
    await this.place(0n, this.file.charter);
    await this.place(this.file.checkpoint.size - 1n, this.file.last);
    for (const entry of this.file.rosters) await this.inEntry(entry, () => this.rosterEntry(entry));
    this.asOf = await this.quorum(this.file.checkpoint);
    await this.rosterSlot();
    for (const entry of this.file.entries) {
      this.shown.push(await this.inEntry(entry, () => this.shownEntry(entry)));
    }
    await this.states();
  }

  async inEntry(entry, steps) {
    this.entry = entry.index;
    const result = await steps();
    this.entry = null;
    return result;
  }

  // R-02, as far as the fingerprint.
  async anchor() {
    this.fingerprint = toHex(await leafHash(this.file.charter.leaf.bytes));
    if (this.trust.fingerprint !== null && this.trust.fingerprint !== this.fingerprint) {
      refuse("R-02", "the check code is not the one that you gave: this is another record, or a forgery");
    }
  }

  // The rest of.
  async charter() {
    const { leaf, slot } = this.file.charter;
    const roster = await under("R-03", () => readRoster(this.file.roster));
    const { logs, principals } = this.trust;
    if (logs.length > 0 && !logs.some(({ text }) => text === roster.log.text)) refuse("R-02", "another log's key");
    for (const [party, key] of principals) {
      if (sideOf(roster, party)?.principal?.text !== key) refuse("R-02", `another principal of side ${party}`);
    }
    const stands = leaf.before.size === 0n && sameBytes(leaf.before.root, EMPTY_ROOT) && leaf.after.size === 1n &&
      sameBytes(leaf.after.root, await leafHash(slot.bytes));
    if (!stands) refuse("R-03", "the charter does not stand at the beginning");
    if (slot.version !== 0n || roster.version !== 0n || !sameBytes(slot.roster, await sha256(utf8(roster.text)))) {
      refuse("R-03", "the list of who may sign is not the charter's");
    }
    this.reached.push({ index: 0n, roster });
  }

  // The last roster that an entry below `index` made.
  rosterBelow(index) {
    return this.reached.filter((made) => made.index < index).pop() ?? this.reached[0];
  }

  async checkpoint() {
    const { checkpoint } = this.file;
    await this.signatures(checkpoint, this.reached[0].roster);
    const witnesses = await signaturesOf(checkpoint, [...this.trust.witnesses.values()]);
    // R-04 speaks of members' stamps alone: a witness whose stamp does not hold has not stamped.
    this.witnesses = witnesses?.stamps ?? new Map();
  }

  // the stamps on a checkpoint of those whom `roster` knows.
  async signatures(checkpoint, roster) {
    if (checkpoint.origin !== roster.origin) refuse("R-04", "a stamp of another record");
    const found = await signaturesOf(checkpoint, roster.keys);
    if (found === null) refuse("R-04", "a stamp does not hold");
    if (!found.log) refuse("R-04", "the record's keeper has not signed");
    return found.stamps;
  }

  // the leaf of `shown` stands at `index` under the checkpoint, and no other does.
  async place(index, { leaf, path }) {
    const { size, root } = this.file.checkpoint;
    const other = this.leaves.get(index);
    if (other !== undefined && other.text !== leaf.text) refuse("R-06", "two items in one place");
    if (index < 0n || !await included(await leafHash(leaf.bytes), index, size, path, root)) {
      refuse("R-06", "an item that is not in the record");
    }
    this.leaves.set(index, leaf);
  }

  async recordedPlace({ index, leaf, recorded }) {
    const { checkpoint, path } = recorded;
    if (recorded.index !== index ||
      !await included(await leafHash(leaf.bytes), index, checkpoint.size, path, checkpoint.root)) {
      refuse("R-06", "an item that its stamps do not cover");
    }
    this.oneRoot(checkpoint);
  }

  // all checkpoints of one size have one root.
  oneRoot({ size, root }) {
    const other = this.roots.get(size);
    if (other !== undefined && !sameBytes(other, root)) refuse("R-06", "two histories of one length");
    this.roots.set(size, root);
  }

  // of an entry, by the roster that ruled.
  async document(entry, roster) {
    await this.place(entry.index, entry);
    await this.recordedPlace(entry);
    const document = await under("R-07", () => readPresentation(entry.presentation, roster.origin));
    if (!KINDS.includes(document.kind)) throw new Unknown("kind", "an item of a kind that this program does not know");
    document.signatures = await under("R-08", () => readSignatures(document));
    await this.body(entry, document);
    await this.signers(document, roster);
    await under("R-09", () => checkAuthority(document, entry.index, roster));
    return document;
  }

  //
  async body({ body, leaf, salts }, document) {
    const fits = body.kind === document.kind && sameBytes(body.payload, await sha256(document.bytes)) &&
      sameBytes(leaf.body, await sha256(body.bytes)) && salts.length === document.signatures.length &&
      body.signatures.length === document.signatures.length;
    if (!fits) refuse("R-10", "the text is not what was recorded");
    const signed = [...document.signatures].sort((a, b) => compareBytes(a.thumbprint, b.thumbprint));
    for (const [i, { thumbprint, bytes }] of signed.entries()) {
      if (!sameBytes(body.signatures[i], await sha256(salts[i], thumbprint, bytes))) {
        refuse("R-10", "a signature that is not what was recorded");
      }
    }
  }

  //
  async signers(document, roster) {
    const keys = keysOwed(document, roster);
    for (const [i, { kid, names }] of owedBy(document).entries()) {
      const { bytes, signed, header } = document.signatures[i];
      const isOwed = names.includes(header.alg) && header.kid === kid && header.typ === `entente-${document.kind}+sd-jwt`;
      if (!isOwed) refuse("R-08", "a signature that is not by the key that owes it");
      if (keys[i] === null) refuse("R-08", "a signer who is not in the list of who may sign");
      if (!await holds(names[0] === "ML-DSA-65" ? names[0] : "Ed25519", keys[i], bytes, signed)) refuse("R-08", "a signature does not hold");
    }
  }

  //
  async seen({ index, seen }, document) {
    const { size, root } = document.seen;
    if (size > index || (size === 0n) !== (index === 0n)) refuse("R-14", "signed on a state of the record that was not yet");
    const { checkpoint } = this.file;
    if (!await consistent(size, root, checkpoint.size, checkpoint.root, seen)) {
      refuse("R-14", "signed on another history of the record");
    }
    for (const { mlDsa65, ed25519 } of document.signers) {
      if (mlDsa65 === null || size === 0n) continue;
      const lines = this.reached.filter((made) => made.index >= size && made.index < index)
        .map(({ roster }) => memberOf(roster, { ed25519, mlDsa65 })?.line);
      const known = memberOf(this.rosterBelow(size).roster, { ed25519, mlDsa65 })?.line;
      if (lines.some((line) => line !== known)) refuse("R-14", "a signer whose place changed before the record had it");
    }
  }

  //
  companions({ clauses }) {
    const shown = clauses.map(({ slot }) => slot);
    for (const clause of clauses) {
      if (!clause.with.every((slot) => shown.includes(slot))) {
        refuse("R-15", `clause ${clause.number} is shown without what belongs to it`);
      }
    }
  }

  // of an entry that made a roster, and R-05 last.
  async rosterEntry(entry) {
    const { roster } = this.reached[this.reached.length - 1];
    const document = await this.document(entry, roster);
    if (document.hasEffect) throw new Unknown("effect", "a change of who may sign whose effect hangs on a condition that this program does not know");
    const relieved = document.kind === "succession" ? document.signers[0].party : null;
    const { time } = await this.recorded(entry, { roster, relieved });
    await this.seen(entry, document);
    this.companions(document);
    const next = await under("R-05", () => this.nextRoster(document));
    if (document.notAfter !== null && time > document.notAfter) refuse("R-05", "a change of who may sign that was recorded too late");
    this.reached.push({ index: entry.index, roster: next, ruled: roster, relieved, entry, document });
  }

  async nextRoster(document) {
    if (!ROSTER_KINDS.includes(document.kind)) bad("an item that brings no list of who may sign");
    if (!document.values.has("roster")) bad("the new list of who may sign is not shown");
    const next = await readRoster(document.values.get("roster"));
    const change = changeOf(document.kind, this.reached.map(({ roster }) => roster), next);
    if (document.kind === "succession" && document.signers[0].party !== change.left.party) bad("a principal of another side");
    return next;
  }

  // R-11 of what recorded an entry: one that made a roster is judged by the roster before it.
  async recorded({ recorded: { checkpoint } }, made) {
    if (checkpoint.size > this.file.checkpoint.size) refuse("R-11", "stamps later than the latest");
    return made === undefined ? this.quorum(checkpoint) : this.quorum(checkpoint, made, made.relieved);
  }

  // R-11, judged by the last roster that an entry below the checkpoint's size made.
  async quorum(checkpoint, { roster } = this.rosterBelow(checkpoint.size), relieved = null) {
    const stamps = await this.signatures(checkpoint, roster);
    const time = quorumTime(roster, stamps, relieved);
    if (time === null) refuse("R-11", "too few have stamped");
    return { roster, stamps, time };
  }

  //
  async rosterSlot() {
    const { rosterSlot: { leaf, path, slot }, last } = this.file;
    const { roster } = this.reached[this.reached.length - 1];
    const { size, root } = last.leaf.after;
    const stands = slot === 0n && await included(await leafHash(leaf.bytes), 0n, size, path, root) &&
      leaf.version === roster.version && sameBytes(leaf.roster, await sha256(utf8(roster.text)));
    if (!stands) refuse("R-12", "the list of who may sign is not the last one");
  }

  async shownEntry(entry) {
    const { roster } = this.rosterBelow(entry.index);
    const document = await this.document(entry, roster);
    const target = document.kind === "amendment" ? targetOf(document) : null;
    await under("R-09", () => this.charterOrTarget(document, target));
    const made = this.reached.find(({ index }) => index === entry.index && index > 0n);
    const recorded = await this.recorded(entry, made && { roster, relieved: made.relieved });
    await this.seen(entry, document);
    this.companions(document);
    return { ...entry, document, target, roster, recorded };
  }

  // R-09, where it looks at what else is shown.
  charterOrTarget(document, target) {
    if (document.kind === "charter" && document.values.has("roster") &&
      document.values.get("roster") !== this.file.roster) bad("a charter of another list of who may sign");
    const amended = target === null ? undefined : this.shown.find(({ index }) => index === target.index);
    if (amended !== undefined && partiesBound(amended.document).join() !== partiesBound(document).join()) {
      bad("an amendment that does not bind those whom its target binds");
    }
  }

  //
  async states() {
    const made = this.reached.slice(1).map(({ entry, document }) => ({ ...entry, document, target: null }));
    for (const entry of [...made, ...this.shown]) await this.inEntry(entry, () => this.state(entry));
    this.neighbours();
  }

  async state(entry) {
    const { document, state, target } = entry;
    this.move(entry);
    if ((state === null) !== (ABOUT_ITEMS[document.kind] === undefined)) {
      refuse("R-13", "what became of the item is missing, or one too many");
    }
    if (state === null) return;
    if (document.kind === "amendment") this.target(entry.index, target);
    const { size, root } = this.file.last.leaf.after;
    const id = itemOf(entry);
    if (!sameBytes(state.leaf.id, id) || !await included(await leafHash(state.leaf.bytes), state.slot, size, state.path, root)) {
      refuse("R-13", "what became of the item is not what the record says");
    }
    if (state.leaf.flags.some(({ name, slot }) => slot !== null || !Object.values(ABOUT_ITEMS).includes(name))) {
      refuse("R-13", "a mark that nothing can have set");
    }
    for (const other of this.shown) {
      const about = itemOf(other);
      if (about !== null && sameBytes(about, id)) this.noted(other, state.leaf);
    }
  }

  // What an entry of its kind does to the state, by its leaf.
  move({ document: { kind }, leaf: { before, after }, state }) {
    const same = before.size === after.size && sameBytes(before.root, after.root);
    const does = {
      charter: true,
      understanding: after.size === before.size + 1n && (state === null || state.slot === before.size),
      amendment: after.size === before.size && (state === null || state.slot < before.size),
      statement: same,
    };
    if (!(does[kind] ?? after.size === before.size)) refuse("R-13", "an item that did something else than its kind does");
  }

  // What `leaf` has to say of the shown entry `other`, which is about the same item.
  noted({ index, document }, leaf) {
    const flags = leaf.flags.map(({ name }) => name);
    if (!flags.includes("signed") || !flags.includes(ABOUT_ITEMS[document.kind])) {
      refuse("R-13", "a mark is missing from what became of the item");
    }
    if (leaf.latest < index || leaf.latest >= this.file.checkpoint.size) refuse("R-13", "the item's latest change is out of place");
  }

  target(index, target) {
    if (target === null) refuse("R-13", "what is amended is not shown");
    if (target.index >= index) refuse("R-13", "an amendment of what was not yet");
    const shown = this.shown.find((other) => other.index === target.index);
    if (shown !== undefined && !(shown.document.kind === "understanding" && sameBytes(shown.document.id, target.item))) {
      refuse("R-13", "an amendment of something else");
    }
  }

  // R-13, its end: where two neighbours are shown, the state goes from one to the other.
  neighbours() {
    for (const [index, { after }] of this.leaves) {
      const next = this.leaves.get(index + 1n);
      if (next === undefined) continue;
      if (next.before.size !== after.size || !sameBytes(next.before.root, after.root)) {
        this.entry = index + 1n;
        refuse("R-13", "two neighbours that do not fit");
      }
    }
  }
}

function targetOf({ values }) {
  const value = values.get("amends");
  if (!isObject(value) || Object.keys(value).sort().join() !== "index,item") return null;
  const isTarget = Number.isSafeInteger(value.index) && value.index >= 0 && /^[0-9a-f]{32}$/.test(value.item);
  return isTarget ? { index: BigInt(value.index), item: fromHex(value.item) } : null;
}

const itemOf = ({ document, target }) => (document.kind === "understanding" ? document.id : target?.item ?? null);

// The report of docs/record.md section 16 on a file's bytes. Never throws for what is in the file.
async function checkFile(bytes, trust) {
  let check = null;
  try {
    const file = await under("R-01", () => readFile(bytes));
    check = new Check(file, trust);
    await check.run();
  } catch (error) {
    if (error instanceof Refused) {
      return { verdict: "not authentic", check: error.check, entry: check?.entry ?? null, why: error.message };
    }
    if (error instanceof Unknown) {
      return { verdict: "cannot tell", why: error.what, sentence: error.message, fingerprint: check?.fingerprint ?? null };
    }
    throw error;
  }
  return reportOf(check);
}
