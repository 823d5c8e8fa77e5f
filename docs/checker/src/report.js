// What is said of a file in which no check failed: docs/record.md section 16.

function reportOf(check) {
  const findings = findingsOf(check);
  const report = { verdict: "authentic", fingerprint: check.fingerprint, findings };
  if (check.shown.some(({ document }) => document.hasEffect)) {
    return { ...report, verdict: "cannot tell", why: "effect", sentence: "an item whose effect hangs on a condition that this program does not know" };
  }
  if (check.trust.fingerprint === null) {
    return { ...report, verdict: "cannot tell", why: "no check code", sentence: "you gave no check code from a source you trust" };
  }
  if (!witnessesSuffice(check.trust, check.witnesses)) {
    return { ...report, verdict: "cannot tell", why: "witnesses", sentence: "the outside witnesses that you ask for have not stamped this record" };
  }
  return report;
}

function findingsOf(check) {
  const { checkpoint, rendering } = check.file;
  const inRosters = new Set(check.reached.flatMap(({ roster }) => keysIn(roster)));
  const witnesses = [...check.trust.witnesses].filter(([, { keyText }]) => check.witnesses.has(keyText) && !inRosters.has(keyText))
    .map(([name, { keyText }]) => ({ name, time: check.witnesses.get(keyText) }));
  const targetHidden = check.shown.some(({ target }) => target !== null && !check.shown.some(({ index }) => index === target.index));
  return {
    origin: checkpoint.origin,
    asOf: { size: checkpoint.size, root: toHex(checkpoint.root), time: check.asOf.time, stampedBy: stampedBy(check.asOf) },
    entries: check.shown.map((entry) => findingsOfEntry(check, entry)),
    entriesNotShown: checkpoint.size - BigInt(check.shown.length),
    rosterChanges: check.reached.slice(1).map(({ index, roster }, i) => ({ index, version: roster.version, kind: check.file.rosters[i].body.kind })),
    disclosureRule: check.reached[check.reached.length - 1].roster.disclosure,
    witnesses,
    notChecked: [
      ...(witnesses.length === 0 ? ["history"] : []), "times", "post-quantum-log", "identities",
      ...(targetHidden ? ["target-parties"] : []), ...(rendering === null ? [] : ["rendering"]),
    ],
  };
}

const stampedBy = ({ roster, stamps }) => roster.members
  .map(({ party, role, cosigner }, i) => ({ member: i + 1, party, role, time: stamps.get(cosigner.keyText) }))
  .filter(({ time }) => time !== undefined);

function findingsOfEntry(check, { index, document, state, target, roster, recorded }) {
  const names = document.values.get("parties");
  const nameOf = (party) => (isObject(names) && has(names, String(party)) && typeof names[party] === "string" ? names[party] : null);
  const title = document.values.get("title");
  const opened = document.clauses.length + document.decoySlots.length;
  return {
    index, kind: document.kind, id: toHex(document.id), title: typeof title === "string" ? title : null,
    signers: document.signers.map(({ party, capacity, mlDsa65, ed25519 }) => ({
      party, capacity, name: nameOf(party),
      role: mlDsa65 === null ? "principal" : memberOf(roster, { ed25519, mlDsa65 }).role,
      principalKnown: check.trust.principals.has(party),
    })),
    seen: document.seen.size, notAfter: document.notAfter,
    recorded: { time: recorded.time, size: check.file.entries.find((entry) => entry.index === index).recorded.checkpoint.size, stampedBy: stampedBy(recorded) },
    clauses: document.clauses, decoys: document.decoySlots.length, slots: document.slots.length,
    slotsNotShown: document.slots.length - opened,
    other: [...document.values].filter(([name]) => !["title", "parties", "roster", "amends"].includes(name) && !name.startsWith("decoy-")),
    target: target === null ? null : { index: target.index, shown: check.shown.some((other) => other.index === target.index) },
    flags: state === null ? null : state.leaf.flags,
    latest: state === null ? null : { index: state.leaf.latest, shown: check.shown.some((other) => other.index === state.leaf.latest) },
    force: document.kind === "understanding" ? forceOf(document, state, recorded.time) : null,
  };
}

function forceOf({ notAfter }, { leaf }, recordedAt) {
  if (notAfter !== null && recordedAt > notAfter) return "too late";
  return ["superseded", "terminated", "suspended"].find((flag) => leaf.flags.some(({ name }) => name === flag)) ?? "in force";
}
