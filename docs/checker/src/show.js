// The report as elements. What comes from a file is only ever the text of an element, isolated from its surroundings.

function el(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [property, value] of Object.entries(properties ?? {})) element.setAttribute(property, value);
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

const p = (...children) => el("p", null, ...children);
const foreign = (text) => el("bdi", null, text);
const section = (heading, ...children) => el("section", null, el("h3", null, heading), ...children);
const list = (items) => (items.length === 0 ? null : el("ul", null, items.map((item) => el("li", null, item))));

// Text of a document, one paragraph a line, each in the direction of its own letters.
function quoted(text, language) {
  const lines = text.split("\n").map((line) => el("p", { dir: "auto", ...(language ? { lang: language } : {}) }, line));
  return el("blockquote", null, lines);
}

function showReport(report, asked) {
  if (report.kind === "two histories") return [showHistories(report), showFile(asked)];
  const parts = [showVerdict(report, asked)];
  if (report.findings) parts.push(...showFindings(report, report.findings));
  parts.push(showFile(asked));
  return parts;
}

// The box with the verdict.
function verdictBox({ verdict }, ...children) {
  const classes = { "authentic": "yes", "not authentic": "no", "proven": "no" };
  const heading = verdict[0].toUpperCase() + verdict.slice(1);
  return el("div", { "class": `verdict ${classes[verdict] ?? "open"}`, id: "verdict", tabindex: "-1" }, el("h2", null, heading), children);
}

// A proof of two histories: it accuses a key and nobody by name.
function showHistories(report) {
  const { verdict, why, key, known, origin, size, index } = report;
  if (verdict === "cannot tell") return verdictBox(report, p(`${HISTORIES_SAID.unread} What was found: ${why}.`));
  if (verdict === "not proven") return verdictBox(report, p(`${HISTORIES_SAID.nothing} What was found: ${why}.`));
  const what = index === undefined ? `two different states of the record after ${counted(size, "item", "items")}` : `two different items no. ${index}`;
  return verdictBox(report, p("Whoever holds this key has signed two histories of one record:"), p(el("code", null, foreign(key))),
    p("Of the record ", foreign(origin), ` it has signed ${what}. ${HISTORIES_SAID.proven}`),
    p(known ? HISTORIES_SAID.known : HISTORIES_SAID.unknown));
}

function showVerdict(report, asked) {
  const box = verdictBox(report);
  if (report.verdict === "authentic") {
    box.append(p(AUTHENTIC));
  } else if (report.verdict === "not authentic") {
    box.append(p(`Check ${report.check} failed: ${CHECKS[report.check]}. ${RELIANCE}`));
    box.append(p(report.entry === null ? `What was found: ${report.why}.` : `What was found, in record item no. ${report.entry}: ${report.why}.`));
    if (report.check === "R-02" && asked.trust.fingerprint !== null) box.append(p("The check code you gave: ", code(asked.trust.fingerprint)));
  } else {
    box.append(...showCannotTell(report));
  }
  return box;
}

const code = (text) => el("code", { "class": "code" }, grouped(text));

function showCannotTell(report) {
  const shown = [p(`We cannot tell: ${report.sentence}.`)];
  if (report.why === "no check code") {
    shown.push(p("This file's check code is"), p(code(report.fingerprint)),
      p("Compare it with the code that a side of the talks publishes, or tells you itself. Then enter that code above. A code that came with the file proves nothing."));
  } else if (report.why === "witnesses") {
    shown.push(p("Ask for a file with their stamps, or change what you ask for."));
  } else {
    shown.push(p("A newer checker may know it."));
  }
  if (report.findings) shown.push(p(el("strong", null, "What follows holds only if this is settled. Until then anyone could have made it.")));
  return shown;
}

function showFindings(report, findings) {
  const { asOf } = findings;
  const last = asOf.size - 1n;
  const stamps = asOf.stampedBy.map(({ member, party, role, time }) => `Member ${member} (${role}, ${side(party)}), ${instant(time)}`);
  return [
    section("As of when", p(`As of item no. ${last} of the record, stamped ${instant(asOf.time)}. What came later is not known to this file.`),
      p("This state was stamped by:"), list(stamps), ...showNamedWitnesses(asOf), p("Stamping is not assent: it says that the record was found in order."), showWitnesses(findings)),
    ...findings.entries.map((entry) => showEntry(entry, findings)),
    findings.entries.length === 0 ? section("What is shown", p("Nothing of the record is shown.")) : null,
    section("Not shown", p(notShown(findings)), list(findings.rosterChanges.map(({ index, kind }) =>
      `Item no. ${index} made a change of who may sign or who keeps the record (${kind}); only that is shown of it.`))),
    section("Agreement to this release", ...showRelease(findings)),
    section("What was not checked", list(findings.notChecked.map((name) => NOT_CHECKED[name]))),
  ].filter((part) => part !== null);
}

function notShown({ entriesNotShown }) {
  if (entriesNotShown === 0n) return "Every item of the record up to then is shown, though perhaps not every clause.";
  return `${counted(entriesNotShown, "other item of the record is", "other items of the record are")} not shown, and may change the meaning of what is.`;
}

// Witnesses that the charter names.
function showNamedWitnesses({ witnessedBy }) {
  if (witnessedBy.length === 0) return [];
  return [p("Witnesses that the charter names have stamped it too. They vouch that the record only grew, and know nothing of what it holds:"),
    list(witnessedBy.map(({ name, time }) => [foreign(name), `, ${instant(time)}`]))];
}

function showWitnesses({ witnesses }) {
  if (witnesses.length === 0) return p("No outside witness that you know has stamped it.");
  return el("div", null, p("Outside witnesses that you know have stamped it:"),
    list(witnesses.map(({ name, time }) => [foreign(name), `, ${instant(time)}`])));
}

function showEntry(entry, findings) {
  const title = entry.title === null ? [] : [": ", foreign(entry.title)];
  return el("article", null, el("h2", null, `Record item no. ${entry.index}, ${entry.kind}`, ...title),
    section("Who signed", el("ul", null, entry.signers.map((signer) => el("li", null, ...showSigner(signer))))),
    entry.kind === "statement" ? p("A statement of one. Others have not agreed to it.") : null,
    entry.possibleAuthors === null ? null : p(`Words of one member, without a name: ${counted(entry.possibleAuthors, "member", "members")} could have said them. Others have not agreed to them.`),
    section("Clauses", entry.clauses.length === 0 ? p("No clause is shown.") : null, ...entry.clauses.map(showClause), p(withheld(entry))),
    entry.other.length === 0 ? null : section("Also shown", el("dl", null, entry.other.flatMap(([name, value]) =>
      [el("dt", null, foreign(name)), el("dd", { dir: "auto" }, typeof value === "string" ? value : JSON.stringify(value))]))),
    section("What became of it", ...showState(entry, findings), showLife(entry, findings)));
}

// A name is one that the side has signed itself, or none.
function showSigner({ party, capacity, name, role, principalKnown, letter }) {
  const who = party === 0 ? ["A member of no side"] : name === null ? [`Side ${party}`] : [foreign(name), ` (side ${party})`];
  const known = party === 0 ? ""
    : principalKnown ? " The charter gives this side the principal that you know; that key has not vouched for this signer."
      : " You have not said who this side's principal is.";
  return [...who, `, ${role}: ${CAPACITIES_SAID[capacity]}.${letter === null ? known : ""}`, ...showLetter(letter, principalKnown)];
}

function showLetter(letter, principalKnown) {
  if (letter === null) return [];
  const { scope, from, until, expires, name, through } = letter;
  const span = `${from === 0 ? "" : ` from item no. ${from} on`}${until === null ? "" : ` before item no. ${until}`}${expires === null ? "" : ` until ${instant(expires)}`}`;
  return [" By a letter of full powers", name === null ? "" : " that names ", name === null ? "" : foreign(name),
    ` this signer may ${POWERS[scope]}${span}. It comes from the side's principal${principalKnown ? ", which you know" : ", whom you have not named"}${through === null ? "" : `, through member ${through}`}.`];
}

function showRelease({ release, disclosureRule }) {
  return [p(RELEASE[release.agreement]), release.agreement === "shown" ? null : p(RELEASE_RULES[disclosureRule]),
    list(release.consents.map(({ index, audience, from, until, covers }) => [`Item no. ${index} agrees to ${covers ? "this" : "another"} release, for `,
      foreign(audience), `, from ${instant(from)} to ${instant(until)}.`]))].filter((part) => part !== null);
}

function showClause(clause) {
  const several = clause.text.length > 1;
  return el("div", { "class": "clause" }, el("h4", null, `Clause ${clause.number}`),
    several ? p("All of these languages are authentic.") : null,
    clause.figuresAgree === false ? p(el("strong", null, "The figures of its languages differ.")) : null,
    ...clause.text.flatMap(([language, text]) => [several ? el("p", { "class": "language" }, languageName(language)) : null, quoted(text, language)]),
    clause.fields.length === 0 ? null : el("dl", null, clause.fields.flatMap(showField)),
    clause.class === "never" ? p("This clause was agreed never to be shown.") : null,
    clause.class === "after" ? p(`This clause was agreed to be shown only after ${instant(clause.after)}.`) : null);
}

function languageName(tag) {
  try {
    return `${new Intl.DisplayNames(["en"], { type: "language" }).of(tag)} (${tag})`;
  } catch {
    return tag;
  }
}

function showField({ name, type, value }) {
  return [el("dt", { dir: "auto" }, name), el("dd", null, ...fieldValue(type, value))];
}

function fieldValue(type, value) {
  if (type === "instant") return [instant(Date.parse(value) / 1000)];
  if (type === "period") return [`${instant(Date.parse(value.start) / 1000)} to ${instant(Date.parse(value.end) / 1000)}`];
  if (type === "person" || type === "organisation") return [foreign(value.name), ...(value.reference === undefined ? [] : [" (", foreign(value.reference), ")"])];
  if (type === "duration") return [`${duration(value.seconds)} from: `, foreign(value.from)];
  if (type === "point") return [point(value)];
  if (type === "polygon") return [el("ol", null, value.map((corner) => el("li", null, point(corner))))];
  if (type === "quantity") return [`${value.amount} `, foreign(value.unit)];
  return ["a file with SHA-256 (base64url) ", el("code", null, value["sha-256"])];
}

function withheld({ clauses, slotsNotShown, slots, decoys }) {
  const shown = `${counted(clauses.length, "clause", "clauses")} shown.`;
  if (slotsNotShown === 0) return `${shown} There are no others: all ${slots} places are opened, ${decoys} of them empty.`;
  return `${shown} ${counted(slotsNotShown, "place is", "places are")} not shown: clauses or padding, nobody can tell which. Others may change the meaning of these.`;
}

function showState(entry, findings) {
  const asOf = `as of item no. ${findings.asOf.size - 1n} of the record`;
  const said = [];
  if (entry.force !== null) said.push(p(`${FORCE_SAID[entry.force.is]}${sinceWhen(entry.force)}, ${asOf}.`));
  if (entry.target !== null) said.push(p(`${DONE[entry.kind]} by this: ${whatOf(entry.target, findings)}item no. ${entry.target.index}, ${entry.target.shown ? "shown here" : "not shown"}.${entry.target.settles ? " It settles a dispute." : ""}`));
  if (entry.finding !== null) said.push(p(FINDINGS[entry.finding.says]), entry.finding.dissents.length === 0 ? null : p(`${counted(entry.finding.dissents.length, "signer differs", "signers differ")}; the words stand above.`));
  if (entry.flags !== null) said.push(p(`Noted on ${entry.target === null ? "it" : "what it is about"}, ${asOf}:`), list(entry.flags.map((flag) => flagSaid(flag, entry, findings))));
  if (entry.latest !== null && entry.latest.index !== entry.index) {
    said.push(p(el("strong", null, `${entry.target === null ? "Changed later" : "What it is about was changed later"} by item no. ${entry.latest.index}, ${entry.latest.shown ? "shown here" : "not shown"}.`)));
  }
  return said.filter((part) => part !== null);
}

const sinceWhen = ({ is, since }) => (is !== "in force" ? "" : since === null ? " since a time that is not shown" : ` since ${instant(since)}`);

// The understanding that an entry makes or is about, if it is shown.
const understandingOf = ({ index, target }, { entries }) => entries.find((one) => one.index === (target === null ? index : target.index));

function clauseNames(slots, understanding) {
  const numbers = slots.map((slot) => understanding?.clauses.find((clause) => BigInt(clause.slot) === slot)?.number);
  const known = numbers.filter((number) => number !== undefined);
  const hidden = slots.length - known.length;
  return listed([...(known.length === 0 ? [] : [`clause ${listed(known)}`]), ...(hidden === 0 ? [] : [counted(hidden, "clause that is not shown", "clauses that are not shown")])]);
}

const whatOf = (target, findings) => (target.clauses.length === 0 ? "" : `${clauseNames(target.clauses, understandingOf({ target }, findings))} of `);

function flagSaid({ name, slot, by }, entry, findings) {
  const on = slot === null ? "" : name === "unconfirmed" ? ` side ${slot}` : `: ${clauseNames([slot], understandingOf(entry, findings))}`;
  return `${FLAGS_SAID[name]}${on}${by === null ? " (by an item that is not shown)" : ` (item no. ${by})`}`;
}

// The life of an item, in order; every time is a stamp's.
function showLife(entry, findings) {
  const by = listed(entry.recorded.stampedBy.map(({ party, role }) => (party === 0 ? role : `side ${party} (${role})`)));
  const later = findings.entries.filter(({ index, target }) => target !== null && target.index === entry.index && index > entry.index);
  const steps = [
    entry.seen === 0n ? "Signed as the beginning of the record" : `Signed by those who had seen the record up to item no. ${entry.seen - 1n}`,
    `Recorded ${instant(entry.recorded.time)} as item no. ${entry.index}; stamped by ${by}`,
    entry.notAfter === null ? null : `Last moment to record it: ${instant(entry.notAfter)}`,
    ...later.map((one) => `${DONE[one.kind]}${one.target.clauses.length === 0 ? "" : ` (${clauseNames(one.target.clauses, entry)})`} by item no. ${one.index} of ${sidesSaid(one)}, recorded ${instant(one.recorded.time)}`),
    entry.latest !== null && !entry.latest.shown ? `Latest change: item no. ${entry.latest.index}, not shown` : null,
    `This file knows the record up to item no. ${findings.asOf.size - 1n}, stamped ${instant(findings.asOf.time)}`,
  ];
  return el("ol", { "class": "life", "aria-label": "The life of this item" }, steps.filter((step) => step !== null).map((step) => el("li", null, step)));
}

const sidesSaid = ({ signers }) => listed([...new Set(signers.map(({ party }) => side(party)))]);

function showFile({ name, size, digest, trust, engine }) {
  const anchor = trust.fingerprint === null ? p("You gave no check code.") : p("Check code you gave: ", code(trust.fingerprint));
  const bytes = digest === null ? [`, ${size} bytes: too long for what it should be, and not read to its end`]
    : [`, ${size} bytes, SHA-256 `, el("code", { "class": "code" }, digest)];
  return section("What was checked, and with what", p("File: ", foreign(name), ...bytes), anchor,
    p(`Ed25519 and SHA-256: ${engine ? "this browser's" : "this browser has SHA-256; Ed25519 is this page's own code"}. ML-DSA-65: browsers do not offer it; this page's own code does it.`),
    p("This page cannot check itself. Its own SHA-256 is published with it; compare before you rely on it."));
}
