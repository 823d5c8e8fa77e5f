//! North, South and Agnes, the intermediary, with a record of their own.

use std::cell::Cell;
use std::collections::BTreeMap;

use entente_record::about::About;
use entente_record::consent::Release;
use entente_record::depositary::Depositary;
use entente_record::disclosure::{Choice, Disclosure, Request};
use entente_record::document::{Clause, Document, Draft, Kind, Proposal, Seen, Signer, SignerKeys};
use entente_record::entry_bundle::EntryBundle;
use entente_record::finding::{Finding, Says};
use entente_record::full_powers::Powers;
use entente_record::json::Value;
use entente_record::log_key::LogKey;
use entente_record::origin::Origin;
use entente_record::party::{Capacity, Party};
use entente_record::persona::PersonaSecret;
use entente_record::principal::PrincipalSecret;
use entente_record::replica::{Anchor, Refusal, Replica};
use entente_record::roster::{DisclosureRule, Member, RoleCode, Roster, Scope, Side, Witnesses};
use entente_record::stamp::{Stamp, StampMemory, StampingKey};
use entente_record::statement::{Authoring, Destination, Statement};
use entente_record::{charter, roster_change, unattributed};
use rand_core::{Infallible, TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};

pub const NOW: u64 = 1_790_000_000;
pub const LATER: u64 = NOW + 86_400;

thread_local! {
    static DRAWN: Cell<u64> = const { Cell::new(0) };
}

/// Random numbers that are the same on every run of a test. Never outside tests.
pub struct Rng(u64);

/// The next stream of random numbers of this test.
pub fn rng() -> Rng {
    Rng(DRAWN.replace(DRAWN.get() + 1) << 32)
}

/// Begins the streams again, for tests that pin bytes.
pub fn same_every_time() {
    DRAWN.set(0);
}

impl TryRng for Rng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(32) {
            self.0 += 1;
            chunk.copy_from_slice(&Sha256::digest(self.0.to_be_bytes())[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Rng {}

/// One member with everything it holds.
pub struct Person {
    pub party: Party,
    pub secret: PersonaSecret,
    pub stamping: StampingKey,
    pub memory: StampMemory,
    pub replica: Option<Replica>,
}

impl Person {
    pub fn new(origin: &Origin, party: u16, name: &str) -> Self {
        let key_name = format!("{origin}/{name}").parse_name();
        Self {
            party: Party(party),
            secret: PersonaSecret::generate(&mut rng()),
            stamping: StampingKey::generate(key_name, &mut rng()),
            memory: StampMemory::new(origin.as_str().to_string().parse_name()),
            replica: None,
        }
    }

    pub fn member(&self, role: &str, scope: Scope) -> Member {
        Member {
            party: self.party,
            role: RoleCode::parse(role).unwrap(),
            persona: self.secret.persona().clone(),
            cosigner: self.stamping.verifier(),
            scope,
        }
    }

    pub fn signer(&self, capacity: Capacity) -> Signer {
        let keys = SignerKeys::Persona(self.secret.persona().id());
        Signer { party: self.party, capacity, keys }
    }

    pub fn replica(&self) -> &Replica {
        self.replica.as_ref().unwrap()
    }

    pub fn stamp(&mut self, now: u64) -> Stamp {
        let prepared = self.replica().prepare_stamp(&self.memory, now).unwrap();
        self.memory = prepared.memory().clone();
        prepared.give(&self.stamping, now).unwrap()
    }
}

pub trait ParseName {
    fn parse_name(&self) -> entente_log::signed_note::KeyName;
}

impl ParseName for String {
    fn parse_name(&self) -> entente_log::signed_note::KeyName {
        entente_log::signed_note::KeyName::parse(self).unwrap()
    }
}

/// A record and its people; people 0, 1 and 2 are Agnes, North and South.
pub struct World {
    pub origin: Origin,
    pub log_key: LogKey,
    pub people: Vec<Person>,
    pub principals: [PrincipalSecret; 2],
    pub entries: Vec<EntryBundle>,
    pub stamps: Vec<Stamp>,
    /// Whether the charter's roster has person 3 as a second delegate.
    pub second_delegate: bool,
    /// Witnesses that the charter names, and how many of them make a quorum with one side.
    pub witnesses: (Vec<StampingKey>, usize),
    /// What the charter says of releases.
    pub rule: DisclosureRule,
}

pub const AGNES: usize = 0;
pub const NORTH: usize = 1;
pub const SOUTH: usize = 2;

impl World {
    /// A record with its charter recorded and stamped by all.
    pub fn founded() -> Self {
        Self::unfounded().found()
    }

    /// The same, with this rule on releases.
    pub fn founded_under(rule: DisclosureRule) -> Self {
        Self { rule, ..Self::unfounded() }.found()
    }

    /// The same, with a charter that names two witnesses and asks for `quorum` of them.
    pub fn witnessed(quorum: usize) -> Self {
        let mut world = Self::unfounded();
        let key = |name: &str| StampingKey::generate(name.to_string().parse_name(), &mut rng());
        world.witnesses = (vec![key("w1.example"), key("w2.example")], quorum);
        world.found()
    }

    fn found(self) -> Self {
        let mut world = self;
        let charter = world.charter();
        let (replica, bundle) = Depositary::found(&world.log_key, &charter, NOW, &mut rng()).unwrap();
        world.people[AGNES].replica = Some(replica);
        let anchor = Anchor::Charter(charter.digest());
        for person in &mut world.people[1..] {
            person.replica = Some(Replica::open(&bundle, &anchor).unwrap().0);
        }
        world.entries.push(bundle);
        world.stamp_by_all(NOW);
        world
    }

    pub fn unfounded() -> Self {
        let origin = Origin::random(&mut rng());
        let people =
            vec![Person::new(&origin, 0, "a"), Person::new(&origin, 1, "n"), Person::new(&origin, 2, "s")];
        let principals = [PrincipalSecret::generate(&mut rng()), PrincipalSecret::generate(&mut rng())];
        let log_key = LogKey::generate(&origin, &mut rng()).unwrap();
        Self {
            origin,
            log_key,
            people,
            principals,
            entries: Vec::new(),
            stamps: Vec::new(),
            second_delegate: false,
            witnesses: (Vec::new(), 0),
            rule: DisclosureRule::AnyMember,
        }
    }

    pub fn roster(&self) -> Roster {
        let side = |party: u16| Side {
            party: Party(party),
            principal: Some(self.principals[usize::from(party) - 1].public()),
        };
        let mut members = vec![
            self.people[AGNES].member("intermediary", Scope::Explore),
            self.people[NORTH].member("head", Scope::Commit),
            self.people[SOUTH].member("head", Scope::Commit),
        ];
        if self.second_delegate {
            members.push(self.people[3].member("delegate", Scope::Commit));
        }
        let roster = Roster::founding(
            self.origin.clone(),
            self.log_key.verifier(),
            self.rule,
            vec![side(1), side(2)],
            members,
        )
        .unwrap();
        let (witnesses, quorum) = &self.witnesses;
        if witnesses.is_empty() {
            return roster;
        }
        let keys = witnesses.iter().map(StampingKey::verifier).collect();
        roster.with_witnesses(Witnesses { quorum: *quorum, keys }).unwrap()
    }

    pub fn charter(&self) -> Document {
        let roster = self.roster();
        let purpose = Clause::new("1", "en", "To end the fighting in the Orrin valley.");
        let draft = charter::draft(&roster, Some("Orrin talks"), vec![purpose], Some(LATER));
        let proposal = draft.propose(&mut rng()).unwrap();
        let everybody: Vec<usize> = (0..roster.members().len()).collect();
        self.complete(&proposal, &everybody, &roster)
    }

    pub fn complete(&self, proposal: &Proposal, who: &[usize], roster: &Roster) -> Document {
        let sign = |person: &usize| proposal.sign(&self.people[*person].secret, NOW).unwrap();
        let signatures: Vec<_> = who.iter().map(sign).collect();
        proposal.complete(&signatures, roster).unwrap()
    }

    pub fn seen(&self) -> Seen {
        self.people[AGNES].replica().seen()
    }

    pub fn draft(&self, kind: Kind) -> Draft {
        Draft::new(kind, self.origin.clone(), self.seen())
            .property("title", "Limited ceasefire")
            .property("parties", Value::object([("1", "North".into()), ("2", "South".into())]))
    }

    pub fn ceasefire_draft(&self) -> Draft {
        let clauses = (1..=7).map(|number| {
            let clause = Clause::new(&number.to_string(), "en", &format!("Clause {number}: forty metres."));
            if number == 5 { clause.with(&[1]) } else { clause }
        });
        let draft = self.draft(Kind::UNDERSTANDING).not_after(LATER);
        let draft = draft
            .signer(self.people[NORTH].signer(Capacity::Binds))
            .signer(self.people[SOUTH].signer(Capacity::Binds))
            .signer(self.people[AGNES].signer(Capacity::Witnesses));
        clauses.fold(draft, Draft::clause)
    }

    pub fn ceasefire(&self) -> Document {
        let proposal = self.ceasefire_draft().propose(&mut rng()).unwrap();
        let roster = self.people[AGNES].replica().roster().unwrap();
        self.complete(&proposal, &[NORTH, SOUTH, AGNES], roster)
    }

    /// The whole of the understanding that the entry of this index made.
    pub fn about(&self, index: u64) -> About {
        About::whole(self.people[AGNES].replica().entry_status(index).unwrap().id, index)
    }

    /// A draft of an entry about an understanding.
    pub fn draft_about(&self, kind: Kind, about: &About, signers: &[(usize, Capacity)]) -> Draft {
        let draft = Draft::new(kind, self.origin.clone(), self.seen())
            .property("about", about.to_json())
            .clause(Clause::new("1", "en", "In clause 3, read sixty for forty."));
        let signers = signers.iter().map(|(who, capacity)| self.people[*who].signer(*capacity));
        signers.fold(draft, Draft::signer)
    }

    /// The same, signed.
    pub fn entry_about(&self, kind: Kind, about: &About, who: &[usize]) -> Document {
        self.signed(&self.draft_by(kind, about, who), who)
    }

    /// A draft of an entry about an understanding that binds these people's sides.
    pub fn draft_by(&self, kind: Kind, about: &About, who: &[usize]) -> Draft {
        let signers: Vec<_> = who.iter().map(|who| (*who, Capacity::Binds)).collect();
        self.draft_about(kind, about, &signers)
    }

    /// A report about an understanding; the last of its signers dissents, if there are two or more.
    pub fn report(&self, about: &About, says: Says, who: &[usize]) -> Document {
        self.signed(&self.report_draft(about, says, who), who)
    }

    pub fn report_draft(&self, about: &About, says: Says, who: &[usize]) -> Draft {
        let dissents = if who.len() > 1 { vec![1] } else { Vec::new() };
        let last = who.len() - 1;
        let capacity = |at: usize| if at > 0 && at == last { Capacity::Dissents } else { Capacity::States };
        let signers: Vec<_> = who.iter().enumerate().map(|(at, who)| (*who, capacity(at))).collect();
        self.draft_about(Kind::REPORT, about, &signers)
            .property("finding", Finding { says, dissents }.to_json())
            .clause(Clause::new("2", "en", "I was not on site."))
    }

    pub fn signed(&self, draft: &Draft, who: &[usize]) -> Document {
        let proposal = draft.propose(&mut rng()).unwrap();
        self.complete(&proposal, who, self.people[AGNES].replica().roster().unwrap())
    }

    pub fn amendment(&self, index: u64) -> Document {
        self.entry_about(Kind::AMENDMENT, &self.about(index), &[NORTH, SOUTH])
    }

    pub fn statement(&self, who: usize) -> Document {
        let statement = Statement {
            to: Destination::Talks,
            serial: 1,
            previous: None,
            text: BTreeMap::from([("en".to_string(), "We will keep the road open.".to_string())]),
            more: BTreeMap::new(),
        };
        let person = &self.people[who];
        let authoring = Authoring {
            kind: &Kind::STATEMENT,
            origin: &self.origin,
            seen: self.seen(),
            party: person.party,
        };
        statement.sign(authoring, &person.secret, NOW, &mut rng()).unwrap()
    }

    /// Every side's consent to showing these, to Paul, for a day.
    pub fn consent(&self, choices: Vec<Choice>) -> Document {
        let request = Request { choices, ..Request::default() };
        self.consent_to(&request, NOW)
    }

    pub fn consent_to(&self, request: &Request, not_before: u64) -> Document {
        let replica = self.people[NORTH].replica();
        let extent = Disclosure::extent(replica, request, &self.stored()).unwrap();
        let (audience, expires) = ("Paul".to_string(), not_before + 86_400);
        let release = Release { audience, extent, not_before, expires };
        let signers = [NORTH, SOUTH].map(|who| self.people[who].signer(Capacity::Binds));
        let draft = release.draft(self.origin.clone(), self.seen(), &signers);
        let proposal = draft.propose(&mut rng()).unwrap();
        self.complete(&proposal, &[NORTH, SOUTH], replica.roster().unwrap())
    }

    /// The entries as they are stored.
    pub fn stored(&self) -> impl Fn(u64) -> Option<Vec<u8>> + '_ {
        |index| Some(self.entries.get(index as usize)?.to_bytes())
    }

    /// A letter of full powers for one of the people, given by the principal of its side.
    pub fn letter(&self, who: usize, change: impl FnOnce(&mut Powers)) -> Document {
        let party = self.people[who].party;
        self.letter_of(&self.principals[usize::from(party.0) - 1], party, who, change)
    }

    pub fn letter_of(
        &self,
        principal: &PrincipalSecret,
        party: Party,
        who: usize,
        change: impl FnOnce(&mut Powers),
    ) -> Document {
        let by = SignerKeys::Principal(principal.public().thumbprint());
        let proposal = self.powers(party, by, who, change);
        let signature = proposal.sign_as_principal(principal, NOW).unwrap();
        proposal.complete(&[signature], &principal.public()).unwrap()
    }

    /// A letter that one of the people gives to another.
    pub fn letter_by(&self, head: usize, who: usize, change: impl FnOnce(&mut Powers)) -> Document {
        let head = &self.people[head];
        let by = SignerKeys::Persona(head.secret.persona().id());
        let proposal = self.powers(head.party, by, who, change);
        let signature = proposal.sign(&head.secret, NOW).unwrap();
        proposal.complete(&[signature], head.secret.persona()).unwrap()
    }

    fn powers(&self, party: Party, by: SignerKeys, who: usize, change: impl FnOnce(&mut Powers)) -> Proposal {
        let delegate = self.people[who].secret.persona().id();
        let (scope, from, until, expires, may_delegate) = (Scope::Commit, 0, None, None, false);
        let mut powers = Powers { delegate, scope, from, until, expires, may_delegate };
        change(&mut powers);
        let draft = powers.draft(self.origin.clone(), party, by, Some("Karim Haddad"));
        draft.propose(&mut rng()).unwrap()
    }

    /// Words of one member without its name.
    pub fn unattributed(&self, who: usize, words: &str) -> Document {
        let person = &self.people[who];
        let clauses = vec![Clause::new("1", "en", words)];
        let author = person.secret.persona().id();
        let draft = unattributed::draft(person.replica(), person.party, &author, clauses).unwrap();
        let proposal = draft.propose(&mut rng()).unwrap();
        let signature = proposal.sign(&person.secret, NOW).unwrap();
        proposal.complete(&[signature], person.secret.persona()).unwrap()
    }

    pub fn admission(&self, member: Member) -> Document {
        let replica = self.people[AGNES].replica();
        let signers: Vec<_> =
            [NORTH, SOUTH].iter().map(|who| self.people[*who].secret.persona().id()).collect();
        let roster = replica.roster().unwrap();
        let draft = roster_change::draft_admission(roster, replica.seen(), member, &signers).unwrap();
        self.complete(&draft.propose(&mut rng()).unwrap(), &[NORTH, SOUTH], roster)
    }

    pub fn succession(&self, old: usize, new: Member) -> Document {
        let replica = self.people[AGNES].replica();
        let roster = replica.roster().unwrap();
        let old = &self.people[old];
        let id = old.secret.persona().id();
        let draft = roster_change::draft_succession(roster, replica.seen(), &id, new).unwrap();
        let proposal = draft.propose(&mut rng()).unwrap();
        let principal = &self.principals[usize::from(old.party.0) - 1];
        let signature = proposal.sign_as_principal(principal, NOW).unwrap();
        proposal.complete(&[signature], roster).unwrap()
    }

    /// Records and gives to everybody, without stamps.
    pub fn record(&mut self, document: &Document) -> Result<u64, Refusal> {
        let log_key = &self.log_key;
        let agnes = self.people[AGNES].replica.as_mut().unwrap();
        let (bundle, accepted) = Depositary::new(agnes, log_key).record(document, NOW, &mut rng())?;
        let bundle = EntryBundle::parse(&bundle.to_bytes()).unwrap();
        for person in self.people.iter_mut().skip(1) {
            if let Some(replica) = &mut person.replica {
                replica.accept(&bundle).unwrap();
            }
        }
        self.entries.push(bundle);
        Ok(accepted.index)
    }

    pub fn record_and_stamp(&mut self, document: &Document) -> u64 {
        let index = self.record(document).unwrap();
        self.stamp_by_all(NOW + index + 1);
        index
    }

    pub fn stamp_by_all(&mut self, now: u64) {
        let everybody: Vec<usize> = (0..self.people.len()).collect();
        self.stamp_by(&everybody, now);
    }

    /// A witness's stamp on the latest checkpoint, which it has seen before nothing of.
    pub fn witness_stamp(&self, witness: &StampingKey, now: u64) -> Stamp {
        let fresh = StampMemory::new(self.origin.as_str().to_string().parse_name());
        let prepared = self.people[NORTH].replica().prepare_stamp(&fresh, now).unwrap();
        prepared.give(witness, now).unwrap()
    }

    pub fn stamp_by_witness(&mut self, witness: usize, now: u64) {
        let stamp = self.witness_stamp(&self.witnesses.0[witness], now);
        for person in &mut self.people {
            if let Some(replica) = &mut person.replica {
                replica.add_stamp(&stamp).unwrap();
            }
        }
        self.stamps.push(stamp);
    }

    pub fn stamp_by(&mut self, who: &[usize], now: u64) {
        for person in who {
            let stamp = self.people[*person].stamp(now);
            let stamp = Stamp::parse(&stamp.to_bytes()).unwrap();
            for other in &mut self.people {
                if let Some(replica) = &mut other.replica {
                    replica.add_stamp(&stamp).unwrap();
                }
            }
            self.stamps.push(stamp);
        }
    }
}
