//! The joiner's steps.

use entente_record::origin::Origin;
use entente_wire::grant::Grant;
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::beacon::Beacon;
use crate::binding::{Binding, Setting, Side};
use crate::channel::{Channel, StateError};
use crate::context::Context;
use crate::effect::{Effect, Outgoing};
use crate::error::{Local, ReceiveError, Refusal, StepError};
use crate::frame::{Body, Frame};
use crate::joining::invite::Invite;
use crate::joining::notice::{
    Answer, DIFFER, JoiningMessage, Match, Reveal, commitment, seal_answer, transcript, verdict_mac,
    verdict_verifies,
};
use crate::joining::second::answer_digest;
use crate::leaf::{CardFacts, Leaf, LeafSecret, Place};
use crate::member::{AdmissionId, Member, MemberId};
use crate::provider::Provider;
use crate::text::codec;
use crate::text::digest::Digest;
use crate::words::CheckWords;

/// A joiner's step failed. The `Joining` it was called on still stands.
pub type JoinError = ReceiveError;

/// Somebody on the way into a channel. Stored between the steps: [`Self::to_bytes`].
#[derive(Clone, Serialize, Deserialize)]
pub enum Joining {
    /// The answer is out.
    Reveal(AwaitingReveal),
    /// Both sides see the words.
    Words(AwaitingWords),
    /// We said that they match.
    Welcome(AwaitingWelcome),
}

/// What a joining became.
#[allow(clippy::large_enum_variant, reason = "one at a time, and moved into storage at once")]
pub enum Next {
    /// It goes on.
    Joining(Joining),
    /// We are in.
    Channel(Box<Channel>),
    /// There is no admission.
    Ended,
}

/// The answer is out; the reveal is awaited.
#[derive(Clone, Serialize, Deserialize)]
pub struct AwaitingReveal {
    invite: Vec<u8>,
    answer: Vec<u8>,
    secret: LeafSecret,
    /// Party and role are still to be revealed.
    leaf: Leaf,
    facts: CardFacts,
}

/// The words are shown; both people's word is awaited.
#[derive(Clone, Serialize, Deserialize)]
pub struct AwaitingWords {
    entry: Entry,
    /// The convener said that they match, and gave its grant.
    theirs: Option<Grant>,
}

/// We said that the words match; the Welcome is awaited.
#[derive(Clone, Serialize, Deserialize)]
pub struct AwaitingWelcome {
    pub(crate) entry: Entry,
    pub(crate) theirs: Option<Grant>,
    /// The members but the convener, with whom we share a binding.
    pub(crate) company: Vec<(Member, Binding)>,
}

/// What stays the same from the reveal on.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) setting: Setting,
    pub(crate) origin: String,
    pub(crate) admission: AdmissionId,
    pub(crate) secret: LeafSecret,
    pub(crate) me: Member,
    /// Our binding key's public half.
    pub(crate) d: [u8; 32],
    pub(crate) convener: Member,
    pub(crate) binding: Binding,
    pub(crate) words: CheckWords,
    pub(crate) transcript: Digest,
    /// The invite's one-time mailbox.
    pub(crate) mailbox: Grant,
}

/// The version of a stored joining.
const STORED_VERSION: u16 = 1;

impl Joining {
    /// Answers an invite with a fresh leaf. `mailbox` is a one-time grant for the convener to
    /// reply to. The leaf's private keys go to the storage.
    ///
    /// # Errors
    /// [`StepError::Expired`], [`StepError::OwnCard`].
    pub fn answer<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        cx: &mut Context<'_, S, R>,
        invite: &Invite,
        mailbox: Grant,
    ) -> Result<(Self, Vec<Effect>), StepError> {
        if cx.now > invite.expires() {
            return Err(StepError::Expired);
        }
        let provider = Provider::new(cx.storage);
        let secret = LeafSecret::generate(cx.rng);
        let place = Place { card: cx.own.card.clone(), party: 0, role: String::new() };
        let (leaf, key_package) = secret.key_package(&provider, place)?;
        let facts = own_facts(&leaf, invite.origin(), cx.own.binding.public())?;
        let plain = Answer { random: cx.random(), card: cx.own.card.clone(), key_package, mailbox };
        let answer = seal_answer(&plain, invite)?;
        let bytes = JoiningMessage::Answer(answer.clone()).write()?;
        let send = Effect::Send(Outgoing {
            to: leaf.reference,
            grant: invite.mailbox().clone(),
            joining: true,
            bytes,
        });
        let invite = invite.as_bytes().to_vec();
        Ok((Self::Reveal(AwaitingReveal { invite, answer, secret, leaf, facts }), vec![send]))
    }

    /// Takes in a message that came to one of our mailboxes.
    ///
    /// # Errors
    /// [`ReceiveError`]; the joining as it was still stands.
    pub fn receive<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &self,
        cx: &mut Context<'_, S, R>,
        bytes: &[u8],
    ) -> Result<(Next, Vec<Effect>), JoinError> {
        let message = JoiningMessage::parse(bytes)?;
        match (self.clone(), message) {
            (Self::Reveal(step), JoiningMessage::Reveal(reveal)) => step.reveal(cx, &reveal),
            (Self::Reveal(step), JoiningMessage::Used(answer)) => step.used(answer),
            (Self::Words(step), JoiningMessage::Frame(frame)) => step.frame(cx, &frame),
            (Self::Welcome(step), JoiningMessage::Frame(frame)) => step.frame(cx, &frame),
            _ => Err(Refusal::OutOfStep.into()),
        }
    }

    /// Our person says that the words match. `grant` is the convener's permanent one to our
    /// mailbox of this channel.
    ///
    /// # Errors
    /// [`StepError::UnknownAdmission`] at any other step.
    pub fn words_match<S, R: CryptoRng + ?Sized>(
        self,
        cx: &mut Context<'_, S, R>,
        grant: &Grant,
    ) -> Result<(Next, Vec<Effect>), StepError> {
        let Self::Words(step) = self else {
            return Err(StepError::UnknownAdmission);
        };
        let AwaitingWords { entry, theirs } = step;
        let matched = Match::make(&entry.binding, entry.admission, entry.transcript, grant, cx.rng)?;
        let effects = vec![
            entry.send(&Body::Match(matched))?,
            Effect::WordsMatch { admission: entry.admission, by_us: true },
        ];
        let next = AwaitingWelcome { entry, theirs, company: Vec::new() };
        Ok((Next::Joining(Self::Welcome(next)), effects))
    }

    /// Our person says that the words differ: the end of it, and the other side is told.
    ///
    /// # Errors
    /// [`StepError::UnknownAdmission`] before there are words.
    pub fn words_differ(self) -> Result<(Next, Vec<Effect>), StepError> {
        let (Self::Words(AwaitingWords { entry, .. }) | Self::Welcome(AwaitingWelcome { entry, .. })) = self
        else {
            return Err(StepError::UnknownAdmission);
        };
        let mac = verdict_mac(&entry.binding, entry.admission, DIFFER, entry.transcript);
        let effects = vec![
            entry.send(&Body::Differ(mac))?,
            Effect::WordsDiffer { admission: entry.admission, by_us: true },
        ];
        Ok((Next::Ended, effects))
    }

    /// The words, once there are any.
    #[must_use]
    pub fn words(&self) -> Option<CheckWords> {
        self.entry().map(|entry| entry.words)
    }

    /// The convener as it revealed itself: persona, party, role.
    #[must_use]
    pub fn convener(&self) -> Option<&Member> {
        self.entry().map(|entry| &entry.convener)
    }

    /// The party and the role that we are to have, as revealed.
    #[must_use]
    pub fn place(&self) -> Option<(u16, &str)> {
        self.entry().map(|entry| (entry.me.leaf.party, entry.me.leaf.role.as_str()))
    }

    fn entry(&self) -> Option<&Entry> {
        match self {
            Self::Reveal(_) => None,
            Self::Words(step) => Some(&step.entry),
            Self::Welcome(step) => Some(&step.entry),
        }
    }

    /// The stored form: version (2 bytes, big endian), then this value.
    ///
    /// # Errors
    /// [`StateError::TooLarge`].
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, StateError> {
        crate::channel::stored(STORED_VERSION, self)
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        crate::channel::restored(STORED_VERSION, bytes)
    }
}

impl AwaitingReveal {
    /// Somebody else was first, says whoever could open our answer.
    fn used(self, answer: Digest) -> Result<(Next, Vec<Effect>), JoinError> {
        if answer != answer_digest(&self.invite, &self.answer) {
            return Err(Refusal::NotForUs.into());
        }
        let admission = Invite::from_bytes(&self.invite)?.admission();
        Ok((Next::Ended, vec![Effect::InviteUsed { admission }]))
    }

    fn reveal<S, R: ?Sized>(
        mut self,
        cx: &mut Context<'_, S, R>,
        bytes: &[u8],
    ) -> Result<(Next, Vec<Effect>), JoinError> {
        let invite = Invite::from_bytes(&self.invite)?;
        if commitment(bytes) != invite.commitment() {
            return Err(Refusal::BadReveal.into());
        }
        let reveal: Reveal = codec::decode(bytes).map_err(|_| Refusal::Malformed)?;
        let setting = Setting { channel: reveal.channel, term: reveal.term, group: reveal.group };
        let convener = reveal.convener.card_facts(invite.origin())?;
        self.leaf.party = reveal.party;
        self.leaf.role.clone_from(&reveal.role);
        let binding = Binding::derive(
            &setting,
            &cx.own.binding.exchange(),
            &self.secret.exchange(),
            Side { persona: &self.facts.persona, d: &self.facts.d, leaf: &self.leaf },
            Side { persona: &convener.persona, d: &convener.d, leaf: &reveal.convener },
        )?;
        let words = CheckWords::of(&self.invite, &self.answer, bytes);
        let entry = Entry {
            setting,
            origin: invite.origin().as_str().to_owned(),
            admission: invite.admission(),
            secret: self.secret,
            d: self.facts.d,
            me: self.leaf.member(self.facts, None, cx.now),
            convener: reveal.convener.member(convener, None, cx.now),
            binding,
            words,
            transcript: transcript(&self.invite, &self.answer, bytes),
            mailbox: invite.mailbox().clone(),
        };
        let effects = vec![Effect::Words { admission: entry.admission, words }];
        let next = AwaitingWords { entry, theirs: None };
        Ok((Next::Joining(Joining::Words(next)), effects))
    }
}

impl AwaitingWords {
    fn frame<S, R: ?Sized>(
        mut self,
        _cx: &mut Context<'_, S, R>,
        frame: &[u8],
    ) -> Result<(Next, Vec<Effect>), JoinError> {
        match self.entry.open(frame)? {
            Body::Match(matched) => {
                self.theirs = Some(self.entry.check(&matched)?);
                let effects = vec![Effect::WordsMatch { admission: self.entry.admission, by_us: false }];
                Ok((Next::Joining(Joining::Words(self)), effects))
            }
            Body::Differ(mac) => self.entry.differ(&mac),
            _ => Err(Refusal::OutOfStep.into()),
        }
    }
}

impl AwaitingWelcome {
    fn frame<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        mut self,
        cx: &mut Context<'_, S, R>,
        frame: &[u8],
    ) -> Result<(Next, Vec<Effect>), JoinError> {
        match self.entry.open(frame)? {
            Body::Match(matched) => {
                self.theirs = Some(self.entry.check(&matched)?);
                let effects = vec![Effect::WordsMatch { admission: self.entry.admission, by_us: false }];
                Ok((Next::Joining(Joining::Welcome(self)), effects))
            }
            Body::Differ(mac) => self.entry.differ(&mac),
            Body::Company(company) => {
                let grant = self.entry.check(&company.matched)?;
                self.theirs = Some(grant);
                self.meet(cx, company.members)
            }
            Body::Welcome(notice) => self.enter(cx, notice),
            _ => Err(Refusal::OutOfStep.into()),
        }
    }
}

impl Entry {
    /// Opens a frame of the convener.
    fn open(&self, bytes: &[u8]) -> Result<Body, Refusal> {
        let frame = Frame::parse(bytes)?;
        if frame.to != self.me.id() {
            return Err(Refusal::NotForUs);
        }
        frame.open(&self.binding)
    }

    pub(crate) fn check(&self, matched: &Match) -> Result<Grant, Refusal> {
        matched.check(&self.binding, self.admission, self.transcript)
    }

    fn differ(&self, mac: &crate::binding::Mac) -> Result<(Next, Vec<Effect>), JoinError> {
        if !verdict_verifies(&self.binding, self.admission, DIFFER, self.transcript, mac) {
            return Err(Refusal::BadMac.into());
        }
        let effects = vec![Effect::WordsDiffer { admission: self.admission, by_us: false }];
        Ok((Next::Ended, effects))
    }

    /// A frame to the convener, through the invite's one-time mailbox.
    pub(crate) fn send(&self, body: &Body) -> Result<Effect, StepError> {
        let beacon = outside(self.setting.term);
        let frame = Frame::write(&self.binding, self.me.id(), beacon, body)?;
        Ok(Effect::Send(Outgoing {
            to: self.convener.id(),
            grant: self.mailbox.clone(),
            joining: true,
            bytes: JoiningMessage::Frame(frame).write()?,
        }))
    }

    /// Binds to another member.
    pub(crate) fn bind(
        &self,
        own: &crate::context::Own,
        leaf: &Leaf,
        now: u64,
    ) -> Result<(Member, Binding), Refusal> {
        let origin = Origin::parse(&self.origin).map_err(|_| Refusal::Malformed)?;
        let facts = leaf.card_facts(&origin)?;
        let binding = Binding::derive(
            &self.setting,
            &own.binding.exchange(),
            &self.secret.exchange(),
            Side { persona: &self.me.persona, d: &self.d, leaf: &self.me.leaf },
            Side { persona: &facts.persona, d: &facts.d, leaf },
        )?;
        Ok((leaf.member(facts, Some(self.convener.id()), now), binding))
    }

    pub(crate) fn ids(&self) -> (MemberId, MemberId) {
        (self.me.id(), self.convener.id())
    }
}

/// The beacon of somebody not yet in.
pub(crate) fn outside(term: u32) -> Beacon {
    Beacon { term, epoch: 0, authenticator: Vec::new(), checkpoint: None, serial: 0 }
}

/// Our own card, which must be for this record and certify our binding key.
pub(crate) fn own_facts(leaf: &Leaf, origin: &Origin, d: [u8; 32]) -> Result<CardFacts, StepError> {
    match leaf.card_facts(origin) {
        Ok(facts) if facts.d == d => Ok(facts),
        _ => Err(StepError::OwnCard),
    }
}

impl From<StateError> for Local {
    fn from(error: StateError) -> Self {
        Self(error.to_string())
    }
}
