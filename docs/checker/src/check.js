// The checks of docs/record.md section 15, in its order; the first that fails is named.

class Check {
  constructor(file, trust) {
    // `reached`: the rosters reached from the check code, each with the entry that made it.
    Object.assign(this, { file, trust, entry: null, reached: [], shown: [], letters: [], handed: [] });
  }

  async run() {
    await this.anchor();
    await this.charter();
    if (this.file.checkpoint.origin !== this.reached[0].roster.origin) refuse("R-04", "a stamp of another record");
    await this.places();
    await this.handOvers();
    for (const entry of this.file.rosters) await this.inEntry(entry, () => this.rosterEntry(entry));
    this.asOf = await this.quorum(this.file.checkpoint);
    await this.rosterSlot();
    for (const entry of this.file.entries) {
      this.shown.push(await this.inEntry(entry, () => this.shownEntry(entry)));
    }
    await checkStates(this);
    for (const letter of this.file.letters) this.letters.push(await under("R-16", () => readLetter(letter, this)));
    const witnesses = await signaturesOf(this.file.checkpoint, [...this.trust.witnesses.values()]);
    // R-04 speaks of members' stamps alone: a witness whose stamp does not hold has not stamped.
    this.witnesses = witnesses?.stamps ?? new Map();
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

  // R-03, and the rest of R-02.
  async charter() {
    const { leaf, slot } = this.file.charter;
    const roster = await under("R-03", () => readRoster(this.file.roster));
    const stands = leaf.before.size === 0n && sameBytes(leaf.before.root, EMPTY_ROOT) && leaf.after.size === 1n &&
      sameBytes(leaf.after.root, await leafHash(slot.bytes));
    if (!stands) refuse("R-03", "the charter does not stand at the beginning");
    if (slot.version !== 0n || roster.version !== 0n || !sameBytes(slot.roster, await sha256(utf8(roster.text)))) {
      refuse("R-03", "the list of who may sign is not the charter's");
    }
    const { logs, principals } = this.trust;
    if (logs.length > 0 && !logs.some(({ text }) => text === roster.log.text)) refuse("R-02", "another log's key");
    for (const [party, key] of principals) {
      if (sideOf(roster, party)?.principal?.text !== key) refuse("R-02", `another principal of side ${party}`);
    }
    this.reached.push({ index: 0n, roster });
  }

  // one history, in which every leaf stands in its place.
  async places() {
    const { checkpoint, charter, last, rosters, entries } = this.file;
    const all = [...rosters, ...entries];
    const roots = [checkpoint, ...all.map(({ recorded }) => recorded.checkpoint)].map(({ size, root }) => [size, toHex(root)]);
    if (differ(roots)) refuse("R-06", "two histories of one length");
    const end = checkpoint.size - 1n;
    const leaves = [[0n, charter.leaf], [end, last.leaf], ...all.map(({ index, leaf }) => [index, leaf])];
    if (differ(leaves.map(([index, { text }]) => [index, text]))) refuse("R-06", "two items in one place");
    this.leaves = new Map(leaves);
    await this.place(0n, charter);
    await this.place(end, last);
    for (const entry of all) await this.inEntry(entry, () => this.recordedPlace(entry));
  }

  async place(index, { leaf, path }, { size, root } = this.file.checkpoint) {
    if (index < 0n || !await included(await leafHash(leaf.bytes), index, size, path, root)) {
      refuse("R-06", "an item that is not in the record");
    }
  }

  async recordedPlace({ index, leaf, path, recorded }) {
    await this.place(index, { leaf, path });
    if (recorded.index !== index) refuse("R-06", "stamps of another item");
    await this.place(index, { leaf, path: recorded.path }, recorded.checkpoint);
  }

  // The last roster that an entry below `index` made.
  rosterBelow(index) {
    return this.reached.filter((made) => made.index < index).pop() ?? this.reached[0];
  }

  // of an entry, by the roster that ruled.
  async document(entry, roster) {
    const document = await under("R-07", () => readPresentation(entry.presentation));
    if (document.origin !== this.reached[0].roster.origin) refuse("R-07", "a document of another record");
    if (!KINDS.has(document.kind)) throw new Unknown("kind", "an item of a kind that this program does not know");
    document.signatures = await under("R-08", () => readSignatures(document));
    await this.body(entry, document);
    await under("R-08", () => checkSigned(document, keysOwed(document, roster)));
    await under("R-09", () => checkAuthority(document, entry.index, roster));
    return document;
  }

  //
  async body({ body, leaf, salts }, document) {
    const lines = document.kind === UNATTRIBUTED ? 2 : salts.length;
    const fits = body.kind === document.kind && sameBytes(body.payload, await sha256(document.bytes)) &&
      sameBytes(leaf.body, await sha256(body.bytes)) && salts.length === document.signatures.length &&
      body.signatures.length === lines;
    if (!fits) refuse("R-10", "the text is not what was recorded");
    const signed = [...document.signatures].sort((a, b) => compareBytes(a.thumbprint, b.thumbprint));
    const digests = await Promise.all(signed.map(({ thumbprint, bytes }, i) => sha256(salts[i], thumbprint, bytes)));
    if (!digests.every((line, i) => sameBytes(body.signatures[i], line))) refuse("R-10", "a signature that is not what was recorded");
  }

  // The log's key in each hand-over that shows a roster; whether that may be is checked in its turn.
  async handOvers() {
    for (const { index, presentation } of this.file.rosters) {
      const shown = await readPresentation(presentation).catch(noForm);
      const roster = shown?.kind === "hand-over" ? await readRoster(shown.values.get("roster")).catch(noForm) : null;
      if (roster !== null) this.handed.push({ index, log: roster.log });
    }
  }

  // For an entry that made a roster: the one before it, with the log's key of a checkpoint of this size.
  async asked({ roster, relieved }, index, size) {
    const handed = this.handed.filter((one) => one.index >= index && one.index < size).pop();
    const given = handed === undefined ? null : await readRoster(withLog(roster, handed.log)).catch(noForm);
    return [{ roster: given ?? roster }, relieved];
  }

  // of what recorded an entry: one that made a roster is judged by the roster before it.
  async recorded({ index, recorded: { checkpoint }, consistency }, made) {
    const { size, root } = this.file.checkpoint;
    if (checkpoint.size > size) refuse("R-11", "stamps later than the latest");
    if (!await consistent(checkpoint.size, checkpoint.root, size, root, consistency)) refuse("R-06", "stamps of another history");
    return this.quorum(checkpoint, ...(made === undefined ? [] : await this.asked(made, index, checkpoint.size)));
  }

  // judged by the last roster that an entry below the checkpoint's size made.
  async quorum(checkpoint, { roster } = this.rosterBelow(checkpoint.size), relieved = null) {
    if (checkpoint.origin !== roster.origin) refuse("R-04", "a stamp of another record");
    const found = await signaturesOf(checkpoint, roster.keys);
    if (found === null) refuse("R-04", "a stamp does not hold");
    if (!found.log) refuse("R-04", "the record's keeper has not signed");
    const time = quorumTime(roster, found.stamps, relieved);
    if (time === null) refuse("R-11", "too few have stamped");
    return { roster, stamps: found.stamps, time };
  }

  //
  async seen({ index, seen }, document) {
    const { size, root } = document.seen;
    if (size > index || (size === 0n) !== (index === 0n)) refuse("R-14", "signed on a state of the record that was not yet");
    const { checkpoint } = this.file;
    if (!await consistent(size, root, checkpoint.size, checkpoint.root, seen)) {
      refuse("R-14", "signed on another history of the record");
    }
    const moved = document.signers.some((signer) => signer.mlDsa65 !== null && size !== 0n && !this.unmoved(signer, size, index));
    if (moved) refuse("R-14", "a signer whose place changed before the record had it");
  }

  // Whether a persona's line of the roster stayed as it was from `size` on until the entry at `index`.
  unmoved(signer, size, index) {
    const known = memberOf(this.rosterBelow(size).roster, signer)?.line;
    return this.reached.filter((made) => made.index >= size && made.index < index)
      .every(({ roster }) => memberOf(roster, signer)?.line === known);
  }

  //
  companions(document) {
    const { clauses } = document;
    const shown = clauses.map(({ slot }) => slot);
    if (!dissentsOf(document).every((slot) => shown.includes(Number(slot)))) refuse("R-15", "a report without the words of those who dissent");
    for (const clause of clauses) {
      if (!clause.with.every((slot) => shown.includes(slot))) {
        refuse("R-15", `clause ${clause.number} is shown without what belongs to it`);
      }
    }
  }

  // An entry that made a roster: the checks of an entry, and R-05 last.
  async rosterEntry(entry) {
    const { roster } = this.reached[this.reached.length - 1];
    const document = await this.document(entry, roster);
    const relieved = document.kind === "succession" ? document.signers[0].party : null;
    const { time } = await this.recorded(entry, { roster, relieved });
    await this.seen(entry, document);
    this.companions(document);
    if (document.hasEffect) throw new Unknown("effect", "a change of who may sign whose effect hangs on a condition that this program does not know");
    const next = await under("R-05", () => this.nextRoster(entry, document));
    if (document.notAfter !== null && time > document.notAfter) refuse("R-05", "a change of who may sign that was recorded too late");
    this.reached.push({ index: entry.index, roster: next, relieved, entry, document });
  }

  async nextRoster({ index }, document) {
    if (!ROSTER_KINDS.includes(document.kind)) bad("an item that brings no list of who may sign");
    if (index <= this.reached[this.reached.length - 1].index) bad("a list of who may sign before the one before it");
    if (!document.values.has("roster")) bad("the new list of who may sign is not shown");
    const next = await readRoster(document.values.get("roster"));
    const change = changeOf(document.kind, this.reached.map(({ roster }) => roster), next);
    if (document.kind === "succession" && document.signers[0].party !== change.left.party) bad("a principal of another side");
    return next;
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
    await under("R-09", () => this.targetSides(document));
    const made = this.reached.find(({ index }) => index === entry.index && index > 0n);
    const recorded = await this.recorded(entry, made && { roster, relieved: made.relieved });
    await this.seen(entry, document);
    this.companions(document);
    return { ...entry, document, roster, recorded, about: null, finding: null };
  }

  // R-09, where it looks at what else is shown.
  targetSides(document) {
    const about = aboutIfAny(document);
    if (about === null) return;
    if (document.kind === "understanding" && partiesAwaited(document).length > 0) bad("it takes another's place and awaits a side");
    const target = this.shown.find(({ index, document: { kind } }) => index === about.index && kind === "understanding");
    if (target !== undefined) checkTarget(document, target.document);
  }
}

// Whether one name has two values.
function differ(pairs) {
  const known = new Map();
  return pairs.some(([name, value]) => {
    if (!known.has(name)) known.set(name, value);
    return known.get(name) !== value;
  });
}

// every signature that is owed, by the key that owes it.
async function checkSigned(document, keys) {
  const checked = await Promise.allSettled(owedBy(document).map(async ({ kid, names }, i) => {
    const { bytes, signed, header } = document.signatures[i];
    const isOwed = names.includes(header.alg) && header.kid === kid && header.typ === `entente-${document.kind}+sd-jwt`;
    if (!isOwed) bad("a signature that is not by the key that owes it");
    if (keys[i] === null) bad("a signer who is not in the list of who may sign");
    if (!await holds(names[0] === "ML-DSA-65" ? names[0] : "Ed25519", keys[i], bytes, signed)) bad("a signature does not hold");
  }));
  const failed = checked.find(({ status }) => status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

// The report of docs/record.md section 16 (or 19) on a file's bytes. Never throws for what is in the file.
async function checkFile(bytes, trust) {
  return await checkHistories(bytes, trust) ?? checkDisclosure(bytes, trust);
}

async function checkDisclosure(bytes, trust) {
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
