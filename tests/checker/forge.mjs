// Records and disclosures made for tests, by docs/record.md and docs/log.md alone: honest ones, and those of
// members or keepers who do what they must not. Everything follows from names, so that it is made the same twice.
import { createHash } from "node:crypto";
import { Ed25519Key, MlDsa65Key, seedOf } from "./sign.mjs";

const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
const base64url = (bytes) => Buffer.from(bytes).toString("base64url");
const byBytes = (a, b) => Buffer.compare(Buffer.from(a, "base64url"), Buffer.from(b, "base64url"));

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.keys(value).filter((name) => value[name] !== undefined).sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

// What is made passes through here before anything is computed from it, so that mutants.mjs can alter a part and
// have all the rest follow: signed, recorded and stamped anew by those who hold the keys.
let alteration = (_, value) => value;

export function altering(hook, make) {
  alteration = hook;
  try {
    return make();
  } finally {
    alteration = (_, value) => value;
  }
}
const made = (what, value) => alteration(what, value);

const leafHash = (text) => sha256([0], text);
const EMPTY = sha256("");

function split(size) {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

export function rootOf(hashes) {
  if (hashes.length === 0) return EMPTY;
  if (hashes.length === 1) return hashes[0];
  const k = split(hashes.length);
  return sha256([1], rootOf(hashes.slice(0, k)), rootOf(hashes.slice(k)));
}

function pathOf(index, hashes) {
  if (hashes.length <= 1) return [];
  const k = split(hashes.length);
  return index < k
    ? [...pathOf(index, hashes.slice(0, k)), rootOf(hashes.slice(k))]
    : [...pathOf(index - k, hashes.slice(k)), rootOf(hashes.slice(0, k))];
}

function consistencyOf(old, hashes, whole = true) {
  if (old === 0 || old === hashes.length) return whole ? [] : [rootOf(hashes)];
  const k = split(hashes.length);
  return old <= k
    ? [...consistencyOf(old, hashes.slice(0, k), whole), rootOf(hashes.slice(k))]
    : [...consistencyOf(old - k, hashes.slice(k), false), rootOf(hashes.slice(0, k))];
}

function verifierKey(name, type, key) {
  const bytes = Buffer.concat([Buffer.from([type]), key.public]);
  return `${name}+${hex(sha256(name, [10], bytes).subarray(0, 4))}+${base64(bytes)}`;
}

function noteLine(text, name, type, key, time) {
  const id = sha256(name, [10, type], key.public).subarray(0, 4);
  if (type === 1) return `\u2014 ${name} ${base64(Buffer.concat([id, key.sign(Buffer.from(text))]))}\n`;
  const at = Buffer.alloc(8);
  at.writeBigUInt64BE(BigInt(time));
  const signature = key.sign(Buffer.from(`cosignature/v1\ntime ${time}\n${text}`));
  return `\u2014 ${name} ${base64(Buffer.concat([id, at, signature]))}\n`;
}

const jwkOf = (key) => (key.public.length === 32
  ? `{"crv":"Ed25519","kty":"OKP","x":"${base64url(key.public)}"}`
  : `{"alg":"ML-DSA-65","kty":"AKP","pub":"${base64url(key.public)}"}`);
const thumbprint = (key) => base64url(sha256(jwkOf(key)));

const people = new Map();

// A member: its keys follow from its name, party, role and scope from the arguments.
export function person(name, party, role = "head", scope = "commit") {
  if (!people.has(name)) {
    people.set(name, { ed25519: new Ed25519Key(`${name} ed25519`), mlDsa65: new MlDsa65Key(`${name} ml-dsa-65`), stamp: new Ed25519Key(`${name} stamp`) });
  }
  return { name, party, role, scope, ...people.get(name) };
}

export class Record {
  constructor({ members, sides = [1, 2], principals = true, disclosure = "by-consent", origin = "entente/checker", witnesses = [], quorum } = {}) {
    this.origin = origin;
    this.log = new Ed25519Key(`${origin} log`);
    this.principals = new Map(sides.map((party) => [party, principals ? new Ed25519Key(`principal ${party}`) : null]));
    this.disclosure = disclosure;
    // Outside witnesses that the charter names, as people with a stamping key.
    this.witnesses = witnesses;
    this.quorum = quorum ?? (witnesses.length === 0 ? "each-side" : `each-side-or-one-with ${witnesses.length}`);
    this.members = members ?? [person("agnes", 0, "intermediary", "explore"), person("karim", 1), person("vera", 2)];
    this.version = 0;
    this.hashes = [];
    this.entries = [];
    this.items = [];
    this.time = 1790000000;
    this.rosterText = this.roster();
    this.charterRoster = this.rosterText;
  }

  roster(members = this.members, version = this.version) {
    const lines = ["entente-roster/v1", `origin ${this.origin}`, `version ${version}`, `log ${verifierKey(this.origin, 1, this.log)}`,
      `quorum ${this.quorum}`, `disclosure ${this.disclosure}`];
    for (const [party, key] of this.principals) lines.push(`side ${party} ${key === null ? "-" : base64url(key.public)}`);
    lines.push(...this.witnesses.map((one) => `witness ${verifierKey(this.stampName(one), 4, one.stamp)}`));
    for (const member of members) {
      lines.push(`member ${member.party} ${member.role} ${member.scope}`, `ed25519 ${base64url(member.ed25519.public)}`,
        `ml-dsa-65 ${base64url(member.mlDsa65.public)}`, `cosigner ${verifierKey(this.stampName(member), 4, member.stamp)}`);
    }
    return made("roster", `${lines.join("\n")}\n`);
  }

  stampName = (member) => member.stampName ?? `${this.origin}/${member.name}`;

  checkpointText(hashes = this.hashes) {
    return made("checkpoint", `${this.origin}\n${hashes.length}\n${base64(rootOf(hashes))}\n`);
  }

  // The signed note of the log now, stamped by `stampers`.
  note(stampers = this.members, extra = []) {
    const text = this.checkpointText();
    const lines = [noteLine(text, this.origin, 1, this.log),
      ...stampers.map((member) => noteLine(text, this.stampName(member), 4, member.stamp, made("time", this.time + (member.late ?? 0)))),
      ...extra.map(({ name, key }) => noteLine(text, name, 4, key, this.time))];
    return `${text}\n${made("lines", lines).join("")}`;
  }

  stateHashes() {
    return [this.rosterLeaf(), ...this.items.map(itemLeaf)].map((text) => leafHash(text));
  }

  rosterLeaf() {
    return made("state", `entente-state-roster/v1\nversion ${this.version}\nroster ${hex(sha256(this.rosterText))}\n` +
      `nonce ${hex(seedOf(`${this.origin} roster ${this.version}`))}\n`);
  }

  // Puts an entry into the record, whatever it says. `signers` are { who, capacity } or { principal }.
  append(kind, { signers, clauses = [], properties = {}, seen, notAfter = this.time + 86400, effect, decoys, stampers, next, about,
    change = (payload) => payload, wrong = {}, documentKind = kind, flags } = {}) {
    const index = this.hashes.length;
    const salt = (name) => base64url(seedOf(`${this.origin} ${index} ${name}`).subarray(0, 16));
    const id = seedOf(`${this.origin} id ${index}`).subarray(0, 16);
    const slots = [8, 16, 32, 64].find((size) => size >= clauses.length);
    const open = (value) => base64url(canonical(made("opening", value)));
    const slotOpenings = Array.from({ length: slots }, (_, slot) =>
      open([salt(wrong.oneSalt ? "slot" : `slot ${slot}`), slot < clauses.length ? clauses[slot] : { decoy: true }]));
    if (next !== undefined) properties = { roster: next.text, ...properties };
    if (about !== undefined) properties = { about, ...properties };
    const named = { ...properties };
    for (let i = 0; Object.keys(named).length < 8; i += 1) named[`decoy-${i}`] = null;
    const propertyOpenings = new Map(Object.entries(named).map(([name, value]) => [name, open([salt(name), name, value])]));
    const digest = (opening) => base64url(sha256(opening));
    const before = this.hashes.length;
    const persona = !signers.some(({ principal }) => principal !== undefined);
    const listed = signers.filter(({ hidden }) => !hidden);
    const payload = made("payload", change({
      version: 1, suite: persona ? "Ed25519+ML-DSA-65" : "Ed25519", origin: this.origin, kind: documentKind, id: base64url(id),
      seen: seen ?? { size: before, root: base64url(rootOf(this.hashes)) }, not_after: notAfter ?? undefined, effect,
      signers: listed.map((signer) => (signer.principal === undefined
        ? { party: signer.party ?? signer.who.party, capacity: signer.capacity ?? "binds", ed25519: thumbprint(signer.who.ed25519), "ml-dsa-65": thumbprint(signer.who.mlDsa65) }
        : { party: signer.principal, capacity: signer.capacity ?? "binds", ed25519: thumbprint(this.principals.get(signer.principal)) })),
      clauses: slotOpenings.map((opening) => ({ "...": digest(opening) })), slots,
      _sd: [...propertyOpenings.values()].map(digest).sort(byBytes), _sd_alg: "sha-256",
    }));
    const bytes = canonical(payload);
    const encoded = base64url(bytes);
    const keys = signers.flatMap(({ who, principal }) => (principal === undefined ? [who.ed25519, who.mlDsa65] : [this.principals.get(principal)]));
    const signatures = keys.map((_, i) => {
      const key = keys[made(`key of ${index}`, wrong.keyOf?.(i) ?? i)];
      const alg = key.public.length === 32 ? wrong.alg ?? "EdDSA" : "ML-DSA-65";
      const header = base64url(canonical(made("header", { alg, kid: thumbprint(key), typ: `entente-${documentKind}+sd-jwt` })));
      const signed = wrong.signature === i ? "something else" : `${header}.${encoded}`;
      return { protected: header, signature: base64url(key.sign(Buffer.from(signed))), key };
    });
    const ordered = signatures.map(({ key, signature }) => ({ kid: thumbprint(key), signature })).sort((a, b) => byBytes(a.kid, b.kid));
    const salts = ordered.map((_, i) => seedOf(`${this.origin} ${index} signature ${i}`));
    const body = made("body", `entente-body/v1\nkind ${kind}\npayload ${hex(sha256(bytes))}\n` + ordered.map(({ kid, signature }, i) =>
      `signature ${hex(sha256(salts[i], Buffer.from(kid, "base64url"), Buffer.from(signature, "base64url")))}\n`).join("") +
      `nonce ${hex(seedOf(`${this.origin} ${index} body`))}\n`);
    const stateBefore = index === 0 ? [] : this.stateHashes();
    if (next !== undefined) {
      this.version = next.version;
      this.rosterText = next.text;
      this.members = next.members;
    }
    if (about !== undefined) {
      const item = this.items.find(({ made: at }) => at === about.index);
      if (item !== undefined && !wrong.untouched) Object.assign(item, { flags: flags ?? flagsAfter(item.flags, kind, about, signers, properties.finding), latest: wrong.latest ?? index, nonce: index });
    }
    if (kind === "understanding") {
      const bound = signers.filter(({ capacity }) => capacity === "binds").map(({ who }) => who.party);
      const awaited = signers.filter(({ capacity, who }) => capacity === "ad-referendum" && !bound.includes(who.party)).map(({ who }) => `unconfirmed ${who.party}`);
      this.items.push({ id: hex(id), flags: about === undefined ? flags ?? ["signed", ...awaited] : ["signed", ...awaited], latest: wrong.ownLatest ?? index, nonce: index, made: index });
    }
    const stateAfter = this.stateHashes();
    const leaf = made("leaf", `entente-leaf/v1\nbody ${hex(sha256(body))}\nbefore ${wrong.before ?? stateBefore.length} ${hex(rootOf(stateBefore))}\n` +
      `after ${stateAfter.length} ${hex(rootOf(stateAfter))}\n`);
    this.hashes.push(leafHash(leaf));
    this.time += 60;
    const entry = {
      index, kind, leaf, body, encoded, signatures, salts: salts.map(base64url), slotOpenings, propertyOpenings, payload, clauses,
      size: this.hashes.length, note: this.note(stampers), hashes: [...this.hashes], digest,
      slot: kind === "understanding" ? this.items.length : about === undefined ? null : 1 + this.items.findIndex(({ made: at }) => at === about.index),
    };
    this.entries.push(entry);
    return entry;
  }

  found({ founders = this.members, ...more } = {}) {
    const signers = founders.map((who) => ({ who, capacity: who.party !== 0 && who.scope === "commit" ? "binds" : "witnesses" }));
    return this.append("charter", { signers, clauses: [clause("1", "These talks explore a ceasefire.")], properties: { roster: this.charterRoster },
      seen: { size: 0, root: base64url(EMPTY) }, ...more });
  }

  // The roster after a change, as `append` takes it.
  next(members, more = {}) {
    const version = this.version + 1;
    return { members, version, text: this.roster(members, version), ...more };
  }

  // An entry as a file shows it. Where nobody signs visibly, neither does a signature nor its salt.
  entryJson(entry, what = {}) {
    const chosen = chosenOf(entry, what);
    const document = entry.payload.signers.length > 0 ? presentationOf(entry, chosen) : { disclosures: chosen, payload: entry.encoded };
    const seen = entry.payload.seen.size;
    const state = entry.slot === null || entry.slot === 0 ? undefined : this.stateJson(entry.slot);
    return {
      index: entry.index, leaf: entry.leaf, body: entry.body, document, salts: entry.payload.signers.length > 0 ? entry.salts : [],
      path: pathOf(entry.index, this.hashes).map(hex),
      recorded: `c2sp.org/tlog-proof@v1\nindex ${entry.index}\n${pathOf(entry.index, entry.hashes).map((hash) => `${base64(hash)}\n`).join("")}\n${entry.note}`,
      consistency: consistencyOf(entry.size, this.hashes).map(hex),
      seen: (seen <= this.hashes.length ? consistencyOf(seen, this.hashes) : []).map(hex), state,
    };
  }

  stateJson(slot) {
    const leaf = slot === 0 ? this.rosterLeaf() : itemLeaf(this.items[slot - 1]);
    return { leaf, path: pathOf(slot, this.stateHashes()).map(hex), slot };
  }

  // A disclosure of `choices`: [entry, what of it].
  disclose(choices, { stampers, witnesses, rosters, rendering, letters } = {}) {
    const last = this.entries[this.entries.length - 1];
    const charter = this.entries[0];
    const made = rosters ?? this.entries.filter(({ index, propertyOpenings }) => index > 0 && propertyOpenings.has("roster"));
    return {
      disclosure: "entente-disclosure/v1", checkpoint: this.note(stampers, witnesses), rendering,
      letters: letters?.sort((a, b) => Buffer.compare(letterDigest(a), letterDigest(b))),
      charter: { leaf: charter.leaf, path: pathOf(0, this.hashes).map(hex), slot: this.charterSlot() },
      roster: this.charterRoster, rosters: made.map((entry) => this.rosterEntryJson(entry)),
      last: { leaf: last.leaf, path: pathOf(last.index, this.hashes).map(hex) },
      roster_slot: this.stateJson(0), entries: choices.map(([entry, what]) => this.entryJson(entry, what)),
    };
  }

  rosterEntryJson(entry) {
    return this.entryJson(entry, { slots: [], properties: ["roster"] });
  }

  charterSlot() {
    return made("state", `entente-state-roster/v1\nversion 0\nroster ${hex(sha256(this.charterRoster))}\nnonce ${hex(seedOf(`${this.origin} roster 0`))}\n`);
  }

  get code() {
    return hex(this.hashes[0]);
  }

  trust(more = "") {
    return `record ${this.code}\n${more}`;
  }

  principalLine(party, key = this.principals.get(party)) {
    return `principal ${party} ${base64url(key.public)}\n`;
  }
}

function chosenOf(entry, { slots, properties = [], decoys = [] }) {
  const chosen = [...(slots ?? entry.clauses.map((_, slot) => slot)), ...decoys].map((slot) => entry.slotOpenings[slot])
    .concat(properties.map((name) => entry.propertyOpenings.get(name)));
  return chosen.sort((a, b) => byBytes(entry.digest(a), entry.digest(b)));
}

function presentationOf({ encoded, signatures }, chosen) {
  return {
    payload: encoded,
    signatures: signatures.map(({ protected: header, signature }, i) =>
      (i === 0 ? { header: { disclosures: chosen }, protected: header, signature } : { protected: header, signature })),
  };
}

// A letter of full powers, written beside the record: `from` is a principal's party or a member.
export function letter(record, from, to, powers = {}, { name, hidden = [], more = {}, ...how } = {}) {
  const aside = Object.assign(Object.create(Record.prototype), record, { hashes: [], entries: [], items: [], origin: how.origin ?? record.origin });
  const named = { powers: { delegate: { ed25519: thumbprint(to.ed25519), "ml-dsa-65": thumbprint(to.mlDsa65) }, from: 0, may_delegate: false, scope: "commit", ...powers }, ...more };
  if (name !== undefined) named.name = name;
  const signer = typeof from === "number" ? { principal: from } : { who: from };
  const entry = aside.append(how.kind ?? "full-powers", { signers: [{ ...signer, capacity: how.capacity ?? "binds" }], clauses: how.clauses ?? [], properties: named,
    seen: how.seen ?? { size: 0, root: base64url(EMPTY) }, notAfter: how.notAfter ?? null, effect: how.effect, wrong: how.wrong });
  return presentationOf(entry, chosenOf(entry, { properties: Object.keys(named).filter((one) => !hidden.includes(one)) }));
}

export const letterDigest = (value) => sha256(canonical(value));

// What a consent holds: exactly these choices of entries, and these letters.
export function releaseOf(choices, letters = [], more = {}) {
  return {
    audience: "The commission of inquiry", expires: 1890000000, not_before: 1790000000,
    entries: choices.map(([entry, what = {}]) => ({ digests: chosenOf(entry, what).map((opening) => entry.digest(opening)), index: entry.index, leaf: hex(leafHash(entry.leaf)) })),
    letters: letters.map((one) => base64url(letterDigest(one))).sort(byBytes), ...more,
  };
}

const itemLeaf = ({ id, flags, latest, nonce }) => made("state", `entente-state-item/v1\nitem ${id}\n${flags.map((flag) => `flag ${flag}\n`).join("")}latest ${latest}\n` +
  `nonce ${hex(seedOf(`item ${id} ${nonce}`))}\n`);

export function clause(number, text, more = {}) {
  return { class: "by-consent", fields: [], number, text: typeof text === "string" ? { en: text } : text, with: [], ...more };
}

export const binding = (...people) => people.map((who) => ({ who, capacity: "binds" }));
export const targetOf = (entry, clauses = [], more = {}) => ({ clauses, index: entry.index, item: hex(Buffer.from(entry.payload.id, "base64url")), ...more });

const SETS = { amendment: "amended", interpretation: "interpreted", erratum: "corrected", reservation: "reserved", dispute: "disputed", suspension: "suspended",
  termination: "terminated", understanding: "superseded" };
const ORDER = ["signed", "unconfirmed", "amended", "corrected", "interpreted", "reserved", "disputed", "suspended", "reported-kept", "reported-broken",
  "reported-observed", "terminated", "superseded"];

// The flags of an understanding after an entry about it, as docs/record.md section 9 has it.
function flagsAfter(flags, kind, { clauses = [], settles }, signers, finding) {
  const clears = settles ? "disputed" : kind === "resumption" ? "suspended" : null;
  const bound = signers.map(({ who }) => who?.party);
  const kept = flags.filter((flag) => {
    const [name, slot] = flag.split(" ");
    if (kind === "confirmation") return !(name === "unconfirmed" && bound.includes(Number(slot)));
    return !(name === clears && (clauses.length === 0 || (slot !== undefined && clauses.includes(Number(slot)))));
  });
  const name = kind === "report" ? `reported-${finding?.says}` : SETS[kind];
  const set = name === undefined ? [] : clauses.length === 0 ? [name] : clauses.map((slot) => `${name} ${slot}`);
  const place = (flag) => ORDER.indexOf(flag.split(" ")[0]) * 1000 + (flag.includes(" ") ? 1 + Number(flag.split(" ")[1]) : 0);
  return [...new Set([...kept, ...set])].sort((a, b) => place(a) - place(b));
}
export { verifierKey, Ed25519Key };
