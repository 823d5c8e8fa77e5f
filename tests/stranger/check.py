"""Checks a disclosure file (docs/record.md sections 14 and 15), written from the page alone.

usage: python3 check.py FILE [--trust FILE | --code CHECK-CODE] [--json]
Exit status: 0 authentic, 1 not authentic, 2 cannot tell, 64 a fault of the call."""
import argparse
import json
import sys
from contextlib import contextmanager

import histories
from canonical import Malformed, string
from disclosure import LARGEST, Disclosure, need
from documents import HYBRID, NAMELESS, CannotTell, Presentation
from kinds import KINDS, MAKERS, authority, awaited, fits_target
from letters import Letter
from notes import Policy, fingerprint
from records import Roster, follows
from signing import sha256
from states import States, about_if_any, dissents
from tree import EMPTY, consistent, included


class Failed(Exception):
    def __init__(self, check, why, entry=None):
        super().__init__(why)
        self.check, self.why, self.entry = check, why, entry


@contextmanager
def under(check, entry=None):
    """What is malformed in here fails this check."""
    try:
        yield
    except Malformed as error:
        raise Failed(check, str(error), entry) from error


class Verifier:
    def __init__(self, disclosure, policy, code):
        self.file, self.policy, self.code = disclosure, policy, code
        self.reached = []  # (index of the entry that made it, roster)
        self.handed = []  # (index of a hand-over, the key of the log that it says)
        self.leaves = {}  # index: leaf
        self.effect = False

    def judge(self, size):
        """The last roster made by an entry below this size."""
        return [roster for made, roster in self.reached if made < size][-1]

    def asked(self, roster, index, size):
        """For the `recorded` of an entry that makes a roster: the one before it, with the log's key of this size."""
        keys = [key for made, key in self.handed if index <= made < size]
        try:
            return roster.with_log(keys[-1]) if keys else roster
        except Malformed:
            return roster

    def run(self):
        """The checks in the order of section 15."""
        file = self.file
        self.anchors()
        with under("R-04"):
            need(file.checkpoint.origin == self.reached[0][1].origin, "a checkpoint of another record")
        self.inclusion()
        self.handed = hand_overs(file.rosters)
        for entry in file.rosters:
            self.maker(entry)
        self.quorum(file.checkpoint, self.judge(file.checkpoint.size))
        with under("R-12"):
            size, root = file.last.after
            need(file.roster_place == 0, "another slot")
            need(included(file.roster_slot.hash, 0, size, file.roster_path, root), "slot 0 is not in the state")
            newest = self.reached[-1][1]
            need(file.roster_slot.version == newest.version, "another version of the roster rules")
            need(file.roster_slot.roster == newest.sha256, "another roster rules")
        for entry in file.entries:
            self.entry(entry)
        States(file, self.leaves, under)
        for letter in file.letters:
            with under("R-16"):
                Letter(letter, self)

    def anchors(self):
        """R-02, as far as the fingerprint; R-03; the rest of R-02."""
        file = self.file
        with under("R-02"):
            need(self.code in (None, file.charter.hash), "another record")
        with under("R-03"):
            roster = Roster(file.roster)
            need(file.charter.before == (0, EMPTY), "the charter stands on something")
            need(file.charter.after == (1, file.charter_slot.hash), "another state after the charter")
            need(file.charter_slot.version == roster.version == 0, "not version 0")
            need(file.charter_slot.roster == roster.sha256, "another roster")
        with under("R-02"):
            logs, principals = (self.policy.logs, self.policy.principals) if self.policy else ([], {})
            need(not logs or roster.log.text in [key.text for key in logs], "another log")
            for side, key in principals.items():
                need(roster.sides.get(side) == key, f"another principal of side {side}")
        self.reached.append((0, roster))

    def inclusion(self):
        """R-06: one history, and every leaf in its place."""
        file, entries = self.file, self.file.rosters + self.file.entries
        size, root = file.checkpoint.size, file.checkpoint.root
        with under("R-06"):
            roots = {size: root}
            for checkpoint in [entry.recorded.checkpoint for entry in entries]:
                need(roots.setdefault(checkpoint.size, checkpoint.root) == checkpoint.root, "two roots of one size")
            self.leaves = {0: file.charter}
            for index, leaf in [(size - 1, file.last)] + [(entry.index, entry.leaf) for entry in entries]:
                need(self.leaves.setdefault(index, leaf).hash == leaf.hash, "two leaves at one index")
            need(included(file.charter.hash, 0, size, file.charter_path, root), "the charter is not in the log")
            need(size > 0 and included(file.last.hash, size - 1, size, file.last_path, root), "the last leaf is not in the log")
        for entry in entries:
            with under("R-06", entry.index):
                self.stands(entry, size, root)

    @staticmethod
    def stands(entry, size, root):
        where, proof = entry.index, entry.recorded
        need(included(entry.leaf.hash, where, size, entry.path, root), "the entry is not in the log")
        need(proof.index == where, "the proof is of another index")
        need(included(entry.leaf.hash, where, proof.checkpoint.size, proof.path, proof.checkpoint.root),
             "the entry is not in the checkpoint that recorded it")

    def quorum(self, checkpoint, roster, spared=None, where=None):
        """R-04 and R-11: a stamp of a member of each side; the time at which the last side had one."""
        with under("R-04", where):
            need(checkpoint.origin == roster.origin, "a checkpoint of another record")
            times = checkpoint.open(roster.note_keys())
        with under("R-11", where):
            time = quorum_time(roster, times, spared)
            need(time is not None, "too few have stamped")
        return time

    def maker(self, entry):
        """An entry of `rosters`: the next roster, by the authority of the one that ruled."""
        made, ruled = self.reached[-1]
        time = self.checked(entry, self.reached, ruled)
        if entry.payload.effect:
            raise CannotTell("an entry that made a roster has an effect")
        with under("R-05", entry.index):
            kind, text = entry.payload.kind, entry.presentation.properties.get("roster")
            need(kind in MAKERS, "no entry that makes a roster")
            need(entry.index > made, "rosters out of order")
            need(isinstance(text, str), "the roster is not shown")
            roster = Roster(text)
            ever = set().union(*(each.all_keys() for _, each in self.reached))
            party = follows(ruled, roster, kind, ever)
            need(kind != "succession" or entry.payload.signers[0].party == party, "a principal of another side")
            need(entry.payload.not_after is None or time <= entry.payload.not_after, "recorded too late")
        self.reached.append((entry.index, roster))

    def entry(self, entry):
        where = entry.index
        before = [(made, roster) for made, roster in self.reached if made < where] or self.reached[:1]
        makes = where > 0 and where in [made for made, _ in self.reached]
        self.checked(entry, before, before[-1][1] if makes else None)
        self.effect = self.effect or entry.payload.effect

    def checked(self, entry, before, judge):
        """The order of an entry; `judge` is the roster for its quorum if another than usual. The time."""
        where, ruled = entry.index, before[-1][1]
        with under("R-07", where):
            entry.presentation = shown = Presentation(entry.document)
            need(entry.payload.origin == self.reached[0][1].origin, "a document of another record")
        if entry.payload.kind not in KINDS:
            raise CannotTell("an unknown kind")
        with under("R-08", where):
            shown.read_signatures()
        with under("R-10", where):
            self.body(entry)
        with under("R-08", where):
            shown.verify(ruled)
        with under("R-09", where):
            need((entry.payload.kind == "charter") == (where == 0), "the charter is entry 0, and nothing else is")
            authority(shown, ruled)
            self.target_parties(entry)
        checkpoint = entry.recorded.checkpoint
        with under("R-11", where):
            need(checkpoint.size <= self.file.checkpoint.size, "recorded after the checkpoint")
        with under("R-06", where):
            last = self.file.checkpoint
            need(consistent(checkpoint.size, checkpoint.root, last.size, last.root, entry.consistency), "recorded in another history")
        succeeds = judge is not None and entry.payload.kind == "succession"
        asked = self.asked(judge, where, checkpoint.size) if judge else self.judge(checkpoint.size)
        time = self.quorum(checkpoint, asked,
                           entry.payload.signers[0].party if succeeds else None, where)
        self.looked_at(entry, before)
        return time

    @staticmethod
    def body(entry):
        shown, body = entry.presentation, entry.body
        lines = 2 if entry.payload.kind == NAMELESS else len(entry.salts)
        need(body.kind == entry.payload.kind and body.payload == sha256(shown.bytes), "another document")
        need(len(entry.salts) == len(shown.signatures), "salts too many or too few")
        need(len(body.signatures) == lines, "signature lines too many or too few")
        made = sorted((each.mark, each.signature) for each in shown.signatures)
        made = [sha256(salt + mark + signature) for salt, (mark, signature) in zip(entry.salts, made)]
        need(made == body.signatures[:len(made)], "other signatures")
        need(entry.leaf.body == body.sha256, "another body")

    def target_parties(self, entry):
        about, payload = about_if_any(entry.presentation), entry.payload
        if about is None:
            return
        need(payload.kind != "understanding" or not awaited(payload), "it takes another's place and awaits a side")
        for other in self.file.entries:
            if other.index == about.index and other.index < entry.index and other.payload.kind == "understanding":
                fits_target(payload, other.payload)

    def looked_at(self, entry, ruled):
        """R-14 and R-15."""
        size, root = entry.payload.seen
        file, where = self.file.checkpoint, entry.index
        with under("R-14", where):
            need(size <= where and (size == 0) == (where == 0), "signed on a log that was not there")
            need(consistent(size, root, file.size, file.root, entry.seen), "signed on another log")
            for signer in entry.payload.signers if entry.payload.suite == HYBRID else ():
                need(where == 0 or unmoved(signer, size, ruled), "a signer's line changed since")
        with under("R-15", where):
            missing = entry.presentation.missing()
            need(missing is None, f"a companion is not shown: {missing}")
            need(all(slot in entry.presentation.clauses for slot in dissents(entry.presentation)), "a dissent is not shown")

    def witnessed(self):
        """Have the outside witnesses stamped that the policy asks for?"""
        policy = self.policy
        if not policy or policy.quorum in (None, "none"):
            return True
        keys = list(policy.witnesses.values())
        try:
            stamped = self.file.checkpoint.open([self.judge(self.file.checkpoint.size).log] + keys)
        except Malformed:
            return False
        own = set().union(*(roster.all_keys() for _, roster in self.reached))
        return policy.met(policy.quorum, {key.text for key in keys if key.text in stamped and key.key not in own})


def hand_overs(entries):
    """The log's key in each hand-over that shows a roster; whether it may, is checked in its turn."""
    found = []
    for entry in entries:
        try:
            shown = Presentation(entry.document)
            if shown.payload.kind == "hand-over":
                found.append((entry.index, Roster(string(shown.properties.get("roster"))).log))
        except (Malformed, CannotTell):
            continue
    return found


def quorum_time(roster, times, spared):
    """Section 13: each side, or one side with enough witnesses; whichever was complete first."""
    first = {}
    for member in roster.members:
        if member.party in roster.sides and member.cosigner.text in times:
            first[member.party] = min(times[member.cosigner.text], first.get(member.party, times[member.cosigner.text]))
    complete = []
    needed = set(roster.sides) - {spared}
    if needed and needed <= set(first):
        complete.append(max(first[side] for side in needed))
    witnesses = sorted(times[each.text] for each in roster.witnesses if each.text in times)
    if roster.with_witnesses and first and len(witnesses) >= roster.with_witnesses:
        complete.append(max(min(first.values()), witnesses[roster.with_witnesses - 1]))
    return min(complete, default=None)


def unmoved(signer, size, ruled):
    """Did the signer's line stay as it was in the roster of this size?"""
    then = [made for made, _ in ruled if made < size]
    rosters = [roster for made, roster in ruled if made >= then[-1]]
    lines = [member and member.line for member in (each.member(signer.thumbprints) for each in rosters)]
    return None not in lines and len(set(lines)) == 1


def findings(verifier):
    file, quorum = verifier.file, verifier.judge(verifier.file.checkpoint.size)
    return {
        "checkpoint": {"root": file.checkpoint.root.hex(), "size": file.checkpoint.size,
                       "time": verifier.quorum(file.checkpoint, quorum)},
        "entries": [
            {
                "index": entry.index,
                "kind": entry.payload.kind,
                "signers": [[signer.party, signer.capacity] for signer in entry.payload.signers],
                "clauses": {clause.number: clause.text for _, clause in sorted(entry.presentation.clauses.items())},
                "not shown": len(entry.payload.clauses) - len(entry.presentation.clauses)
                - len(entry.presentation.decoys),
                "flags": entry.state.item.flags if entry.state else [],
            }
            for entry in file.entries
        ],
    }


def check(data, policy=None, code=None):
    """The answer as one object: verdict, and check, entry, why or fingerprint, findings."""
    if policy:
        code = policy.record
    accusation = histories.claimed(data)
    if accusation is not None:
        return histories.judge(accusation)
    try:
        with under("R-01"):
            disclosure = Disclosure(data)
        verifier = Verifier(disclosure, policy, code)
        verifier.run()
    except CannotTell as error:
        return {"verdict": "cannot tell", "why": str(error)}
    except Failed as failed:
        return {"verdict": "not authentic", "check": failed.check, "entry": failed.entry, "why": failed.why}
    unsure = {"verdict": "cannot tell", "fingerprint": disclosure.charter.hash.hex()}
    if verifier.effect:
        return unsure | {"why": "its effect hangs on a condition that is not known"}
    if code is None:
        return unsure | {"why": "no check code was given"}
    if not verifier.witnessed():
        return unsure | {"why": "the outside witnesses have not stamped"}
    return {"verdict": "authentic", "findings": findings(verifier)}


def main():
    parser = argparse.ArgumentParser(description="Checks a disclosure file.")
    parser.add_argument("file")
    anchors = parser.add_mutually_exclusive_group()
    anchors.add_argument("--trust")
    anchors.add_argument("--code")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        policy = None
        if given.trust:
            with open(given.trust, encoding="utf-8") as trust:
                policy = Policy(trust.read())
        code = fingerprint(given.code) if given.code else None
        with open(given.file, "rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, UnicodeDecodeError, Malformed) as error:
        print(f"check.py: {error}", file=sys.stderr)
        return 64
    answer = check(data, policy, code)
    if given.json:
        print(json.dumps(answer, ensure_ascii=False, sort_keys=True))
    else:
        print(answer["verdict"], answer.get("check", ""), answer.get("why", ""))
    return {"authentic": 0, "not authentic": 1, "cannot tell": 2}[answer["verdict"]]


if __name__ == "__main__":
    sys.exit(main())
