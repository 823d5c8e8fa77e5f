//! One step on one negotiation inside one transaction.
//!
//! Everything is loaded from the transaction's rows and written back by [`Step::finish`]; nothing
//! outlives the step, so nothing can be ahead of the disk.

use std::collections::BTreeMap;

use entente_channel::channel::Channel;
use entente_channel::context::Context;
use entente_channel::effect::Effect;
use entente_channel::member::{Member, MemberId};
use entente_record::replica::Replica;
use entente_store::rows::channels::{self, ChannelId};
use entente_store::rows::items::ItemId;
use entente_store::rows::mailboxes::MailboxId;
use entente_store::rows::talks::{self, TalksId};
use entente_store::{MlsStorage, Transaction};
use rand_core::CryptoRng;

use super::error::{EngineError, Fault};
use super::replica_rows::ReplicaRows;
use super::state::{ChannelRow, SecretBytes, TalksState};

/// What a step on a channel is given besides its input.
pub(crate) type ChannelContext<'x, 't, 'r> = Context<'x, MlsStorage<'t>, dyn CryptoRng + 'r>;

/// One step's view of one negotiation.
pub(crate) struct Step<'a> {
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) now: u64,
    pub(crate) rng: &'a mut (dyn CryptoRng + 'a),
    pub(crate) talks: TalksId,
    pub(crate) state: TalksState,
    channels: BTreeMap<ChannelId, Loaded>,
}

struct Loaded {
    channel: Channel,
    mailbox: Option<MailboxId>,
}

impl<'a> Step<'a> {
    pub(crate) fn load(
        tx: &'a Transaction<'a>,
        now: u64,
        rng: &'a mut (dyn CryptoRng + 'a),
        talks: TalksId,
    ) -> Result<Self, EngineError> {
        let state = talks::read(tx, talks)?;
        Ok(Self { tx, now, rng, talks, state, channels: BTreeMap::new() })
    }

    /// Writes everything back.
    pub(crate) fn finish(self) -> Result<(), EngineError> {
        self.write_back()
    }

    /// A part of this step that, if it is refused, is undone alone. Only a local fault is an error.
    pub(crate) fn attempt(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        self.write_back()?;
        let tx = self.tx;
        let outcome = tx.savepoint(|_| {
            part(self)?;
            self.write_back()
        })?;
        let Err(error) = outcome else { return Ok(()) };
        self.channels.clear();
        self.state = talks::read(self.tx, self.talks)?;
        if error.fault() == Fault::Local { Err(error) } else { Ok(()) }
    }

    fn write_back(&self) -> Result<(), EngineError> {
        for (id, loaded) in &self.channels {
            let channel = SecretBytes::new(&loaded.channel.to_bytes().map_err(EngineError::local)?);
            channels::write(self.tx, *id, &ChannelRow { channel, mailbox: loaded.mailbox })?;
        }
        Ok(talks::write(self.tx, self.talks, &self.state)?)
    }

    /// Adds a channel that has just come to be.
    pub(crate) fn add_channel(
        &mut self,
        name: &str,
        channel: Channel,
        mailbox: Option<MailboxId>,
    ) -> Result<ChannelId, EngineError> {
        let row = ChannelRow {
            channel: SecretBytes::new(&channel.to_bytes().map_err(EngineError::local)?),
            mailbox,
        };
        let id = channels::add(self.tx, self.talks, name, &row)?;
        self.channels.insert(id, Loaded { channel, mailbox });
        Ok(id)
    }

    /// The channels of these talks that we are in, oldest first.
    pub(crate) fn channel_ids(&self) -> Result<Vec<ChannelId>, EngineError> {
        let all = channels::list(self.tx, self.talks)?.into_iter().map(|(id, _)| id);
        Ok(all.filter(|id| !self.state.left.contains(id)).collect())
    }

    /// A channel, read only.
    pub(crate) fn channel(&mut self, id: ChannelId) -> Result<&Channel, EngineError> {
        Ok(&self.loaded(id)?.channel)
    }

    pub(crate) fn mailbox_of(&mut self, id: ChannelId) -> Result<Option<MailboxId>, EngineError> {
        Ok(self.loaded(id)?.mailbox)
    }

    pub(crate) fn set_mailbox(&mut self, id: ChannelId, mailbox: MailboxId) -> Result<(), EngineError> {
        self.loaded(id)?.mailbox = Some(mailbox);
        Ok(())
    }

    fn loaded(&mut self, id: ChannelId) -> Result<&mut Loaded, EngineError> {
        use std::collections::btree_map::Entry;
        match self.channels.entry(id) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let row: ChannelRow = channels::read(self.tx, id)?;
                let channel = Channel::from_bytes(row.channel.bytes()).map_err(EngineError::local)?;
                Ok(entry.insert(Loaded { channel, mailbox: row.mailbox }))
            }
        }
    }

    /// Takes a step on a channel and carries out what it asks for. What it sends belongs to `item`.
    pub(crate) fn on_channel<E>(
        &mut self,
        id: ChannelId,
        item: Option<ItemId>,
        step: impl FnOnce(&mut Channel, &mut ChannelContext<'_, '_, '_>) -> Result<Vec<Effect>, E>,
    ) -> Result<(), EngineError>
    where
        EngineError: From<E>,
    {
        let tx = self.tx;
        let (now, own) = (self.now, self.state.own()?);
        let mut loaded = match self.channels.remove(&id) {
            Some(loaded) => loaded,
            None => {
                self.loaded(id)?;
                self.channels.remove(&id).ok_or_else(|| EngineError::local("the channel is gone"))?
            }
        };
        let storage = tx.mls();
        let mut cx = Context { storage: &storage, own: &own, now, rng: &mut *self.rng };
        let outcome = step(&mut loaded.channel, &mut cx);
        self.channels.insert(id, loaded);
        self.apply(id, outcome?, item)
    }

    /// The members of a channel but us.
    pub(crate) fn others(&mut self, id: ChannelId) -> Result<Vec<Member>, EngineError> {
        Ok(self.channel(id)?.members().cloned().collect())
    }

    pub(crate) fn member(&mut self, id: ChannelId, member: &MemberId) -> Result<Option<Member>, EngineError> {
        Ok(self.channel(id)?.member(member).cloned())
    }

    /// The replica, if the record has begun here. What is done to it is done in this transaction.
    pub(crate) fn replica(&self) -> Result<Option<Replica<ReplicaRows<'a>>>, EngineError> {
        Replica::load(self.replica_rows()).map_err(EngineError::local)
    }

    pub(crate) fn replica_rows(&self) -> ReplicaRows<'a> {
        ReplicaRows::new(self.tx, self.talks)
    }

    /// The replica of a record that has begun.
    pub(crate) fn begun(&self) -> Result<Replica<ReplicaRows<'a>>, EngineError> {
        self.replica()?.ok_or_else(|| EngineError::NotYet("the charter is not recorded".into()))
    }
}
