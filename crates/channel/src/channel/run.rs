//! One step under way: the group out of the transaction, the effects so far, and the way a frame
//! takes to a member.

use openmls::prelude::MlsGroup;
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use rand_core::CryptoRng;

use super::Channel;
use crate::beacon::{Beacon, EPOCHS_REMEMBERED, Epoch};
use crate::context::Context;
use crate::effect::{Effect, Outgoing};
use crate::error::{Local, StepError};
use crate::frame::{Body, Frame};
use crate::group::{self, keep_past_epochs};
use crate::joining::notice::JoiningMessage;
use crate::member::{Member, MemberId};
use crate::provider::{PAST_EPOCHS, Provider};

/// How long a past epoch may still be read after another took its place: 7 days.
pub const PAST_EPOCH_SECONDS: u64 = 7 * 24 * 60 * 60;

/// A step under way.
pub(crate) struct Run<'r, 'c, S, R: ?Sized> {
    pub(crate) cx: &'r mut Context<'c, S, R>,
    pub(crate) provider: Provider<'c, S>,
    pub(crate) group: MlsGroup,
    pub(crate) out: Vec<Effect>,
}

impl Channel {
    /// Takes a step on a copy, and becomes the copy only when the step succeeds.
    pub(crate) fn step<S, R, T, E>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        step: impl FnOnce(&mut Self, &mut Run<'_, '_, S, R>) -> Result<T, E>,
    ) -> Result<(T, Vec<Effect>), E>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: CryptoRng + ?Sized,
        E: From<Local>,
    {
        let mut next = self.clone();
        let group = group::load(cx.storage, &self.setting)?;
        let provider = Provider::new(cx.storage);
        let mut run = Run { cx, provider, group, out: Vec::new() };
        let value = step(&mut next, &mut run)?;
        let effects = run.out;
        *self = next;
        Ok((value, effects))
    }

    /// Where we stand now.
    pub(crate) fn beacon_of(&self, group: &MlsGroup) -> Beacon {
        Beacon {
            term: self.setting.term,
            epoch: group.epoch().as_u64(),
            authenticator: group.epoch_authenticator().as_slice().to_vec(),
            checkpoint: self.checkpoint,
            serial: self.chain.serial(),
        }
    }

    /// Frames a body for a member and sends it: under the member's own grant, or by way of the
    /// convener while there is none.
    pub(crate) fn post<S, R: ?Sized>(
        &self,
        run: &mut Run<'_, '_, S, R>,
        to: MemberId,
        body: &Body,
    ) -> Result<(), StepError> {
        let peer = self.peers.get(&to).ok_or(StepError::UnknownMember)?;
        let beacon = self.beacon_of(&run.group);
        let frame = Frame::write(&peer.binding, self.me.id(), beacon.clone(), body)?;
        if peer.grant.is_some() {
            return self.deposit(run, to, frame);
        }
        let convener = self.peers.get(&self.convener).ok_or(StepError::NoRoute)?;
        if convener.member.id() == to {
            return Err(StepError::NoRoute);
        }
        let outer = Body::PassOn(to, frame);
        let frame = Frame::write(&convener.binding, self.me.id(), beacon, &outer)?;
        self.deposit(run, self.convener, frame)
    }

    /// Sends a frame as it is, under the member's own grant.
    pub(crate) fn deposit<S, R: ?Sized>(
        &self,
        run: &mut Run<'_, '_, S, R>,
        to: MemberId,
        bytes: Vec<u8>,
    ) -> Result<(), StepError> {
        let grant = self.peers.get(&to).and_then(|peer| peer.grant.clone());
        let grant = grant.ok_or(StepError::NoRoute)?;
        run.out.push(Effect::Send(Outgoing { to, grant, joining: false, bytes }));
        Ok(())
    }

    /// Posts a body to every other member.
    pub(crate) fn post_all<S, R: ?Sized>(
        &self,
        run: &mut Run<'_, '_, S, R>,
        body: &Body,
    ) -> Result<(), StepError> {
        self.peers.keys().try_for_each(|to| self.post(run, *to, body))
    }

    /// Every member by party, us included, without `but`.
    pub(crate) fn present(&self, but: Option<MemberId>) -> std::collections::BTreeMap<MemberId, u16> {
        self.members()
            .chain([&self.me])
            .filter(|member| Some(member.id()) != but)
            .map(|member| (member.id(), member.party()))
            .collect()
    }

    /// After a commit was merged: remembers the epoch, drops what is too old, compares beacons.
    pub(crate) fn moved<S, R>(&mut self, run: &mut Run<'_, '_, S, R>) -> Result<(), Local>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: ?Sized,
    {
        let now = run.cx.now;
        if let Some(last) = self.epochs.last_mut() {
            last.superseded_at = Some(now);
        }
        let number = run.group.epoch().as_u64();
        self.epochs.push(Epoch {
            number,
            authenticator: run.group.epoch_authenticator().as_slice().to_vec(),
            superseded_at: None,
        });
        let surplus = self.epochs.len().saturating_sub(EPOCHS_REMEMBERED);
        self.epochs.drain(..surplus);
        self.departed.retain(|(gone, _)| gone.saturating_add(PAST_EPOCHS as u64) > number);
        run.out.push(Effect::Epoch(number));
        self.reached(number, &mut run.out);
        self.forget_past_epochs(run)
    }

    /// Deletes past epochs by the time at which they were superseded.
    pub(crate) fn forget_past_epochs<S, R>(&mut self, run: &mut Run<'_, '_, S, R>) -> Result<(), Local>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: ?Sized,
    {
        let now = run.cx.now;
        let keep = self
            .epochs
            .iter()
            .rev()
            .filter_map(|epoch| epoch.superseded_at)
            .take(PAST_EPOCHS)
            .filter(|at| now.saturating_sub(*at) <= PAST_EPOCH_SECONDS)
            .count();
        if keep < PAST_EPOCHS {
            keep_past_epochs(&mut run.group, &run.provider, keep)?;
        }
        Ok(())
    }
}

/// A message on the way in, under a one-time grant.
pub(crate) fn joining_message(
    joiner: &Member,
    grant: &entente_wire::grant::Grant,
    message: &JoiningMessage,
) -> Result<Effect, Local> {
    Ok(Effect::Send(Outgoing {
        to: joiner.id(),
        grant: grant.clone(),
        joining: true,
        bytes: message.write()?,
    }))
}
