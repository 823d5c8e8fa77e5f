//! The convener's steps of a joining.

use std::collections::{BTreeMap, BTreeSet};

use entente_record::origin::Origin;
use entente_wire::grant::Grant;
use openmls_rust_crypto::RustCrypto;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::admission::{Approvals, MAX_MEMBERS, approval_verifies, enough};
use crate::binding::{Binding, Mac};
use crate::channel::run::{Run, joining_message};
use crate::channel::{Channel, Peer};
use crate::context::Context;
use crate::effect::Effect;
use crate::error::{Local, ReceiveError, Refusal, StepError};
use crate::frame::{Body, CandidateNotice, Frame, VERSION};
use crate::group::Commit;
use crate::joining::invite::{Fields, Invite};
use crate::joining::notice::{
    Company, DIFFER, JoiningMessage, Match, Reveal, Tags, WelcomeNotice, commitment, open_answer, transcript,
    verdict_mac, verdict_verifies,
};
use crate::joining::{MAX_INVITE_SECONDS, MAX_INVITES, MAX_INVITES_EVER};
use crate::leaf::{MAX_ROLE, Place, read_key_package};
use crate::member::{AdmissionId, Member, MemberId};
use crate::provider::{SUITE, SUITE_ID};
use crate::secret::Secret;
use crate::sequence::{Approved, Change};
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
    invite: Vec<u8>,
    /// The X-Wing private key; gone with this step.
    key: Secret,
    reveal: Vec<u8>,
    expires: u64,
    party: u16,
    role: String,
}

/// Somebody on the way in.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Entrant {
    joiner: Member,
    key_package: Vec<u8>,
    binding: Binding,
    /// The joiner's one-time mailbox.
    mailbox: Grant,
    transcript: Digest,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AwaitingWords {
    entrant: Entrant,
    words: CheckWords,
    ours: Option<Match>,
    theirs: Option<Grant>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Bonds {
    entrant: Entrant,
    ours: Match,
    theirs: Grant,
    /// The members who were introduced, with their tags for the joiner as they come.
    tags: BTreeMap<MemberId, Option<Mac>>,
    approvals: Approvals,
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
    /// [`ReceiveError`]. [`Refusal::AlreadyAnswered`] for any answer but the first: it is ignored,
    /// and somebody should be told, for the invite has been in other hands.
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
                (Invitation::Ended, JoiningMessage::Answer(_)) => Err(Refusal::InviteEnded.into()),
                (_, JoiningMessage::Answer(_)) => Err(Refusal::AlreadyAnswered.into()),
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
        let place = Place { card: answer.card, party: step.party, role: step.role };
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
        let reveal = JoiningMessage::Reveal(step.reveal);
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
            (Body::Tags(tags), Invitation::Tags(bonds)) => self.introduce(run, admission, bonds, &tags),
            _ => Err(Refusal::OutOfStep.into()),
        }
    }

    /// The joiner's tags are in: every member is told of it, with its own.
    fn introduce<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        admission: AdmissionId,
        bonds: Bonds,
        tags: &Tags,
    ) -> Result<(), ReceiveError> {
        let tags: BTreeMap<MemberId, Mac> = tags.0.iter().copied().collect();
        for to in bonds.tags.keys().filter(|to| self.peers.contains_key(to)) {
            let notice = CandidateNotice {
                admission,
                leaf: bonds.entrant.joiner.leaf.clone(),
                tag: *tags.get(to).ok_or(Refusal::BadTag)?,
            };
            self.post(run, *to, &Body::Candidate(notice))?;
        }
        self.invitations.insert(admission, Invitation::Bound(bonds));
        Ok(())
    }

    /// A member has bound itself to the joiner: its tag goes into the Welcome.
    pub(crate) fn bound<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        admission: AdmissionId,
        tag: Mac,
    ) -> Result<(), ReceiveError> {
        if !self.is_convener() {
            return Err(Refusal::NotConvener.into());
        }
        let Some(Invitation::Bound(bonds)) = self.invitations.get_mut(&admission) else {
            return Err(Refusal::UnknownAdmission.into());
        };
        let place = bonds.tags.get_mut(&from).ok_or(Refusal::UnknownAdmission)?;
        *place = Some(tag);
        Ok(self.advance(run)?)
    }

    /// A member's approval.
    pub(crate) fn approval<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        admission: AdmissionId,
        macs: &[(MemberId, Mac)],
    ) -> Result<(), ReceiveError> {
        if !self.is_convener() {
            return Err(Refusal::NotConvener.into());
        }
        self.note_approval(run, from, admission, macs)?;
        Ok(self.advance(run)?)
    }

    pub(crate) fn note_approval<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        admission: AdmissionId,
        macs: &[(MemberId, Mac)],
    ) -> Result<(), Refusal> {
        let me = self.me.id();
        let Some(Invitation::Bound(bonds)) = self.invitations.get_mut(&admission) else {
            return Err(Refusal::UnknownAdmission);
        };
        if from != me {
            let peer = self.peers.get(&from).ok_or(Refusal::UnknownSender)?;
            let ours = macs.iter().find(|(to, _)| *to == me).ok_or(Refusal::NotApproved)?;
            let leaf = &bonds.entrant.joiner.leaf;
            if !approval_verifies(&peer.binding, admission, leaf, &ours.1) {
                return Err(Refusal::NotApproved);
            }
        }
        bonds.approvals.insert(from, macs.iter().copied().collect());
        run.out.push(Effect::Approved { admission, by: from });
        Ok(())
    }

    /// The joiner and its binding, once the other members are binding to it (at the convener) or
    /// its tag has verified (at a member).
    pub(crate) fn bound_joiner(&self, admission: AdmissionId) -> Option<(Member, Binding)> {
        if let Some(Invitation::Bound(bonds)) = self.invitations.get(&admission) {
            return Some((bonds.entrant.joiner.clone(), bonds.entrant.binding.clone()));
        }
        let candidate = self.candidates.get(&admission)?;
        Some((candidate.member.clone(), candidate.binding.clone()))
    }

    /// Takes every joining as far as it can go: one at a time binds to the members, so that each
    /// meets all who are in before it.
    pub(crate) fn advance<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
    ) -> Result<(), StepError> {
        loop {
            let under_way = self
                .invitations
                .iter()
                .find(|(_, step)| matches!(step, Invitation::Tags(_) | Invitation::Bound(_)))
                .map(|(id, step)| (*id, step.clone()));
            match under_way {
                Some((admission, Invitation::Bound(bonds))) => {
                    if !self.complete(run, admission, bonds)? {
                        return Ok(());
                    }
                }
                Some(_) => return Ok(()),
                None if self.begin_next(run)? => {}
                None => return Ok(()),
            }
        }
    }

    /// Begins the next joining whose words match on both sides.
    fn begin_next<S, R: ?Sized>(&mut self, run: &mut Run<'_, '_, S, R>) -> Result<bool, StepError> {
        let ready = self.invitations.iter().find_map(|(id, step)| match step {
            Invitation::Words(AwaitingWords { entrant, ours: Some(ours), theirs: Some(theirs), .. }) => {
                Some((*id, entrant.clone(), ours.clone(), theirs.clone()))
            }
            _ => None,
        });
        let Some((admission, entrant, ours, theirs)) = ready else {
            return Ok(false);
        };
        let bonds = Bonds { entrant, ours, theirs, tags: BTreeMap::new(), approvals: Approvals::new() };
        self.begin_bonds(run, admission, bonds)?;
        Ok(true)
    }

    /// Begins the bonds of a joining again after somebody left: the joiner's company is another
    /// now. Approvals of those who are still here stand.
    pub(crate) fn begin_bonds_again<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
    ) -> Result<(), StepError> {
        let under_way = self.invitations.iter().find_map(|(id, step)| match step {
            Invitation::Tags(bonds) | Invitation::Bound(bonds) => Some((*id, bonds.clone())),
            _ => None,
        });
        let Some((admission, mut bonds)) = under_way else {
            return Ok(());
        };
        let me = self.me.id();
        bonds.approvals.retain(|approver, _| *approver == me || self.peers.contains_key(approver));
        self.begin_bonds(run, admission, bonds)
    }

    fn begin_bonds<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        admission: AdmissionId,
        mut bonds: Bonds,
    ) -> Result<(), StepError> {
        bonds.tags = self.peers.keys().map(|id| (*id, None)).collect();
        if bonds.tags.is_empty() {
            self.invitations.insert(admission, Invitation::Bound(bonds));
            return Ok(());
        }
        let company = Company {
            matched: bonds.ours.clone(),
            members: self.members().map(|member| member.leaf.clone()).collect(),
        };
        self.to_joiner(run, &bonds.entrant, &Body::Company(company))?;
        self.invitations.insert(admission, Invitation::Tags(bonds));
        Ok(())
    }

    /// Adds the joiner, once every member is bound to it and the approvals are there.
    fn complete<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        admission: AdmissionId,
        bonds: Bonds,
    ) -> Result<bool, StepError> {
        let mut tags = Vec::new();
        for (member, tag) in &bonds.tags {
            match tag {
                Some(tag) => tags.push((*member, *tag)),
                None => return Ok(false),
            }
        }
        let joiner = bonds.entrant.joiner.clone();
        let founder = self.is_founder(&joiner);
        let approvers: BTreeSet<MemberId> = bonds.approvals.keys().copied().collect();
        if !founder
            && (!enough(&self.present(None), &self.convener, &approvers)
                || self.authority_for(admission, &joiner, Some(run.cx.now)).is_err())
        {
            return Ok(false);
        }
        let place = Place {
            card: joiner.leaf.card.clone(),
            party: joiner.leaf.party,
            role: joiner.leaf.role.clone(),
        };
        let (_, package) = read_key_package(&bonds.entrant.key_package, &run.provider, place)
            .map_err(|refusal| Local(refusal.to_string()))?;
        let (commit, welcome) = self.own_commit(run, Commit::Add(Box::new(package)))?;
        let welcome = welcome.ok_or_else(|| Local("an Add without a Welcome".into()))?;
        let approvals_for = |to: MemberId| -> Vec<(MemberId, Mac)> {
            let mac_for = |(approver, macs): (&MemberId, &BTreeMap<MemberId, Mac>)| {
                macs.get(&to).map(|mac| (*approver, *mac))
            };
            bonds.approvals.iter().filter_map(mac_for).collect()
        };
        self.hand_out(run, &commit, |peer| {
            let approvals = approvals_for(peer.member.id());
            Change::Add(Approved { admission, approvals })
        })?;
        self.merge_own(run)?;
        let notice = WelcomeNotice {
            matched: bonds.ours,
            welcome,
            tags,
            founder,
            approvals: approvals_for(joiner.id()),
        };
        self.to_joiner(run, &bonds.entrant, &Body::Welcome(notice))?;
        let peer = Peer::new(joiner.clone(), bonds.entrant.binding, false);
        self.peers.insert(joiner.id(), Peer { grant: Some(bonds.theirs), ..peer });
        self.invitations.insert(admission, Invitation::Ended);
        run.out.push(Effect::Joined(joiner));
        Ok(true)
    }

    fn to_joiner<S, R: ?Sized>(
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
}
