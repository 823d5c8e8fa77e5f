//! Attacks on the record as a whole: each fails if its defence is taken away
//! (tests/defences/<ID>.patch).

mod counting;
mod dates;
mod embargo;
mod files;
mod huge;
mod joining;
mod neighbours;
mod releases;
mod rule;
mod stamping;
mod witnessed;

use entente_log::hash::Hash;
use entente_log::witness::Refusal as MemoryRefusal;
use entente_record::about::About;
use entente_record::authority::AuthorityError;
use entente_record::check::Check;
use entente_record::depositary::Depositary;
use entente_record::document::{Clause, Document, Draft, Kind, Proposal, Signer};
use entente_record::entry_bundle::EntryBundle;
use entente_record::flags::{Flag, Flags};
use entente_record::json::{self, Limits, Object, Value};
use entente_record::party::{Capacity, Party};
use entente_record::persona::Persona;
use entente_record::replica::{Refusal, Replica};
use entente_record::report::{Unknown, Verdict};
use entente_record::roster::Scope;
use entente_record::stamp::{StampMemory, StampRefusal};
use entente_record::state_tree::{Content, ItemId, SlotChange};
use entente_record::trust::Anchors;
use entente_record::verify::verify;

use crate::disclosure::{failing, slots};
use crate::forge::{ALL, Forge, conditional, leaf, reworded};
use crate::world::{AGNES, NORTH, NOW, Person, SOUTH, World, rng};

const LIMITS: Limits = Limits { bytes: 16 << 20, depth: 24 };

/// Changes a file the way an attacker would: any member, kept canonical.
pub fn tamper(file: &str, change: impl Fn(&mut Object<'static>)) -> String {
    let Value::Object(mut members) = json::parse(file.as_bytes(), LIMITS).unwrap().into_owned() else {
        panic!()
    };
    change(&mut members);
    Value::Object(members).to_canonical()
}

pub fn object<'a>(members: &'a mut Object<'static>, name: &str) -> &'a mut Object<'static> {
    match members.get_mut(name) {
        Some(Value::Object(inner)) => inner,
        other => panic!("{name}: {other:?}"),
    }
}

pub fn array<'a>(members: &'a mut Object<'static>, name: &str) -> &'a mut Vec<Value<'static>> {
    match members.get_mut(name) {
        Some(Value::Array(inner)) => inner,
        other => panic!("{name}: {other:?}"),
    }
}

pub fn entry<'a>(members: &'a mut Object<'static>, position: usize) -> &'a mut Object<'static> {
    match &mut array(members, "entries")[position] {
        Value::Object(entry) => entry,
        other => panic!("{other:?}"),
    }
}

/// A file whose first entry shows this instead.
pub fn with_document(file: &str, document: Value<'static>) -> String {
    tamper(file, |file| {
        entry(file, 0).insert("document".to_string(), document.clone());
    })
}

fn replace(members: &mut Object<'static>, name: &str, from: &str, to: &str) {
    let text = members.get(name).and_then(Value::as_str).unwrap();
    assert!(text.contains(from), "{text}");
    members.insert(name.to_string(), Value::from(text.replace(from, to)));
}

/// A world with one understanding recorded, and its file with the clauses of these slots.
pub fn with_file(clauses: &[u16]) -> (World, String) {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let file = world.disclose(vec![slots(made, clauses)]).unwrap().to_json();
    (world, file)
}

pub fn lawless_proposal(
    world: &World,
    seen: entente_record::document::Seen,
    signers: &[(u16, usize)],
) -> Proposal {
    let draft = Draft::new(Kind::UNDERSTANDING, world.origin.clone(), seen)
        .clause(Clause::new("1", "en", "Forty."))
        .clause(Clause::new("2", "en", "The road is open."));
    let draft = signers.iter().fold(draft, |draft, (party, person)| {
        let signer = world.people[*person].signer(Capacity::Binds);
        draft.signer(Signer { party: Party(*party), ..signer })
    });
    draft.propose(&mut rng()).unwrap()
}

fn signed(world: &World, proposal: &Proposal, who: &[usize], keys: &Vec<Persona>) -> Document {
    let sign = |person: &usize| proposal.sign(&world.people[*person].secret, NOW).unwrap();
    let signatures: Vec<_> = who.iter().map(sign).collect();
    proposal.complete(&signatures, keys).unwrap()
}

/// Puts an understanding into a lawless log, signed by people who claim these parties.
fn lawless(world: &World, forge: &mut Forge<'_>, signers: &[(u16, usize)]) -> u64 {
    let proposal = lawless_proposal(world, forge.seen(), signers);
    let keys: Vec<Persona> = world.people.iter().map(|person| person.secret.persona().clone()).collect();
    let who: Vec<usize> = signers.iter().map(|(_, person)| *person).collect();
    let document = signed(world, &proposal, &who, &keys);
    let id = ItemId(*document.payload().id());
    let content = Content::Item { id, flags: Flags::none().with(Flag::Signed), latest: 1 };
    forge.push(&document, vec![SlotChange { slot: 1, leaf: leaf(content) }])
}
