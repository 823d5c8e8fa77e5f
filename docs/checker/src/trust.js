// What the reader brings from elsewhere: a check code, or a trust file. docs/record.md section 15, docs/log.md 8.

// A check code as people write it: 64 digits, with blanks and hyphens.
function readCheckCode(text) {
  if (text.length > 256) return null;
  const code = text.replace(/[\t\n\f\r -]/g, "").toLowerCase();
  return /^[0-9a-f]{64}$/.test(code) ? code : null;
}

const NO_TRUST = { fingerprint: null, principals: new Map(), logs: [], witnesses: new Map(), groups: new Map(), quorum: null };

// A check code, or the lines of a trust file; empty text is no anchor. Malformed names the line.
async function readTrust(text) {
  if (text.trim() === "") return NO_TRUST;
  // Whatever blanks a code was copied with.
  const code = readCheckCode(text.trim().replace(/\s+/g, " "));
  if (code !== null) return { ...NO_TRUST, fingerprint: code };
  if (/[\0-\x08\x0b-\x1f\x7f]/.test(text)) bad("a control character in the trust file");
  if (/\p{Surrogate}/u.test(text) || utf8(text).length > 65536) bad("a trust file that is too long");
  const trust = { fingerprint: null, principals: new Map(), logs: [], witnesses: new Map(), groups: new Map(), quorum: undefined };
  const members = new Set();
  for (const [i, line] of text.split("\n").entries()) {
    const parts = line.split(/[ \t]+/).filter((part) => part !== "");
    if (parts.length === 0 || parts[0].startsWith("#")) continue;
    try {
      await readTrustLine(trust, members, parts);
    } catch (error) {
      if (error instanceof Malformed) bad(`line ${i + 1}: ${error.message}`);
      throw error;
    }
  }
  if (trust.fingerprint === null) bad("a trust file without its line record");
  if (trust.quorum === undefined && trust.witnesses.size + trust.groups.size > 0) bad("witnesses without a line quorum");
  keySet([...trust.logs, ...trust.witnesses.values()]);
  return { ...trust, quorum: trust.quorum ?? null };
}

async function readTrustLine(trust, members, [word, ...values]) {
  const count = (min, max) => {
    if (values.length < min || values.length > max) bad(`a line ${word} of another length`);
  };
  if (word === "record") {
    count(1, Infinity);
    if (trust.fingerprint !== null) bad("two lines record");
    trust.fingerprint = readCheckCode(values.join(" "));
    if (trust.fingerprint === null) bad("not a check code");
  } else if (word === "principal") {
    count(2, 2);
    const party = readParty(values[0], 1);
    if (trust.principals.has(party)) bad("two lines principal for one side");
    if (trust.principals.size === 16) bad("too many principals");
    readEd25519(values[1]);
    trust.principals.set(party, values[1]);
  } else if (word === "log") {
    count(1, 2);
    trust.logs.push(await verifierKeyOfType(values[0], BY_LOG));
    if (trust.logs.length > 64) bad("too many logs");
  } else if (word === "witness") {
    count(2, 3);
    defineName(trust, values[0]);
    trust.witnesses.set(values[0], await verifierKeyOfType(values[1], BY_STAMP));
    if (trust.witnesses.size > 64) bad("too many witnesses");
  } else if (word === "group") {
    count(3, Infinity);
    readGroup(trust, members, values);
  } else if (word === "quorum") {
    count(1, 1);
    if (trust.quorum !== undefined) bad("two lines quorum");
    if (values[0] !== "none") checkDefined(trust, values[0]);
    trust.quorum = values[0] === "none" ? null : values[0];
  } else {
    bad("a line that is not known");
  }
}

const isDefined = ({ witnesses, groups }, name) => witnesses.has(name) || groups.has(name);

function defineName(trust, name) {
  if (name === "none" || isDefined(trust, name)) bad("a name that is taken");
}

function checkDefined(trust, name) {
  if (!isDefined(trust, name)) bad("a name that is not defined before");
}

function readGroup(trust, members, [name, threshold, ...of]) {
  for (const member of of) {
    checkDefined(trust, member);
    if (members.has(member)) bad("a member of two groups");
    members.add(member);
  }
  const needed = threshold === "any" ? 1 : threshold === "all" ? of.length : Number(decimal(threshold));
  if (needed < 1 || needed > of.length) bad("a threshold that is out of range");
  defineName(trust, name);
  trust.groups.set(name, { needed, of });
  if (trust.groups.size > 64) bad("too many groups");
}

// Whether the witnesses that the policy asks for are among `stamps` (a map by key).
function witnessesSuffice(trust, stamps, name = trust.quorum) {
  if (name === null) return true;
  const group = trust.groups.get(name);
  if (group === undefined) return stamps.has(trust.witnesses.get(name).keyText);
  return group.of.filter((member) => witnessesSuffice(trust, stamps, member)).length >= group.needed;
}
