//! C2 and C17 against engines: a convener whose client is modified, and a side that acts alone.

use entente_channel::joining::invite::Invite;
use entente_channel::text::message::Message;
use entente_channel::text::record_cargo::{Approval, PersonaCard};
use entente_client::engine::{EngineError, May};
use entente_log::signed_note::KeyName;
use entente_record::card::Card;
use entente_record::document::{Document, PayloadDigest, Proposal};
use entente_record::entry_bundle::EntryBundle;
use entente_record::json::Value;
use entente_record::party::Party;
use entente_record::persona::PersonaSecret;
use entente_record::replica::{Anchor, Replica};
use entente_record::roster::{Member, RoleCode, Scope};
use entente_record::roster_change::draft_admission;
use entente_record::stamp::StampingKey;
use entente_store::rows::record;

use super::membership::{all_notices, approve, asked, deputy_at_the_door, four, is_in};
use super::story::{TALKS, words};
use super::world::{Weather, World, rng};

const DAY: u64 = 86_400;

/// Agnes's copy of the record.
pub(crate) fn replica(world: &mut World) -> Replica {
    let entries = world.in_store("agnes", |tx, talks| record::entries(tx, talks).unwrap());
    let charter = EntryBundle::parse(&entries[0]).unwrap();
    let digest = PayloadDigest(Document::parse(charter.document_bytes()).unwrap().proposal().digest().0);
    Replica::open(&charter, &Anchor::Charter(digest)).unwrap().0
}

/// Somebody of Agnes's own making, with a card it signed itself.
fn stranger(replica: &Replica, role: &str) -> (Member, Vec<u8>) {
    let secret = PersonaSecret::generate(&mut rng());
    let name = KeyName::parse(&format!("{}/m00ff", replica.origin().as_str())).unwrap();
    let cosigner = StampingKey::generate(name, &mut rng()).verifier();
    let card = Card::issue(replica.origin(), &secret, [9; 32], &cosigner).unwrap();
    let member = Member {
        party: Party(2),
        role: RoleCode::parse(role).unwrap(),
        persona: secret.persona().clone(),
        cosigner,
        scope: Scope::Commit,
    };
    (member, card.to_bytes())
}

/// An admission of `member` under the number of somebody else's joining.
fn forged(replica: &Replica, member: Member, number: [u8; 16], now: u64) -> Proposal {
    let roster = replica.roster().unwrap();
    let sides = roster.members().iter().filter(|member| member.scope == Scope::Commit);
    let signers: Vec<_> = sides.map(|member| member.persona.id()).collect();
    let number: String = number.iter().map(|byte| format!("{byte:02x}")).collect();
    let draft = draft_admission(roster, replica.seen(), member, &signers).unwrap();
    let draft = draft.property("admission", Value::from(number)).not_after(now + DAY);
    draft.propose(&mut rng()).unwrap()
}

pub(crate) fn agnes_sends(world: &mut World, to: &str, message: &Message) {
    let bytes = message.encode().unwrap();
    world.step("agnes", |agnes, at| agnes.send_raw(at, TALKS, to, &bytes).unwrap());
    world.settle();
}

/// Up to the joiner's words, without the proposal that Agnes's honest client would make of a match.
fn answered(world: &mut World) -> ([u8; 16], i64, i64) {
    let invited = world.step("agnes", |agnes, at| {
        let expires = at.now + 7 * DAY;
        agnes.invite_with(at, TALKS, ("South", "deputy", May::Negotiate), expires).unwrap()
    });
    let number = Invite::from_text(&invited.text).unwrap().admission().0;
    let answered = world.step("deputy", |deputy, at| deputy.join(at, TALKS, &invited.text).unwrap());
    world.settle();
    assert_eq!(words(world, "agnes", invited.number), words(world, "deputy", answered.number));
    (number, invited.number, answered.number)
}

#[test]
fn c2_the_record_does_not_admit_another_than_the_person_at_the_door() {
    let mut world = four(Weather::default());
    let (number, ours, theirs) = answered(&mut world);
    let replica = replica(&mut world);
    world.step("agnes", |agnes, at| agnes.words_match(at, TALKS, ours).unwrap());
    world.step("deputy", |deputy, at| deputy.words_match(at, TALKS, theirs).unwrap());
    world.settle();
    let genuine = asked(&mut world, "south");
    for role in ["deputy", "head"] {
        let (member, card) = stranger(&replica, role);
        let proposal = forged(&replica, member, number, world.now);
        agnes_sends(&mut world, "South", &Message::PersonaCard(PersonaCard { card }));
        agnes_sends(&mut world, "South", &Message::Approval(Approval { document: proposal.to_bytes() }));
        let name: String = proposal.digest().0.iter().map(|byte| format!("{byte:02x}")).collect();
        let outcome = world.step("south", |south, at| south.approve(at, TALKS, &name));
        let why = "the record would admit somebody else than the person who is joining your channel";
        assert_eq!(outcome, Err(EngineError::Refused(why.into())), "as {role}");
    }
    world.step("south", |south, at| south.approve(at, TALKS, &genuine.id).unwrap());
}

#[test]
fn c2_nobody_is_admitted_under_keys_that_it_did_not_sign_for_itself() {
    let mut world = four(Weather::default());
    let replica = replica(&mut world);
    let (member, card) = stranger(&replica, "deputy");
    let proposal = forged(&replica, member.clone(), [7; 16], world.now);
    agnes_sends(&mut world, "North", &Message::Approval(Approval { document: proposal.to_bytes() }));
    let change = asked(&mut world, "north");
    let outcome = world.step("north", |north, at| north.approve(at, TALKS, &change.id));
    assert!(matches!(outcome, Err(EngineError::NotYet(_))), "{outcome:?}");
    // The stranger's true card, and a stamping key that is not on it.
    let name = KeyName::parse(&format!("{}/m00fe", replica.origin().as_str())).unwrap();
    let cosigner = StampingKey::generate(name, &mut rng()).verifier();
    let swapped = forged(&replica, Member { cosigner, ..member }, [8; 16], world.now);
    agnes_sends(&mut world, "North", &Message::PersonaCard(PersonaCard { card }));
    agnes_sends(&mut world, "North", &Message::Approval(Approval { document: swapped.to_bytes() }));
    let name: String = swapped.digest().0.iter().map(|byte| format!("{byte:02x}")).collect();
    let outcome = world.step("north", |north, at| north.approve(at, TALKS, &name));
    assert!(matches!(outcome, Err(EngineError::Refused(_))), "{outcome:?}");
}

#[test]
fn c2_one_side_alone_brings_in_nobody() {
    let mut world = four(Weather::default());
    let (ours, theirs) = deputy_at_the_door(&mut world, May::Commit);
    approve(&mut world, "south");
    world.settle();
    world.now += 15 * DAY;
    world.settle();
    for (who, number) in [("agnes", ours), ("deputy", theirs)] {
        assert!(!is_in(&mut world, who, number), "at {who}");
    }
    assert_eq!(world.look("south", |south| south.log(TALKS).unwrap()).len(), 1);
}

/// All have signed, but North has not been shown the item yet: nobody comes in by a record that a side
/// has not stamped.
#[test]
fn c2_an_admission_that_a_side_has_not_stamped_opens_no_channel() {
    let mut world = four(Weather::default());
    let (ours, theirs) = deputy_at_the_door(&mut world, May::Negotiate);
    approve(&mut world, "north");
    world.settle();
    approve(&mut world, "south");
    world.settle_among(&["agnes", "deputy", "south"]);
    assert_eq!(world.look("south", |south| south.log(TALKS).unwrap()).len(), 2, "it is in the record");
    assert!(!is_in(&mut world, "agnes", ours) && !is_in(&mut world, "deputy", theirs));
    world.settle();
    assert!(
        is_in(&mut world, "agnes", ours) && is_in(&mut world, "deputy", theirs),
        "{:?}",
        all_notices(&mut world)
    );
}
