// What is said of a file in which no check failed: docs/record.md section 16.

async function reportOf(check) {
  const outside = outsideStamps(check);
  const report = { verdict: "authentic", fingerprint: check.fingerprint };
  if (check.shown.some(({ document }) => document.hasEffect)) {
    return { ...report, verdict: "cannot tell", why: "effect", sentence: "an item whose effect hangs on a condition that this program does not know" };
  }
  report.findings = await findingsOf(check, outside);
  if (check.trust.fingerprint === null) {
    return { ...report, verdict: "cannot tell", why: "no check code", sentence: "you gave no check code from a source you trust" };
  }
  if (!witnessesSuffice(check.trust, outside)) {
    return { ...report, verdict: "cannot tell", why: "witnesses", sentence: "the outside witnesses that you ask for have not stamped this record" };
  }
  return report;
}

// The stamps of the reader's witnesses, without those whose key the record itself has.
function outsideStamps({ witnesses, reached }) {
  const inRosters = new Set(reached.flatMap(({ roster }) => keysIn(roster)));
  return new Map([...witnesses].filter(([key]) => !inRosters.has(key)));
}

async function findingsOf(check, outside) {
  const { checkpoint } = check.file;
  const witnesses = [...check.trust.witnesses].filter(([, { keyText }]) => outside.has(keyText))
    .map(([, { name, keyText }]) => ({ name, time: outside.get(keyText) }));
  return {
    origin: checkpoint.origin,
    asOf: { size: checkpoint.size, root: toHex(checkpoint.root), time: check.asOf.time, stampedBy: stampedBy(check.asOf), witnessedBy: witnessedBy(check.asOf) },
    entries: check.shown.map((entry) => findingsOfEntry(check, entry)),
    entriesNotShown: checkpoint.size - BigInt(new Set([...check.shown, ...check.reached.slice(1)].map(({ index }) => index)).size),
    rosterChanges: check.reached.slice(1).map(({ index, roster, document }) => ({ index, version: roster.version, kind: document.kind })),
    disclosureRule: check.reached[check.reached.length - 1].roster.disclosure,
    release: await releaseOf(check), witnesses, notChecked: notChecked(check, witnesses),
  };
}

function notChecked(check, witnesses) {
  const { file, shown, reached, trust, letters, asOf } = check;
  const unauthorised = ({ document, ...entry }) => document.signers.some((signer) => signer.mlDsa65 !== null &&
    trust.principals.has(signer.party) && letterFor(signer, entry, letters) === null);
  const kinds = [...shown, ...reached.slice(1)].map(({ document }) => document.kind);
  const targetHidden = shown.some(({ about }) => about !== null && !shown.some(({ index }) => index === about.index));
  return [
    ...(witnesses.length === 0 ? ["history"] : []),
    ...(asOf.roster.sides.every(({ party }) => stampedBy(asOf).some((member) => member.party === party)) ? [] : ["sides"]), "times", "post-quantum-log",
    ...(kinds.includes("succession") ? ["successions"] : []), ...(shown.some(unauthorised) ? ["mandates"] : []),
    ...(kinds.includes(UNATTRIBUTED) ? ["authorship"] : []),
    ...(kinds.includes("charter") ? [] : ["charter-signatures"]), "identities",
    ...(targetHidden ? ["target-parties"] : []), ...(file.rendering === null ? [] : ["rendering"]),
  ];
}

// docs/record.md section 4: a side's name as a document gives it that binds the side, or as the charter does.
function nameOfSide(party, document, shown) {
  const givers = [document, ...shown.map((entry) => entry.document).filter(({ kind }) => kind === "charter")];
  const giver = givers.find((one) => partiesBound(one).includes(party) && one.values.has("parties") && has(one.values.get("parties"), String(party)));
  return giver === undefined ? null : giver.values.get("parties")[party];
}

const witnessedBy = ({ roster, stamps }) => roster.witnesses.filter(({ keyText }) => stamps.has(keyText))
  .map(({ name, keyText }) => ({ name, time: stamps.get(keyText) }));

const stampedBy = ({ roster, stamps }) => roster.members
  .map(({ party, role, cosigner }, i) => ({ member: i + 1, party, role, time: stamps.get(cosigner.keyText) }))
  .filter(({ time }) => time !== undefined);

function findingsOfEntry(check, entry) {
  const { index, document, state, about, finding, roster, recorded } = entry;
  const isShown = (other) => check.shown.some((one) => one.index === other);
  const opened = document.clauses.length + document.decoySlots.length;
  return {
    index, kind: document.kind, id: toHex(document.id), title: document.values.get("title") ?? null,
    signers: document.signers.map(({ party, capacity, mlDsa65, ed25519 }) => ({
      party, capacity, name: nameOfSide(party, document, check.shown),
      role: mlDsa65 === null ? "principal" : memberOf(roster, { ed25519, mlDsa65 }).role,
      principalKnown: check.trust.principals.has(party), letter: mlDsa65 === null ? null : letterSaid(letterFor({ party, capacity, mlDsa65, ed25519 }, { index, roster, recorded }, check.letters)),
    })),
    possibleAuthors: document.kind === UNATTRIBUTED ? possibleAuthors(check, index, document, roster) : null,
    seen: document.seen.size, notAfter: document.notAfter,
    recorded: { time: recorded.time, size: check.file.entries.find((entry) => entry.index === index).recorded.checkpoint.size, stampedBy: stampedBy(recorded) },
    clauses: document.clauses.map((clause) => ({ ...clause, figuresAgree: figuresAgree(clause) })), decoys: document.decoySlots.length, slots: document.slots.length,
    slotsNotShown: document.slots.length - opened,
    other: [...document.values].filter(([name]) => !["title", "parties", "roster", "about", "finding", "release"].includes(name) && !name.startsWith("decoy-")),
    target: about === null ? null : { index: about.index, clauses: about.clauses, settles: about.settles, shown: isShown(about.index), item: toHex(about.item) },
    finding: finding === null ? null : { says: finding.says, dissents: finding.dissents },
    flags: state === null ? null : state.leaf.flags.map((flag) => ({ ...flag, by: setBy(flag, state.leaf, check) })),
    latest: state === null ? null : { index: state.leaf.latest, shown: isShown(state.leaf.latest) },
    force: document.kind === "understanding" || isLate(entry) ? forceOf(entry, check) : null,
  };
}

// The last entry shown that set a flag, or null.
function setBy({ name, slot }, { id }, { shown }) {
  const sets = (entry) => (entry.document.kind === "understanding" && sameBytes(entry.document.id, id) ? beganWith(entry.document)
    : entry.about !== null && sameBytes(entry.about.item, id) ? flagsSet(entry) : []);
  return shown.filter((entry) => sets(entry).some(([one, at]) => one === name && at === slot)).pop()?.index ?? null;
}

const isLate = ({ document: { notAfter }, recorded: { time } }) => notAfter !== null && time > notAfter;

// Whether an understanding is in force, and since when: docs/record.md section 13.
function forceOf(entry, { shown }) {
  if (isLate(entry)) return { is: "too late", since: null };
  const { document, state: { leaf }, recorded } = entry;
  const against = ["terminated", "superseded", "unconfirmed", "suspended"].find((name) =>
    leaf.flags.some((flag) => flag.name === name && (name === "unconfirmed" || flag.slot === null)));
  if (against !== undefined) return { is: against, since: null };
  const confirmations = partiesAwaited(document).map((party) => shown.find((entry) => entry.document.kind === "confirmation" &&
    sameBytes(entry.about.item, leaf.id) && partiesBound(entry.document).includes(party)));
  if (confirmations.includes(undefined)) return { is: "in force", since: null };
  const times = [recorded.time, ...confirmations.map((entry) => entry.recorded.time)];
  return { is: "in force", since: times.reduce((a, b) => (b > a ? b : a)) };
}

// What is said of the letter that reaches a signature.
function letterSaid(found) {
  if (found === null) return null;
  const { letter: { powers, name }, through } = found;
  const { scope, from, until = null, expires = null } = powers;
  return { scope, from, until, expires, name, through };
}

// How many members could have said words without a name: those whose line had not changed since `seen`.
const possibleAuthors = (check, index, { seen }, roster) =>
  roster.members.filter(({ ed25519, mlDsa65 }) => check.unmoved({ ed25519: ed25519.thumbprint, mlDsa65: mlDsa65.thumbprint }, seen.size, index)).length;
