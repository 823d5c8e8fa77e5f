"""The proof that one key has signed two histories (docs/record.md section 19, docs/log.md section 10)."""
from canonical import Malformed, parse, shape, string
from notes import LOG, STAMP, Checkpoint, Key, Proof, stamp_time
from records import digest
from signing import ed25519
from tree import included


def claimed(data):
    """The value of a file of this kind, or None: it is read as a disclosure."""
    try:
        value = parse(data[:-1] if data.endswith(b"\n") else data, 4_194_304, 4)
    except Malformed:
        return None
    return value if isinstance(value, dict) and "equivocation" in value else None


def signed(key, checkpoint):
    """Has this key signed, and does every line of it verify?"""
    lines = [signature for name, identity, signature in checkpoint.lines if (name, identity) == (key.name, key.id)]
    if key.type == LOG:
        return bool(lines) and all(ed25519(key.key, checkpoint.signed, each) for each in lines)
    assert key.type == STAMP
    return bool(lines) and all(stamp_time(key, checkpoint.signed, each) is not None for each in lines)


def judge(value):
    """The answer on an accusation."""
    try:
        if value["equivocation"] != "entente-equivocation/v1":
            raise Malformed("another form")
        shape(value, ("equivocation", "first", "key", "second"))
        key, both = Key(string(value["key"])), [value["first"], value["second"]]
        if isinstance(both[0], dict) and "checkpoint" in both[0]:
            trees = [Checkpoint(string(shape(each, ("checkpoint",))["checkpoint"])) for each in both]
            places, things = [each.size for each in trees], [each.root for each in trees]
            stand = True
        else:
            things = [digest(shape(each, ("leaf", "proof"))["leaf"]) for each in both]
            proofs = [Proof(string(each["proof"])) for each in both]
            trees, places = [each.checkpoint for each in proofs], [each.index for each in proofs]
            stand = all(included(leaf, proof.index, proof.checkpoint.size, proof.path, proof.checkpoint.root)
                        for leaf, proof in zip(things, proofs))
    except Malformed as error:
        return {"verdict": "cannot tell", "why": str(error)}
    reasons = (
        (all(signed(key, tree) for tree in trees), "the key has not signed both"),
        (stand, "a leaf is not in its tree"),
        (trees[0].origin == trees[1].origin, "of two records"),
        (places[0] == places[1], "not of one size, or not at one index"),
        (things[0] != things[1], "the two are one"),
    )
    why = next((why for holds, why in reasons if not holds), None)
    return {"verdict": "not proven", "why": why} if why else {"verdict": "proven", "key": key.text}
