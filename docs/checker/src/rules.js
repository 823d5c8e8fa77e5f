// Who may make which kind of entry, and what it does: docs/record.md section 9.

const KINDS = ["charter", "understanding", "amendment", "statement", "admission", "removal", "succession"];
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
function quorumTime(roster, stamps, standsForItself = null) {
  let latest = null;
  for (const { party } of roster.sides) {
    if (party === standsForItself) continue;
    const times = roster.members.filter((member) => member.party === party)
      .map(({ cosigner }) => stamps.get(cosigner.keyText)).filter((time) => time !== undefined);
    if (times.length === 0) return null;
    const earliest = times.reduce((a, b) => (b < a ? b : a));
    if (latest === null || earliest > latest) latest = earliest;
  }
  return latest;
}
