// Disclosures and what must be said of them, one a scenario, at least one good and one bad for each check.
// What is bad here is signed, stamped and recorded anew by those who could: only the named check stands in its way.
import { Record, binding, canonical, clause, letter, person, releaseOf, targetOf, verifierKey, Ed25519Key } from "./forge.mjs";

const [agnes, karim, vera] = [person("agnes", 0, "intermediary", "explore"), person("karim", 1), person("vera", 2)];
const both = () => [...binding(karim, vera), { who: agnes, capacity: "witnesses" }];
export const scenarios = [];

function scenario(name, about, verdict, check, make) {
  scenarios.push({ name, about, verdict, check, make });
}

const good = (name, about, make) => scenario(name, about, "authentic", null, make);
const bad = (name, check, about, make) => scenario(name, about, "not authentic", check, make);
const open = (name, about, make) => scenario(name, about, "cannot tell", null, make);

function founded(options) {
  const record = new Record(options);
  record.found();
  return record;
}

// A record with one understanding; `how` changes how it is made.
function understanding(how = {}, options) {
  const record = founded(options);
  const entry = record.append("understanding", {
    signers: both(), clauses: [clause("1", "Both sides hold fire."), clause("2", "Forty persons a day cross.", { with: [0] })],
    properties: { title: "Ceasefire", parties: { 1: "North", 2: "South" } }, ...how,
  });
  return { record, entry };
}

const whole = ({ record, entry }, what) => ({ record, file: record.disclose([[entry, what]]) });

good("understanding", "Two clauses and names, two sides.", () => whole(understanding(), { properties: ["title", "parties"] }));
good("understanding-first-clause", "One clause of two.", () => whole(understanding(), { slots: [0] }));
bad("nothing-shown", "R-01", "The record alone, no entry.", () => ({ record: founded(), file: founded().disclose([]) }));
good("charter-shown", "The charter as an entry.", () => {
  const record = founded();
  return { record, file: record.disclose([[record.entries[0], { properties: ["roster"] }]]) };
});
good("right-to-left", "Two languages, names in Arabic, isolates, fields of every type.", () => {
  const { record, entry } = understanding({
    clauses: [
      clause("1", { ar: "\u064a\u0648\u0642\u0641 \u0627\u0644\u0637\u0631\u0641\u0627\u0646 \u0625\u0637\u0644\u0627\u0642 \u0627\u0644\u0646\u0627\u0631 (40) \u064a\u0648\u0645\u0627\u064b.", en: "Both sides hold fire for 40 days." }),
      clause("2(f)", { ar: "\u064a\u0639\u0628\u0631 \u2066ABC-12\u2069 \u0627\u0644\u062c\u0633\u0631.", en: "Convoy \u2067\u0642\u0627\u0641\u0644\u0629\u2069 ABC-12 crosses the bridge." }, {
        class: "after", after: 1798761600,
        fields: [
          { name: "Start", type: "instant", value: "2026-03-03T05:00:00Z" },
          { name: "Acknowledged within", type: "duration", value: { from: "the report of an incident", seconds: 93784 } },
          { name: "\u0627\u0644\u062c\u0633\u0631", type: "point", value: { datum: "WGS84", latitude: "34.123456", longitude: "-1.000001" } },
          { name: "Zone", type: "polygon", value: [["10.000000", "20.000000"], ["-10.500000", "20.000000"], ["0.000000", "180.000000"]]
            .map(([latitude, longitude]) => ({ datum: "WGS84", latitude, longitude })) },
          { name: "Persons", type: "quantity", value: { amount: 40, unit: "persons a day" } },
          { name: "Map", type: "file", value: { "sha-256": "A".repeat(43) } },
        ],
      }),
    ],
    properties: { title: "\u0627\u062a\u0641\u0627\u0642 \u0627\u0644\u062c\u0633\u0631", parties: { 1: "\u0627\u0644\u0634\u0645\u0627\u0644", 2: "\u0627\u0644\u062c\u0646\u0648\u0628" } },
  });
  return whole({ record, entry }, { properties: ["title", "parties"] });
});
good("all-opened", "Every clause and every decoy.", () => whole(understanding(), { decoys: [2, 3, 4, 5, 6, 7], properties: ["decoy-0"] }));
good("alg-ed25519", "The header names the algorithm as RFC 9864 does.", () => whole(understanding({ wrong: { alg: "Ed25519" } })));

good("speed", "Five signers, 32 slots, 8 shown, five stamps: what the speed of a check is measured with.", () => {
  const members = [agnes, karim, vera, person("kemal", 1), person("omar", 2)];
  const clauses = Array.from({ length: 32 }, (_, i) => clause(String(i + 1), `Clause ${i + 1}: so many persons a day cross the bridge on foot.`));
  const signers = members.map((who) => ({ who, capacity: who === agnes ? "witnesses" : "binds" }));
  return whole(understanding({ signers, clauses }, { members }), { slots: [0, 3, 5, 8, 13, 21, 25, 31] });
});

// Amendments.
function amended({ target = (entry) => targetOf(entry), ...how } = {}) {
  const { record, entry } = understanding();
  const amendment = record.append("amendment", { signers: both(), clauses: [clause("1", "Sixty persons a day cross.")], about: target(entry), ...how });
  return { record, entry, amendment };
}
good("amended-both-shown", "An understanding and its amendment.", () => {
  const { record, entry, amendment } = amended();
  return { record, file: record.disclose([[entry, {}], [amendment, { properties: ["about"] }]]) };
});
good("amended-later-not-shown", "R6: an understanding that was amended by an item not shown.", () => whole(amended()));
good("amendment-alone", "An amendment whose target is not shown.", () => {
  const { record, amendment } = amended();
  return { record, file: record.disclose([[amendment, { properties: ["about"] }]]) };
});
bad("about-hidden", "R-13", "An amendment that does not show what it amends.", () => {
  const { record, amendment } = amended();
  return { record, file: record.disclose([[amendment, {}]]) };
});
bad("amendment-without-flag", "R-13", "R26: the keeper and all members left the old state after an amendment.", () => {
  const { record, entry, amendment } = amended({ flags: ["signed"] });
  return { record, file: record.disclose([[entry, {}], [amendment, { properties: ["about"] }]]) };
});
bad("amendment-latest-before", "R-13", "The state says that the amendment is not yet.", () => {
  const { record, amendment } = amended({ wrong: { latest: 1 } });
  return { record, file: record.disclose([[amendment, { properties: ["about"] }]]) };
});
bad("latest-beyond-the-record", "R-13", "The state names a latest entry that is not yet.", () => {
  const { record, amendment } = amended({ wrong: { latest: 9 } });
  return { record, file: record.disclose([[amendment, { properties: ["about"] }]]) };
});
bad("amendment-of-another", "R-13", "An amendment that names another id than its target's.", () => {
  const { record, entry, amendment } = amended({ target: (entry) => ({ ...targetOf(entry), item: "00".repeat(16) }) });
  return { record, file: record.disclose([[entry, {}], [amendment, { properties: ["about"] }]]) };
});
bad("amendment-of-the-future", "R-13", "An amendment of an entry after it.", () => {
  const { record, amendment } = amended({ target: (entry) => ({ ...targetOf(entry), index: 5 }) });
  amendment.slot = 1;
  return { record, file: record.disclose([[amendment, { properties: ["about"] }]]) };
});
bad("amendment-binds-others", "R-09", "An amendment that binds another set of sides.", () => {
  const third = person("hadi", 3);
  const record = founded({ sides: [1, 2, 3], members: [agnes, karim, vera, third] });
  const entry = record.append("understanding", { signers: both(), clauses: [clause("1", "Held.")] });
  const amendment = record.append("amendment", { signers: binding(karim, third), clauses: [clause("1", "Not held.")], about: targetOf(entry) });
  return { record, file: record.disclose([[entry, {}], [amendment, { properties: ["about"] }]]) };
});
bad("state-missing", "R-13", "An understanding without what became of it.", () => {
  const { record, file } = whole(understanding());
  delete file.entries[0].state;
  return { record, file };
});
bad("state-of-another", "R-13", "What became of another understanding.", () => {
  const { record, entry } = understanding();
  const other = record.append("understanding", { signers: both(), clauses: [clause("1", "Other words.")] });
  const file = record.disclose([[entry, {}], [other, {}]]);
  file.entries[0].state = file.entries[1].state;
  return { record, file };
});
bad("neighbours-that-do-not-fit", "R-13", "An entry whose state before is not the state after the one before it.", () => whole(understanding({ wrong: { before: 7 } })));

const text = (name, about, said) => bad(name, "R-07", about, () => whole(understanding({ clauses: [said] })));

// The life of an understanding.
const by = (who, ...others) => [...binding(who), ...others];
function lived(steps, { how = {}, options, choose = (all) => all } = {}) {
  const { record, entry } = understanding(how, options);
  const made = steps.map(([kind, more]) => {
    const { about, ...rest } = typeof more === "function" ? more(entry, record) : more;
    return record.append(kind, { clauses: [clause("1", "So.")], about: about === null ? undefined : about ?? targetOf(entry), ...rest });
  });
  const shown = (one) => [one, { properties: ["about", "finding"].filter((name) => one.propertyOpenings.has(name)) }];
  return { record, entry, made, file: record.disclose(choose([[entry, { properties: ["parties"] }], ...made.map(shown)])) };
}
const life = (name, about, steps, more) => good(name, about, () => lived(steps, more));
const noLife = (name, check, about, steps, more) => bad(name, check, about, () => lived(steps, more));
const omar = person("omar", 2, "deputy", "negotiate");
const reservedBySouth = { how: { signers: [{ who: karim }, { who: omar, capacity: "ad-referendum" }] }, options: { members: [agnes, karim, vera, omar] } };

life("dispute-of-a-clause", "One side disputes a clause; nobody else signs.", [["dispute", (u) => ({ signers: by(vera), about: targetOf(u, [1]) })]]);
life("dispute-settled", "An amendment of the clause settles the dispute.", [
  ["dispute", (u) => ({ signers: by(vera), about: targetOf(u, [1]) })],
  ["amendment", (u) => ({ signers: by(karim, ...binding(vera)), about: targetOf(u, [1], { settles: true }) })]]);
life("suspended-and-resumed", "One side suspends the whole, both resume it.", [
  ["suspension", { signers: by(karim) }], ["resumption", { signers: by(karim, ...binding(vera)) }]]);
life("suspended-in-part", "A clause rests, the others go on.", [["suspension", (u) => ({ signers: by(karim), about: targetOf(u, [0]) })]]);
life("ad-referendum-confirmed", "South signed ad referendum and has confirmed.", [["confirmation", { signers: by(vera) }]], reservedBySouth);
life("interpreted-corrected-reserved", "An interpretation, an erratum and a reservation.", [
  ["interpretation", { signers: by(karim, ...binding(vera)) }], ["erratum", (u) => ({ signers: by(karim, ...binding(vera)), about: targetOf(u, [0, 1]) })],
  ["reservation", (u) => ({ signers: by(vera), about: targetOf(u, [1]) })]]);
life("terminated", "One side terminates.", [["termination", { signers: by(karim) }]]);
life("disputed-after-the-end", "A dispute and a report after the end: both may be made.", [["termination", { signers: by(karim) }], ["dispute", { signers: by(vera) }]]);
life("superseded", "A new understanding takes its place.", [["understanding", { signers: both() }]]);
const reports = (capacities, finding, clauses) => ({ signers: capacities.map(([who, capacity]) => ({ who, capacity })), clauses, properties: { finding } });
life("report", "A report of one member.", [["report", reports([[agnes, "states"]], { dissents: [], says: "kept" }, [clause("1", "Forty crossed.")])]]);
life("report-with-dissent", "A report and the words of one who differs.", [
  ["report", reports([[agnes, "states"], [vera, "dissents"]], { dissents: [1], says: "broken" }, [clause("1", "Shots were fired."), clause("2", "South heard none.")])]]);
bad("report-stripped-of-dissent", "R-15", "R5: the words of the one who differs are left out.", () => {
  const { record, made } = lived([["report", reports([[agnes, "states"], [vera, "dissents"]], { dissents: [1], says: "broken" }, [clause("1", "Shots were fired."), clause("2", "South heard none.")])]]);
  return { record, file: record.disclose([[made[0], { slots: [0], properties: ["about", "finding"] }]]) };
});
bad("report-without-finding", "R-13", "A report that does not show what it found.", () => {
  const { record, made } = lived([["report", reports([[agnes, "states"]], { dissents: [], says: "kept" })]]);
  return { record, file: record.disclose([[made[0], { properties: ["about"] }]]) };
});
noLife("report-with-too-few-dissents", "R-13", "Two differ, and one has words.", [
  ["report", reports([[agnes, "states"], [vera, "dissents"], [karim, "dissents"]], { dissents: [1], says: "broken" }, [clause("1", "Shots."), clause("2", "None.")])]]);
noLife("report-of-dissent-alone", "R-09", "A report that nobody states.", [["report", reports([[vera, "dissents"]], { dissents: [0], says: "broken" })]]);
noLife("report-that-binds", "R-09", "A report that binds.", [["report", reports([[agnes, "states"], [vera, "binds"]], { dissents: [], says: "kept" })]]);
noLife("amended-after-the-end", "R-13", "R6: an amendment of what one side had terminated.", [
  ["termination", { signers: by(karim) }], ["amendment", { signers: by(karim, ...binding(vera)) }]]);
noLife("superseded-twice", "R-13", "Two understandings take one's place.", [["understanding", { signers: both() }], ["understanding", { signers: both() }]]);
noLife("dispute-by-no-side", "R-09", "A side that is no party of it disputes.", [["dispute", { signers: by(person("hadi", 3)) }]],
  { options: { sides: [1, 2, 3], members: [agnes, karim, vera, person("hadi", 3)] } });
noLife("resumption-by-one", "R-09", "One side alone resumes.", [["suspension", { signers: by(karim) }], ["resumption", { signers: by(karim) }]]);
noLife("confirmation-by-the-other", "R-09", "The side that is not awaited confirms.", [["confirmation", { signers: by(karim) }]], reservedBySouth);
noLife("superseding-ad-referendum", "R-09", "What takes another's place awaits a side.", [
  ["understanding", { signers: [{ who: karim }, { who: omar, capacity: "ad-referendum" }] }]], { options: { members: [agnes, karim, vera, omar] } });
noLife("dispute-of-a-clause-that-is-not", "R-13", "A dispute of a place that there is not.", [["dispute", (u) => ({ signers: by(vera), about: targetOf(u, [9]) })]]);
noLife("dispute-that-settles", "R-13", "A dispute that settles.", [["dispute", (u) => ({ signers: by(vera), about: targetOf(u, [], { settles: true }) })]]);
noLife("termination-of-a-clause", "R-13", "A termination of a clause.", [["termination", (u) => ({ signers: by(vera), about: targetOf(u, [1]), flags: ["signed", "terminated"] })]]);
noLife("dispute-without-mark", "R-13", "R26: a dispute, and the state says nothing of it.", [["dispute", { signers: by(vera), flags: ["signed"] }]]);
noLife("suspension-that-terminates", "R-13", "A suspension that sets terminated and not suspended.", [["suspension", { signers: by(vera), flags: ["signed", "terminated"] }]]);
noLife("resumption-without-effect", "R-13", "A resumption, and the state is still suspended.", [
  ["suspension", { signers: by(karim) }], ["resumption", { signers: by(karim, ...binding(vera)), flags: ["signed", "suspended"] }]]);
noLife("confirmation-without-effect", "R-13", "A confirmation, and the side is still awaited.", [["confirmation", { signers: by(vera), flags: ["signed", "unconfirmed 2"] }]], reservedBySouth);
bad("statement-about-something", "R-13", "A statement that says that it is about an understanding.", () => lived([["statement", (u) => ({ signers: [{ who: vera, capacity: "states" }], about: null, properties: { about: targetOf(u) } })]]));
bad("names-in-a-report", "R-07", "R11: a report that names the sides.", () => {
  const { record, made } = lived([["report", { ...reports([[agnes, "states"]], { dissents: [], says: "kept" }), properties: { finding: { dissents: [], says: "kept" }, parties: { 1: "South" } } }]]);
  return { record, file: record.disclose([[made[0], { properties: ["about", "finding", "parties"] }]]) };
});
bad("flag-of-a-place-that-is-not", "R-01", "A mark on a place of 64.", () => lived([["dispute", { signers: by(vera), flags: ["signed", "disputed 64"] }]]));
bad("mark-of-nobody", "R-13", "A mark that nothing set, on an understanding that nothing was about.", () => whole(understanding({ flags: ["signed", "terminated"] })));
bad("unconfirmed-by-nobody", "R-13", "It awaits a side that it binds.", () => whole(understanding({ flags: ["signed", "unconfirmed 2"] })));
bad("recorded-in-another-history", "R-06", "R16: the stamps that recorded it are of a history that the latest stamps do not continue.", () => {
  const { record, file } = lived([["dispute", { signers: by(vera) }], ["dispute", { signers: by(karim) }]]);
  const other = lived([["dispute", { signers: by(vera) }], ["dispute", { signers: by(karim), clauses: [clause("1", "Otherwise.")] }]]);
  file.entries[2].recorded = other.file.entries[2].recorded;
  return { record, file };
});
good("fields-of-people", "A person, an organisation and a period.", () => whole(understanding({ clauses: [clause("1", "The prisoner is handed over.", { fields: [
  { name: "Who", type: "person", value: { name: "Yusuf Karam", reference: "ICRC 4711" } }, { name: "To", type: "organisation", value: { name: "Red Crescent" } },
  { name: "When", type: "period", value: { start: "2027-03-05T05:00:00Z", end: "2027-03-05T09:00:00Z" } }] })] })));
text("period-that-ends-first", "A period that ends before it begins.", clause("1", "Then.", { fields: [{ name: "A", type: "period", value: { start: "2027-03-05T05:00:00Z", end: "2027-03-05T05:00:00Z" } }] }));
good("figures-that-differ", "R24: two languages with different figures: shown, and said.", () => whole(understanding({ clauses: [clause("1", { en: "Up to 40 persons.", fr: "Jusqu'\u00e0 60 personnes." })] })));
good("a-language-as-long-as-may-be", "A language tag of 35 characters.", () => whole(understanding({ clauses: [clause("1", { "aa-bbbbbbbb-cccccccc-dddddddd-eeeee": "Pay 10." })] })));
text("unassigned", "A code point that no version of Unicode has assigned.", clause("1", "a\u{2fffb}"));

// Signatures and authority.
bad("signature-of-another-text", "R-08", "A recorded Ed25519 signature that does not hold.", () => whole(understanding({ wrong: { signature: 0 } })));
bad("post-quantum-signature", "R-08", "A recorded ML-DSA-65 signature that does not hold.", () => whole(understanding({ wrong: { signature: 1 } })));
bad("signer-unknown", "R-08", "A signer who is in no roster.", () => whole(understanding({ signers: binding(karim, person("mallory", 2)) })));
bad("one-side-alone", "R-09", "An understanding that one side alone binds itself by.", () => whole(understanding({ signers: binding(karim) })));
bad("two-delegates-of-one-side", "R-09", "R27: two delegates of one side stand for two.", () => {
  const second = person("kemal", 1);
  return whole(understanding({ signers: [{ who: karim }, { who: second, party: 2 }] }, { members: [agnes, karim, vera, second] }));
});
bad("no-power-to-bind", "R-09", "A delegate with scope negotiate binds.", () => {
  const deputy = person("omar", 2, "deputy", "negotiate");
  return whole(understanding({ signers: binding(karim, deputy) }, { members: [agnes, karim, vera, deputy] }));
});
good("ad-referendum-beside", "A deputy signs ad referendum beside the head.", () => {
  const deputy = person("omar", 2, "deputy", "negotiate");
  return whole(understanding({ signers: [...binding(karim, vera), { who: deputy, capacity: "ad-referendum" }] }, { members: [agnes, karim, vera, deputy] }));
});
good("ad-referendum-alone", "One side has signed ad referendum only: not in force.", () => whole(understanding({ signers: [{ who: karim }, { who: vera, capacity: "ad-referendum" }] })));
bad("intermediary-binds", "R-07", "A member of no side binds.", () => whole(understanding({ signers: [...binding(karim, vera), { who: agnes, capacity: "binds" }] })));
bad("capacity-states", "R-09", "An understanding in the capacity of a statement.", () => whole(understanding({ signers: [...binding(karim, vera), { who: agnes, capacity: "states" }] })));
bad("charter-without-a-side", "R-09", "A charter that not all founders signed.", () => {
  const record = new Record();
  record.found({ founders: [agnes, karim] });
  return { record, file: record.disclose([[record.entries[0], {}]]) };
});
bad("second-charter", "R-09", "A charter that is not entry 0.", () => {
  const record = founded();
  const entry = record.append("charter", { signers: [...binding(karim, vera), { who: agnes, capacity: "witnesses" }], clauses: [clause("1", "Again.")] });
  return { record, file: record.disclose([[entry, {}]]) };
});
good("statement", "A statement of one member.", () => {
  const record = founded();
  const entry = record.append("statement", { signers: [{ who: vera, capacity: "states" }], clauses: [clause("1", "We regret the delay.")], properties: { to: { talks: true }, serial: 1 } });
  return { record, file: record.disclose([[entry, { properties: ["serial"] }]]) };
});
bad("statement-of-two", "R-09", "A statement with two authors.", () => {
  const record = founded();
  const entry = record.append("statement", { signers: [{ who: vera, capacity: "states" }, { who: karim, capacity: "states" }], clauses: [clause("1", "We regret.")] });
  return { record, file: record.disclose([[entry, {}]]) };
});

// Attacks that need a word of their own.
bad("clause-behind-a-decoy", "R-07", "R1: a clause where a decoy was to be.", () => whole(understanding({ clauses: [clause("1", "Held."), { decoy: true }, clause("2", "Not held.")] })));
bad("signature-stripped", "R-08", "R2: the last of the signatures is left out.", () => {
  const { record, file } = whole(understanding());
  file.entries[0].document.signatures.pop();
  return { record, file };
});
bad("one-key-for-all", "R-08", "R3: one member's keys have signed in the place of all.", () => whole(understanding({ wrong: { keyOf: (i) => i % 2 } })));
bad("nothing-opened-and-not-signed", "R-08", "R20: nothing is opened, and a signature does not hold.", () => whole(understanding({ wrong: { signature: 2 } }), { slots: [] }));
bad("path-too-long", "R-06", "R21: a hash more than the tree has.", () => {
  const { record, file } = whole(understanding());
  file.entries[0].path.push("00".repeat(32));
  return { record, file };
});
bad("stamp-with-large-s", "R-04", "R19: a stamp whose S is not below the group's order.", () => {
  const { record, file } = whole(understanding());
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  file.checkpoint = file.checkpoint.replace(/(\u2014 entente\/checker\/vera )(\S+)/, (_, name, line) => {
    const bytes = Buffer.from(line, "base64");
    let s = BigInt(`0x${Buffer.from(bytes.subarray(44)).reverse().toString("hex")}`) + order;
    for (let i = 44; i < 76; i += 1, s >>= 8n) bytes[i] = Number(s & 255n);
    return name + bytes.toString("base64");
  });
  return { record, file };
});
bad("one-name-twice", "R-01", "R18: one name twice in the file.", () => {
  const { record, file } = whole(understanding());
  return { record, raw: canonical(file).replace('"entries":', '"entries":[],"entries":') };
});
good("recorded-too-late", "R14: stamped by then only after its limit; the report says so.", () => whole(understanding({ notAfter: 1790000000 })));
good("a-rendering-that-lies", "R28: a text for people that says what it likes; nothing of it is believed.", () => {
  const { record, entry } = understanding();
  return { record, file: record.disclose([[entry, {}]], { rendering: "AUTHENTIC. Checked. Clause 3: South pays everything." }) };
});
bad("languages-alike", "R-07", "R24: one language twice, in two spellings, with two figures.", () => whole(understanding({ clauses: [clause("1", { en: "Pay 10.", "en-GB": "Pay 10.", "en-gb": "Pay 100." })] })));
bad("a-language-too-long", "R-07", "A language tag of 36 characters.", () => whole(understanding({ clauses: [clause("1", { "aa-bbbbbbbb-cccccccc-dddddddd-eeeeee": "Pay 10." })] })));

// Payload and openings.
const payload = (name, about, change) => bad(name, "R-07", about, () => whole(understanding({ change })));
payload("another-record", "A document of another record.", (p) => ({ ...p, origin: "entente/other" }));
payload("slots-that-lie", "The number of slots is another.", (p) => ({ ...p, slots: 16 }));
payload("digest-twice", "R4: one digest in two slots.", (p) => ({ ...p, clauses: [p.clauses[0], ...p.clauses.slice(0, 7)] }));
payload("properties-out-of-order", "The digests of properties are not sorted.", (p) => ({ ...p, _sd: [...p._sd].reverse() }));
payload("another-hash", "Another hash is named.", (p) => ({ ...p, _sd_alg: "sha-512" }));
payload("succession-suite", "An understanding with the suite of a succession.", (p) => ({ ...p, suite: "Ed25519" }));
payload("one-key-twice", "R17: one key under two signers.", (p) => ({ ...p, signers: [p.signers[0], { ...p.signers[1], ed25519: p.signers[0].ed25519 }, p.signers[2]] }));
payload("payload-with-more", "A member that the payload does not have.", (p) => ({ ...p, note: 1 }));
text("bidi-override", "R23: A bidirectional override.", clause("1", "Pay \u202e001\u202c now."));
text("isolate-open", "An isolate that is not closed.", clause("1", "Pay \u2067now."));
text("not-nfc", "Text that is not in Normalization Form C.", clause("1", "Cafe\u0301."));
text("blank-text", "A clause of white space.", clause("1", " \n "));
text("field-degrees", "Degrees with a plus sign.", clause("1", "Here.", { fields: [{ name: "A", type: "point", value: { datum: "WGS84", latitude: "+1.000000", longitude: "1.000000" } }] }));
text("field-instant", "An instant that no calendar has.", clause("1", "Then.", { fields: [{ name: "A", type: "instant", value: "2026-02-30T00:00:00Z" }] }));
text("field-type", "A type of field that there is not.", clause("1", "Then.", { fields: [{ name: "A", type: "moon", value: 1 }] }));
text("hidden-inside", "Something hidden in what is opened.", clause("1", "Then.", { fields: [{ name: "A", type: "quantity", value: { _sd: [], amount: 1, unit: "x" } }] }));
bad("two-clauses-of-one-number", "R-07", "Two shown clauses of one number.", () => whole(understanding({ clauses: [clause("1", "Held."), clause("1", "Not held.")] })));
bad("one-salt-twice", "R-07", "R7: two openings of one salt.", () => whole(understanding({ wrong: { oneSalt: true } })));
bad("openings-out-of-order", "R-07", "Openings that are not sorted by digest.", () => {
  const { record, file } = whole(understanding());
  file.entries[0].document.signatures[0].header.disclosures.reverse();
  return { record, file };
});
bad("companion-missing", "R-15", "R5: A clause without the clause that voids it.", () => whole(understanding(), { slots: [1] }));
bad("body-of-another-kind", "R-10", "The body names another kind than the document.", () => whole(understanding({ documentKind: "amendment" })));
bad("salt-altered", "R-10", "A salt of the body's signatures is another.", () => {
  const { record, file } = whole(understanding());
  file.entries[0].salts.reverse();
  return { record, file };
});

// History.
bad("seen-not-yet", "R-14", "Signed on a state of the record that was not yet.", () => whole(understanding({ seen: { size: 2, root: "A".repeat(43) } })));
bad("seen-nothing", "R-14", "Not the charter, and signed on the empty record.", () => whole(understanding({ seen: { size: 0, root: Buffer.from("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "hex").toString("base64url") } })));
bad("seen-another-history", "R-14", "R16: signed on another history.", () => whole(understanding({ seen: { size: 1, root: "A".repeat(43) } })));
bad("admitted-since-seen", "R-14", "A signer who was admitted after what was seen.", () => {
  const { record, admission } = admitted();
  const late = record.members[3];
  const entry = record.append("understanding", { signers: [...binding(karim, vera), { who: late, capacity: "witnesses" }], clauses: [clause("1", "Held.")],
    seen: { size: 1, root: record.entries[1].payload.seen.root } });
  return { record, admission, file: record.disclose([[entry, {}]]) };
});

// Rosters.
function admitted({ as = person("leila", 1, "adviser", "explore"), ...how } = {}) {
  const record = founded();
  const admission = record.append("admission", { signers: binding(karim, vera), clauses: [clause("1", "One member more.")],
    next: record.next([...record.members, as]), stampers: [agnes, karim, vera], ...how });
  return { record, admission, as };
}
function afterwards({ record, ...rest }, signers = both()) {
  const entry = record.append("understanding", { signers, clauses: [clause("1", "Held.")] });
  return { record, entry, ...rest };
}
good("admission", "An understanding after an admission.", () => whole(afterwards(admitted())));
good("admission-shown", "The admission as an entry too.", () => {
  const { record, admission } = afterwards(admitted());
  return { record, file: record.disclose([[admission, {}]]) };
});
bad("admission-left-out", "R-12", "The file leaves the admission out.", () => {
  const { record, entry } = afterwards(admitted());
  return { record, file: record.disclose([[entry, {}]], { rosters: [] }) };
});
bad("admission-by-one-side", "R-09", "One side alone admits.", () => whole(afterwards(admitted({ signers: binding(karim) }))));
bad("admission-of-a-known-key", "R-05", "An admitted member with a key of another.", () => whole(afterwards(admitted({ as: { ...person("leila", 1), stamp: new Ed25519Key("principal 2") } }))));
bad("admission-that-removes", "R-05", "An admission that also takes a member out.", () => {
  const record = founded();
  record.append("admission", { signers: binding(karim, vera), clauses: [], next: record.next([karim, vera, person("leila", 1)]), stampers: [karim, vera] });
  return { record, file: record.disclose([[record.entries[0], {}]]) };
});
bad("roster-version-skipped", "R-05", "A roster two versions on.", () => {
  const record = founded();
  record.version = 1;
  const next = record.next([...record.members, person("leila", 1)]);
  record.version = 0;
  record.append("admission", { signers: binding(karim, vera), clauses: [], next, stampers: [agnes, karim, vera] });
  return { record, file: record.disclose([[record.entries[0], {}]]) };
});
bad("roster-not-shown", "R-05", "An admission without its roster.", () => {
  const { record, admission } = admitted();
  const file = record.disclose([[record.entries[0], {}]]);
  file.rosters = [record.entryJson(admission, { slots: [] })];
  return { record, file };
});
bad("understanding-among-rosters", "R-05", "An understanding in the list of rosters.", () => {
  const { record, entry } = understanding();
  return { record, file: record.disclose([[record.entries[0], {}]], { rosters: [entry] }) };
});
bad("admission-stamped-by-one-side", "R-11", "An admission that one side has not stamped.", () => whole(afterwards(admitted({ stampers: [agnes, karim] }))));
good("removal", "A member is removed; the others go on.", () => {
  const record = founded({ members: [agnes, karim, vera, person("leila", 1, "adviser", "explore")] });
  record.append("removal", { signers: binding(karim, vera), clauses: [clause("1", "One less.")], next: record.next([agnes, karim, vera]), stampers: [agnes, karim, vera] });
  return whole(afterwards({ record }));
});
bad("removed-member-signs", "R-08", "A removed member signs as witness.", () => {
  const leila = person("leila", 1, "adviser", "explore");
  const record = founded({ members: [agnes, karim, vera, leila] });
  record.append("removal", { signers: binding(karim, vera), clauses: [], next: record.next([agnes, karim, vera]), stampers: [agnes, karim, vera] });
  return whole(afterwards({ record }, [...binding(karim, vera), { who: leila, capacity: "witnesses" }]));
});

// Successions.
const leila = person("leila", 1);
function succeeded({ by = 1, heir = leila, stampers = [agnes, vera], of = 1, ...how } = {}) {
  const record = founded();
  const members = record.members.map((member, i) => (i === of ? heir : member));
  const succession = record.append("succession", { signers: [{ principal: by }], clauses: [clause("1", "Another head.")], next: record.next(members), stampers, ...how });
  return { record, succession };
}
good("succession", "The other side alone has stamped the succession; the heir signs.", () => whole(afterwards(succeeded(), binding(leila, vera))));
bad("succession-unstamped-by-heir", "R-11", "The succession is the last entry; the heir has not stamped.", () => {
  const { record, succession } = succeeded();
  return { record, file: record.disclose([[succession, {}]], { stampers: [agnes, vera] }) };
});
good("succession-keeps-stamp", "The heir keeps the stamping key.", () => {
  const heir = { ...person("leila", 1), stamp: karim.stamp, stampName: `entente/checker/karim` };
  return whole(afterwards(succeeded({ heir }), binding(heir, vera)));
});
bad("succession-left-out", "R-12", "R25: the succession that retired a stolen key is left out; the stolen key signs.", () => {
  const { record, entry } = afterwards(succeeded(), binding(karim, vera));
  return { record, file: record.disclose([[entry, {}]], { rosters: [], stampers: [agnes, karim, vera] }) };
});
bad("retired-key-signs", "R-08", "R25: the retired key signs after the succession.", () => whole(afterwards(succeeded(), binding(karim, vera))));
bad("succession-by-another-principal", "R-05", "The principal of the other side makes the succession.", () => whole(afterwards(succeeded({ by: 2, stampers: [agnes, karim, vera, leila] }), binding(leila, vera))));
bad("succession-unstamped", "R-11", "No other side has stamped the succession.", () => whole(afterwards(succeeded({ stampers: [agnes, leila] }), binding(leila, vera))));
bad("successor-of-another-side", "R-05", "A successor of another party.", () => whole(afterwards(succeeded({ heir: person("leila", 2) }), binding(vera, person("leila", 2)))));

// The log changes hands.
const secondKeeper = new Ed25519Key("second keeper");
const thirdKeeper = new Ed25519Key("third keeper");
function handedOver({ record = understanding().record, to = secondKeeper, signers = binding(karim, vera), members = record.members, kind = "hand-over", ...how } = {}) {
  record.log = to;
  const handed = record.append(kind, { signers, clauses: [clause("1", "Another keeper.")], next: record.next(members), ...how });
  return { record, handed };
}
// What recorded an entry is the checkpoint of now.
const recordedNow = (record, entry, stampers) => Object.assign(entry, { note: record.note(stampers), size: record.hashes.length, hashes: [...record.hashes] });
// What recorded it is signed by another key of the log; stamps do not change for it.
function signedBy(record, entry, log) {
  const keeper = Object.assign(Object.create(Record.prototype), record, { log, hashes: entry.hashes, time: record.time });
  entry.note = keeper.note();
}
good("hand-over", "An understanding before the log changed hands, the hand-over, and an understanding after it.", () => {
  const { record, handed } = handedOver();
  const { entry } = afterwards({ record });
  return { record, file: record.disclose([[record.entries[1], {}], [handed, {}], [entry, {}]]), trust: record.trust(`log ${verifierKey(record.origin, 1, new Ed25519Key(`${record.origin} log`))}\nquorum none\n`) };
});
good("hand-over-across", "An understanding and an admission from before a hand-over, stamped only after it.", () => {
  const { record, entry } = understanding();
  const admission = record.append("admission", { signers: binding(karim, vera), clauses: [], next: record.next([...record.members, person("leila", 1)]) });
  handedOver({ record });
  for (const one of [entry, admission]) recordedNow(record, one, [agnes, karim, vera]);
  return { record, file: record.disclose([[entry, {}], [admission, {}]]) };
});
good("hand-over-twice", "Two hand-overs; the first is stamped only after the second.", () => {
  const { record, handed } = handedOver();
  handedOver({ record, to: thirdKeeper });
  recordedNow(record, handed);
  return whole(afterwards({ record }));
});
good("hand-over-by-one-side-and-witnesses", "Both sides have signed it; one side and the charter's witnesses have stamped it.", () => {
  const record = founded({ witnesses: [zoe, yves] });
  handedOver({ record, stampers: [vera, zoe, yves] });
  return whole(afterwards({ record }));
});
bad("hand-over-of-one-side", "R-09", "One side takes the log alone.", () => whole(afterwards(handedOver({ signers: binding(karim) }))));
bad("hand-over-by-delegates-of-one-side", "R-09", "Two delegates of one side, and the other's as witness.", () => {
  const record = founded({ members: [agnes, karim, vera, person("leila", 1)] });
  return whole(afterwards(handedOver({ record, signers: [...binding(karim, person("leila", 1)), { who: vera, capacity: "witnesses" }] })));
});
bad("hand-over-stamped-by-one-side", "R-11", "One side has not stamped it.", () => whole(afterwards(handedOver({ stampers: [agnes, karim] }))));
bad("hand-over-to-the-same", "R-05", "The log goes to the key that has it.", () => {
  const { record } = understanding();
  return whole(afterwards(handedOver({ record, to: record.log })));
});
bad("hand-over-back", "R-05", "The log goes back to a key that had it.", () => {
  const { record } = understanding();
  const first = record.log;
  handedOver({ record });
  return whole(afterwards(handedOver({ record, to: first })));
});
bad("hand-over-and-admission", "R-05", "A hand-over that admits a member as well.", () => whole(afterwards(handedOver({ members: [agnes, karim, vera, person("leila", 1)] }))));
bad("hand-over-and-succession", "R-05", "A hand-over that puts another in a delegate's place.", () => whole(afterwards(handedOver({ members: [agnes, person("leila", 1), vera], stampers: [agnes, karim, vera] }), binding(person("leila", 1), vera))));
bad("hand-over-and-disclosure", "R-05", "A hand-over that changes the rule of disclosure as well.", () => {
  const { record } = understanding();
  record.disclosure = "any-member";
  return whole(afterwards(handedOver({ record })));
});
bad("hand-over-too-late", "R-05", "A hand-over recorded after its limit.", () => whole(afterwards(handedOver({ notAfter: 1790000100 }))));
bad("hand-over-recorded-by-the-old-key", "R-04", "The old keeper records its own end.", () => {
  const { record } = understanding();
  const first = record.log;
  const { handed } = handedOver({ record });
  signedBy(record, handed, first);
  return whole(afterwards({ record }));
});
bad("old-key-after-hand-over", "R-04", "R16: the old keeper goes on after the hand-over.", () => {
  const { record } = understanding();
  const first = record.log;
  handedOver({ record });
  const { entry } = afterwards({ record });
  record.log = first;
  return { record, file: record.disclose([[entry, {}]]) };
});
bad("new-key-before-hand-over", "R-04", "What was recorded before the hand-over is signed by the new keeper.", () => {
  const { record, entry } = understanding();
  handedOver({ record });
  signedBy(record, entry, secondKeeper);
  return whole({ record, entry });
});
bad("hand-over-left-out", "R-12", "The old keeper leaves the hand-over out and goes on.", () => {
  const { record } = understanding();
  const first = record.log;
  handedOver({ record });
  record.log = first;
  const { entry } = afterwards({ record });
  return { record, file: record.disclose([[entry, {}]], { rosters: [] }) };
});
bad("hand-over-left-out-by-the-new-key", "R-04", "The new keeper leaves the hand-over out.", () => {
  const { record, entry } = afterwards(handedOver());
  return { record, file: record.disclose([[entry, {}]], { rosters: [] }) };
});
scenario("hand-over-and-its-key-trusted", "The reader's trust file names the new key; the charter's is what it must name.", "not authentic", "R-02", () => {
  const { record, file } = whole(afterwards(handedOver()));
  return { record, file, trust: record.trust(`log ${verifierKey(record.origin, 1, secondKeeper)}\nquorum none\n`) };
});
open("hand-over-with-effect", "A hand-over whose effect hangs on a condition.", () => whole(afterwards(handedOver({ effect: { when: "both" } }))));

// Stamps and log.
bad("stamped-by-one-side", "R-11", "R29: the proof of an entry is stamped by one side.", () => whole(understanding({ stampers: [agnes, vera] })));
bad("checkpoint-stamped-by-one-side", "R-11", "The checkpoint is stamped by one side.", () => {
  const { record, entry } = understanding();
  return { record, file: record.disclose([[entry, {}]], { stampers: [agnes, karim] }) };
});
bad("two-of-one-side", "R-11", "R27: two members of one side stamp.", () => {
  const second = person("kemal", 1);
  return whole(understanding({ stampers: [karim, second] }, { members: [agnes, karim, vera, second] }));
});
bad("log-key-of-another", "R-04", "Another key has signed as the log.", () => {
  const { record, entry } = understanding();
  record.log = new Ed25519Key("mallory");
  return { record, file: record.disclose([[entry, {}]]) };
});
bad("proof-of-another-index", "R-06", "The proof names another index.", () => {
  const { record, file } = whole(understanding());
  file.entries[0].recorded = file.entries[0].recorded.replace("index 1\n", "index 0\n");
  return { record, file };
});
bad("last-is-not-last", "R-06", "An earlier entry as the last.", () => {
  const { record, file } = whole(understanding());
  file.last = { leaf: file.charter.leaf, path: file.charter.path };
  return { record, file };
});
bad("charter-not-at-the-beginning", "R-03", "The charter's slot of state is another.", () => {
  const { record, file } = whole(understanding());
  file.charter.slot = file.charter.slot.replace(/nonce 0*./, (found) => found.slice(0, -1) + (found.endsWith("1") ? "2" : "1"));
  return { record, file };
});

// What the reader brings.
const witness = new Ed25519Key("press");
const witnessLine = `witness press ${verifierKey("press.example", 4, witness)}\nquorum press\n`;
good("witness-asked-and-there", "The outside witness that the reader asks for has stamped.", () => {
  const { record, entry } = understanding();
  return { record, trust: record.trust(witnessLine), file: record.disclose([[entry, {}]], { witnesses: [{ name: "press.example", key: witness }] }) };
});
open("witness-asked-and-missing", "The outside witness that the reader asks for has not stamped.", () => {
  const { record, entry } = understanding();
  return { record, trust: record.trust(witnessLine), file: record.disclose([[entry, {}]]) };
});
good("principals-known", "The reader knows both principals.", () => {
  const { record, entry } = understanding();
  return { record, trust: record.trust(record.principalLine(1) + record.principalLine(2)), file: record.disclose([[entry, {}]]) };
});
bad("principal-of-another", "R-02", "The reader knows another principal.", () => {
  const { record, entry } = understanding();
  return { record, trust: record.trust(record.principalLine(1, new Ed25519Key("another"))), file: record.disclose([[entry, {}]]) };
});
bad("log-of-another", "R-02", "The reader knows another log.", () => {
  const { record, entry } = understanding();
  return { record, trust: record.trust(`log ${verifierKey("entente/checker", 1, new Ed25519Key("another"))}\nquorum none\n`), file: record.disclose([[entry, {}]]) };
});
bad("forged-with-own-keys", "R-02", "R22: A flawless file made with a forger's own keys.", () => {
  const { file } = whole(understanding({}, { origin: "entente/forged" }));
  return { record: understanding().record, file };
});

// Quorums of one side and witnesses.
const [zoe, yves] = [person("zoe", 0), person("yves", 0)].map((who) => ({ ...who, stampName: `${who.name}.example` }));
function witnessed(stampers, { charterBy = [agnes, karim, vera], ...options } = {}, how = {}) {
  const record = new Record({ witnesses: [zoe, yves], ...options });
  record.found({ stampers: charterBy });
  const entry = record.append("understanding", { signers: both(), clauses: [clause("1", "Held.")], stampers, ...how });
  return { record, entry, file: record.disclose([[entry, {}]], { stampers }) };
}
good("one-side-and-witnesses", "R29: one side and both witnesses that the charter asks for have stamped.", () => witnessed([karim, zoe, yves]));
good("one-side-and-one-of-two", "One side and one of two witnesses, as the charter asks.", () => witnessed([vera, { ...yves, late: 90 }], { quorum: "each-side-or-one-with 1" }));
good("each-side-beside-witnesses", "Both sides have stamped and no witness.", () => witnessed([karim, vera]));
bad("one-side-and-too-few-witnesses", "R-11", "One side and one witness of two that the charter asks for.", () => witnessed([karim, zoe]));
bad("witnesses-alone", "R-11", "R29: witnesses alone.", () => witnessed([zoe, yves, agnes]));
bad("no-rule-for-witnesses", "R-03", "A roster whose rule asks for more witnesses than it has.", () => witnessed([karim, vera], { quorum: "each-side-or-one-with 3" }));
bad("witnesses-without-rule", "R-03", "A roster with witnesses and no rule for them.", () => witnessed([karim, vera], { quorum: "each-side" }));
bad("witness-is-a-stamper", "R-03", "R17: a witness with a member's stamping key.", () => witnessed([karim, vera], { witnesses: [{ ...zoe, stamp: karim.stamp }] }));
bad("witness-stamp-fails", "R-04", "The stamp of a witness that the charter names does not hold.", () => {
  const { record, file } = witnessed([karim, vera, zoe]);
  file.checkpoint = file.checkpoint.replace(/(zoe\.example .*).(.{4}=\n)/, (_, a, b) => `${a}${a.endsWith("A") ? "B" : "A"}${b}`);
  return { record, file };
});
bad("succession-by-witnesses-alone", "R-11", "The principal's signature does not stand for the one side beside witnesses.", () => {
  const record = new Record({ witnesses: [zoe, yves] });
  record.found();
  record.append("succession", { signers: [{ principal: 1 }], clauses: [], next: record.next([agnes, person("leila", 1), vera]), stampers: [zoe, yves] });
  return whole(afterwards({ record }, binding(person("leila", 1), vera)));
});

// Agreement to a release.
function agreed({ of = (entry) => [[entry, { slots: [0] }]], letters = () => [], signers = both(), shown = ["release"], ...more } = {}, how) {
  const { record, entry } = understanding(how);
  const consent = record.append("consent", { signers, properties: { release: releaseOf(of(entry), letters(record), more) } });
  return { record, entry, consent, file: record.disclose([[entry, { slots: [0] }], [consent, { properties: shown }]], { letters: letters(record).length > 0 ? letters(record) : undefined }) };
}
good("consent", "Every side agreed to exactly this release.", () => agreed());
good("consent-to-more", "R12: an agreement to two clauses, of which one is shown.", () => agreed({ of: (entry) => [[entry, { slots: [0, 1] }]] }));
good("consent-without-its-release", "An agreement that does not show to what.", () => agreed({ shown: [] }));
good("consent-with-letter", "An agreement to a release with a letter of full powers.", () => agreed({ letters: (record) => [letter(record, 1, karim)] }));
good("release-without-consent", "The same clause with a letter that no agreement covers.", () => {
  const { record, entry } = understanding();
  return { record, file: record.disclose([[entry, { slots: [0] }]], { letters: [letter(record, 1, karim)] }) };
});
bad("consent-of-one-side", "R-09", "R12: one side alone agrees.", () => agreed({ signers: binding(karim) }));
bad("consent-out-of-order", "R-07", "An agreement whose digests are not sorted.", () => agreed({ entries: [{ digests: ["_".repeat(42) + "8", "A".repeat(43)], index: 1, leaf: "00".repeat(32) }] }));
bad("consent-that-ends-first", "R-07", "An agreement that ends before it begins.", () => agreed({ expires: 1 }));
bad("consent-audience-of-two-lines", "R-07", "An audience of two lines.", () => agreed({ audience: "The press\nand everybody" }));
bad("consent-moves-state", "R-13", "An agreement with a state leaf.", () => {
  const { record, file } = agreed();
  file.entries[1].state = record.stateJson(1);
  return { record, file };
});

// Letters of full powers.
const full = (about, name, verdict, check, letters, how = {}) => scenario(name, about, verdict, check, () => {
  const { record, entry } = understanding(how);
  return { record, file: record.disclose([[entry, { slots: [0] }]], { letters: letters(record) }) };
});
full("The principal's letter for North's delegate, with a name.", "letter", "authentic", null, (record) => [letter(record, 1, karim, {}, { name: "Karim Haddad" })]);
full("A letter whose name is withheld.", "letter-without-name", "authentic", null, (record) => [letter(record, 1, karim, {}, { name: "Karim Haddad", hidden: ["name"] })]);
full("A letter through a delegate who may delegate.", "letter-through-delegate", "authentic", null,
  (record) => [letter(record, 1, karim, { may_delegate: true }), letter(record, karim, karim, { scope: "negotiate" })]);
full("A letter with a span that the item is beyond: it reaches nothing.", "letter-out-of-span", "authentic", null, (record) => [letter(record, 1, karim, { from: 5, until: 9, expires: 1 })]);
full("A letter that does not show its powers.", "letter-without-powers", "not authentic", "R-16", (record) => [letter(record, 1, karim, {}, { name: "Karim", hidden: ["powers"] })]);
full("I8: the principal of the other side signs.", "letter-by-another-principal", "not authentic", "R-16", (record) => {
  const one = letter({ ...record, principals: new Map([[1, record.principals.get(2)]]), stampName: record.stampName }, 1, karim);
  return [one];
});
full("I8: a letter that its giver's key did not sign.", "letter-signature", "not authentic", "R-16", (record) => [letter(record, 1, karim, {}, { wrong: { signature: 0 } })]);
full("I8: a letter by a persona that stands in no roster.", "letter-by-nobody", "not authentic", "R-16", (record) => [letter(record, person("mallory", 1), karim)]);
full("A letter by a member of the other side.", "letter-by-another-side", "not authentic", "R-16", (record) => [letter(record, { ...vera, party: 1 }, karim)]);
full("A letter of another record.", "letter-of-another-record", "not authentic", "R-16", (record) => [letter(record, 1, karim, {}, { origin: "entente/other" })]);
full("A letter with a clause.", "letter-with-clause", "not authentic", "R-16", (record) => [letter(record, 1, karim, {}, { clauses: [clause("1", "And more.")] })]);
full("A letter with another property.", "letter-with-more", "not authentic", "R-16", (record) => [letter(record, 1, karim, {}, { more: { note: "and more" } })]);
full("A letter that guarantees.", "letter-that-guarantees", "not authentic", "R-16", (record) => [letter(record, 1, karim, {}, { capacity: "guarantees" })]);
full("A letter with a scope that there is not.", "letter-of-another-scope", "not authentic", "R-16", (record) => [letter(record, 1, karim, { scope: "rule" })]);
full("Another kind in the place of a letter.", "letter-of-another-kind", "not authentic", "R-16", (record) => [letter(record, karim, karim, {}, { kind: "statement" })]);
full("A letter with a limit of its own.", "letter-with-limit", "not authentic", "R-16", (record) => [letter(record, 1, karim, {}, { notAfter: 1890000000 })]);

// Words without a name.
function nameless({ who = vera, ...how } = {}) {
  const { record } = understanding();
  const entry = record.append("unattributed", { signers: [{ who, capacity: "states", hidden: true }], clauses: [clause("1", "Not every side has kept its word.")],
    properties: { author: { party: who.party } }, notAfter: null, ...how });
  return { record, entry };
}
good("unattributed", "R11: words of one member, without a name.", () => whole(nameless()));
bad("unattributed-with-author", "R-07", "R11: words without a name that show their author.", () => whole(nameless(), { properties: ["author"] }));
bad("unattributed-with-limit", "R-07", "Words without a name with a limit of time.", () => whole(nameless({ notAfter: 1890000000 })));
bad("unattributed-with-salts", "R-10", "R11: salts of the signatures of words without a name.", () => {
  const { record, entry } = nameless();
  const file = record.disclose([[entry, {}]]);
  file.entries[0].salts = entry.salts;
  return { record, file };
});
bad("unattributed-by-two", "R-10", "Words without a name whose body has four signatures.", () => whole(nameless({ signers: [vera, karim].map((who) => ({ who, hidden: true })) })));
bad("unattributed-moves-state", "R-13", "Words without a name that change the state.", () => {
  const { record, entry } = nameless({ wrong: { before: 1 } });
  return { record, file: record.disclose([[entry, {}]]) };
});
bad("statement-of-nobody", "R-07", "A statement without a signer.", () => {
  const record = founded();
  const entry = record.append("statement", { signers: [{ who: vera, capacity: "states", hidden: true }], clauses: [clause("1", "So.")] });
  return { record, file: record.disclose([[entry, {}]]) };
});

// Proofs of two histories: files of another kind, which accuse a key.
const [honest, twofold] = ["Held.", "Not held."].map((text) => () => understanding({ clauses: [clause("1", text)] }));
const logOf = (record) => verifierKey(record.origin, 1, record.log);
const stamperOf = (record, member) => verifierKey(record.stampName(member), 4, member.stamp);
const rootIn = ({ record }, extra) => ({ checkpoint: record.note(undefined, extra) });
const leafIn = ({ record, entry }) => ({ leaf: record.hashes[entry.index].toString("hex"), proof: record.entryJson(entry).recorded });

function accused(of, { accuses = logOf, first = honest(), second = twofold(), change = (file) => file } = {}) {
  const { record } = first;
  const file = { equivocation: "entente-equivocation/v1", first: of(first), key: accuses(record), second: of(second) };
  return { record, file: change(file), trust: record.trust(`log ${logOf(record)}\n`) };
}

function grown(made) {
  made.record.append("statement", { signers: [{ who: vera, capacity: "states" }], clauses: [clause("1", "Heard.")] });
  return made;
}

const proof = (name, about, make) => scenario(name, `R16: ${about}`, "proven", null, make);
const noProof = (name, about, make) => scenario(name, `R16: ${about}`, "not proven", null, make);

proof("two-roots", "two states of one size, both signed by the record's key.", () => accused(rootIn));
proof("two-leaves", "two items in one place, under records of different lengths.", () => accused(leafIn, { second: grown(twofold()) }));
proof("two-roots-stamped", "a member has stamped two states of one size.", () => accused(rootIn, { accuses: (record) => stamperOf(record, karim) }));
proof("two-leaves-stamped", "a member has stamped two items in one place.", () => accused(leafIn, { accuses: (record) => stamperOf(record, vera) }));
noProof("one-root-twice", "one state twice.", () => accused(rootIn, { second: honest() }));
noProof("one-leaf-twice", "one item twice, under two lengths.", () => accused(leafIn, { second: grown(honest()) }));
noProof("roots-of-two-sizes", "two states of different sizes, which prove nothing.", () => accused(rootIn, { second: grown(twofold()) }));
noProof("leaves-in-two-places", "two items in different places.", () => accused(leafIn, {
  second: (({ record }) => ({ record, entry: record.entries[0] }))(twofold()) }));
noProof("roots-by-another", "the accused key has signed neither.", () => accused(rootIn, { accuses: (record) => verifierKey(record.origin, 1, new Ed25519Key("another")) }));
noProof("root-by-another-log", "one of the two is signed by another key under the same name.", () => {
  const second = twofold();
  const { record } = second;
  const forged = Object.assign(Object.create(Object.getPrototypeOf(record)), record, { log: new Ed25519Key("another") });
  return accused(rootIn, { second: { ...second, record: forged } });
});
noProof("root-with-a-wrong-line", "a second line of the accused key does not hold.", () => accused(rootIn, {
  change: (file) => ({ ...file, second: { checkpoint: withWrongLine(file.second.checkpoint) } }) }));
noProof("histories-of-two-records", "one stamper's key, under two records.", () => {
  const other = { ...karim, stampName: "karim.example" };
  const members = [agnes, other, vera];
  const second = understanding({}, { members, origin: "entente/other" });
  return accused(rootIn, { first: understanding({}, { members }), second, accuses: (record) => stamperOf(record, other) });
});
noProof("leaf-not-in-its-tree", "a leaf that is not in the tree that is signed.", () => accused(leafIn, {
  change: (file) => ({ ...file, second: { ...file.second, leaf: "00".repeat(32) } }) }));
for (const [name, change] of Object.entries({
  "histories-newer": (file) => ({ ...file, equivocation: "entente-equivocation/v2" }),
  "histories-with-more": (file) => ({ ...file, about: "them" }),
  "histories-of-no-form": (file) => ({ ...file, equivocation: 1 }),
  "histories-and-disclosure": (file) => ({ ...file, disclosure: "entente-disclosure/v1" }),
  "histories-without-key": ({ key, ...file }) => file,
  "histories-root-and-leaf": (file) => ({ ...file, second: leafIn(twofold()) }),
  "histories-with-extra": (file) => ({ ...file, first: { ...file.first, size: 2 } }),
})) open(name, "R16: a file that says it proves two histories, and is not of the form.", () => accused(rootIn, { change }));
proof("histories-and-a-newline", "a newline after the proof.", () => {
  const { record, file, trust } = accused(rootIn);
  return { record, raw: `${canonical(file)}\n`, trust };
});
bad("histories-and-two-newlines", "R-01", "Two newlines after a proof of two histories: it is no canonical JSON, and no disclosure.", () => {
  const { record, file, trust } = accused(rootIn);
  return { record, raw: `${canonical(file)}\n\n`, trust };
});
bad("histories-nested-too-deep", "R-01", "A proof of two histories that nests deeper than its form may.", () => accused(rootIn, {
  change: (file) => ({ ...file, first: [[[[]]]] }) }));

// The first line again, with one bit of its signature turned.
function withWrongLine(note) {
  const line = note.split("\n").find((one) => one.startsWith("\u2014 "));
  const [dash, name, text] = line.split(" ");
  const bytes = Buffer.from(text, "base64");
  bytes[bytes.length - 40] ^= 1;
  return `${note}${dash} ${name} ${bytes.toString("base64")}\n`;
}

// Two checks fail, and the one that stands first in the order is named.
bad("target-of-others-before-seen", "R-09", "A dispute by a side that the understanding does not bind, signed on another history.", () => {
  const hadi = person("hadi", 3);
  const record = founded({ sides: [1, 2, 3], members: [agnes, karim, vera, hadi] });
  const entry = record.append("understanding", { signers: binding(karim, vera), clauses: [clause("1", "Held.")] });
  const dispute = record.append("dispute", { signers: binding(hadi), clauses: [clause("1", "Not held.")], about: targetOf(entry),
    seen: { size: 1, root: Buffer.alloc(32, 9).toString("base64url") } });
  return { record, file: record.disclose([[entry, {}], [dispute, { properties: ["about"] }]]) };
});
bad("finding-of-an-understanding", "R-13", "An understanding with a finding, which reports alone have.", () => whole(
  understanding({ properties: { finding: { dissents: [], says: "kept" } } }), { properties: ["finding"] }));
const dissented = (dissents) => {
  const { record, entry } = understanding();
  const report = record.append("report", { signers: [{ who: vera, capacity: "states" }, { who: karim, capacity: "dissents" }], clauses: [clause("1", "Broken.")],
    properties: { finding: { dissents, says: "broken" } }, about: targetOf(entry) });
  return { record, file: record.disclose([[report, { properties: ["about", "finding"] }]]) };
};
bad("dissent-nowhere", "R-13", "A finding whose dissent stands in a place that the report does not have is not well formed.", () => dissented([20]));
bad("dissents-too-many", "R-13", "A finding with more dissents than signers who dissent is not well formed.", () => dissented([1, 2]));
bad("dissent-hidden", "R-15", "A finding whose dissent is in a place that is not shown as a clause.", () => dissented([1]));

// Instants.
const dated = (value) => () => whole(understanding({ clauses: [clause("1", "Held.", { fields: [{ name: "Until", type: "instant", value }] })] }));
good("instant-last", "The last second of the year 9999.", dated("9999-12-31T23:59:59Z"));
good("instant-first", "The first second of the year 0001.", dated("0001-01-01T00:00:00Z"));
for (const [name, value] of Object.entries({ "year-0": "0000-12-31T23:59:59Z", "hour-24": "2026-03-03T24:00:00Z", "second-60": "2026-12-31T23:59:60Z", "no-leap-year": "2100-02-29T00:00:00Z" })) {
  bad(`instant-${name}`, "R-07", "An instant that there is not.", dated(value));
}

// At the bounds.
const tampered = (change) => () => {
  const { record, file } = whole(understanding());
  change(file, file.entries[0]);
  return { record, file };
};
const strangersLine = (length) => `\u2014 stranger.example ${Buffer.alloc(4 + length, 7).toString("base64")}\n`;
const moreLines = (body, count) => body.replace("nonce", `${`signature ${"00".repeat(32)}\n`.repeat(count - 6)}nonce`);
good("line-of-a-stranger", "A line of a key that nobody knows, as long as one may be.", tampered((file) => { file.checkpoint += strangersLine(8192); }));
bad("line-too-long", "R-01", "A line with a signature of a byte too many.", tampered((file) => { file.checkpoint += strangersLine(8193); }));
bad("body-of-128-lines", "R-10", "A body with 128 signature lines.", tampered((_, entry) => { entry.body = moreLines(entry.body, 128); }));
bad("body-of-129-lines", "R-01", "A body with 129 signature lines.", tampered((_, entry) => { entry.body = moreLines(entry.body, 129); }));
bad("salts-too-many", "R-10", "128 salts.", tampered((_, entry) => { entry.salts = Array.from({ length: 128 }, () => entry.salts[0]); }));
bad("salts-beyond-the-bound", "R-01", "129 salts.", tampered((_, entry) => { entry.salts = Array.from({ length: 129 }, () => entry.salts[0]); }));
bad("signatures-beyond-all", "R-08", "70 signatures.", tampered((_, { document }) => { document.signatures.push(...Array.from({ length: 64 }, () => document.signatures[1])); }));
bad("openings-more-than-digests", "R-07", "An opening more than the payload has digests.", tampered((_, { document: { signatures: [{ header }] } }) => {
  header.disclosures = Array.from({ length: 17 }, (_, i) => Buffer.from(String(i)).toString("base64url"));
}));
bad("openings-beyond-all", "R-07", "130 openings.", tampered((_, { document: { signatures: [{ header }] } }) => {
  header.disclosures = Array.from({ length: 130 }, () => header.disclosures[0]);
}));
bad("body-of-no-kind", "R-01", "A body whose kind is no kind's name.", tampered((_, entry) => { entry.body = entry.body.replace("kind understanding", "kind Understanding"); }));
bad("header-of-another-name", "R-08", "A header with an algorithm that nobody knows.", tampered((_, { document }) => { document.signatures[1].protected = renamed(document.signatures[1].protected); }));
bad("header-of-another-name-and-salts", "R-10", "The same, and salts that do not fit the body: the body comes first.", tampered((_, entry) => {
  entry.document.signatures[1].protected = renamed(entry.document.signatures[1].protected);
  entry.salts.reverse();
}));
bad("slot-of-an-understanding", "R-01", "An understanding's state leaf in the place of slot 0.", tampered((file, entry) => { file.roster_slot.leaf = entry.state.leaf; }));
bad("state-of-the-roster", "R-01", "Slot 0 in the place of an understanding's state leaf.", tampered((file, entry) => { entry.state.leaf = file.roster_slot.leaf; }));
const renamed = (header) => Buffer.from(Buffer.from(header, "base64url").toString().replace("ML-DSA-65", "ML-DSA-45")).toString("base64url");

function brought(name, about, verdict, trustOf) {
  scenario(name, about, verdict, null, () => {
    const { record, file } = whole(understanding());
    return { record, file, trust: trustOf(record) };
  });
}
const otherSides = (count) => Array.from({ length: count }, (_, i) => `principal ${i + 3} ${Buffer.from(new Ed25519Key(`principal ${i + 3}`).public).toString("base64url")}\n`).join("");
brought("trust-with-tabs", "Words of a trust file parted by tabs and blanks.", "authentic", (record) => ` \trecord\t ${record.code.toUpperCase()} \t\n\n # a note\n`);
brought("trust-with-another-blank", "A no-break space is no blank of a trust file.", "trust refused", (record) => `\u00a0record ${record.code}\n`);
brought("trust-code-with-another-blank", "Nor is it one in its check code.", "trust refused", (record) => `record ${record.code.slice(0, 32)}\u00a0${record.code.slice(32)}\n`);
brought("trust-with-delete", "A control character in a comment.", "trust refused", (record) => `# \u007f\n${record.trust()}`);
brought("trust-with-a-long-code", "A check code spread over 256 characters and more.", "trust refused", (record) => `record ${record.code.slice(0, 32)}${"-".repeat(193)}${record.code.slice(32)}\n`);
brought("trust-with-a-spread-code", "A check code spread over 256 characters.", "authentic", (record) => `record ${record.code.slice(0, 32)}${"-".repeat(192)}${record.code.slice(32)}\n`);
brought("trust-too-long", "A trust file of more than 65,536 bytes.", "trust refused", (record) => `${record.trust()}${"#\n".repeat(32768)}`);
brought("trust-of-too-many", "Principals of 17 sides.", "trust refused", (record) => record.trust(otherSides(17)));
scenario("trust-of-many", "Principals of 16 sides that the record does not have.", "not authentic", "R-02", () => {
  const { record, file } = whole(understanding());
  return { record, file, trust: record.trust(otherSides(16)) };
});

// What this version does not know.
open("newer-document", "A document of another version.", () => whole(understanding({ change: (p) => ({ ...p, version: 2, more: 1 }) })));
open("newer-suite", "Another suite of signatures.", () => whole(understanding({ change: (p) => ({ ...p, suite: "Ed25519+SLH-DSA" }) })));
open("newer-kind", "A kind that is not in the table.", () => whole({ ...(() => {
  const record = founded();
  return { record, entry: record.append("armistice", { signers: both(), clauses: [clause("1", "Held.")] }) };
})() }));
open("effect", "An effect that hangs on a condition.", () => whole(understanding({ effect: { when: "both" } })));
open("effect-of-parts", "An effect of arrays and objects.", () => whole(understanding({ effect: { all: [{ when: "both" }, { sd: ["_sd"] }] } })));
bad("effect-that-hides", "R-07", "An effect that holds digests, deep in it.", () => whole(understanding({ effect: { all: [{ when: { _sd: ["A".repeat(43)] } }] } })));
bad("effect-that-hides-a-part", "R-07", "An effect with a digest in an array.", () => whole(understanding({ effect: { all: [{ "...": "A".repeat(43) }] } })));
bad("effect-that-names-a-hash", "R-07", "An effect that names a hash.", () => whole(understanding({ effect: { _sd_alg: "sha-256" } })));
bad("effect-and-signature", "R-08", "An effect, and a signature that does not hold.", () => whole(understanding({ effect: { when: "both" }, wrong: { signature: 0 } })));

// A scenario as the files of tests/vectors/verdicts have it.
export function vectorOf({ name, about, verdict, check, make }) {
  const { record, file, raw, trust } = make();
  return { name, about, check, file: raw ?? canonical(file), trust: trust ?? record.trust(), verdict };
}

export const vectors = () => scenarios.map(vectorOf);
