"""Makes records with keys of its own, honest ones and others, for files that verifiers must judge.

Keys, ids and salts come from fixed seeds; ML-DSA signatures differ from run to run."""
import base64
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from canonical import base64url
from signing import ed25519_thumbprint, ml_dsa_65_thumbprint, sha256
from tree import EMPTY, leaf_hash, node

HYBRID = "Ed25519+ML-DSA-65"


def seed(*words):
    return sha256(("forge " + " ".join(map(str, words))).encode())


def text_of(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def root_of(hashes):
    if len(hashes) < 2:
        return hashes[0] if hashes else EMPTY
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return node(root_of(hashes[:half]), root_of(hashes[half:]))


def path_of(index, hashes):
    if len(hashes) < 2:
        return []
    half = 1 << (len(hashes) - 1).bit_length() - 1
    if index < half:
        return path_of(index, hashes[:half]) + [root_of(hashes[half:])]
    return path_of(index - half, hashes[half:]) + [root_of(hashes[:half])]


def consistency_of(size, hashes, whole=True):
    if size in (0, len(hashes)):
        return [] if whole or size == 0 else [root_of(hashes)]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    if size <= half:
        return consistency_of(size, hashes[:half], whole) + [root_of(hashes[half:])]
    return consistency_of(size - half, hashes[half:], False) + [root_of(hashes[:half])]


def hexadecimal(hashes):
    return [each.hex() for each in hashes]


class Pair:
    """An Ed25519 key that signs as a log, a stamper or a principal."""

    def __init__(self, *words):
        self.secret = Ed25519PrivateKey.from_private_bytes(seed(*words))
        self.public = self.secret.public_key().public_bytes_raw()
        self.thumbprint = ed25519_thumbprint(self.public)

    def vkey(self, name, kind):
        data = bytes([kind]) + self.public
        identity = sha256(name.encode() + b"\n" + data)[:4]
        return f"{name}+{identity.hex()}+{base64.b64encode(data).decode()}", identity


class Member:
    def __init__(self, origin, name, party, role="head", scope="commit"):
        self.name, self.party, self.role, self.scope = name, party, role, scope
        self.ed25519 = Pair(name, "ed25519")
        self.ml_dsa = MLDSA65PrivateKey.from_seed_bytes(seed(name, "ml-dsa-65"))
        self.ml_public = self.ml_dsa.public_key().public_bytes_raw()
        self.ml_thumbprint = ml_dsa_65_thumbprint(self.ml_public)
        self.stamper, self.stamp_name = Pair(name, "stamps"), f"{origin}/{name}"
        self.vkey, self.stamp_id = self.stamper.vkey(self.stamp_name, 4)

    def lines(self):
        return (f"member {self.party} {self.role} {self.scope}\ned25519 {base64url(self.ed25519.public)}\n"
                f"ml-dsa-65 {base64url(self.ml_public)}\ncosigner {self.vkey}\n")

    def signer(self, capacity, party=None):
        return {"capacity": capacity, "ed25519": base64url(self.ed25519.thumbprint),
                "ml-dsa-65": base64url(self.ml_thumbprint), "party": self.party if party is None else party}

    def keys(self):
        return [("EdDSA", self.ed25519.thumbprint, self.ed25519.secret),
                ("ML-DSA-65", self.ml_thumbprint, self.ml_dsa)]


class Principal(Pair):
    def __init__(self, name, party):
        super().__init__(name, "principal")
        self.party = party

    def signer(self, capacity, party=None):
        return {"capacity": capacity, "ed25519": base64url(self.thumbprint),
                "party": self.party if party is None else party}

    def keys(self):
        return [("EdDSA", self.thumbprint, self.secret)]


def clause(number, text, **other):
    return {"class": "public", "fields": [], "number": number, "text": {"en": text}, "with": []} | other


def about_of(target, *clauses):
    return {"clauses": list(clauses), "index": target.index, "item": target.id.hex()}


class Entry:
    pass


class Record:
    def __init__(self, name="forge", sides=(1, 2), principals=None):
        self.name, self.origin = name, f"entente/{name}"
        self.logs = []  # (index of the entry that brought it, the log's key)
        self.hand_log(Pair(name, "log"))
        self.principals = {side: Principal(f"{name} {side}", side) for side in sides} | (principals or {})
        self.members, self.entries, self.slots, self.rosters = [], [], [], []
        self.count = 0

    def hand_log(self, key):
        """The next entry says that this is the log's key."""
        self.log_vkey = key.vkey(self.origin, 1)[0]
        self.logs.append((len(self.entries) if self.logs else -1, key))

    def fresh(self):
        self.count += 1
        return seed(self.name, self.count)

    def roster(self, version, members=None):
        sides = "".join(f"side {side} {base64url(self.principals[side].public)}\n" for side in sorted(self.principals))
        return (f"entente-roster/v1\norigin {self.origin}\nversion {version}\nlog {self.log_vkey}\n"
                f"quorum each-side\ndisclosure by-consent\n{sides}"
                + "".join(each.lines() for each in (self.members if members is None else members)))

    def slot_0(self, version, roster):
        return (f"entente-state-roster/v1\nversion {version}\nroster {sha256(roster.encode()).hex()}\n"
                f"nonce {self.fresh().hex()}\n")

    def item(self, identity, flags, latest):
        flags = "".join(f"flag {each}\n" for each in flags)
        return f"entente-state-item/v1\nitem {identity.hex()}\n{flags}latest {latest}\nnonce {self.fresh().hex()}\n"

    def state(self, slots=None):
        hashes = [leaf_hash(each.encode()) for each in (self.slots if slots is None else slots)]
        return len(hashes), root_of(hashes)

    def leaf_hashes(self):
        return [leaf_hash(each.leaf.encode()) for each in self.entries]

    def head(self):
        hashes = self.leaf_hashes()
        return len(hashes), root_of(hashes)

    def write(self, kind, signers, clauses=(), properties=None, seen=None, change=None, edit=None, slots=None,
              raw_property=None):
        """Appends an entry. `change` makes the new slots of the old; `edit` alters the payload."""
        entry = Entry()
        entry.index, entry.kind, entry.id = len(self.entries), kind, self.fresh()[:16]
        entry.openings, digests, hidden = {}, [], []
        values = list(clauses) + [{"decoy": True}] * (8 - len(clauses))
        for place, value in enumerate(values):
            opening = base64url(text_of([base64url(self.fresh()[:16]), value]).encode())
            digests.append(base64url(sha256(opening.encode())))
            name = f"decoy {place}" if value == {"decoy": True} else value["number"]
            entry.openings[f"{name} again" if name in entry.openings else name] = opening
        properties = dict(properties or {})
        properties |= {f"decoy-{place}": None for place in range(8 - len(properties))}
        if raw_property:
            properties.popitem()
            properties["raw"] = None
        for name, value in properties.items():
            text = text_of([base64url(self.fresh()[:16]), name, value])
            opening = base64url((raw_property if name == "raw" else text).encode())
            hidden.append(sha256(opening.encode()))
            entry.openings[name] = opening
        size, root = self.head() if seen is None else seen
        principal = isinstance(signers[0][0], Principal)
        payload = {
            "_sd": [base64url(each) for each in sorted(hidden)], "_sd_alg": "sha-256",
            "clauses": [{"...": each} for each in digests], "id": base64url(entry.id), "kind": kind,
            "origin": self.origin, "seen": {"root": base64url(root), "size": size},
            "signers": [each[0].signer(*each[1:]) for each in signers], "slots": 8,
            "suite": "Ed25519" if principal else HYBRID, "version": 1,
        }
        payload |= edit or {}
        entry.payload = base64url(text_of(payload).encode())
        entry.signatures, marked = [], []
        for algorithm, thumbprint, secret in [key for each in signers for key in each[0].keys()]:
            protected = base64url(text_of({"alg": algorithm, "kid": base64url(thumbprint),
                                           "typ": f"entente-{kind}+sd-jwt"}).encode())
            message = f"{protected}.{entry.payload}".encode()
            signature = secret.sign(message)
            entry.signatures.append({"protected": protected, "signature": base64url(signature)})
            marked.append((thumbprint, signature))
        salts = [self.fresh() for _ in marked]
        lines = "".join(f"signature {sha256(salt + mark + signature).hex()}\n"
                        for salt, (mark, signature) in zip(salts, sorted(marked)))
        entry.salts = [base64url(each) for each in salts]
        entry.body = (f"entente-body/v1\nkind {kind}\npayload {sha256(text_of(payload).encode()).hex()}\n"
                      f"{lines}nonce {self.fresh().hex()}\n")
        before = self.state()
        self.slots = slots if slots is not None else change(list(self.slots), entry) if change else list(self.slots)
        after = self.state()
        entry.leaf = (f"entente-leaf/v1\nbody {sha256(entry.body.encode()).hex()}\n"
                      f"before {before[0]} {before[1].hex()}\nafter {after[0]} {after[1].hex()}\n")
        entry.seen_size = size
        self.entries.append(entry)
        return entry

    def charter(self, members):
        self.members = list(members)
        roster = self.roster(0)
        self.rosters.append((0, roster))
        self.first_slot = self.slot_0(0, roster)
        return self.write("charter", [(each, "binds" if each.party else "witnesses") for each in members],
                          [clause("1", "This record is kept for the talks.")], {"roster": roster},
                          seen=(0, EMPTY), slots=[self.first_slot])

    def understanding(self, signers, clauses, properties=None, **other):
        def change(slots, entry):
            entry.slot = len(slots)
            bound = {each[0].party for each in signers if each[1] == "binds"}
            awaited = {each[0].party for each in signers if each[1] == "ad-referendum"} - bound
            return slots + [self.item(entry.id, ["signed"] + [f"unconfirmed {party}" for party in sorted(awaited)], entry.index)]
        return self.write("understanding", signers, clauses, properties, change=other.pop("change", change), **other)

    def amendment(self, signers, target, clauses, **other):
        def change(slots, entry):
            entry.slot = target.slot
            slots[target.slot] = self.item(target.id, ["signed", "amended"], entry.index)
            return slots
        about = {"about": about_of(target)}
        return self.write("amendment", signers, clauses, other.pop("properties", about), change=change, **other)

    def next_roster(self, kind, signers, members, **other):
        self.members = list(members)
        version = other.pop("version", len(self.rosters))
        roster = other.pop("roster", None) or self.roster(version)
        entry = self.write(kind, signers, [], {"roster": roster},
                           change=lambda slots, _: [self.slot_0(version, roster)] + slots[1:], **other)
        self.rosters.append((entry.index, roster))
        return entry

    def checkpoint(self, size, stamps, logs=None):
        """A checkpoint of the first leaves, signed by whoever has the log then, stamped by [(member, time)]."""
        root = base64.b64encode(root_of(self.leaf_hashes()[:size])).decode()
        text = f"{self.origin}\n{size}\n{root}\n"
        note = f"{text}\n"
        for log in logs or [[key for made, key in self.logs if made < size][-1]]:
            line = base64.b64encode(log.vkey(self.origin, 1)[1] + log.secret.sign(text.encode())).decode()
            note += f"\u2014 {self.origin} {line}\n"
        for member, time in stamps:
            signature = member.stamper.secret.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
            line = base64.b64encode(member.stamp_id + time.to_bytes(8, "big") + signature).decode()
            note += f"\u2014 {member.stamp_name} {line}\n"
        return note

    def proof(self, index, size, stamps, logs=None):
        path = path_of(index, self.leaf_hashes()[:size])
        lines = "".join(base64.b64encode(each).decode() + "\n" for each in path)
        return f"c2sp.org/tlog-proof@v1\nindex {index}\n{lines}\n" + self.checkpoint(size, stamps, logs)

    def shown(self, entry, names, size, recorded, state=None):
        """An ENTRY. `recorded` is size and stamps of the checkpoint that recorded it, and perhaps who signed it."""
        openings = sorted((entry.openings[each] for each in names), key=lambda each: sha256(each.encode()))
        first = {"header": {"disclosures": openings}} | entry.signatures[0]
        hashes = self.leaf_hashes()[:size]
        value = {
            "body": entry.body, "document": {"payload": entry.payload, "signatures": [first] + entry.signatures[1:]},
            "consistency": hexadecimal(consistency_of(recorded[0], hashes) if recorded[0] <= size else []),
            "index": entry.index, "leaf": entry.leaf, "path": hexadecimal(path_of(entry.index, hashes)),
            "recorded": self.proof(entry.index, *recorded), "salts": entry.salts,
            "seen": hexadecimal(consistency_of(entry.seen_size, hashes)),
        }
        if state is None:
            state = entry.kind in ("understanding", "amendment")
        return value | ({"state": self.state_at(entry.slot)} if state else {})

    def state_at(self, slot):
        hashes = [leaf_hash(each.encode()) for each in self.slots]
        return {"leaf": self.slots[slot], "path": hexadecimal(path_of(slot, hashes)), "slot": slot}

    def file(self, entries, stamps, rosters=(), charter_slot=None):
        """The disclosure at the end of the log."""
        hashes = self.leaf_hashes()
        size = len(hashes)
        return {
            "charter": {"leaf": self.entries[0].leaf, "path": hexadecimal(path_of(0, hashes)),
                        "slot": charter_slot or self.first_slot},
            "checkpoint": self.checkpoint(size, stamps), "disclosure": "entente-disclosure/v1",
            "entries": entries, "last": {"leaf": self.entries[-1].leaf, "path": hexadecimal(path_of(size - 1, hashes))},
            "roster": self.rosters[0][1], "roster_slot": self.state_at(0), "rosters": list(rosters),
        }

    def trust(self, *lines):
        return f"record {leaf_hash(self.entries[0].leaf.encode()).hex()}\n" + "".join(each + "\n" for each in lines)
