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
use entente_record::base64url;
use entente_record::body::Body;
use entente_record::document::{Document, Presentation, Proposal, Selection};
use entente_record::json::{self, Limits, Object, Value};
use entente_record::leaf::Leaf;
use entente_record::persona::PersonaSecret;
use entente_record::state_tree::{Content, SlotChange, StateLeaf, StateTree};

use ml_dsa::signature::SignatureEncoding as _;
use sha2::{Digest as _, Sha256};

use crate::world::{AGNES, NOW, ParseName, World};

pub struct Forge<'a> {
    world: &'a World,
    tree: Tree,
    pub state: StateTree,
    entries: Vec<Forged>,
}

/// What an entry shows with the clauses of these slots.
type Show = Box<dyn Fn(&[u16]) -> Presentation>;

struct Forged {
    show: Show,
    body: Body,
    leaf: Leaf,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn path(hashes: &[Hash]) -> Value<'static> {
    Value::Array(hashes.iter().map(|hash| Value::from(hex(hash.as_bytes()))).collect())
}

fn number(number: u64) -> Value<'static> {
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
        let document = document.clone();
        self.push_shown(
            move |clauses| {
                let properties = document.proposal().properties().keys();
                let properties = properties.filter(|name| *name == "about").cloned().collect();
                let selection = Selection { clauses: clauses.to_vec(), properties, decoys: false };
                document.present(&selection).unwrap()
            },
            changes,
        )
    }

    /// Puts in an entry that no library would complete: it need only be shown.
    pub fn push_shown(
        &mut self,
        show: impl Fn(&[u16]) -> Presentation + 'static,
        changes: Vec<SlotChange>,
    ) -> u64 {
        let shown = show(&[]);
        let (payload, raw) = (shown.payload(), shown.raw_signatures());
        let salts = vec![[1; 32]; raw.len()];
        let digest = Hash::from(payload.digest().0);
        let body = Body::new(payload.kind().clone(), digest, raw, &salts, [2; 32]);
        let before = self.state.head();
        for change in changes {
            self.state.put(change).unwrap();
        }
        let leaf = Leaf { body: body.digest(), before, after: self.state.head() };
        self.entries.push(Forged { show: Box::new(show), body, leaf });
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

    fn placed(&self, index: u64) -> Vec<(&'static str, Value<'static>)> {
        let leaf = self.entries[index as usize].leaf.to_text();
        let proof = self.tree.inclusion(index, self.tree.size()).unwrap();
        vec![("leaf", Value::from(leaf)), ("path", path(&proof))]
    }

    pub fn slot(&self, slot: u64) -> Value<'static> {
        let text = self.state.leaf(slot).unwrap().to_text();
        let proof = self.state.inclusion(slot).unwrap();
        Value::object([("leaf", Value::from(text)), ("path", path(&proof)), ("slot", number(slot))])
    }

    fn entry(&self, index: u64, clauses: &[u16], slot: Option<u64>, stampers: &[usize]) -> Value<'static> {
        let entry = &self.entries[index as usize];
        let shown = (entry.show)(clauses);
        let proof = TlogProof {
            extra: None,
            index,
            path: self.tree.inclusion(index, self.tree.size()).unwrap(),
            checkpoint: self.checkpoint(stampers),
        };
        let seen = shown.payload().seen().size;
        let seen = self.tree.consistency(seen, self.tree.size()).unwrap();
        let salts = shown.raw_signatures().iter().map(|_| Value::bytes(&[1; 32])).collect();
        let mut members = self.placed(index);
        members.extend([
            ("body", Value::from(entry.body.to_text())),
            ("consistency", Value::Array(Vec::new())),
            ("document", shown.to_json().into_owned()),
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
        let entries = shown.iter().map(|(index, clauses, slot)| self.entry(*index, clauses, *slot, stampers));
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

/// A proposal with a condition on its effect, which no library signs, signed all the same.
pub fn conditional(proposal: &Proposal, signers: &[&PersonaSecret]) -> Presentation {
    let condition = |payload: &mut Object<'static>| {
        payload.insert("effect".to_string(), Value::object([("joint", Value::from("x"))]));
    };
    let shown = resigned(proposal, signers, &[], condition);
    Presentation::from_json(shown).unwrap().unverified().clone()
}

/// A proposal whose first clause is another, which no library proposes, signed all the same.
pub fn reworded(proposal: &Proposal, signers: &[&PersonaSecret], clause: Value<'static>) -> Presentation {
    let opening = Value::Array(vec![Value::bytes(&[3; 16]), clause]).to_canonical();
    let opening = base64url::encode(opening.as_bytes());
    let digest: [u8; 32] = Sha256::digest(opening.as_bytes()).into();
    let shown = resigned(proposal, signers, &[&opening], |payload| {
        let Some(Value::Array(clauses)) = payload.get_mut("clauses") else { panic!() };
        clauses[0] = Value::object([("...", Value::bytes(&digest))]);
    });
    Presentation::from_json(shown).unwrap().unverified().clone()
}

/// A presentation of what a proposal's payload becomes by a change, signed by these.
pub fn resigned(
    proposal: &Proposal,
    signers: &[&PersonaSecret],
    openings: &[&str],
    change: impl FnOnce(&mut Object<'static>),
) -> Value<'static> {
    let limits = Limits { bytes: 1 << 20, depth: 16 };
    let Value::Object(mut payload) = json::parse(proposal.payload().bytes(), limits).unwrap().into_owned()
    else {
        panic!()
    };
    change(&mut payload);
    let payload = base64url::encode(Value::Object(payload).to_canonical().as_bytes());
    let mut signatures: Vec<Value<'static>> = signers.iter().flat_map(|key| both(key, &payload)).collect();
    if let Some(Value::Object(first)) = signatures.first_mut() {
        let openings = openings.iter().map(|opening| Value::from(opening.to_string())).collect();
        let header = Value::object([("disclosures", Value::Array(openings))]);
        first.insert("header".to_string(), header);
    }
    Value::object([("payload", Value::from(payload)), ("signatures", Value::Array(signatures))])
}

fn both(key: &PersonaSecret, payload: &str) -> [Value<'static>; 2] {
    let (id, seeds) = (key.persona().id(), key.to_seeds());
    let classical = ed25519_dalek::SigningKey::from_bytes(seeds[..32].try_into().unwrap());
    let seed: [u8; 32] = seeds[32..].try_into().unwrap();
    let quantum = ml_dsa::SigningKey::<ml_dsa::MlDsa65>::from_seed(&seed.into());
    let under = |alg: &str, kid: Value<'static>, sign: &dyn Fn(&[u8]) -> Vec<u8>| {
        let typ = Value::from("entente-understanding+sd-jwt");
        let header = Value::object([("alg", Value::from(alg)), ("kid", kid), ("typ", typ)]);
        let protected = base64url::encode(header.to_canonical().as_bytes());
        let signature = sign(format!("{protected}.{payload}").as_bytes());
        Value::object([("protected", Value::from(protected)), ("signature", Value::bytes(&signature))])
    };
    [
        under("EdDSA", id.ed25519.to_json(), &|message| {
            ed25519_dalek::Signer::sign(&classical, message).to_bytes().to_vec()
        }),
        under("ML-DSA-65", id.ml_dsa_65.to_json(), &|message| {
            ml_dsa::signature::Signer::sign(&quantum, message).to_bytes().to_vec()
        }),
    ]
}

/// Everybody who stamps.
pub const ALL: [usize; 3] = [AGNES, crate::world::NORTH, crate::world::SOUTH];
