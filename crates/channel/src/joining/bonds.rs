//! The convener's last steps of a joining: every pair bound, the approvals in, then the Add.

use std::collections::{BTreeMap, BTreeSet};

use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use rand_core::CryptoRng;

use super::inviter::{AwaitingWords, Bonds, Invitation};
use crate::admission::{Approvals, approval_verifies, enough};
use crate::binding::{Binding, Mac};
use crate::channel::run::Run;
use crate::channel::{Channel, Peer};
use crate::effect::Effect;
use crate::error::{Local, ReceiveError, Refusal, StepError};
use crate::frame::{Body, CandidateNotice};
use crate::group::Commit;
use crate::joining::notice::{Company, Tags, WelcomeNotice};
use crate::leaf::{Place, read_key_package};
use crate::member::{AdmissionId, Member, MemberId};
use crate::sequence::{Approved, Change};

impl Channel {
    /// The joiner's tags are in: every member is told of it, with its own.
    pub(super) fn introduce<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        admission: AdmissionId,
        bonds: Bonds,
        tags: &Tags,
    ) -> Result<(), ReceiveError> {
        let tags: BTreeMap<MemberId, Mac> = tags.0.iter().copied().collect();
        if tags.keys().any(|to| !bonds.tags.contains_key(to)) {
            // An answer to the company before somebody left: the one to this company comes.
            return Ok(());
        }
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
        if self.peers.is_empty() {
            self.invitations.insert(admission, Invitation::Bound(bonds));
        } else {
            self.begin_bonds(run, admission, bonds)?;
        }
        Ok(true)
    }

    /// Begins the bonds of a joining again after somebody left: the joiner's company is another
    /// now, perhaps nobody but us. Approvals of those who are still here stand.
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
}
