// What an entry is about, and what a report found: the properties `about` and `finding` of docs/record.md section 9.

const MOST_SLOTS = 64;

function slotsOf(value) {
  array(value, 0, MOST_SLOTS).forEach((slot, i) => integer(slot, i === 0 ? 0 : value[i - 1] + 1, MOST_SLOTS - 1));
  return value.map(BigInt);
}

// `about` as it is shown, null if it is not; malformed, or out of place, is refused.
function aboutOf({ kind, values }) {
  const about = KINDS.get(kind).about;
  if (!values.has("about")) {
    if (about !== undefined) bad("it does not show what it is about");
    return null;
  }
  const value = object(values.get("about"), ["clauses", "index", "item"], ["settles"]);
  const clauses = slotsOf(value.clauses);
  if (about === undefined && kind !== "understanding") bad("an item that is about nothing, about something");
  if (about !== "clauses" && clauses.length > 0) bad("it is about the whole, and names clauses");
  if (has(value, "settles") && (value.settles !== true || !KINDS.get(kind).settles)) bad("it settles what it may not");
  return { index: BigInt(integer(value.index, 0)), item: fromHex(matching(value.item, /^[0-9a-f]{32}$/, "an item")), clauses, settles: has(value, "settles") };
}

// The same before R-13 has its turn: null for what it will refuse.
function aboutIfAny(document) {
  try {
    return aboutOf(document);
  } catch (error) {
    return noForm(error);
  }
}

// `finding` of a report; refused in any other kind.
function findingOf({ kind, values, signers, slots }) {
  if (!values.has("finding")) {
    if (kind === "report") bad("a report that does not show what it found");
    return null;
  }
  if (kind !== "report") bad("a finding in what is no report");
  const value = object(values.get("finding"), ["dissents", "says"]);
  const dissents = slotsOf(value.dissents);
  if (dissents.length !== signers.filter(({ capacity }) => capacity === "dissents").length) bad("not one dissent for each who dissents");
  if (dissents.some((slot) => slot >= slots.length)) bad("a dissent in a place that there is not");
  return { says: matching(value.says, /^(kept|broken|observed)$/, "a finding"), dissents };
}

// The places of a report's dissents, none if R-13 will refuse its finding.
function dissentsOf(document) {
  try {
    return findingOf(document)?.dissents ?? [];
  } catch (error) {
    return noForm(error) ?? [];
  }
}

// The flags that an entry sets on what it is about; [name, slot or null].
function flagsSet({ document: { kind }, about, finding }) {
  const name = kind === "report" ? `reported-${finding.says}` : kind === "understanding" ? "superseded" : KINDS.get(kind).sets;
  if (name === undefined) return [];
  return about.clauses.length === 0 ? [[name, null]] : about.clauses.map((slot) => [name, slot]);
}

// Whether an entry cleared a flag.
function cleared({ document, about }, [name, slot]) {
  const { clears } = KINDS.get(document.kind);
  if (name !== (about.settles ? "disputed" : clears)) return false;
  if (name === "unconfirmed") return partiesBound(document).map(BigInt).includes(slot);
  return about.clauses.length === 0 || (slot !== null && about.clauses.includes(slot));
}
