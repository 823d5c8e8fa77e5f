//! Taking in a frame of another member.
//!
//! In this order: form; whom it is for; whose leaf it names, which must be bound to us; its MAC;
//! its beacon; then its body. A refusal is for good, and leaves everything as it was.

use openmls::prelude::ProcessedMessageContent;
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use rand_core::CryptoRng;

use super::run::Run;
use super::{Channel, Waiting};
use crate::binding::Binding;
use crate::context::Context;
use crate::effect::{Delivered, Effect};
use crate::error::{ReceiveError, Refusal, StepError};
use crate::frame::{Body, Frame};
use crate::group;
use crate::leaf::credential;
use crate::member::MemberId;
use crate::text::chain::{ChainError, Link, Step};
use crate::text::leaf_item::LeafItem;

/// Frames of one member that wait for a commit.
pub const MAX_WAITING: usize = 64;

/// Bytes of one member's frames that wait for a commit.
pub const MAX_WAITING_BYTES: usize = 1_250_000;

/// How many epochs ahead a frame is waited for.
pub const EPOCHS_AHEAD: u64 = 16;

impl Channel {
    /// Takes in a message that came to our mailbox of this channel.
    ///
    /// # Errors
    /// [`ReceiveError::Refused`]: bad for good, to be noted and erased. [`ReceiveError::Local`]:
    /// our own fault, to be tried again.
    pub fn receive<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        &mut self,
        cx: &mut Context<'_, S, R>,
        bytes: &[u8],
    ) -> Result<Vec<Effect>, ReceiveError> {
        let (_, effects) = self.step(cx, |channel, run| {
            channel.take(run, bytes)?;
            channel.settle(run)
        })?;
        Ok(effects)
    }

    /// Takes in one frame.
    pub(crate) fn take<S, R>(&mut self, run: &mut Run<'_, '_, S, R>, bytes: &[u8]) -> Result<(), ReceiveError>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: CryptoRng + ?Sized,
    {
        if self.closed {
            return Err(Refusal::Closed.into());
        }
        let frame = Frame::parse(bytes)?;
        if frame.to != self.me.id() {
            return Err(Refusal::NotForUs.into());
        }
        let body = frame.open(self.binding_with(&frame.from)?)?;
        if frame.beacon.term != self.setting.term {
            return Err(Refusal::BadMac.into());
        }
        self.heard(frame.from, &frame.beacon, run.cx.now, &mut run.out);
        self.act(run, frame.from, body, bytes)
    }

    /// The binding with a leaf whose tag has verified: a member, somebody who just left, or
    /// somebody about to come.
    fn binding_with(&self, from: &MemberId) -> Result<&Binding, Refusal> {
        let departed = || self.departed.iter().map(|(_, peer)| peer).find(|p| p.member.id() == *from);
        let candidate = || self.candidates.values().find(|c| c.member.id() == *from);
        self.peers
            .get(from)
            .or_else(departed)
            .map(|peer| &peer.binding)
            .or_else(|| candidate().map(|candidate| &candidate.binding))
            .ok_or(Refusal::UnknownSender)
    }

    fn act<S, R>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        body: Body,
        frame: &[u8],
    ) -> Result<(), ReceiveError>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: CryptoRng + ?Sized,
    {
        match body {
            Body::Text(mls) => self.text(run, from, &mls, frame),
            Body::Update(commit) => self.sequence_update(run, from, &commit),
            Body::Sequenced(sequenced) => self.sequenced(run, from, sequenced, frame),
            Body::Candidate(notice) => self.meet_candidate(run, from, notice),
            Body::Bound(admission, tag) => self.bound(run, from, admission, tag),
            Body::Dropped(admission) => self.drop_candidate(from, admission),
            Body::Approval(admission, macs) => self.approval(run, from, admission, &macs),
            Body::RemovalProposed(removal, member) => self.removal_proposed(run, from, removal, member),
            Body::RemovalApproval(removal, macs) => self.removal_approval(run, from, removal, &macs),
            Body::Grant(wrapped) => self.grant_of(run, from, &wrapped, frame),
            Body::PassOn(to, inner) => self.pass_on(run, from, to, inner),
            Body::Beacon => Ok(()),
            Body::Match(_) | Body::Differ(_) | Body::Company(_) | Body::Tags(_) | Body::Welcome(_) => {
                Err(Refusal::OutOfStep.into())
            }
        }
    }

    /// A grant of somebody whose Add we have not merged yet waits for it.
    fn grant_of<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        wrapped: &[u8],
        frame: &[u8],
    ) -> Result<(), ReceiveError> {
        if self.candidates.values().any(|candidate| candidate.member.id() == from) {
            return Ok(self.wait(from, self.epoch().saturating_add(1), frame)?);
        }
        Ok(self.take_grant(run, from, wrapped)?)
    }

    /// At the convener: hands a frame on, unread. It carries its own authentication.
    fn pass_on<S, R: ?Sized>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        to: MemberId,
        inner: Vec<u8>,
    ) -> Result<(), ReceiveError> {
        if !self.is_convener() {
            return Err(Refusal::NotConvener.into());
        }
        let frame = Frame::parse(&inner)?;
        if frame.from != from || frame.to != to || !self.peers.contains_key(&to) {
            return Err(Refusal::SenderMismatch.into());
        }
        Ok(self.deposit(run, to, inner)?)
    }

    /// An application message: decrypted, then placed in its sender's chain.
    fn text<S, R>(
        &mut self,
        run: &mut Run<'_, '_, S, R>,
        from: MemberId,
        mls: &[u8],
        frame: &[u8],
    ) -> Result<(), ReceiveError>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: ?Sized,
    {
        let message = group::parse(mls, &self.setting)?;
        let epoch = message.epoch().as_u64();
        if epoch > self.epoch() {
            return Ok(self.wait(from, epoch, frame)?);
        }
        if message.is_handshake_message() {
            return Err(Refusal::OutOfStep.into());
        }
        let departed = self
            .departed
            .iter_mut()
            .find(|(gone, peer)| peer.member.id() == from && epoch < *gone)
            .map(|(_, peer)| peer);
        let peer = match self.peers.get_mut(&from) {
            Some(peer) => peer,
            None => departed.ok_or(Refusal::UnknownSender)?,
        };
        let processed = group::process(&mut run.group, &run.provider, message)?;
        if *processed.credential() != credential(&peer.member.leaf.card) {
            return Err(Refusal::SenderMismatch.into());
        }
        let ProcessedMessageContent::ApplicationMessage(plain) = processed.into_content() else {
            return Err(Refusal::OutOfStep.into());
        };
        let plain = plain.into_bytes();
        let item = LeafItem::decode(&plain).map_err(|_| Refusal::Malformed)?;
        let digest = LeafItem::digest(&plain);
        let link = Link { serial: item.serial, previous: item.previous, digest };
        let first = peer.chain.newest() == 0;
        let (chain, step) = peer.chain.accept(link).map_err(|error| match error {
            ChainError::Replay(_) => Refusal::Replay,
            _ => Refusal::Chain,
        })?;
        peer.chain = chain;
        if let Step::Gap(missing, last) = step
            && !(first && peer.before_us)
        {
            run.out.push(Effect::Missing { from, first: missing, last });
        }
        run.out.push(Effect::Delivered(Delivered {
            from,
            persona: peer.member.persona,
            party: peer.member.party(),
            epoch,
            serial: item.serial,
            message: item.message,
            digest,
        }));
        Ok(())
    }

    /// Keeps a frame until its epoch comes.
    pub(crate) fn wait(&mut self, from: MemberId, epoch: u64, frame: &[u8]) -> Result<(), Refusal> {
        if epoch > self.epoch().saturating_add(EPOCHS_AHEAD) {
            return Err(Refusal::TooFarAhead);
        }
        let (mut frames, mut bytes) = (0_usize, frame.len());
        for waiting in self.waiting.iter().filter(|waiting| waiting.from == from) {
            if waiting.frame == frame {
                return Err(Refusal::Replay);
            }
            frames = frames.saturating_add(1);
            bytes = bytes.saturating_add(waiting.frame.len());
        }
        if frames >= MAX_WAITING || bytes > MAX_WAITING_BYTES {
            return Err(Refusal::TooManyWaiting);
        }
        self.waiting.push(Waiting { from, epoch, frame: frame.to_vec() });
        Ok(())
    }

    /// Reads what has waited, as long as that moves the group; then takes up our own update again
    /// if another commit came before it.
    pub(crate) fn settle<S, R>(&mut self, run: &mut Run<'_, '_, S, R>) -> Result<(), ReceiveError>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: CryptoRng + ?Sized,
    {
        loop {
            let epoch = self.epoch();
            let due: Vec<Waiting>;
            (due, self.waiting) = std::mem::take(&mut self.waiting)
                .into_iter()
                .partition(|waiting| waiting.epoch <= epoch && !self.closed);
            for waiting in due {
                match self.take(run, &waiting.frame) {
                    Ok(()) => {}
                    Err(ReceiveError::Refused(refusal)) => {
                        run.out.push(Effect::Refused { from: waiting.from, refusal });
                    }
                    Err(local @ ReceiveError::Local(_)) => return Err(local),
                }
            }
            if self.epoch() == epoch {
                break;
            }
        }
        self.retry_update(run)?;
        Ok(())
    }

    /// If our update lost its epoch to another commit, makes it again.
    fn retry_update<S, R>(&mut self, run: &mut Run<'_, '_, S, R>) -> Result<(), StepError>
    where
        S: StorageProvider<CURRENT_VERSION>,
        R: CryptoRng + ?Sized,
    {
        match self.update.take() {
            Some(update) if self.closed || run.group.pending_commit().is_some() => {
                self.update = Some(update);
                Ok(())
            }
            Some(update) => self.propose_update(run, update.since),
            None => Ok(()),
        }
    }
}
