//! Mailbox **grants** between members: one a writer, wrapped under K_AB.

use entente_wire::grant::Grant;
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use rand_core::CryptoRng;

use super::Channel;
use super::run::Run;
use crate::context::Context;
use crate::effect::Effect;
use crate::error::{Local, Refusal, StepError};
use crate::frame::Body;
use crate::member::MemberId;

/// The most grants given out over a channel's life that are told apart.
const MAX_GIVEN: usize = 4096;

impl Channel {
    /// Gives a member a grant to our mailbox, in the place of an earlier one.
    ///
    /// # Errors
    /// [`StepError::GrantReused`] if another writer has it; [`StepError::UnknownMember`].
    pub fn grant<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        member: MemberId,
        grant: &Grant,
    ) -> Result<Vec<Effect>, StepError> {
        let (_, effects) = self.open_step(cx, |channel, run| {
            channel.give(member, grant)?;
            let peer = channel.peers.get(&member).ok_or(StepError::UnknownMember)?;
            let wrapped = peer.binding.wrap(&grant.to_bytes(), run.cx.rng).map_err(Local::mls)?;
            channel.post(run, member, &Body::Grant(wrapped))
        })?;
        Ok(effects)
    }

    /// Notes to whom a grant goes. Two writers with one capability would be one to the relay, and
    /// could not be revoked one by one.
    pub(crate) fn give(&mut self, member: MemberId, grant: &Grant) -> Result<(), StepError> {
        let capability = grant.capability().hash().0;
        if self.given.get(&capability).is_some_and(|holder| *holder != member) {
            return Err(StepError::GrantReused);
        }
        if self.given.len() >= MAX_GIVEN {
            return Err(StepError::TooMany);
        }
        self.given.insert(capability, member);
        Ok(())
    }

    /// Takes a member's grant.
    pub(crate) fn take_grant<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        wrapped: &[u8],
    ) -> Result<(), Refusal> {
        let peer = self.peers.get_mut(&from).ok_or(Refusal::UnknownSender)?;
        let grant = Grant::from_bytes(&peer.binding.unwrap(wrapped)?).map_err(|_| Refusal::BadGrant)?;
        peer.grant = Some(grant);
        run.out.push(Effect::GrantReceived(from));
        Ok(())
    }
}
