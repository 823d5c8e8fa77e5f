//! A whole record without channels: Agnes, North and South, a charter and a ceasefire, stamped.

use entente_log::signed_note::KeyName;
use entente_record::charter;
use entente_record::depositary::Depositary;
use entente_record::disclosure::{Choice, Disclosure, Request};
use entente_record::document::{Clause, Document, Draft, Kind, Proposal, Signature, Signer, SignerKeys};
use entente_record::entry_bundle::EntryBundle;
use entente_record::json::Value;
use entente_record::log_key::LogKey;
use entente_record::origin::Origin;
use entente_record::party::{Capacity, Party};
use entente_record::persona::PersonaSecret;
use entente_record::principal::PrincipalSecret;
use entente_record::replica::{Anchor, Replica};
use entente_record::roster::{DisclosureRule, Member, RoleCode, Roster, Scope, Side};
use entente_record::stamp::{Stamp, StampMemory, StampingKey};

use crate::random::Repeatable;

/// 21 September 2026, 14:13:20 UTC: when all of this happens.
pub const NOW: u64 = 1_790_000_000;

/// The record and all that passed between its people.
pub struct RecordScene {
    /// What each member, all alike, holds in the end.
    pub replica: Replica,
    /// The roster as the charter fixed it.
    pub roster: Roster,
    /// Entry 0, the charter, and entry 1, the ceasefire.
    pub entries: Vec<EntryBundle>,
    /// The ceasefire as it was proposed.
    pub proposal: Proposal,
    /// North's signature of it.
    pub signature: Signature,
    /// The ceasefire with every signature.
    pub document: Document,
    /// All stamps, in order.
    pub stamps: Vec<Stamp>,
}

struct Person {
    party: Party,
    persona: PersonaSecret,
    stamping: StampingKey,
    memory: StampMemory,
}

impl Person {
    fn new(origin: &Origin, party: u16, rng: &mut Repeatable) -> Self {
        let name = |text: String| KeyName::parse(&text).unwrap();
        Self {
            party: Party(party),
            persona: PersonaSecret::generate(rng),
            stamping: StampingKey::generate(name(format!("{origin}/m{party}")), rng),
            memory: StampMemory::new(name(origin.to_string())),
        }
    }

    fn member(&self, role: &str, scope: Scope) -> Member {
        Member {
            party: self.party,
            role: RoleCode::parse(role).unwrap(),
            persona: self.persona.persona().clone(),
            cosigner: self.stamping.verifier(),
            scope,
        }
    }

    fn signer(&self, capacity: Capacity) -> Signer {
        let keys = SignerKeys::Persona(self.persona.persona().id());
        Signer { party: self.party, capacity, keys }
    }

    fn stamp(&mut self, replica: &mut Replica, now: u64) -> Stamp {
        let prepared = replica.prepare_stamp(&self.memory, now).unwrap();
        self.memory = prepared.memory().clone();
        let stamp = prepared.give(&self.stamping, now).unwrap();
        replica.add_stamp(&stamp).unwrap();
        stamp
    }
}

impl RecordScene {
    /// Plays it, the same in every run.
    pub fn play() -> Self {
        let rng = &mut Repeatable::default();
        let origin = Origin::random(rng);
        let log_key = LogKey::generate(&origin, rng).unwrap();
        let mut people = [0, 1, 2].map(|party| Person::new(&origin, party, rng));
        let roster = found_roster(&origin, &log_key, &people, rng);
        let purpose = Clause::new("1", "en", "To end the fighting in the Orrin valley.");
        let charter = charter::draft(&roster, Some("Orrin talks"), vec![purpose], None);
        let charter = complete(&charter.propose(rng).unwrap(), &people, &roster);
        let (mut agnes, first) = Depositary::found(&log_key, &charter, NOW, rng).unwrap();
        let anchor = Anchor::Charter(charter.digest());
        let (mut replica, _) = Replica::open(&first, &anchor).unwrap();
        let mut stamps = stamp_by_all(&mut people, &mut replica, NOW);
        for stamp in &stamps {
            agnes.add_stamp(stamp).unwrap();
        }

        let proposal = ceasefire(&origin, &people, &agnes).propose(rng).unwrap();
        let signature = proposal.sign(&people[1].persona, NOW).unwrap();
        let document = complete(&proposal, &people, &roster);
        let (second, _) = Depositary::new(&mut agnes, &log_key).record(&document, NOW, rng).unwrap();
        replica.accept(&second).unwrap();
        stamps.extend(stamp_by_all(&mut people, &mut replica, NOW + 60));
        let entries = vec![first, second];
        Self { replica, roster, entries, proposal, signature, document, stamps }
    }

    /// Clauses 2 and 5 of the ceasefire, without names.
    pub fn disclose(&self) -> Disclosure {
        let choice = Choice::by_number(1, &self.document, &["2", "5"]).unwrap();
        let request = Request { choices: vec![choice], without_consent: true, ..Request::default() };
        let stored = |index: u64| Some(self.entries.get(index as usize)?.to_bytes());
        Disclosure::build(&self.replica, &request, &stored).unwrap()
    }
}

fn found_roster(origin: &Origin, log_key: &LogKey, people: &[Person], rng: &mut Repeatable) -> Roster {
    let sides = [1, 2]
        .map(|party| Side { party: Party(party), principal: Some(PrincipalSecret::generate(rng).public()) });
    let members = people.iter().map(|person| match person.party {
        Party(0) => person.member("intermediary", Scope::Explore),
        _ => person.member("head", Scope::Commit),
    });
    let rule = DisclosureRule::AnyMember;
    let (sides, members) = (sides.to_vec(), members.collect());
    Roster::founding(origin.clone(), log_key.verifier(), rule, sides, members).unwrap()
}

fn ceasefire(origin: &Origin, people: &[Person], agnes: &Replica) -> Draft {
    let parties = Value::object([("1", "North".into()), ("2", "South".into())]);
    let draft = Draft::new(Kind::UNDERSTANDING, origin.clone(), agnes.seen())
        .not_after(NOW + 86_400)
        .property("title", "Limited ceasefire")
        .property("parties", parties)
        .signer(people[1].signer(Capacity::Binds))
        .signer(people[2].signer(Capacity::Binds))
        .signer(people[0].signer(Capacity::Witnesses));
    (1..=7).fold(draft, |draft, number: u16| {
        let text = format!("Clause {number}: up to {number}0 persons a day cross on foot.");
        draft.clause(Clause::new(&number.to_string(), "en", &text))
    })
}

fn complete(proposal: &Proposal, people: &[Person], roster: &Roster) -> Document {
    let signatures: Vec<Signature> =
        people.iter().map(|person| proposal.sign(&person.persona, NOW).unwrap()).collect();
    proposal.complete(&signatures, roster).unwrap()
}

fn stamp_by_all(people: &mut [Person], replica: &mut Replica, now: u64) -> Vec<Stamp> {
    people.iter_mut().map(|person| person.stamp(replica, now)).collect()
}
