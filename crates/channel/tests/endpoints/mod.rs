//! Endpoints on a virtual clock: people with channels and a post that carries what they send.
//!
//! Every channel and joining is stored and loaded around each step, as a client does it, and the
//! MLS storage is rolled back when a step fails.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

use std::collections::{BTreeMap, VecDeque};

use entente_channel::admission::{Act, Authority, Founder};
use entente_channel::channel::{Channel, Founding, Sent};
use entente_channel::context::{BindingSecret, Context, Own};
use entente_channel::effect::{Delivered, Effect, Outgoing};
use entente_channel::error::{Local, ReceiveError, Refusal, StepError};
use entente_channel::joining::invite::Invite;
use entente_channel::joining::{Inviting, Joining, Next};
use entente_channel::member::{AdmissionId, ChannelId, MemberId};
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::words::CheckWords;
use entente_log::cosignature::Cosigner;
use entente_log::ed25519::SecretKey;
use entente_log::signed_note::KeyName;
use entente_record::card::Card;
use entente_record::origin::Origin;
use entente_record::persona::PersonaSecret;
use entente_wire::grant::{Capability, SealKey};
use entente_wire::{DepositAddress, Grant, RelayAddress};
use getrandom::SysRng;
use getrandom::rand_core::{Rng, UnwrapErr};
use openmls_rust_crypto::MemoryStorage;

pub type Random = UnwrapErr<SysRng>;

pub fn rng() -> Random {
    UnwrapErr(SysRng)
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rng().fill_bytes(&mut bytes);
    bytes
}

/// Where a grant's mailbox leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Box_ {
    Channel,
    Invite(AdmissionId),
    Joining,
}

/// One person with one channel.
pub struct Person {
    pub name: &'static str,
    pub own: Own,
    pub secret: PersonaSecret,
    pub storage: MemoryStorage,
    pub channel: Option<Vec<u8>>,
    pub joining: Option<Vec<u8>>,
    pub seen: Vec<Effect>,
    pub refused: Vec<ReceiveError>,
}

/// Bytes on their way.
#[derive(Clone)]
pub struct Letter {
    pub to: usize,
    pub route: Box_,
    pub bytes: Vec<u8>,
}

/// Everybody, the post and the clock.
pub struct World {
    pub now: u64,
    pub origin: Origin,
    pub people: Vec<Person>,
    pub post: VecDeque<Letter>,
    pub boxes: BTreeMap<DepositAddress, (usize, Box_)>,
    /// Whether members give each other grants by themselves.
    pub grants: bool,
}

impl Person {
    pub fn new(name: &'static str, origin: &Origin) -> Self {
        let secret = PersonaSecret::generate(&mut rng());
        let binding = BindingSecret::generate(&mut rng());
        let own = Own { card: card(origin, &secret, binding.public()), binding };
        Self {
            name,
            own,
            secret,
            storage: MemoryStorage::default(),
            channel: None,
            joining: None,
            seen: Vec::new(),
            refused: Vec::new(),
        }
    }

    pub fn persona(&self) -> PersonaRef {
        self.secret.persona().id().into()
    }

    pub fn channel(&self) -> Channel {
        Channel::from_bytes(self.channel.as_ref().expect("in a channel")).unwrap()
    }

    pub fn joining(&self) -> Joining {
        Joining::from_bytes(self.joining.as_ref().expect("on the way in")).unwrap()
    }

    pub fn id(&self) -> MemberId {
        self.channel().me().id()
    }

    pub fn context<'a>(&'a self, now: u64, rng: &'a mut Random) -> Context<'a, MemoryStorage, Random> {
        Context { storage: &self.storage, own: &self.own, now, rng }
    }

    /// What was delivered, as text.
    pub fn heard(&self) -> Vec<String> {
        self.delivered().map(|d| String::from_utf8(d.message.clone()).unwrap()).collect()
    }

    pub fn delivered(&self) -> impl Iterator<Item = &Delivered> {
        self.seen.iter().filter_map(|effect| match effect {
            Effect::Delivered(delivered) => Some(delivered),
            _ => None,
        })
    }

    pub fn words(&self) -> CheckWords {
        let words = |effect: &Effect| match effect {
            Effect::Words { words, .. } => Some(*words),
            _ => None,
        };
        self.seen.iter().rev().find_map(words).expect("words were shown")
    }
}

pub fn card(origin: &Origin, secret: &PersonaSecret, binding: [u8; 32]) -> Vec<u8> {
    let cosigner =
        Cosigner::new(KeyName::parse("entente-cosigner").unwrap(), SecretKey::from_seed(&random()));
    Card::issue(origin, secret, binding, cosigner.verifier()).unwrap().to_bytes()
}

pub fn relay() -> RelayAddress {
    let key = SecretKey::from_seed(&[7; 32]).public();
    let key = entente_wire::RelayKey(*key.as_bytes());
    RelayAddress::new(key, "relay.example", 4433).unwrap()
}

pub fn fresh_grant() -> Grant {
    Grant::new(relay(), DepositAddress(random()), Capability::new(random()), SealKey::new(random()))
}

impl World {
    /// People who know nothing of each other yet.
    pub fn new<const N: usize>(names: [&'static str; N]) -> Self {
        let origin = Origin::random(&mut rng());
        Self {
            now: 1_803_859_200,
            people: names.into_iter().map(|name| Person::new(name, &origin)).collect(),
            origin,
            post: VecDeque::new(),
            boxes: BTreeMap::new(),
            grants: true,
        }
    }

    /// A grant whose mailbox leads to `who`.
    pub fn grant(&mut self, who: usize, route: Box_) -> Grant {
        let grant = fresh_grant();
        self.boxes.insert(grant.address(), (who, route));
        grant
    }

    /// Takes a step on somebody's channel, stores it, and posts what it sends.
    pub fn step<T, E: From<Local>>(
        &mut self,
        who: usize,
        step: impl FnOnce(&mut Channel, &mut Context<'_, MemoryStorage, Random>) -> Result<(T, Vec<Effect>), E>,
    ) -> Result<T, E> {
        let person = &self.people[who];
        let before = person.storage.values.read().unwrap().clone();
        let mut channel = person.channel();
        let result = step(&mut channel, &mut person.context(self.now, &mut rng()));
        match result {
            Ok((value, effects)) => {
                self.people[who].channel = Some(channel.to_bytes().unwrap().to_vec());
                self.effects(who, effects);
                Ok(value)
            }
            Err(error) => {
                *person.storage.values.write().unwrap() = before;
                let after = channel.to_bytes().unwrap().to_vec();
                assert_eq!(person.channel.as_ref(), Some(&after), "a failed step left a trace");
                Err(error)
            }
        }
    }

    pub fn effects(&mut self, who: usize, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(Outgoing { grant, bytes, .. }) => {
                    let (to, route) = self.boxes[&grant.address()];
                    self.post.push_back(Letter { to, route, bytes });
                }
                Effect::GrantWanted(member) if self.grants => {
                    let grant = self.grant(who, Box_::Channel);
                    self.people[who].seen.push(Effect::GrantWanted(member));
                    self.step(who, |channel, cx| {
                        Ok::<_, StepError>(((), channel.grant(cx, member, &grant)?))
                    })
                    .unwrap();
                }
                other => self.people[who].seen.push(other),
            }
        }
    }

    /// Delivers all there is, and all that follows from it. Refusals are noted with who refused.
    pub fn run(&mut self) {
        let mut put_off = 0;
        while let Some(letter) = self.post.pop_front() {
            if letter.route == Box_::Channel && self.people[letter.to].channel.is_none() {
                put_off += 1;
                assert!(put_off < 1000, "{} never gets a channel", self.people[letter.to].name);
                self.post.push_back(letter);
                continue;
            }
            if letter.route == Box_::Joining && self.people[letter.to].joining.is_none() {
                continue;
            }
            if let Err(error) = self.deliver(&letter) {
                self.people[letter.to].refused.push(error);
            }
        }
    }

    /// Delivers one letter.
    pub fn deliver(&mut self, letter: &Letter) -> Result<(), ReceiveError> {
        let bytes = &letter.bytes;
        match letter.route {
            Box_::Channel => self.step(letter.to, |channel, cx| Ok(((), channel.receive(cx, bytes)?))),
            Box_::Invite(admission) => {
                self.step(letter.to, |channel, cx| Ok(((), channel.answered(cx, admission, bytes)?)))
            }
            Box_::Joining => self.joining_step(letter.to, |joining, cx| joining.receive(cx, bytes)),
        }
    }

    pub fn joining_step<E>(
        &mut self,
        who: usize,
        step: impl FnOnce(Joining, &mut Context<'_, MemoryStorage, Random>) -> Result<(Next, Vec<Effect>), E>,
    ) -> Result<(), E> {
        let person = &self.people[who];
        let before = person.storage.values.read().unwrap().clone();
        let result = step(person.joining(), &mut person.context(self.now, &mut rng()));
        match result {
            Ok((next, effects)) => {
                let person = &mut self.people[who];
                person.joining = None;
                match next {
                    Next::Joining(joining) => {
                        person.joining = Some(joining.to_bytes().unwrap().to_vec());
                    }
                    Next::Channel(channel) => {
                        person.channel = Some(channel.to_bytes().unwrap().to_vec());
                    }
                    Next::Ended => {}
                }
                self.effects(who, effects);
                Ok(())
            }
            Err(error) => {
                *person.storage.values.write().unwrap() = before;
                Err(error)
            }
        }
    }

    pub fn found(&mut self, who: usize, party: u16) {
        let founding = Founding {
            channel: ChannelId(random()),
            term: 1,
            origin: self.origin.clone(),
            party,
            role: "head".into(),
        };
        let person = &self.people[who];
        let channel = Channel::found(&mut person.context(self.now, &mut rng()), founding).unwrap();
        self.people[who].channel = Some(channel.to_bytes().unwrap().to_vec());
    }

    pub fn invite(&mut self, by: usize, party: u16, admission: Option<AdmissionId>) -> Invite {
        let mailbox = fresh_grant();
        let address = mailbox.address();
        let inviting =
            Inviting { party, role: "head".into(), mailbox, expires: self.now + 86_400, admission };
        let person = &self.people[by];
        let mut channel = person.channel();
        let invite = channel.invite(&mut person.context(self.now, &mut rng()), inviting).unwrap();
        self.people[by].channel = Some(channel.to_bytes().unwrap().to_vec());
        self.boxes.insert(address, (by, Box_::Invite(invite.admission())));
        Invite::from_text(&invite.to_text()).unwrap()
    }

    pub fn answer(&mut self, who: usize, invite: &Invite) -> Result<(), StepError> {
        let mailbox = self.grant(who, Box_::Joining);
        let person = &self.people[who];
        let (joining, effects) = Joining::answer(&mut person.context(self.now, &mut rng()), invite, mailbox)?;
        self.people[who].joining = Some(joining.to_bytes().unwrap().to_vec());
        self.effects(who, effects);
        Ok(())
    }

    /// The convener's person says that the words match.
    pub fn inviter_matches(&mut self, who: usize, admission: AdmissionId) {
        let grant = self.grant(who, Box_::Channel);
        self.step(who, |channel, cx| Ok::<_, StepError>(((), channel.words_match(cx, admission, &grant)?)))
            .unwrap();
    }

    /// The joiner's person says that the words match.
    pub fn joiner_matches(&mut self, who: usize) {
        let grant = self.grant(who, Box_::Channel);
        self.joining_step(who, |joining, cx| joining.words_match(cx, &grant)).unwrap();
    }

    /// From invite to words, which are equal.
    pub fn until_words(
        &mut self,
        by: usize,
        who: usize,
        party: u16,
        admission: Option<AdmissionId>,
    ) -> AdmissionId {
        let invite = self.invite(by, party, admission);
        self.answer(who, &invite).unwrap();
        self.run();
        assert_eq!(self.people[by].words(), self.people[who].words());
        invite.admission()
    }

    /// A whole joining by check words.
    pub fn join(&mut self, by: usize, who: usize, party: u16) -> AdmissionId {
        let admission = self.until_words(by, who, party, None);
        self.joiner_matches(who);
        self.inviter_matches(by, admission);
        self.run();
        assert!(self.people[who].channel.is_some(), "{} is in", self.people[who].name);
        admission
    }

    pub fn say(&mut self, who: usize, words: &str) -> Sent {
        self.step(who, |channel, cx| channel.send(cx, words.as_bytes())).unwrap()
    }

    pub fn update(&mut self, who: usize) {
        self.step(who, |channel, cx| Ok::<_, StepError>(((), channel.update(cx)?))).unwrap();
    }

    /// Takes out what is on its way to somebody.
    pub fn intercept(&mut self, to: usize) -> Vec<Letter> {
        let (taken, left): (Vec<_>, Vec<_>) = self.post.drain(..).partition(|letter| letter.to == to);
        self.post = left.into();
        taken
    }

    pub fn founder(&self, who: usize, party: u16) -> Founder {
        Founder { persona: self.people[who].persona(), party, role: "head".into() }
    }

    /// Pins the same founders at each of them.
    pub fn pin(&mut self, founders: &[(usize, u16)]) {
        let pinned: Vec<Founder> = founders.iter().map(|(who, party)| self.founder(*who, *party)).collect();
        for (who, _) in founders {
            let mut channel = self.people[*who].channel();
            channel.pin(pinned.clone()).unwrap();
            self.people[*who].channel = Some(channel.to_bytes().unwrap().to_vec());
        }
    }

    pub fn authority(&self, act: Act, admission: AdmissionId, who: usize, party: u16) -> Authority {
        Authority {
            act,
            admission,
            persona: self.people[who].persona(),
            party,
            role: "head".into(),
            roster_version: 1,
            expires: self.now + 86_400,
        }
    }

    pub fn authorise(&mut self, at: usize, authority: Authority) {
        self.step(at, |channel, cx| Ok::<_, StepError>(((), channel.authorise(cx, authority)?))).unwrap();
    }

    pub fn approve(&mut self, who: usize, admission: AdmissionId) -> Result<(), StepError> {
        self.step(who, |channel, cx| Ok::<_, StepError>(((), channel.approve(cx, admission)?)))
    }

    pub fn approve_removal(&mut self, who: usize, removal: AdmissionId) -> Result<(), StepError> {
        self.step(who, |channel, cx| Ok::<_, StepError>(((), channel.approve_removal(cx, removal)?)))
    }

    pub fn refusals(&self, who: usize) -> Vec<Refusal> {
        self.people[who]
            .refused
            .iter()
            .map(|error| match error {
                ReceiveError::Refused(refusal) => *refusal,
                ReceiveError::Local(local) => panic!("a local fault: {local}"),
            })
            .collect()
    }

    /// Nobody refused anything.
    pub fn all_accepted(&self) {
        for person in &self.people {
            assert_eq!(person.refused, [], "{}", person.name);
        }
    }
}

pub const AGNES: usize = 0;
pub const NORTH: usize = 1;
pub const SOUTH: usize = 2;
pub const STRANGER: usize = 3;

/// Agnes convenes; North and South are in one channel with her, and the founders are pinned.
pub fn three() -> World {
    let mut world = World::new(["Agnes", "North", "South", "the stranger"]);
    world.found(AGNES, 0);
    world.join(AGNES, NORTH, 1);
    world.join(AGNES, SOUTH, 2);
    world.all_accepted();
    world.pin(&[(AGNES, 0), (NORTH, 1), (SOUTH, 2)]);
    world
}
