// The roster of docs/record.md section 8, and how one follows from another (section 9).

const ORIGIN = /^[!-*,-~]{1,128}$/;

const thumbprintOf = async (jwk) => toBase64url(await sha256(utf8(jwk)));
const ed25519Thumbprint = (text) => thumbprintOf(`{"crv":"Ed25519","kty":"OKP","x":"${text}"}`);
const mlDsaThumbprint = (text) => thumbprintOf(`{"alg":"ML-DSA-65","kty":"AKP","pub":"${text}"}`);

function readEd25519(text) {
  const key = fromBase64url(text, 32);
  if (!isEd25519Key(key)) bad("a key that is no Ed25519 key");
  return key;
}

function readParty(text, min) {
  const party = Number(decimal(text));
  return integer(party, min, 65535);
}

async function readRoster(value) {
  const text = string(value);
  if (/\p{Surrogate}/u.test(text) || utf8(text).length > 262144) bad("a roster that is too long");
  const lines = new Lines(text, "entente-roster/v1");
  const roster = { text, origin: matching(lines.take("origin"), ORIGIN, "an origin") };
  roster.version = decimal(lines.take("version"));
  roster.log = await verifierKeyOfType(lines.take("log"), BY_LOG);
  if (roster.log.name !== roster.origin) bad("a log's key of another name");
  const rule = lines.take("quorum");
  roster.disclosure = matching(lines.take("disclosure"), /^(any-member|by-consent)$/, "a rule of disclosure");
  roster.sides = await Promise.all(lines.all("side").map(readSide));
  array(roster.sides, 1, 16);
  await readWitnesses(lines, rule, roster);
  if (roster.sides.some((side, i) => i > 0 && side.party <= roster.sides[i - 1].party)) bad("sides out of order");
  const members = [];
  while (lines.startsWith("member")) members.push(["member", "ed25519", "ml-dsa-65", "cosigner"].map((word) => lines.take(word)));
  lines.end();
  roster.members = await Promise.all(array(members, 0, 64).map((member) => readMember(member, roster)));
  roster.keys = [roster.log, ...roster.witnesses, ...roster.members.map(({ cosigner }) => cosigner)];
  keySet(roster.keys);
  const all = keysIn(roster);
  if (new Set(all).size !== all.length) bad("one key in two places");
  return roster;
}

// How many witnesses make a quorum with one side, none for each side alone; and the witnesses.
async function readWitnesses(lines, quorum, roster) {
  const rule = matching(quorum, /^each-side(-or-one-with [0-9]+)?$/, "a rule of quorum").split(" ")[1];
  roster.witnesses = await Promise.all(lines.all("witness").map(readStamper));
  roster.withWitnesses = rule === undefined ? null : decimal(rule);
  if (rule === undefined ? roster.witnesses.length > 0 : roster.withWitnesses < 1n || roster.withWitnesses > BigInt(roster.witnesses.length)) bad("a rule of quorum that its witnesses do not fit");
  if (roster.witnesses.length > 16) bad("too many witnesses");
}

async function readStamper(text) {
  const key = await verifierKeyOfType(text, BY_STAMP);
  matching(key.name, /^[!-~]+$/, "a stamper's name");
  return key;
}

async function readSide(text) {
  const [party, principal, ...rest] = text.split(" ");
  if (principal === undefined || rest.length > 0) bad("not a side");
  const side = { party: readParty(party, 1), principal: null };
  if (principal !== "-") {
    side.principal = { text: principal, key: readEd25519(principal), thumbprint: await ed25519Thumbprint(principal) };
  }
  return side;
}

async function readMember([first, ed25519, mlDsa65, cosigner], { sides }) {
  const [party, role, scope, ...rest] = first.split(" ");
  if (scope === undefined || rest.length > 0) bad("not a member");
  const member = {
    party: readParty(party, 0),
    role: matching(role, /^[a-z][a-z0-9-]{0,15}$/, "a role"),
    scope: matching(scope, /^(explore|negotiate|commit)$/, "a scope"),
  };
  if (member.party !== 0 && !sides.some((side) => side.party === member.party)) bad("a member of no side");
  member.ed25519 = { text: ed25519, key: readEd25519(ed25519) };
  member.mlDsa65 = { key: fromBase64url(mlDsa65, 1952) };
  [member.ed25519.thumbprint, member.mlDsa65.thumbprint, member.cosigner] =
    await Promise.all([ed25519Thumbprint(ed25519), mlDsaThumbprint(mlDsa65), readStamper(cosigner)]);
  member.line = [party, role, scope, ed25519, mlDsa65, cosigner].join(" ");
  return member;
}

const memberKeys = ({ ed25519, mlDsa65, cosigner }) => [toHex(ed25519.key), mlDsa65.thumbprint, cosigner.keyText];

function keysIn({ log, sides, members, witnesses }) {
  const principals = sides.filter(({ principal }) => principal !== null);
  return [log.keyText, ...witnesses.map(({ keyText }) => keyText), ...principals.map(({ principal }) => toHex(principal.key)), ...members.flatMap(memberKeys)];
}

const memberOf = (roster, signer) => roster.members.find(({ ed25519, mlDsa65 }) =>
  ed25519.thumbprint === signer.ed25519 && mlDsa65.thumbprint === signer.mlDsa65);

const sideOf = (roster, party) => roster.sides.find((side) => side.party === party);

// The one change that `kind` makes of the last of `rosters`, with `next` as its result; else it is malformed.
function changeOf(kind, rosters, next) {
  const last = rosters[rosters.length - 1];
  const head = ({ text }) => text.slice(0, text.indexOf("\nmember ") + 1 || undefined).replace(/^version .*$/m, "");
  if (next.version !== last.version + 1n) bad("a roster that does not follow");
  if (kind === "hand-over") return checkHandOver(rosters, last, next);
  if (head(last) !== head(next)) bad("a roster with more changed than its members");
  const [before, after] = [last.members, next.members].map((members) => members.map(({ line }) => line));
  const at = before.findIndex((line, i) => line !== after[i]);
  const change = kind === "admission"
    ? { left: null, came: next.members[after.length - 1] }
    : { left: last.members[at] ?? null, came: kind === "succession" ? next.members[at] ?? null : null };
  const expected = kind === "admission"
    ? [...before, after[after.length - 1]]
    : before.flatMap((line, i) => (i !== at ? [line] : kind === "removal" ? [] : [after[at]]));
  if (kind !== "admission" && change.left === null) bad("a roster that does not change");
  if (expected.length !== after.length || expected.some((line, i) => line !== after[i])) {
    bad("a roster with another change than its kind's");
  }
  if (change.came !== null) checkNewKeys(rosters, change);
  if (next.sides.some(({ party }) => !next.members.some((member) => member.party === party))) bad("a side left without a member");
  return change;
}

// Another key of the log, and nothing else.
function checkHandOver(rosters, last, next) {
  if (withLog(last, next.log).replace(/^version .*$/m, `version ${next.version}`) !== next.text) bad("a hand-over that changes more than the log");
  if (rosters.flatMap(keysIn).includes(next.log.keyText)) bad("a log's key known before");
}

// A roster's text with another key of the log.
const withLog = ({ text }, log) => text.replace(/^log .*$/m, () => `log ${log.text}`);

function checkNewKeys(rosters, { left, came }) {
  const known = new Set(rosters.flatMap(keysIn));
  const kept = left === null ? [] : [left.cosigner.text === came.cosigner.text ? came.cosigner.keyText : null];
  if (memberKeys(came).some((key) => known.has(key) && !kept.includes(key))) bad("a member with a key known before");
  if (left !== null && (left.party !== came.party || left.role !== came.role)) bad("a successor of another place");
}
