//! Commits that count, and admissions under way.

use std::collections::BTreeSet;

use entente_record::origin::Origin;
use openmls::prelude::{KeyPackage, ProcessedMessageContent, StagedCommit};
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use rand_core::CryptoRng;

use super::run::Run;
use super::{Channel, Peer};
use crate::admission::{
    Authority, Candidate, Founder, MAX_ADMISSIONS, PinError, approval_mac, approval_verifies, enough,
};
use crate::binding::{Binding, Mac, Side};
use crate::context::Context;
use crate::effect::Effect;
use crate::error::{Local, ReceiveError, Refusal, StepError};
use crate::frame::{Body, CandidateNotice};
use crate::group::{self, Staged};
use crate::leaf::{Leaf, reference};
use crate::member::{AdmissionId, Member, MemberId};
use crate::sequence::{Approved, Change, Sequenced, commit_digest};

/// The most authorities kept.
const MAX_AUTHORITIES: usize = 256;

impl Channel {
    /// Pins the founders: those of the charter, once it is recorded. From here on nobody else
    /// comes in without approvals.
    ///
    /// # Errors
    /// [`PinError::Stranger`] if somebody is here who is neither a founder in that place nor was
    /// admitted by an authority; [`PinError::OtherFounders`].
    pub fn pin(&mut self, founders: Vec<Founder>) -> Result<(), PinError> {
        if self.founders.as_ref().is_some_and(|pinned| *pinned != founders) {
            return Err(PinError::OtherFounders);
        }
        let belongs = |member: &Member| {
            founders.iter().any(|founder| founder.is(member))
                || self.authorities.iter().any(|authority| authority.admits(member))
        };
        if let Some(stranger) = self.members().chain([&self.me]).find(|member| !belongs(member)) {
            return Err(PinError::Stranger(stranger.id()));
        }
        self.founders = Some(founders);
        Ok(())
    }

    /// Takes note of what the record holds about an admission or a removal; a commit that waited
    /// for it is merged now.
    ///
    /// # Errors
    /// [`StepError::TooMany`], [`StepError::Local`].
    pub fn authorise<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        authority: Authority,
    ) -> Result<Vec<Effect>, StepError> {
        let (_, effects) = self.open_step(cx, |channel, run| {
            if channel.authorities.contains(&authority) {
                return Ok(());
            }
            if channel.authorities.len() >= MAX_AUTHORITIES {
                return Err(StepError::TooMany);
            }
            channel.authorities.push(authority);
            channel.settle(run).map_err(local)
        })?;
        Ok(effects)
    }

    /// This member approves an admission: its MACs over the ref that the joiner's tag bound go to
    /// every member and to the joiner.
    ///
    /// # Errors
    /// [`StepError::UnknownAdmission`], [`StepError::NoAuthority`], [`StepError::Expired`].
    pub fn approve<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        admission: AdmissionId,
    ) -> Result<Vec<Effect>, StepError> {
        let (_, effects) = self.open_step(cx, |channel, run| {
            let (joiner, binding) = channel.bound_joiner(admission).ok_or(StepError::UnknownAdmission)?;
            channel.authority_for(admission, &joiner, Some(run.cx.now))?;
            let mut macs: Vec<(MemberId, Mac)> = channel
                .peers
                .iter()
                .map(|(id, peer)| (*id, approval_mac(&peer.binding, admission, &joiner.leaf)))
                .collect();
            macs.push((joiner.id(), approval_mac(&binding, admission, &joiner.leaf)));
            if channel.is_convener() {
                let me = channel.me.id();
                channel.note_approval(run, me, admission, &macs).map_err(refused)?;
                return channel.advance(run);
            }
            if let Some(candidate) = channel.candidates.get_mut(&admission) {
                candidate.approved = true;
            }
            channel.post(run, channel.convener, &Body::Approval(admission, macs))
        })?;
        Ok(effects)
    }

    /// Whether somebody comes in by check words alone.
    pub(crate) fn is_founder(&self, member: &Member) -> bool {
        match &self.founders {
            None => true,
            Some(founders) => founders.iter().any(|founder| founder.is(member)),
        }
    }

    /// The record's authority for an admission, still good at `now` if that is asked.
    pub(crate) fn authority_for(
        &self,
        admission: AdmissionId,
        joiner: &Member,
        now: Option<u64>,
    ) -> Result<(), StepError> {
        if self.is_founder(joiner) {
            return Ok(());
        }
        let authority = self
            .authorities
            .iter()
            .find(|authority| authority.admission == admission && authority.admits(joiner))
            .ok_or(StepError::NoAuthority)?;
        if now.is_some_and(|now| now > authority.expires) {
            return Err(StepError::Expired);
        }
        Ok(())
    }

    /// The convener introduces somebody: bound and answered with our tag, if its own verifies.
    pub(crate) fn meet_candidate<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        notice: CandidateNotice,
    ) -> Result<(), ReceiveError> {
        self.only_convener(from)?;
        let CandidateNotice { admission, leaf, tag } = notice;
        if let Some(known) = self.candidates.get(&admission) {
            // Somebody left meanwhile, and the joiner's company is another: same leaf, same tag.
            if known.member.leaf != leaf || !known.binding.verifies_tag(admission, &tag) {
                return Err(Refusal::Replay.into());
            }
            let ours = known.binding.tag(admission);
            return Ok(self.post(run, from, &Body::Bound(admission, ours))?);
        }
        if self.candidates.len() >= MAX_ADMISSIONS || self.knows(&leaf.reference) {
            return Err(Refusal::OutOfStep.into());
        }
        let (member, binding) = self.bind(run.cx, &leaf, Some(from))?;
        if !binding.verifies_tag(admission, &tag) {
            return Err(Refusal::BadTag.into());
        }
        let ours = binding.tag(admission);
        run.out.push(Effect::Candidate {
            admission,
            member: member.clone(),
            approval_needed: !self.is_founder(&member),
        });
        self.candidates.insert(admission, Candidate { member, binding, approved: false });
        Ok(self.post(run, from, &Body::Bound(admission, ours))?)
    }

    /// Derives K_AB with a leaf and what its card says.
    pub(crate) fn bind<S, R: ?Sized>(
        &self,
        cx: &Context<'_, S, R>,
        leaf: &Leaf,
        introduced_by: Option<MemberId>,
    ) -> Result<(Member, Binding), ReceiveError> {
        let origin = Origin::parse(&self.origin).map_err(|_| Local("our origin".into()))?;
        let facts = leaf.card_facts(&origin)?;
        let binding = Binding::derive(
            &self.setting,
            &cx.own.binding.exchange(),
            &self.secret.exchange(),
            Side { persona: &self.me.persona, d: &self.d, leaf: &self.me.leaf },
            Side { persona: &facts.persona, d: &facts.d, leaf },
        )?;
        Ok((leaf.member(facts, introduced_by, cx.now), binding))
    }

    pub(crate) fn drop_candidate(
        &mut self,
        from: MemberId,
        admission: AdmissionId,
    ) -> Result<(), ReceiveError> {
        self.only_convener(from)?;
        // It may come before the introduction does, or after a second one.
        self.candidates.remove(&admission);
        Ok(())
    }

    pub(crate) fn only_convener(&self, from: MemberId) -> Result<(), Refusal> {
        if from == self.convener { Ok(()) } else { Err(Refusal::NotConvener) }
    }

    pub(crate) fn knows(&self, id: &MemberId) -> bool {
        *id == self.me.id() || self.peers.contains_key(id)
    }

    /// At the convener: a member's own path-only commit, put in its place.
    pub(crate) fn sequence_update<S, R>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        commit: &[u8],
    ) -> Result<(), ReceiveError>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: CryptoRng + ?Sized,
    {
        if !self.is_convener() {
            return Err(Refusal::NotConvener.into());
        }
        let message = group::parse(commit, &self.setting)?;
        match message.epoch().as_u64().cmp(&self.epoch()) {
            // Another commit came first: its author learns that from the commit, and tries again.
            core::cmp::Ordering::Less => return Ok(()),
            core::cmp::Ordering::Greater => return Err(Refusal::TooFarAhead.into()),
            core::cmp::Ordering::Equal => {}
        }
        let (staged, found) = self.stage(run, from, commit)?;
        if !matches!(found, Staged::Update) {
            return Err(Refusal::NotConvener.into());
        }
        self.hand_out(run, commit, |_| Change::Update(from))?;
        run.group.merge_staged_commit(&run.provider, *staged).map_err(Local::mls)?;
        Ok(self.moved(run)?)
    }

    /// A commit that the convener sequenced. Whatever it claims to do is judged before it is
    /// decrypted, and what it does do before it is merged.
    pub(crate) fn sequenced<S, R>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        sequenced: Sequenced,
        frame: &[u8],
    ) -> Result<(), ReceiveError>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: CryptoRng + ?Sized,
    {
        self.only_convener(from)?;
        let convener = self.peers.get(&from).ok_or(Refusal::NotConvener)?;
        if !sequenced.verifies(&convener.binding) {
            return Err(Refusal::NotSequenced.into());
        }
        match sequenced.epoch.cmp(&self.epoch()) {
            core::cmp::Ordering::Less => return Err(Refusal::Replay.into()),
            core::cmp::Ordering::Greater => {
                return Ok(self.wait(from, sequenced.epoch, frame)?);
            }
            core::cmp::Ordering::Equal => {}
        }
        if let Some(wanted) = self.authority_wanted(&sequenced.change)? {
            run.out.push(Effect::AuthorityWanted(wanted));
            return Ok(self.wait(from, sequenced.epoch, frame)?);
        }
        match &sequenced.change {
            Change::Update(author) => self.merge_update(run, *author, &sequenced.commit),
            Change::Add(approved) => self.merge_add(run, from, approved, &sequenced.commit),
            Change::Remove(approved, member) => {
                self.merge_remove(run, from, (approved, *member), &sequenced.commit)
            }
        }
    }

    /// The admission or removal whose authority our copy of the record does not hold yet.
    fn authority_wanted(&self, change: &Change) -> Result<Option<AdmissionId>, Refusal> {
        let (admission, known) = match change {
            Change::Update(_) => return Ok(None),
            Change::Add(approved) => {
                let candidate = self.candidates.get(&approved.admission).ok_or(Refusal::UnknownAdmission)?;
                let known = self.authority_for(approved.admission, &candidate.member, None);
                (approved.admission, known.is_ok())
            }
            // Who is removed need not have heard of it: the approvers' MACs are enough for it.
            Change::Remove(_, member) if *member == self.me.id() => return Ok(None),
            Change::Remove(approved, member) if self.knows(member) => {
                (approved.admission, self.may_remove(approved.admission, *member, None))
            }
            Change::Remove(..) => return Err(Refusal::UnknownAdmission),
        };
        Ok(if known { None } else { Some(admission) })
    }

    fn merge_update<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        author: MemberId,
        commit: &[u8],
    ) -> Result<(), ReceiveError>
    where
        S: StorageProvider<CURRENT_VERSION>,
    {
        if author == self.me.id() {
            let ours = self.update.take().filter(|ours| ours.digest == commit_digest(commit));
            ours.ok_or(Refusal::NotAuthentic)?;
            return Ok(self.merge_own(run)?);
        }
        let (staged, found) = self.stage(run, author, commit)?;
        if !matches!(found, Staged::Update) {
            return Err(Refusal::ProposalNotAccepted.into());
        }
        run.group.merge_staged_commit(&run.provider, *staged).map_err(Local::mls)?;
        Ok(self.moved(run)?)
    }

    /// Merges an Add: of the very leaf whose tag verified, and only with the approvals.
    fn merge_add<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        convener: MemberId,
        approved: &Approved,
        commit: &[u8],
    ) -> Result<(), ReceiveError>
    where
        S: StorageProvider<CURRENT_VERSION>,
    {
        let admission = approved.admission;
        let candidate = self.candidates.get(&admission).ok_or(Refusal::UnknownAdmission)?;
        if !self.is_founder(&candidate.member) {
            self.check_approvals(approved, candidate)?;
        }
        let leaf = candidate.member.leaf.clone();
        let (staged, found) = self.stage(run, convener, commit)?;
        let Staged::Add(package) = found else {
            return Err(Refusal::ProposalNotAccepted.into());
        };
        self.is_the_leaf(run, &package, &leaf)?;
        run.group.merge_staged_commit(&run.provider, *staged).map_err(Local::mls)?;
        if let Some(candidate) = self.candidates.remove(&admission) {
            let id = candidate.member.id();
            run.out.push(Effect::Joined(candidate.member.clone()));
            self.peers.insert(id, Peer::new(candidate.member, candidate.binding, false));
            run.out.push(Effect::GrantWanted(id));
        }
        Ok(self.moved(run)?)
    }

    /// The approvers' MACs for us, over the ref that the joiner's tag bound.
    fn check_approvals(&self, approved: &Approved, candidate: &Candidate) -> Result<(), Refusal> {
        let mut approvers = BTreeSet::new();
        for (approver, mac) in &approved.approvals {
            let peer = self.peers.get(approver).ok_or(Refusal::NotApproved)?;
            let leaf = &candidate.member.leaf;
            if !approval_verifies(&peer.binding, approved.admission, leaf, mac) {
                return Err(Refusal::NotApproved);
            }
            approvers.insert(*approver);
        }
        if candidate.approved {
            approvers.insert(self.me.id());
        }
        if enough(&self.present(None), &self.convener, &approvers) {
            Ok(())
        } else {
            Err(Refusal::NotApproved)
        }
    }

    fn is_the_leaf<S, R: ?Sized>(
        &self,
        run: &Run<'_, '_, S, R>,
        package: &KeyPackage,
        leaf: &Leaf,
    ) -> Result<(), ReceiveError>
    where
        S: StorageProvider<CURRENT_VERSION>,
    {
        if leaf.is(package.leaf_node()) && reference(package, &run.provider)? == leaf.reference {
            Ok(())
        } else {
            Err(Refusal::NotApproved.into())
        }
    }

    /// Decrypts a commit, and judges that its author is who it is said to be and that it is on the
    /// list.
    pub(crate) fn stage<S, R: ?Sized>(
        &self,
        run: &mut Run<'_, '_, S, R>,
        author: MemberId,
        commit: &[u8],
    ) -> Result<(Box<StagedCommit>, Staged), ReceiveError>
    where
        S: StorageProvider<CURRENT_VERSION>,
    {
        let author = &self.peers.get(&author).ok_or(Refusal::UnknownSender)?.member.leaf;
        let message = group::parse(commit, &self.setting)?;
        let processed = group::process(&mut run.group, &run.provider, message)?;
        let by_author = group::sender_leaf(&run.group, processed.sender())
            .is_some_and(|node| node.signature_key().as_slice() == author.key);
        if !by_author {
            return Err(Refusal::SenderMismatch.into());
        }
        match processed.into_content() {
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                let found = group::inspect(&staged, author)?;
                Ok((staged, found))
            }
            _ => Err(Refusal::ProposalNotAccepted.into()),
        }
    }
}

/// A reaction of our own that failed while we acted by ourselves.
pub(crate) fn local(error: ReceiveError) -> StepError {
    match error {
        ReceiveError::Local(local) => StepError::Local(local),
        ReceiveError::Refused(refusal) => refused(refusal),
    }
}

pub(crate) fn refused(refusal: Refusal) -> StepError {
    StepError::Local(Local(refusal.to_string()))
}
