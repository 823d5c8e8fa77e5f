// Who may make which kind of entry, and what it does: docs/record.md section 9.

const KINDS = new Set(["charter", "understanding", "amendment", "statement", "unattributed", "consent", "admission", "removal", "succession"]);
const ROSTER_KINDS = ["admission", "removal", "succession"];
const ABOUT_ITEMS = { understanding: "signed", amendment: "amended" };

const partiesBound = ({ signers }) =>
  [...new Set(signers.filter(({ capacity }) => capacity === "binds").map(({ party }) => party))].sort((a, b) => a - b);

function checkAuthority(document, index, roster) {
  const { kind, signers } = document;
  if ((kind === "charter") !== (index === 0n)) bad("the charter is entry 0, and entry 0 the charter");
  signers.forEach((signer) => checkSigner(signer, kind, roster));
  const bound = partiesBound(document);
  const all = (parties) => parties.every((party) => bound.includes(party));
  const everySide = () => all(roster.sides.map(({ party }) => party));
  if (kind === UNATTRIBUTED) return;
  if (kind === "charter") {
    if (signers.length !== roster.members.length || !everySide()) bad("a founder, or a side, has not signed");
  } else if (kind === "understanding" || kind === "amendment") {
    const named = [...new Set(signers.map(({ party }) => party))].filter((party) => party !== 0);
    if (named.length < 2 || !all(named)) bad("a side has no one that binds it");
  } else if (kind === "statement") {
    if (signers.length !== 1) bad("a statement of several");
  } else if (kind === "succession") {
    if (signers.length !== 1) bad("a succession is signed by the principal alone");
  } else if (!everySide()) {
    bad("a side has no one that binds it");
  }
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
  const allowed = {
    "binds": party !== 0 && member.scope === "commit",
    "ad-referendum": party !== 0 && member.scope !== "explore",
    "guarantees": true,
    "witnesses": true,
    "states": true,
  };
  if (!allowed[capacity] || (capacity === "states") !== (kind === "statement")) {
    bad("a signer without the authority for its capacity");
  }
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
