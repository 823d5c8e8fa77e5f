// Who may make which kind of entry, and what it does: docs/record.md section 9.

// `by` is who signs; `about` whether the entry is about clauses of an understanding, or the whole of it alone; `sets`
// and `clears` are flags; `settles` whether it may end a dispute; `when` the state in which it may be made.
const KINDS = new Map(Object.entries({
  "charter": { by: "every founder" },
  "understanding": { by: "each party named" },
  "confirmation": { by: "the awaited party", clears: "unconfirmed", about: "whole", when: "open" },
  "amendment": { by: "each party of the target", sets: "amended", settles: true, about: "clauses", when: "binding" },
  "interpretation": { by: "each party of the target", sets: "interpreted", settles: true, about: "clauses", when: "binding" },
  "erratum": { by: "each party of the target", sets: "corrected", about: "clauses" },
  "reservation": { by: "parties of the target", sets: "reserved", about: "clauses", when: "open" },
  "dispute": { by: "parties of the target", sets: "disputed", about: "clauses" },
  "suspension": { by: "parties of the target", sets: "suspended", about: "clauses", when: "binding" },
  "resumption": { by: "each party of the target", clears: "suspended", about: "clauses", when: "open" },
  "termination": { by: "parties of the target", sets: "terminated", about: "whole", when: "open" },
  "report": { by: "members", about: "clauses" },
  "statement": { by: "one member" },
  "unattributed": { by: "nobody who is shown" },
  "consent": { by: "every side" },
  "admission": { by: "every side" },
  "removal": { by: "every side" },
  "succession": { by: "the principal" },
  "hand-over": { by: "every side" },
}));
const ROSTER_KINDS = ["admission", "removal", "succession", "hand-over"];

const ascending = (parties) => [...new Set(parties)].sort((a, b) => a - b);
const partiesIn = (capacity, { signers }) => ascending(signers.filter((signer) => signer.capacity === capacity).map(({ party }) => party));
const partiesBound = (document) => partiesIn("binds", document);
const partiesNamed = ({ signers }) => ascending(signers.map(({ party }) => party).filter((party) => party !== 0));
const partiesAwaited = (document) => partiesIn("ad-referendum", document).filter((party) => !partiesBound(document).includes(party));
const same = (a, b) => a.join() === b.join();

function checkAuthority(document, index, roster) {
  const { kind, signers } = document;
  if ((kind === "charter") !== (index === 0n)) bad("the charter is entry 0, and entry 0 the charter");
  signers.forEach((signer) => checkSigner(signer, kind, roster));
  const [named, bound] = [partiesNamed(document), partiesBound(document)];
  const everySide = roster.sides.every(({ party }) => bound.includes(party));
  const enough = {
    "every founder": () => signers.length === roster.members.length && everySide,
    "each party named": () => named.length >= 2 && same(named, ascending([...bound, ...partiesAwaited(document)])),
    "the awaited party": () => named.length === 1 && same(named, bound),
    "each party of the target": () => named.length >= 2 && same(named, bound),
    "parties of the target": () => named.length >= 1 && same(named, bound),
    "members": () => signers.some(({ capacity }) => capacity === "states"),
    "one member": () => signers.length === 1,
    "nobody who is shown": () => true,
    "every side": () => everySide,
    "the principal": () => signers.length === 1,
  };
  if (!enough[KINDS.get(kind).by]()) bad("those who have to sign have not");
}

// R-09 where it looks at what else is shown: what the document is about, by `about`, is the document `target`.
function checkTarget(document, target) {
  const sides = ascending([...partiesBound(target), ...partiesAwaited(target)]);
  const [named, bound] = [partiesNamed(document), partiesBound(document)];
  const fits = {
    "each party named": () => same(bound, sides),
    "the awaited party": () => named.every((party) => partiesAwaited(target).includes(party)),
    "each party of the target": () => same(named, sides),
    "parties of the target": () => named.every((party) => sides.includes(party)),
  };
  if (fits[KINDS.get(document.kind).by]?.() === false) bad("its signers are not the sides of what it is about");
}

function checkSigner({ party, capacity, ed25519, mlDsa65 }, kind, roster) {
  if (mlDsa65 === null) {
    if (capacity !== "binds" || sideOf(roster, party)?.principal?.thumbprint !== ed25519) {
      bad("a principal signs for its own side, and binds it");
    }
    return;
  }
  const member = memberOf(roster, { ed25519, mlDsa65 });
  if (member === undefined || member.party !== party) bad("a signer that acts for another party");
  const states = ["statement", "report"].includes(kind);
  const allowed = {
    "binds": !states && party !== 0 && member.scope === "commit",
    "ad-referendum": kind === "understanding" && party !== 0 && member.scope !== "explore",
    "guarantees": !states,
    "witnesses": !states,
    "states": states,
    "dissents": kind === "report",
  };
  if (!allowed[capacity]) bad("a signer without the authority for its capacity");
}

// The key of every signature owed, by the roster that ruled; docs/record.md section 3.3.
function keysOwed(document, roster) {
  return document.signers.flatMap((signer) => {
    if (signer.mlDsa65 === null) {
      const side = roster.sides.find(({ principal }) => principal?.thumbprint === signer.ed25519);
      return [side?.principal.key ?? null];
    }
    const member = memberOf(roster, signer);
    return [member?.ed25519.key ?? null, member?.mlDsa65.key ?? null];
  });
}

// The time at which a quorum of `roster` was complete, or null; docs/record.md section 13.
function quorumTime(roster, stamps, relieved = null) {
  const bySide = roster.sides.map(({ party }) => [party, earliest(roster.members.filter((member) => member.party === party)
    .map(({ cosigner }) => stamps.get(cosigner.keyText)))]);
  const needed = bySide.filter(([party]) => party !== relieved).map(([, time]) => time);
  const everySide = needed.includes(null) || needed.length === 0 ? null : needed.reduce((a, b) => (b > a ? b : a));
  return earliest([everySide, oneWithWitnesses(roster, stamps, earliest(bySide.map(([, time]) => time)))]);
}

// One side and witnesses: the later of the side's stamp and that of the last witness who was needed.
function oneWithWitnesses({ withWitnesses, witnesses }, stamps, side) {
  const times = witnesses.map(({ keyText }) => stamps.get(keyText)).filter((time) => time !== undefined).sort((a, b) => (a < b ? -1 : 1));
  if (withWitnesses === null || side === null || BigInt(times.length) < withWitnesses) return null;
  const last = times[Number(withWitnesses) - 1];
  return last > side ? last : side;
}

function earliest(times) {
  const known = times.filter((time) => time !== undefined && time !== null);
  return known.length === 0 ? null : known.reduce((a, b) => (b < a ? b : a));
}
