//! The convener's steps of a joining.

use std::collections::BTreeMap;

use entente_record::origin::Origin;
use entente_wire::grant::Grant;
use openmls_rust_crypto::RustCrypto;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::admission::{Approvals, MAX_MEMBERS};
use crate::binding::{Binding, Mac};
use crate::channel::Channel;
use crate::channel::run::{Run, joining_message};
use crate::context::Context;
use crate::effect::Effect;
use crate::error::{Local, ReceiveError, Refusal, StepError};
use crate::frame::{Body, Frame, VERSION};
use crate::joining::invite::{Fields, Invite};
use crate::joining::notice::{
    DIFFER, JoiningMessage, Match, Reveal, commitment, open_answer, transcript, verdict_mac, verdict_verifies,
};
use crate::joining::{MAX_INVITE_SECONDS, MAX_INVITES, MAX_INVITES_EVER, UsedInvite};
use crate::leaf::{MAX_ROLE, Place, read_key_package};
use crate::member::{AdmissionId, Member, MemberId};
use crate::provider::{SUITE, SUITE_ID};
use crate::secret::Secret;
use crate::text::codec;
use crate::text::digest::Digest;
use crate::words::CheckWords;

/// What an invite is for.
#[derive(Clone, PartialEq, Eq)]
pub struct Inviting {
    /// The joiner's party; 0 = no side.
    pub party: u16,
    /// The joiner's role code.
    pub role: String,
    /// A one-time grant to a mailbox of its own.
    pub mailbox: Grant,
    /// Unix seconds after which it is not answered; at most 84 days ahead.
    pub expires: u64,
    /// The admission that the record's approvals name; `None` for a founder: a fresh one.
    pub admission: Option<AdmissionId>,
}

/// A joining as the convener holds it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Invitation {
    /// The invite is out.
    Answer(AwaitingAnswer),
    /// The reveal is out and the words are shown.
    Words(AwaitingWords),
    /// The joiner binds to the other members.
    Tags(Bonds),
    /// The other members bind to the joiner, and approve.
    Bound(Bonds),
    /// Used, expired or broken off.
    Ended,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AwaitingAnswer {
    pub(super) invite: Vec<u8>,
    /// The X-Wing private key; kept for second answers until the invite expires.
    pub(super) key: Secret,
    reveal: Vec<u8>,
    pub(super) expires: u64,
    party: u16,
    role: String,
}

/// Somebody on the way in.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Entrant {
    pub(crate) joiner: Member,
    pub(super) key_package: Vec<u8>,
    pub(super) binding: Binding,
    /// The joiner's one-time mailbox.
    pub(super) mailbox: Grant,
    pub(super) transcript: Digest,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AwaitingWords {
    pub(super) entrant: Entrant,
    pub(super) words: CheckWords,
    pub(super) ours: Option<Match>,
    pub(super) theirs: Option<Grant>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Bonds {
    pub(crate) entrant: Entrant,
    pub(super) ours: Match,
    pub(super) theirs: Grant,
    /// The members who were introduced, with their tags for the joiner as they come.
    pub(super) tags: BTreeMap<MemberId, Option<Mac>>,
    pub(crate) approvals: Approvals,
}

impl Channel {
    /// At the convener: makes an invite.
    ///
    /// # Errors
    /// [`StepError::NotConvener`], [`StepError::TooMany`], [`StepError::TooLarge`],
    /// [`StepError::Expired`] for an expiry in the past or over 84 days ahead.
    pub fn invite<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        inviting: Inviting,
    ) -> Result<Invite, StepError> {
        if !self.is_convener() {
            return Err(StepError::NotConvener);
        }
        if inviting.expires <= cx.now || inviting.expires - cx.now > MAX_INVITE_SECONDS {
            return Err(StepError::Expired);
        }
        let open = self.invitations.values().filter(|i| !matches!(i, Invitation::Ended)).count();
        if open >= MAX_INVITES
            || self.invitations.len() >= MAX_INVITES_EVER
            || self.peers.len() + open + 1 >= MAX_MEMBERS
        {
            return Err(StepError::TooMany);
        }
        if inviting.role.len() > MAX_ROLE {
            return Err(StepError::TooLarge);
        }
        let admission = inviting.admission.unwrap_or_else(|| AdmissionId(cx.random()));
        if self.invitations.contains_key(&admission) {
            return Err(StepError::UnknownAdmission);
        }
        let reveal = self.reveal(cx, &inviting)?;
        let seed = zeroize::Zeroizing::new(cx.random::<32>());
        let pair = RustCrypto::default()
            .derive_hpke_keypair(SUITE.hpke_config(), seed.as_slice())
            .map_err(Local::mls)?;
        let fields = Fields {
            version: VERSION,
            suite: SUITE_ID,
            origin: self.origin.clone(),
            admission,
            expires: inviting.expires,
            mailbox: inviting.mailbox,
            key: pair.public,
            commitment: commitment(&reveal),
        };
        let invite = codec::encode(&fields).map_err(Local::mls)?;
        let step = AwaitingAnswer {
            invite: invite.clone(),
            key: Secret::new(pair.private.to_vec()),
            reveal,
            expires: inviting.expires,
            party: inviting.party,
            role: inviting.role,
        };
        self.invitations.insert(admission, Invitation::Answer(step));
        Invite::from_bytes(&invite).map_err(|refusal| Local(refusal.to_string()).into())
    }

    fn reveal<S, R: CryptoRng + ?Sized>(
        &self,
        cx: &mut Context<'_, S, R>,
        inviting: &Inviting,
    ) -> Result<Vec<u8>, Local> {
        let reveal = Reveal {
            random: cx.random(),
            channel: self.setting.channel,
            term: self.setting.term,
            group: self.setting.group,
            party: inviting.party,
            role: inviting.role.clone(),
            convener: self.me.leaf.clone(),
        };
        codec::encode(&reveal).map_err(Local::mls)
    }

    /// Takes in a message that came to an invite's one-time mailbox.
    ///
    /// # Errors
    /// [`ReceiveError`]. An answer after the first changes nothing of it: [`Effect::SecondAnswer`],
    /// or [`Refusal::AlreadyAnswered`] for the first over again and for more than
    /// [`crate::joining::MAX_TOLD`] others.
    pub fn answered<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        admission: AdmissionId,
        bytes: &[u8],
    ) -> Result<Vec<Effect>, ReceiveError> {
        let (_, effects) = self.step(cx, |channel, run| -> Result<(), ReceiveError> {
            let message = JoiningMessage::parse(bytes)?;
            let step = channel.invitations.get(&admission).cloned();
            match (step.ok_or(Refusal::UnknownAdmission)?, message) {
                (Invitation::Answer(step), JoiningMessage::Answer(sealed)) => {
                    channel.first_answer(run, admission, step, &sealed)
                }
                (_, JoiningMessage::Answer(sealed)) => channel.second_answer(run, admission, &sealed),
                (step, JoiningMessage::Frame(frame)) => channel.joiner_frame(run, admission, step, &frame),
                _ => Err(Refusal::OutOfStep.into()),
            }
        })?;
        Ok(effects)
    }

    /// Our person says that the words match. `grant` is the joiner's permanent one to our mailbox
    /// of this channel.
    ///
    /// # Errors
    /// [`StepError::UnknownAdmission`] at any other step; [`StepError::GrantReused`].
    pub fn words_match<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        admission: AdmissionId,
        grant: &Grant,
    ) -> Result<Vec<Effect>, StepError> {
        let (_, effects) = self.open_step(cx, |channel, run| {
            let Some(Invitation::Words(step)) = channel.invitations.get(&admission) else {
                return Err(StepError::UnknownAdmission);
            };
            if step.ours.is_some() {
                return Err(StepError::UnknownAdmission);
            }
            let mut step = step.clone();
            let joiner = &step.entrant;
            channel.give(joiner.joiner.id(), grant)?;
            let matched = Match::make(&joiner.binding, admission, joiner.transcript, grant, run.cx.rng)?;
            channel.to_joiner(run, joiner, &Body::Match(matched.clone()))?;
            run.out.push(Effect::WordsMatch { admission, by_us: true });
            step.ours = Some(matched);
            channel.invitations.insert(admission, Invitation::Words(step));
            channel.advance(run)
        })?;
        Ok(effects)
    }

    /// Our person says that the words differ: no admission, and the other side is told.
    ///
    /// # Errors
    /// [`StepError::UnknownAdmission`] before there are words.
    pub fn words_differ<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        admission: AdmissionId,
    ) -> Result<Vec<Effect>, StepError> {
        let (_, effects) = self.open_step(cx, |channel, run| {
            let entrant = channel
                .invitations
                .get(&admission)
                .and_then(Invitation::entrant)
                .cloned()
                .ok_or(StepError::UnknownAdmission)?;
            let mac = verdict_mac(&entrant.binding, admission, DIFFER, entrant.transcript);
            channel.to_joiner(run, &entrant, &Body::Differ(mac))?;
            run.out.push(Effect::WordsDiffer { admission, by_us: true });
            channel.break_off(run, admission)
        })?;
        Ok(effects)
    }

    /// The words of a joining, while both people compare them.
    #[must_use]
    pub fn words(&self, admission: AdmissionId) -> Option<CheckWords> {
        match self.invitations.get(&admission) {
            Some(Invitation::Words(step)) => Some(step.words),
            _ => None,
        }
    }

    fn first_answer<S: StorageProvider<CURRENT_VERSION>, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        admission: AdmissionId,
        step: AwaitingAnswer,
        sealed: &[u8],
    ) -> Result<(), ReceiveError> {
        if run.cx.now > step.expires {
            return Err(Refusal::InviteExpired.into());
        }
        let answer = open_answer(sealed, &step.invite, &step.key)?;
        let place = Place { card: answer.card, party: step.party, role: step.role.clone() };
        let (leaf, _) = read_key_package(&answer.key_package, &run.provider, place)?;
        if leaf.reference == self.me.id() || self.peers.contains_key(&leaf.reference) {
            return Err(Refusal::Replay.into());
        }
        let (joiner, binding) = self.bind(run.cx, &leaf, None)?;
        let words = CheckWords::of(&step.invite, sealed, &step.reveal);
        let entrant = Entrant {
            transcript: transcript(&step.invite, sealed, &step.reveal),
            joiner,
            key_package: answer.key_package,
            binding,
            mailbox: answer.mailbox,
        };
        let reveal = JoiningMessage::Reveal(step.reveal.clone());
        self.keep_used(admission, UsedInvite::new(step, sealed, &entrant.mailbox));
        run.out.push(joining_message(&entrant.joiner, &entrant.mailbox, &reveal)?);
        run.out.push(Effect::Words { admission, words });
        let next = AwaitingWords { entrant, words, ours: None, theirs: None };
        self.invitations.insert(admission, Invitation::Words(next));
        Ok(())
    }

    fn joiner_frame<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        admission: AdmissionId,
        step: Invitation,
        frame: &[u8],
    ) -> Result<(), ReceiveError> {
        let entrant = step.entrant().ok_or(Refusal::OutOfStep)?;
        let frame = Frame::parse(frame)?;
        if frame.to != self.me.id() {
            return Err(Refusal::NotForUs.into());
        }
        match (frame.open(&entrant.binding)?, step) {
            (Body::Match(matched), Invitation::Words(mut step)) => {
                let entrant = &step.entrant;
                step.theirs = Some(matched.check(&entrant.binding, admission, entrant.transcript)?);
                run.out.push(Effect::WordsMatch { admission, by_us: false });
                self.invitations.insert(admission, Invitation::Words(step));
                Ok(self.advance(run)?)
            }
            (Body::Differ(mac), step) => {
                let entrant = step.entrant().ok_or(Refusal::OutOfStep)?;
                let over = entrant.transcript;
                if !verdict_verifies(&entrant.binding, admission, DIFFER, over, &mac) {
                    return Err(Refusal::BadMac.into());
                }
                run.out.push(Effect::WordsDiffer { admission, by_us: false });
                Ok(self.break_off(run, admission)?)
            }
            (Body::Tags(tags), Invitation::Tags(bonds)) => {
                self.introduce(run, admission, bonds, &tags)?;
                Ok(self.advance(run)?)
            }
            // To a company that is another since: the answer to this one has come.
            (Body::Tags(_), Invitation::Bound(_)) => Ok(()),
            _ => Err(Refusal::OutOfStep.into()),
        }
    }

    pub(super) fn to_joiner<S, R: ?Sized>(
        &self,
        run: &mut Run<'_, '_, S, R>,
        entrant: &Entrant,
        body: &Body,
    ) -> Result<(), StepError> {
        let beacon = self.beacon_of(&run.group);
        let frame = Frame::write(&entrant.binding, self.me.id(), beacon, body)?;
        let message = JoiningMessage::Frame(frame);
        run.out.push(joining_message(&entrant.joiner, &entrant.mailbox, &message)?);
        Ok(())
    }

    /// No admission: forgotten here and by the members who heard of it.
    fn break_off<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        admission: AdmissionId,
    ) -> Result<(), StepError> {
        let step = self.invitations.insert(admission, Invitation::Ended);
        if let Some(Invitation::Tags(bonds) | Invitation::Bound(bonds)) = step {
            for to in bonds.tags.keys().filter(|to| self.peers.contains_key(to)) {
                self.post(run, *to, &Body::Dropped(admission))?;
            }
        }
        self.advance(run)
    }

    /// Ends invites that nobody answered in time.
    pub(crate) fn end_expired_invites(&mut self, now: u64) {
        for step in self.invitations.values_mut() {
            if matches!(step, Invitation::Answer(open) if now > open.expires) {
                *step = Invitation::Ended;
            }
        }
    }

    /// The origin as a type.
    #[must_use]
    pub fn record(&self) -> Option<Origin> {
        Origin::parse(&self.origin).ok()
    }
}

impl Invitation {
    fn entrant(&self) -> Option<&Entrant> {
        match self {
            Self::Words(step) => Some(&step.entrant),
            Self::Tags(bonds) | Self::Bound(bonds) => Some(&bonds.entrant),
            Self::Answer(_) | Self::Ended => None,
        }
    }

    /// Who is joining, once words matched on both sides.
    pub(crate) fn matched(&self) -> Option<&Member> {
        match self {
            Self::Words(AwaitingWords { entrant, ours: Some(_), theirs: Some(_), .. }) => {
                Some(&entrant.joiner)
            }
            Self::Tags(bonds) | Self::Bound(bonds) => Some(&bonds.entrant.joiner),
            Self::Words(_) | Self::Answer(_) | Self::Ended => None,
        }
    }

    /// The bonds of who can be approved.
    pub(crate) fn bound(&self) -> Option<&Bonds> {
        match self {
            Self::Bound(bonds) => Some(bonds),
            _ => None,
        }
    }
}
