// The sentences that the page says. Nothing of a file is in them but numbers.

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
  "November", "December"];

function instant(seconds) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `second ${seconds} of Unix time`;
  const two = (number) => String(number).padStart(2, "0");
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} UTC`;
}

const grouped = (code) => code.match(/.{4}/g).join(" ");
const side = (party) => (party === 0 ? "no side" : `side ${party}`);
const listed = (parts) => (parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`);
const counted = (number, one, many) => `${number} ${Number(number) === 1 ? one : many}`;

const AUTHENTIC = "These words were signed and recorded as shown. This does not say they are true, complete or still in force.";
const RELIANCE = "Altered, damaged or forged; do not rely on it.";

const HISTORIES_SAID = {
  proven: "Nobody else could have made both signatures. Which of the two histories is true, if either is, nobody can tell from this file.",
  known: "Your trust file names this key.",
  unknown: "This file does not say whose key it is. Compare it with the one in a trust file from a source you trust.",
  nothing: "This file was made to show that one key has signed two histories. It does not show it: do not hold it against anybody.",
  unread: "This file says that it proves two histories of one record, and this page cannot read it.",
};

const CHECKS = {
  "R-01": "the form of the file", "R-02": "what you know from elsewhere", "R-03": "the beginning of the record",
  "R-04": "the stamps", "R-05": "a change of who may sign", "R-06": "the place in the record",
  "R-07": "the words that were signed", "R-08": "the signatures", "R-09": "the authority to sign",
  "R-10": "what was recorded", "R-11": "how many have stamped", "R-12": "who may sign at the end",
  "R-13": "what became of it since", "R-14": "the history on which it was signed", "R-15": "clauses that belong together",
  "R-16": "a letter of full powers",
};

const CAPACITIES_SAID = {
  "binds": "signed, and binds its side", "ad-referendum": "signed ad referendum; binds its side only once its principal has confirmed",
  "guarantees": "signed as guarantor of another's performance", "witnesses": "signed as witness; it binds nobody",
  "states": "says so; it binds nobody",
  "dissents": "differs, in words of its own below; it binds nobody",
};

const FORCE_SAID = {
  "in force": "In force", "too late": "Not shown to have been recorded in time: as far as this file shows it never took effect",
  "unconfirmed": "Not in force: a side has yet to confirm it", "suspended": "Suspended: not in force",
  "terminated": "Terminated: not in force", "superseded": "Superseded by another: not in force",
};

const FLAGS_SAID = {
  "signed": "signed", "unconfirmed": "not confirmed by", "amended": "amended", "corrected": "corrected", "interpreted": "interpreted",
  "reserved": "under a reservation", "disputed": "disputed", "suspended": "suspended", "reported-kept": "reported kept",
  "reported-broken": "reported broken", "reported-observed": "reported on", "terminated": "terminated", "superseded": "superseded",
};

// What an entry did to the understanding that it is about, as a line of its life begins.
const DONE = {
  "understanding": "Superseded", "confirmation": "Confirmed", "amendment": "Amended", "interpretation": "Interpreted", "erratum": "Corrected",
  "reservation": "Reservation made", "dispute": "Disputed", "suspension": "Suspended", "resumption": "Resumed", "termination": "Terminated", "report": "Reported on",
};

const FINDINGS = {
  "kept": "It reports that what was agreed was kept.", "broken": "It reports that what was agreed was broken. That is what its authors say, not a fact.",
  "observed": "It reports what was observed.",
};

const NOT_CHECKED = {
  "history": "Whether there is another history of this record. No outside witness that you know has stamped it, so all members together could have rewritten it.",
  "sides": "Whether every side found this state in order. Not every side has stamped it: one side and witnesses have; the others may have refused it.",
  "times": "Whether the times are true. They are the stampers' own claims; whoever stamped last could have dated back.",
  "post-quantum-log": "Whether the place in the record would withstand a quantum computer: it rests on Ed25519 alone. The signatures under the words do not.",
  "successions": "Whether a succession would withstand a quantum computer: a principal signs with Ed25519 alone.",
  "mandates": "Whether the principal that you know stands behind every signer of its side: no letter of its reaches some of these signatures.",
  "authorship": "Who of them said the words that stand without a name. That one of them did rests on the members' stamps.",
  "charter-signatures": "Whether every member signed the charter, which is not shown.",
  "identities": "Which persons hold the keys. A side's name is the one that it has signed itself.",
  "target-parties": "Whether those who signed are the sides of what they changed, which is not shown.",
  "rendering": "The rendering for people that is in the file. Nothing of it is believed or shown here.",
};

const RELEASE = {
  "shown": "Every side agreed to exactly this release; the agreement is in the file. Whether it is meant for you, and holds today, only you can tell.",
  "another release": "The file holds an agreement to another release than this one. To this one, no agreement is in the file. We cannot tell who released it. The text may still be authentic.",
  "not shown": "No agreement to this release is in the file. We cannot tell who released it. The text may still be authentic.",
};
const POWERS = { "explore": "explore without binding anybody", "negotiate": "negotiate, and sign ad referendum", "commit": "commit its side" };
const RELEASE_RULES = {
  "any-member": "The record's charter lets any member release.", "by-consent": "The record's charter asks for agreement before anything is released.",
};

function duration(seconds) {
  const parts = [];
  let left = seconds;
  for (const [unit, length] of [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]]) {
    const count = Math.floor(left / length);
    if (count > 0) parts.push(counted(count, unit, `${unit}s`));
    left -= count * length;
  }
  return parts.length === 0 ? "0 seconds" : listed(parts);
}

function degrees(value, [positive, negative]) {
  return value.startsWith("-") ? `${value.slice(1)}\u00b0 ${negative}` : `${value}\u00b0 ${positive}`;
}

const point = ({ latitude, longitude }) => `${degrees(latitude, ["N", "S"])}, ${degrees(longitude, ["E", "W"])} (WGS84)`;
