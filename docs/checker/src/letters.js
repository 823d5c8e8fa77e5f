// Letters of full powers: docs/record.md section 21, check R-16.

const SCOPES = ["explore", "negotiate", "commit"];
const SCOPE_TAKEN = { "binds": "commit", "ad-referendum": "negotiate" };

async function readLetter(value, check) {
  const { roster } = check.reached[0];
  const document = await readPresentation(value);
  document.signatures = readSignatures(document);
  if (document.origin !== roster.origin) bad("a letter of another record");
  readPowers(document);
  const [signer] = document.signers;
  await checkSigned(document, keysOfGiver(signer, check.reached));
  return { signer, powers: document.values.get("powers"), name: document.values.get("name") ?? null, digest: await digestOfLetter(value) };
}

const digestOfLetter = async (value) => toBase64url(await sha256(utf8(canonicalText(value))));

function readPowers({ kind, signers, seen, notAfter, hasEffect, clauses, values }) {
  if (kind !== "full-powers" || signers.length !== 1 || signers[0].capacity !== "binds") bad("not a letter of full powers");
  const bare = seen.size === 0n && sameBytes(seen.root, EMPTY_ROOT) && notAfter === null && !hasEffect && clauses.length === 0;
  if (!bare || [...values.keys()].some((name) => !["powers", "name"].includes(name) && !name.startsWith("decoy-"))) bad("a letter that holds more than powers");
  const powers = object(values.get("powers"), ["delegate", "from", "may_delegate", "scope"], ["expires", "until"]);
  object(powers.delegate, ["ed25519", "ml-dsa-65"]);
  digestText(powers.delegate.ed25519);
  digestText(powers.delegate["ml-dsa-65"]);
  for (const name of ["expires", "from", "until"]) if (has(powers, name)) integer(powers[name], 0);
  if (typeof powers.may_delegate !== "boolean" || !SCOPES.includes(powers.scope)) bad("powers of another form");
  if (values.has("name")) lineOfWords(values.get("name"));
}

// The keys that a letter owes: the side's principal's, or those of a member of that side in a roster reached.
function keysOfGiver(signer, reached) {
  if (signer.mlDsa65 === null) {
    const principal = sideOf(reached[0].roster, signer.party)?.principal;
    return [principal?.thumbprint === signer.ed25519 ? principal.key : null];
  }
  const member = reached.map(({ roster }) => memberOf(roster, signer)).find((one) => one?.party === signer.party);
  return member === undefined ? [null, null] : [member.ed25519.key, member.mlDsa65.key];
}

// The letter that reaches a signature, and the one that its giver had, if he is no principal; null if none does.
function letterFor({ party, capacity, ed25519, mlDsa65 }, { index, roster, recorded }, letters) {
  const holds = ({ signer, powers }, to, scope) => signer.party === party &&
    powers.delegate.ed25519 === to.ed25519 && powers.delegate["ml-dsa-65"] === to.mlDsa65 &&
    SCOPES.indexOf(powers.scope) >= SCOPES.indexOf(scope) && BigInt(powers.from) <= index &&
    (!has(powers, "until") || index < BigInt(powers.until)) && (!has(powers, "expires") || recorded.time <= BigInt(powers.expires));
  const byPrincipal = letters.filter(({ signer }) => signer.mlDsa65 === null);
  const to = { ed25519, mlDsa65 };
  const scope = SCOPE_TAKEN[capacity] ?? "explore";
  const direct = byPrincipal.find((letter) => holds(letter, to, scope));
  if (direct !== undefined) return { letter: direct, through: null };
  for (const letter of letters.filter(({ signer }) => signer.mlDsa65 !== null)) {
    const giver = roster.members.find((member) => member === memberOf(roster, letter.signer));
    const own = giver && holds(letter, to, scope) &&
      byPrincipal.find((other) => other.powers.may_delegate && holds(other, letter.signer, letter.powers.scope));
    if (own) return { letter, through: roster.members.indexOf(giver) + 1 };
  }
  return null;
}
