//! What a member does of its own: say something, update its keys, show where it stands.

use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use rand_core::CryptoRng;

use super::run::Run;
use super::{Channel, PendingUpdate};
use crate::context::Context;
use crate::effect::{Alarm, Effect};
use crate::error::{Local, StepError};
use crate::frame::{Body, MAX_MESSAGE};
use crate::group::{self, Commit};
use crate::sequence::{Change, Sequenced, commit_digest, sequence_mac};
use crate::text::digest::Digest;
use crate::text::leaf_item::LeafItem;

/// How long an update of ours may wait for the convener: 7 days.
pub const UPDATE_SECONDS: u64 = 7 * 24 * 60 * 60;

/// The place of a message that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its serial in our leaf chain.
    pub serial: u64,
    /// The digest by which the next one names it.
    pub digest: Digest,
}

impl Channel {
    /// Says `message`, an encoded `text::message::Message`, to every member.
    ///
    /// # Errors
    /// [`StepError::TooLarge`], [`StepError::Closed`], [`StepError::Local`].
    pub fn send<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        message: &[u8],
    ) -> Result<(Sent, Vec<Effect>), StepError> {
        if message.len() > MAX_MESSAGE {
            return Err(StepError::TooLarge);
        }
        self.open_step(cx, |channel, run| {
            let (serial, previous) = channel.chain.next();
            let item = LeafItem { serial, previous, message: message.to_vec() };
            let item = item.encode().map_err(|_| StepError::TooLarge)?;
            let digest = LeafItem::digest(&item);
            channel.chain = channel.chain.advanced(digest);
            let mls = run
                .group
                .create_message(&run.provider, &channel.secret, &item)
                .map_err(Local::mls)?
                .to_bytes()
                .map_err(Local::mls)?;
            channel.post_all(run, &Body::Text(mls))?;
            Ok(Sent { serial, digest })
        })
    }

    /// Renews our keys: a path-only commit, which the convener sequences. A member's own waits for
    /// the convener; if another is sequenced first, it is made again.
    ///
    /// # Errors
    /// [`StepError::UpdatePending`], [`StepError::Closed`], [`StepError::Local`].
    pub fn update<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
    ) -> Result<Vec<Effect>, StepError> {
        let (_, effects) = self.open_step(cx, |channel, run| {
            if channel.update.is_some() {
                return Err(StepError::UpdatePending);
            }
            if channel.is_convener() {
                let (commit, _) = channel.own_commit(run, Commit::Update)?;
                let author = channel.me.id();
                channel.hand_out(run, &commit, |_| Change::Update(author))?;
                channel.merge_own(run)
            } else {
                let since = run.cx.now;
                channel.propose_update(run, since)
            }
        })?;
        Ok(effects)
    }

    /// Sends nothing but the beacon to every member.
    ///
    /// # Errors
    /// [`StepError::Closed`], [`StepError::Local`].
    pub fn beacon<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
    ) -> Result<Vec<Effect>, StepError> {
        let (_, effects) = self.open_step(cx, |channel, run| channel.post_all(run, &Body::Beacon))?;
        Ok(effects)
    }

    /// What time alone brings: invites that end, past epochs that go, an update long ignored.
    ///
    /// # Errors
    /// [`StepError::Local`].
    pub fn tick<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
    ) -> Result<Vec<Effect>, StepError> {
        let (_, effects) = self.step(cx, |channel, run| -> Result<(), StepError> {
            let now = run.cx.now;
            channel.end_expired_invites(now);
            channel.forget_used_invites(now);
            if let Some(update) = &channel.update
                && now.saturating_sub(update.since) > UPDATE_SECONDS
            {
                run.out.push(Effect::Alarm(Alarm::UpdateIgnored { since: update.since }));
            }
            Ok(channel.forget_past_epochs(run)?)
        })?;
        Ok(effects)
    }

    /// As [`Self::step`], while we are in the channel.
    pub(crate) fn open_step<S, R, T>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        step: impl FnOnce(&mut Self, &mut Run<'_, '_, S, R>) -> Result<T, StepError>,
    ) -> Result<(T, Vec<Effect>), StepError>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: CryptoRng + ?Sized,
    {
        if self.closed {
            return Err(StepError::Closed);
        }
        self.step(cx, step)
    }

    /// Makes our path-only commit and sends it to the convener.
    pub(crate) fn propose_update<S, R>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        since: u64,
    ) -> Result<(), StepError>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: CryptoRng + ?Sized,
    {
        let (commit, _) = self.own_commit(run, Commit::Update)?;
        self.update = Some(PendingUpdate { digest: commit_digest(&commit), since });
        self.post(run, self.convener, &Body::Update(commit))
    }

    /// Makes a commit of ours and leaves it pending.
    pub(crate) fn own_commit<S, R>(
        &self,
        run: &mut Run<'_, '_, S, R>,
        what: Commit,
    ) -> Result<(Vec<u8>, Option<Vec<u8>>), Local>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: ?Sized,
    {
        group::commit(&mut run.group, &run.provider, &self.secret, what)
    }

    /// Hands a commit out to every member, sequenced. Only the convener does this, and only in the
    /// epoch that the commit ends: so there is one an epoch.
    pub(crate) fn hand_out<S, R: ?Sized>(
        &self,
        run: &mut Run<'_, '_, S, R>,
        commit: &[u8],
        change: impl Fn(&super::Peer) -> Change,
    ) -> Result<(), StepError> {
        let epoch = self.epoch();
        for (to, peer) in &self.peers {
            let sequenced = Sequenced {
                epoch,
                commit: commit.to_vec(),
                mac: sequence_mac(&peer.binding, epoch, commit),
                change: change(peer),
            };
            self.post(run, *to, &Body::Sequenced(sequenced))?;
        }
        Ok(())
    }

    /// Merges our pending commit.
    pub(crate) fn merge_own<S, R>(&mut self, run: &mut Run<'_, '_, S, R>) -> Result<(), StepError>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: ?Sized,
    {
        run.group.merge_pending_commit(&run.provider).map_err(Local::mls)?;
        Ok(self.moved(run)?)
    }
}
