// What the page's core finds in a file, in the form in which `entente check --json` says it (docs/record.md section
// 16), so that the two can be compared. The page knows of no thumbprints of keys and of no place of a witness.

const FORCE = { "in force": "since", "too late": "not shown in time", "terminated": "ended", "superseded": "ended", "unconfirmed": "not confirmed", "suspended": "suspended" };

const stamp = ({ member, party, time }) => ({ member, party, time });

const clause = ({ slot, number, class: rule, after, text, fields, figuresAgree }) => ({
  class: rule === "after" ? `after ${after}` : rule, fields, figures_agree: figuresAgree ?? true, number, slot, text: Object.fromEntries(text),
});

const signer = ({ party, capacity, name, role, principalKnown, letter }) => ({
  capacity, mandate: letter, name, party, principal_known: principalKnown, role: role === "principal" ? null : role,
});

const about = ({ index, item, clauses, settles }) => ({ clauses, index, item, ...(settles ? { settles } : {}) });

const entry = (found) => ({
  about: found.target === null ? null : about(found.target),
  clauses: found.clauses.map(clause), decoys: found.decoys, finding: found.finding, id: found.id,
  in_force: found.force === null ? { state: "not applicable", time: null }
    : { state: FORCE[found.force.is], time: found.force.is === "too late" ? found.recorded.time : found.force.since },
  index: found.index, kind: found.kind,
  latest: found.latest === null ? null : found.latest.index, latest_shown: found.latest === null || found.latest.shown,
  marks: (found.flags ?? []).map(({ name, slot, by }) => ({ mark: slot === null ? name : `${name} ${slot}`, set_by: by })),
  not_after: found.notAfter, possible_authors: found.possibleAuthors, recorded_at: found.recorded.time,
  signers: found.signers.map(signer), slots_not_shown: found.slotsNotShown, title: found.title,
});

// `null` where nothing is found but a verdict.
export function said({ findings, fingerprint }) {
  if (findings === undefined) return null;
  const { asOf, release } = findings;
  return {
    agreement_to_release: release.agreement,
    as_of: { root: asOf.root, size: asOf.size, time: asOf.time, vouched_by: asOf.stampedBy.map(stamp), witnessed_by: asOf.witnessedBy },
    consents: release.consents.map(({ index, audience, from, until, covers }) => ({ audience, covers, expires: until, index, not_before: from })),
    disclosure_rule: findings.disclosureRule, entries: findings.entries.map(entry), entries_not_shown: findings.entriesNotShown, fingerprint,
    not_checked: findings.notChecked, origin: findings.origin, witnesses: findings.witnesses.map(({ name }) => name),
  };
}

// JSON in which integers are numbers as far as every reader holds them exactly.
export const plain = (value) => JSON.stringify(value, (_, one) => (typeof one !== "bigint" ? one : one <= Number.MAX_SAFE_INTEGER ? Number(one) : String(one)));
