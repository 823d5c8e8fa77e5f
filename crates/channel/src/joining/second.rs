//! A second answer to one invite: somebody else had a copy.
//!
//! The first answer counts and nothing of it changes. Whoever sent the second is told so by its
//! one-time return grant, for it would wait in vain until the invite expires; and the convener's
//! person is told that the invite has been in other hands. The key that opens answers is kept for
//! this alone, until the invite expires. Whoever has the invite chooses the return grants, so what
//! is sent to them is bounded: one parcel a grant, [`MAX_TOLD`] grants an invite.

use entente_wire::grant::Grant;
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use serde::{Deserialize, Serialize};

use crate::binding::push;
use crate::channel::Channel;
use crate::channel::run::Run;
use crate::effect::{Effect, Outgoing};
use crate::error::{ReceiveError, Refusal};
use crate::joining::MAX_INVITES;
use crate::joining::inviter::AwaitingAnswer;
use crate::joining::notice::{JoiningMessage, open_answer};
use crate::leaf::{Place, read_key_package};
use crate::member::AdmissionId;
use crate::secret::Secret;
use crate::text::digest::Digest;

/// The most second answers to one invite that are told of.
pub const MAX_TOLD: usize = 8;

/// What is kept of an invite that was answered, until it expires.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct UsedInvite {
    invite: Vec<u8>,
    key: Secret,
    expires: u64,
    /// The answer that counts.
    first: Digest,
    /// The return grants that were used, the first answer's among them.
    grants: Vec<Digest>,
}

/// Names one answer to one invite: what the notice says, so that it speaks of no other.
pub(crate) fn answer_digest(invite: &[u8], sealed: &[u8]) -> Digest {
    let mut bytes = Vec::new();
    push(&mut bytes, invite);
    push(&mut bytes, sealed);
    Digest::labelled("entente answer used v1", &bytes)
}

fn grant_digest(grant: &Grant) -> Digest {
    Digest::labelled("entente return grant v1", &grant.to_bytes())
}

impl UsedInvite {
    pub(crate) fn new(step: AwaitingAnswer, first: &[u8], mailbox: &Grant) -> Self {
        let first = answer_digest(&step.invite, first);
        let grants = vec![grant_digest(mailbox)];
        Self { invite: step.invite, key: step.key, expires: step.expires, first, grants }
    }
}

impl Channel {
    /// Keeps what tells second answerers; of the oldest invites it is let go.
    pub(super) fn keep_used(&mut self, admission: AdmissionId, used: UsedInvite) {
        while self.used.len() >= MAX_INVITES {
            let ends_first = self.used.iter().min_by_key(|(_, used)| used.expires).map(|(id, _)| *id);
            ends_first.map(|id| self.used.remove(&id));
        }
        self.used.insert(admission, used);
    }

    pub(super) fn second_answer<S: StorageProvider<CURRENT_VERSION>, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        admission: AdmissionId,
        sealed: &[u8],
    ) -> Result<(), ReceiveError> {
        let used = self.used.get_mut(&admission).ok_or(Refusal::InviteEnded)?;
        if run.cx.now > used.expires {
            return Err(Refusal::InviteExpired.into());
        }
        let this = answer_digest(&used.invite, sealed);
        if this == used.first || used.grants.len() > MAX_TOLD {
            return Err(Refusal::AlreadyAnswered.into());
        }
        let answer = open_answer(sealed, &used.invite, &used.key)?;
        let place = Place { card: answer.card, party: 0, role: String::new() };
        let (leaf, _) = read_key_package(&answer.key_package, &run.provider, place)?;
        let grant = grant_digest(&answer.mailbox);
        if used.grants.contains(&grant) {
            return Err(Refusal::AlreadyAnswered.into());
        }
        used.grants.push(grant);
        run.out.push(Effect::Send(Outgoing {
            to: leaf.reference,
            grant: answer.mailbox,
            joining: true,
            bytes: JoiningMessage::Used(this).write()?,
        }));
        run.out.push(Effect::SecondAnswer { admission });
        Ok(())
    }

    /// Lets go of what was kept of invites that have expired.
    pub(crate) fn forget_used_invites(&mut self, now: u64) {
        self.used.retain(|_, used| now <= used.expires);
    }
}
