//! A lawless depositary: it builds any log out of any documents and states, signs it with the log's
//! key and has it stamped by whom it likes. What it makes only a verifier stands against.

use entente_log::checkpoint::{Checkpoint, SignedCheckpoint};
use entente_log::cosignature::Cosigner;
use entente_log::ed25519::SecretKey;
use entente_log::hash::Hash;
use entente_log::signed_note::{KnownKeys, Signer as NoteSigner};
use entente_log::tlog_proof::TlogProof;
use entente_log::tree::Tree;
use entente_log::witness::Memory;
use entente_record::body::Body;
use entente_record::document::{Document, Selection};
use entente_record::json::Value;
use entente_record::leaf::Leaf;
use entente_record::state_tree::{Content, SlotChange, StateLeaf, StateTree};

use crate::world::{AGNES, NOW, ParseName, World};

pub struct Forge<'a> {
    world: &'a World,
    tree: Tree,
    pub state: StateTree,
    entries: Vec<Forged>,
}

struct Forged {
    document: Document,
    body: Body,
    leaf: Leaf,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn path(hashes: &[Hash]) -> Value {
    Value::Array(hashes.iter().map(|hash| Value::from(hex(hash.as_bytes()))).collect())
}

fn number(number: u64) -> Value {
    Value::integer(number).unwrap()
}

pub fn leaf(content: Content) -> StateLeaf {
    StateLeaf { content, nonce: [7; 32] }
}

impl<'a> Forge<'a> {
    pub fn new(world: &'a World) -> Self {
        Self { world, tree: Tree::new(), state: StateTree::new(), entries: Vec::new() }
    }

    /// A forge that went on from a charter of the world's own making.
    pub fn founded(world: &'a World) -> Self {
        let mut forge = Self::new(world);
        let roster = world.roster();
        let slot = Content::Roster { version: 0, digest: roster.digest() };
        forge.push(&world.charter(), vec![SlotChange { slot: 0, leaf: leaf(slot) }]);
        forge
    }

    pub fn seen(&self) -> entente_record::document::Seen {
        let root = *self.tree.root().as_bytes();
        entente_record::document::Seen { size: self.tree.size(), root }
    }

    pub fn push(&mut self, document: &Document, changes: Vec<SlotChange>) -> u64 {
        let raw = document.raw_signatures();
        let digest = Hash::from(document.digest().0);
        let salts = vec![[1; 32]; raw.len()];
        let body = Body::new(document.payload().kind().clone(), digest, raw, &salts, [2; 32]);
        let before = self.state.head();
        for change in changes {
            self.state.put(change).unwrap();
        }
        let leaf = Leaf { body: body.digest(), before, after: self.state.head() };
        self.entries.push(Forged { document: document.clone(), body, leaf });
        self.tree.append(leaf.hash())
    }

    pub fn fingerprint(&self) -> entente_record::fingerprint::Fingerprint {
        entente_record::fingerprint::Fingerprint::of_leaf(self.tree.leaf_hash(0).unwrap())
    }

    /// The latest checkpoint, stamped by these people.
    pub fn checkpoint(&self, stampers: &[usize]) -> SignedCheckpoint {
        let name = self.world.origin.as_str().to_string().parse_name();
        let log = NoteSigner::new(name.clone(), SecretKey::from_seed(&self.world.log_key.to_bytes()));
        let checkpoint = Checkpoint { origin: name.clone(), size: self.tree.size(), root: self.tree.root() };
        let mut signed = SignedCheckpoint::sign(checkpoint, &log).unwrap();
        let opened = signed.open(&KnownKeys::new([log.verifier().clone()]).unwrap()).unwrap();
        for person in stampers {
            let stamping = &self.world.people[*person].stamping;
            let secret = SecretKey::from_seed(&stamping.to_bytes());
            let cosigner = Cosigner::new(stamping.verifier().name().clone(), secret);
            let advance = Memory::new(name.clone()).advance(&opened, &[]).unwrap();
            signed.add(cosigner.cosign(&advance, NOW).unwrap()).unwrap();
        }
        signed
    }

    fn placed(&self, index: u64) -> Vec<(&'static str, Value)> {
        let leaf = self.entries[index as usize].leaf.to_text();
        let proof = self.tree.inclusion(index, self.tree.size()).unwrap();
        vec![("leaf", Value::from(leaf)), ("path", path(&proof))]
    }

    pub fn slot(&self, slot: u64) -> Value {
        let text = self.state.leaf(slot).unwrap().to_text();
        let proof = self.state.inclusion(slot).unwrap();
        Value::object([("leaf", Value::from(text)), ("path", path(&proof)), ("slot", number(slot))])
    }

    fn entry(&self, index: u64, selection: &Selection, slot: Option<u64>, stampers: &[usize]) -> Value {
        let entry = &self.entries[index as usize];
        let proof = TlogProof {
            extra: None,
            index,
            path: self.tree.inclusion(index, self.tree.size()).unwrap(),
            checkpoint: self.checkpoint(stampers),
        };
        let seen = entry.document.payload().seen().size;
        let seen = self.tree.consistency(seen, self.tree.size()).unwrap();
        let salts = entry.document.raw_signatures().iter().map(|_| Value::bytes(&[1; 32])).collect();
        let mut members = self.placed(index);
        members.extend([
            ("body", Value::from(entry.body.to_text())),
            ("document", entry.document.present(selection).unwrap().to_json()),
            ("index", number(index)),
            ("recorded", Value::from(proof.to_string())),
            ("salts", Value::Array(salts)),
            ("seen", path(&seen)),
        ]);
        if let Some(slot) = slot {
            members.push(("state", self.slot(slot)));
        }
        Value::object(members)
    }

    /// A file that shows these entries, each with a slot of the state, and no later roster.
    pub fn file(&self, shown: &[(u64, &[u16], Option<u64>)], stampers: &[usize]) -> String {
        let mut charter = self.placed(0);
        let roster = self.world.roster();
        let first = leaf(Content::Roster { version: 0, digest: roster.digest() });
        charter.push(("slot", Value::from(first.to_text())));
        let entries = shown.iter().map(|(index, clauses, slot)| {
            let properties = self.entries[*index as usize].document.proposal().properties();
            let amends = properties.keys().filter(|name| *name == "amends").cloned().collect();
            let selection = Selection { clauses: clauses.to_vec(), properties: amends, decoys: false };
            self.entry(*index, &selection, *slot, stampers)
        });
        Value::object([
            ("charter", Value::object(charter)),
            ("checkpoint", Value::from(self.checkpoint(stampers).to_string())),
            ("disclosure", Value::from("entente-disclosure/v1")),
            ("entries", Value::Array(entries.collect())),
            ("last", Value::object(self.placed(self.tree.size() - 1))),
            ("roster", Value::from(roster.to_text())),
            ("roster_slot", self.slot(0)),
            ("rosters", Value::Array(Vec::new())),
        ])
        .to_canonical()
    }
}

/// Everybody who stamps.
pub const ALL: [usize; 3] = [AGNES, crate::world::NORTH, crate::world::SOUTH];
