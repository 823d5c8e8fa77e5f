"""The disclosure file as far as R-01 goes (docs/record.md section 14)."""
from canonical import Malformed, array, integer, parse, people, shape, string, unbase64url, written
from documents import CannotTell
from notes import Checkpoint, Proof
from records import Body, Item, Leaf, RosterSlot, digest
from signing import sha256

LARGEST, DEEPEST = 16_777_216, 24
FILE = ("charter", "checkpoint", "disclosure", "entries", "last", "roster", "roster_slot", "rosters")
ENTRY = ("index", "leaf", "body", "consistency", "document", "salts", "path", "recorded", "seen")


def need(holds, why):
    if not holds:
        raise Malformed(why)


def hashes(value):
    return [digest(each) for each in array(value, 0, 63)]


class Entry:
    """An entry of the file, as far as R-01 goes."""

    def __init__(self, value):
        shape(value, ENTRY, ("state",))
        self.index = integer(value["index"])
        self.leaf, self.body = Leaf(value["leaf"]), Body(value["body"])
        self.salts = [unbase64url(each, 32, 32) for each in array(value["salts"], 0, 128)]
        self.path, self.seen = hashes(value["path"]), hashes(value["seen"])
        self.consistency = hashes(value["consistency"])
        self.recorded = Proof(string(value["recorded"]))
        self.state = State(value["state"]) if "state" in value else None
        self.document, self.presentation = value["document"], None
        self.about = self.finding = self.item = None

    @property
    def payload(self):
        return self.presentation.payload


class State:
    def __init__(self, value):
        shape(value, ("leaf", "path", "slot"))
        self.item, self.path, self.slot = Item(value["leaf"]), hashes(value["path"]), integer(value["slot"])


class Disclosure:
    """The file, as far as R-01 goes."""

    def __init__(self, data):
        # Editors end a file with a newline.
        value = parse(data[:-1] if data.endswith(b"\n") else data, LARGEST, DEEPEST)
        form = value.get("disclosure") if isinstance(value, dict) else None
        if isinstance(form, str) and form != "entente-disclosure/v1":
            raise CannotTell("another form of file")
        shape(value, FILE, ("letters", "rendering"))
        need(form == "entente-disclosure/v1", "no disclosure")
        if "rendering" in value:
            people(value["rendering"])
        self.checkpoint = Checkpoint(string(value["checkpoint"]))
        charter = shape(value["charter"], ("leaf", "path", "slot"))
        self.charter, self.charter_path = Leaf(charter["leaf"]), hashes(charter["path"])
        self.charter_slot = RosterSlot(charter["slot"])
        last = shape(value["last"], ("leaf", "path"))
        self.last, self.last_path = Leaf(last["leaf"]), hashes(last["path"])
        slot = shape(value["roster_slot"], ("leaf", "path", "slot"))
        self.roster_slot, self.roster_path = RosterSlot(slot["leaf"]), hashes(slot["path"])
        self.roster_place, self.roster = integer(slot["slot"]), string(value["roster"])
        self.letters = array(value["letters"], 1, 64) if "letters" in value else []
        digests = [sha256(written(letter).encode()) for letter in self.letters]
        need(digests == sorted(set(digests)), "letters out of order")
        self.rosters = [Entry(each) for each in array(value["rosters"], 0, 512)]
        self.entries = [Entry(each) for each in array(value["entries"], 1, 512)]
        for entries in (self.rosters, self.entries):
            indices = [entry.index for entry in entries]
            need(indices == sorted(set(indices)), "entries out of order")
