// A presentation: docs/record.md section 3. Payload, signatures, and the openings that were chosen.

const MAX_JSON = 1048576;
const CLASSES = [8, 16, 32, 64];
const CAPACITIES = ["binds", "ad-referendum", "guarantees", "witnesses", "states", "dissents"];
// Words of one member, who is not shown: the kind that has no signers.
const UNATTRIBUTED = "unattributed";
const BOTH = "Ed25519+ML-DSA-65";
const ED25519_ALONE = "Ed25519";
const PAYLOAD = ["_sd", "_sd_alg", "clauses", "id", "kind", "origin", "seen", "signers", "slots", "suite", "version"];
const PAYLOAD_OPTIONAL = ["effect", "not_after"];

// Of kinds that principals sign; of all others the suite is both.
const SUITES = { "succession": /^Ed25519$/, "full-powers": /^Ed25519(\+ML-DSA-65)?$/ };

const digestText = (value) => toBase64url(fromBase64url(value, 32));

function readPayload(bytes) {
  const payload = readJson(bytes, MAX_JSON, 16);
  if (isObject(payload) && has(payload, "version") && Number.isInteger(payload.version) && payload.version >= 0 && payload.version !== 1) {
    throw new Unknown("version", "a document of a version that this program does not know");
  }
  if (isObject(payload) && has(payload, "suite") && typeof payload.suite === "string" && payload.suite !== BOTH && payload.suite !== ED25519_ALONE) {
    throw new Unknown("suite", "a document whose signatures are of a kind that this program does not know");
  }
  object(payload, PAYLOAD, PAYLOAD_OPTIONAL);
  integer(payload.version, 1, 1);
  matching(payload.kind, KIND_NAME, "a kind");
  matching(payload.suite, SUITES[payload.kind] ?? /^Ed25519\+ML-DSA-65$/, "the suite of its kind");
  matching(payload.origin, ORIGIN, "an origin");
  matching(payload._sd_alg, /^sha-256$/, "the name of the hash");
  object(payload.seen, ["root", "size"]);
  if (has(payload, "not_after")) integer(payload.not_after, 0);
  if (has(payload, "effect") && !isObject(payload.effect)) bad("an effect that is no object");
  hidesNothing(payload.effect ?? null);
  if (payload.kind === UNATTRIBUTED && (has(payload, "not_after") || has(payload, "effect"))) bad("words without a name with a limit");
  const slots = payloadSlots(payload);
  const properties = payloadProperties(payload);
  if (new Set([...slots, ...properties]).size !== slots.length + properties.length) bad("one digest twice");
  return {
    kind: payload.kind, suite: payload.suite, origin: payload.origin, id: fromBase64url(payload.id, 16),
    seen: { size: BigInt(integer(payload.seen.size, 0)), root: fromBase64url(payload.seen.root, 32) },
    notAfter: has(payload, "not_after") ? BigInt(payload.not_after) : null,
    hasEffect: has(payload, "effect"), signers: readSigners(payload), slots, properties,
  };
}

function payloadSlots(payload) {
  const slots = array(payload.clauses, 8, 64).map((slot) => digestText(object(slot, ["..."])["..."]));
  if (!CLASSES.includes(slots.length) || payload.slots !== slots.length) bad("a number of slots that is no class");
  return slots;
}

function payloadProperties(payload) {
  const digests = array(payload._sd, 8, 64).map(digestText);
  if (!CLASSES.includes(digests.length)) bad("a number of properties that is no class");
  ascendingDigests(digests);
  return digests;
}

function ascendingDigests(digests) {
  const bytes = digests.map((digest) => fromBase64url(digest));
  if (bytes.some((digest, i) => i > 0 && compareBytes(bytes[i - 1], digest) >= 0)) bad("digests out of order");
}

function readSigners({ signers, suite, kind }) {
  const names = suite === BOTH ? ["capacity", "ed25519", "ml-dsa-65", "party"] : ["capacity", "ed25519", "party"];
  const read = array(signers, ...(kind === UNATTRIBUTED ? [0, 0] : [1, 32])).map((value) => {
    const signer = object(value, names);
    if (!CAPACITIES.includes(signer.capacity)) bad("not a capacity");
    if (["binds", "ad-referendum"].includes(signer.capacity) && signer.party === 0) bad("no side that is bound");
    return {
      party: integer(signer.party, 0, 65535), capacity: signer.capacity, ed25519: digestText(signer.ed25519),
      mlDsa65: suite === BOTH ? digestText(signer["ml-dsa-65"]) : null,
    };
  });
  const keys = read.flatMap(({ ed25519, mlDsa65 }) => (mlDsa65 === null ? [ed25519] : [ed25519, mlDsa65]));
  if (new Set(keys).size !== keys.length) bad("one key of two signers");
  return read;
}

// The signatures that the signers owe, in their order.
const owedBy = ({ signers }) => signers.flatMap((signer) => [
  { signer, kid: signer.ed25519, names: ["EdDSA", "Ed25519"] },
  ...(signer.mlDsa65 === null ? [] : [{ signer, kid: signer.mlDsa65, names: ["ML-DSA-65"] }]),
]);

// the payload, then the openings.
async function readPresentation(value) {
  if (!isObject(value)) bad("not an object");
  const bytes = fromBase64url(value.payload);
  const payload = readPayload(bytes);
  const opened = await openAll(openingsOf(value, payload), payload);
  return { ...payload, bytes, payloadText: value.payload, jws: value.signatures ?? [], ...opened };
}

// The openings stand with the first signature; beside the payload, where there is none.
function openingsOf(value, { signers }) {
  if (signers.length === 0) return array(object(value, ["disclosures", "payload"]).disclosures, 0, 128);
  object(value, ["payload", "signatures"]);
  const [first] = array(value.signatures, 1, Infinity);
  if (!isObject(first) || !has(first, "header")) bad("a presentation without its openings");
  return array(object(first.header, ["disclosures"]).disclosures, 0, 128);
}

// R-08, as far as it needs no key: not one signature more, not one fewer, each in its form.
function readSignatures(document) {
  const owed = owedBy(document);
  if (owed.length !== document.jws.length) bad("a signature is missing, or one too many");
  return owed.map((_, i) => {
    const signature = object(document.jws[i], i === 0 ? ["header", "protected", "signature"] : ["protected", "signature"]);
    const header = readJson(fromBase64url(signature.protected), MAX_JSON, 16);
    object(header, ["alg", "kid", "typ"]);
    string(header.alg);
    string(header.typ);
    return { header, thumbprint: fromBase64url(header.kid, 32), bytes: fromBase64url(signature.signature), signed: utf8(`${signature.protected}.${document.payloadText}`) };
  });
}

async function openAll(openings, payload) {
  if (openings.length > payload.slots.length + payload.properties.length) bad("more openings than digests");
  const opened = { clauses: [], decoySlots: [], values: new Map(), digests: [] };
  const salts = new Set();
  const digests = await Promise.all(openings.map((opening) => sha256(utf8(string(opening)))));
  for (const [i, opening] of openings.entries()) {
    const [salt, ...rest] = array(readJson(fromBase64url(opening), MAX_JSON, 16), 2, 3);
    const digest = toBase64url(digests[i]);
    const saltBytes = fromBase64url(salt).length;
    if (saltBytes < 16 || saltBytes > 64) bad("a salt of a length that is not allowed");
    if (salts.has(salt)) bad("one salt twice");
    salts.add(salt);
    opened.digests.push(digest);
    rest.forEach(hidesNothing);
    if (rest.length === 1) openSlot(opened, payload.slots.indexOf(digest), rest[0], payload.slots.length);
    else openProperty(opened, payload.properties.includes(digest), rest);
  }
  ascendingDigests(opened.digests);
  checkSlots(opened);
  if (payload.kind === UNATTRIBUTED && opened.values.size > 0) bad("words without a name that show who or to whom");
  readNames(opened.values, payload.signers);
  if (payload.kind === "consent" && opened.values.has("release")) readRelease(opened.values.get("release"));
  return opened;
}

function hidesNothing(value) {
  if (typeof value !== "object" || value === null) return;
  if (["_sd", "_sd_alg", "..."].some((name) => has(value, name))) bad("something hidden in an opening or an effect");
  Object.values(value).forEach(hidesNothing);
}

function openSlot(opened, slot, value, slots) {
  if (slot < 0) bad("text that is not what was signed");
  if (isObject(value) && has(value, "decoy")) {
    if (object(value, ["decoy"]).decoy !== true) bad("not a decoy");
    opened.decoySlots.push(slot);
  } else {
    opened.clauses.push(readClause(value, slot, slots));
  }
}

function openProperty(opened, isSigned, [name, value]) {
  matching(name, /^[a-z][a-z0-9_-]{0,63}$/, "a property's name");
  if (!isSigned) bad("a property that is not what was signed");
  if (PAYLOAD.includes(name) || PAYLOAD_OPTIONAL.includes(name)) bad("a property with the name of another member");
  if (opened.values.has(name)) bad("one property twice");
  if (name.startsWith("decoy-") && value !== null) bad("not a decoy");
  safeStrings(value);
  opened.values.set(name, value);
}

// Section 4: `title` and `parties`, which who signs alone does not give.
function readNames(values, signers) {
  const given = ["title", "parties"].filter((name) => values.has(name));
  if (given.length > 0 && signers.some(({ capacity }) => capacity === "states")) bad("names given by one who states");
  if (values.has("title")) lineOfWords(values.get("title"));
  if (!values.has("parties")) return;
  const parties = values.get("parties");
  if (!isObject(parties)) bad("names of sides that are no object");
  for (const [party, name] of Object.entries(parties)) {
    readParty(party, 0);
    lineOfWords(name);
  }
  if (new Set(Object.values(parties)).size !== Object.keys(parties).length) bad("one name of two sides");
}

function checkSlots(opened) {
  opened.clauses.sort((a, b) => a.slot - b.slot);
  if (new Set(opened.clauses.map(({ number }) => number)).size !== opened.clauses.length) bad("one number twice");
  const last = opened.clauses.length === 0 ? -1 : opened.clauses[opened.clauses.length - 1].slot;
  if (opened.decoySlots.some((slot) => slot < last)) bad("a clause after a decoy");
}

function readClause(value, slot, slots) {
  const after = isObject(value) && value.class === "after" ? ["after"] : [];
  object(value, ["class", "fields", "number", "text", "with", ...after]);
  matching(value.class, /^(never|by-consent|public|after)$/, "a class");
  if (after.length > 0) readAfter(value.after);
  matching(value.number, /^[A-Za-z0-9.()-]{1,16}$/, "a clause's number");
  if (!isObject(value.text) || Object.keys(value.text).length === 0) bad("a clause without text");
  const text = Object.entries(value.text).map(([language, said]) => {
    matching(language, /^(?!.{36})[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$/, "a language");
    return [language, words(said)];
  });
  if (new Set(text.map(([language]) => language.toLowerCase())).size !== text.length) bad("one language twice");
  array(value.with, 0, 64).forEach((companion, i) => {
    integer(companion, i === 0 ? 0 : value.with[i - 1] + 1, slots - 1);
    if (companion === slot) bad("a clause that is its own companion");
  });
  const fields = array(value.fields, 0, 64).map(readField);
  if (new Set(fields.map(({ name }) => name)).size !== fields.length) bad("one field twice");
  return { slot, number: value.number, class: value.class, after: value.after ?? null, text, with: value.with, fields };
}
