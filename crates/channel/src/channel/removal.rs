//! Removal: like admission, with an approval of each side present among those who stay.

use std::collections::BTreeSet;

use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use rand_core::CryptoRng;

use super::Channel;
use super::run::Run;
use crate::admission::{Act, Approvals, MAX_ADMISSIONS, Removal, enough, removal_mac, removal_verifies};
use crate::binding::Mac;
use crate::context::Context;
use crate::effect::Effect;
use crate::error::{Local, ReceiveError, Refusal, StepError};
use crate::frame::Body;
use crate::group::{Commit, Staged, index_of};
use crate::member::{AdmissionId, MemberId};
use crate::sequence::{Approved, Change};

impl Channel {
    /// At the convener: begins the removal of a member under the number that the record's approvals
    /// name. While founders are not pinned, or when nobody else is left to ask, it is done at
    /// once; otherwise when the approvals are in.
    ///
    /// # Errors
    /// [`StepError::NotConvener`], [`StepError::UnknownMember`], [`StepError::NoAuthority`],
    /// [`StepError::TooMany`].
    pub fn remove<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        removal: AdmissionId,
        member: MemberId,
    ) -> Result<Vec<Effect>, StepError> {
        let (_, effects) = self.open_step(cx, |channel, run| {
            if !channel.is_convener() {
                return Err(StepError::NotConvener);
            }
            if !channel.peers.contains_key(&member) {
                return Err(StepError::UnknownMember);
            }
            if !channel.may_remove(removal, member, Some(run.cx.now)) {
                return Err(StepError::NoAuthority);
            }
            if channel.removals.len() >= MAX_ADMISSIONS || channel.removals.contains_key(&removal) {
                return Err(StepError::TooMany);
            }
            let begun = Removal { member, approved: false, approvals: Approvals::new() };
            channel.removals.insert(removal, begun);
            channel.post_all(run, &Body::RemovalProposed(removal, member))?;
            channel.complete_removal(run, removal)
        })?;
        Ok(effects)
    }

    /// This member approves a removal.
    ///
    /// # Errors
    /// [`StepError::UnknownAdmission`], [`StepError::NoAuthority`].
    pub fn approve_removal<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        removal: AdmissionId,
    ) -> Result<Vec<Effect>, StepError> {
        let (_, effects) = self.open_step(cx, |channel, run| {
            let now = run.cx.now;
            let member = channel.removals.get(&removal).ok_or(StepError::UnknownAdmission)?.member;
            if !channel.may_remove(removal, member, Some(now)) {
                return Err(StepError::NoAuthority);
            }
            let macs: Vec<(MemberId, Mac)> = channel
                .peers
                .iter()
                .map(|(id, peer)| (*id, removal_mac(&peer.binding, removal, member)))
                .collect();
            let me = channel.me.id();
            if let Some(begun) = channel.removals.get_mut(&removal) {
                begun.approved = true;
                if me == channel.convener {
                    begun.approvals.insert(me, macs.iter().copied().collect());
                }
            }
            if channel.is_convener() {
                return channel.complete_removal(run, removal);
            }
            channel.post(run, channel.convener, &Body::RemovalApproval(removal, macs))
        })?;
        Ok(effects)
    }

    /// Whether the record allows the removal; before founders are pinned, the convener may.
    pub(crate) fn may_remove(&self, removal: AdmissionId, member: MemberId, now: Option<u64>) -> bool {
        let target = self.member(&member).or(Some(&self.me)).filter(|found| found.id() == member);
        let Some(target) = target else {
            return false;
        };
        self.founding()
            || self.authorities.iter().any(|authority| {
                authority.act == Act::Remove
                    && authority.admission == removal
                    && authority.removes(target)
                    && now.is_none_or(|now| now <= authority.expires)
            })
    }

    pub(crate) fn removal_proposed<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        removal: AdmissionId,
        member: MemberId,
    ) -> Result<(), ReceiveError> {
        self.only_convener(from)?;
        if self.removals.contains_key(&removal) {
            return Err(Refusal::Replay.into());
        }
        if self.removals.len() >= MAX_ADMISSIONS || !self.knows(&member) {
            return Err(Refusal::OutOfStep.into());
        }
        let begun = Removal { member, approved: false, approvals: Approvals::new() };
        self.removals.insert(removal, begun);
        run.out.push(Effect::RemovalProposed { removal, member });
        Ok(())
    }

    /// At the convener: a member's approval.
    pub(crate) fn removal_approval<S, R>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        removal: AdmissionId,
        macs: &[(MemberId, Mac)],
    ) -> Result<(), ReceiveError>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: CryptoRng + ?Sized,
    {
        if !self.is_convener() {
            return Err(Refusal::NotConvener.into());
        }
        let me = self.me.id();
        let peer = self.peers.get(&from).ok_or(Refusal::UnknownSender)?;
        let begun = self.removals.get_mut(&removal).ok_or(Refusal::UnknownAdmission)?;
        let ours = macs.iter().find(|(to, _)| *to == me).ok_or(Refusal::RemovalNotApproved)?;
        if !removal_verifies(&peer.binding, removal, begun.member, &ours.1) {
            return Err(Refusal::RemovalNotApproved.into());
        }
        begun.approvals.insert(from, macs.iter().copied().collect());
        run.out.push(Effect::Approved { admission: removal, by: from });
        Ok(self.complete_removal(run, removal)?)
    }

    /// At the convener: commits the Remove once the approvals are there.
    fn complete_removal<S, R>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        removal: AdmissionId,
    ) -> Result<(), StepError>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: CryptoRng + ?Sized,
    {
        let begun = self.removals.get(&removal).ok_or(StepError::UnknownAdmission)?;
        let target = begun.member;
        let approvers: BTreeSet<MemberId> = begun.approvals.keys().copied().collect();
        if !self.founding() && !enough(&self.present(Some(target)), &self.convener, &approvers) {
            return Ok(());
        }
        let approvals = begun.approvals.clone();
        let leaf = &self.member(&target).ok_or(StepError::UnknownMember)?.leaf;
        let index = index_of(&run.group, leaf).ok_or(StepError::UnknownMember)?;
        let (commit, _) = self.own_commit(run, Commit::Remove(index))?;
        self.hand_out(run, &commit, |peer| {
            let to = peer.member.id();
            let mac_for = |(approver, macs): (&MemberId, &std::collections::BTreeMap<_, _>)| {
                macs.get(&to).map(|mac| (*approver, *mac))
            };
            let approvals = approvals.iter().filter_map(mac_for).collect();
            Change::Remove(Approved { admission: removal, approvals }, target)
        })?;
        self.merge_own(run)?;
        self.removals.remove(&removal);
        self.forget_member(run, target);
        self.begin_bonds_again(run)?;
        self.advance(run)
    }

    /// Merges a Remove, and only with the approvals. It may overtake the question who approves.
    pub(crate) fn merge_remove<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        convener: MemberId,
        (approved, target): (&Approved, MemberId),
        commit: &[u8],
    ) -> Result<(), ReceiveError>
    where
        S: StorageProvider<CURRENT_VERSION>,
    {
        let removal = approved.admission;
        let begun = self.removals.get(&removal);
        let approved_by_us = begun.is_some_and(|begun| begun.member == target && begun.approved);
        if !self.founding() {
            self.check_removal(approved, target, approved_by_us)?;
        }
        let leaf = match self.member(&target) {
            Some(member) => &member.leaf,
            None if target == self.me.id() => &self.me.leaf,
            None => return Err(Refusal::UnknownAdmission.into()),
        };
        let index = index_of(&run.group, leaf);
        let (staged, found) = self.stage(run, convener, commit)?;
        if !matches!(found, Staged::Remove(removed) if Some(removed) == index) {
            return Err(Refusal::RemovalNotApproved.into());
        }
        let out = staged.self_removed();
        run.group.merge_staged_commit(&run.provider, *staged).map_err(Local::mls)?;
        self.removals.remove(&removal);
        if out {
            self.closed = true;
            run.out.push(Effect::Removed);
            return Ok(());
        }
        self.moved(run)?;
        self.forget_member(run, target);
        Ok(())
    }

    fn check_removal(
        &self,
        approved: &Approved,
        target: MemberId,
        approved_by_us: bool,
    ) -> Result<(), Refusal> {
        let mut approvers = BTreeSet::new();
        for (approver, mac) in &approved.approvals {
            let peer = self.peers.get(approver).ok_or(Refusal::RemovalNotApproved)?;
            if !removal_verifies(&peer.binding, approved.admission, target, mac) {
                return Err(Refusal::RemovalNotApproved);
            }
            approvers.insert(*approver);
        }
        if approved_by_us {
            approvers.insert(self.me.id());
        }
        if enough(&self.present(Some(target)), &self.convener, &approvers) {
            Ok(())
        } else {
            Err(Refusal::RemovalNotApproved)
        }
    }

    /// Nothing more goes to a member who left; what it said before may still come.
    fn forget_member<S, R: ?Sized>(&mut self, run: &mut Run<'_, '_, S, R>, id: MemberId) {
        if let Some(peer) = self.peers.remove(&id) {
            run.out.push(Effect::Left(peer.member.clone()));
            self.departed.push((self.epoch(), peer));
        }
        self.waiting.retain(|waiting| waiting.from != id);
    }
}
