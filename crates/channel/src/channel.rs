//! The **channel**: what one member holds of it, one versioned value.
//!
//! Load it, take one step, store it, in the transaction that also carries the MLS storage. A step
//! that fails leaves the value as it was; the caller rolls the storage back to its savepoint.

mod grants;
mod membership;
mod receive;
mod removal;
pub(crate) mod run;
mod say;
mod standing;

use std::collections::BTreeMap;

use bincode::config::{BigEndian, Configuration, Fixint, Limit};
use entente_record::origin::Origin;
use entente_wire::grant::Grant;
use openmls::prelude::MlsGroup;
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use rand_core::CryptoRng;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::admission::{Authority, Candidate, Founder, Removal};
use crate::beacon::{Checkpoint, Epoch, Heard};
use crate::binding::{Binding, Setting};
use crate::context::Context;
use crate::error::StepError;
use crate::group;
use crate::joining::{Entry, Invitation, UsedInvite, own_facts};
use crate::leaf::{LeafSecret, MAX_ROLE, Place};
use crate::member::{AdmissionId, ChannelId, Member, MemberId};
use crate::provider::{Provider, SUITE_ID};
use crate::text::chain::{Own as OwnChain, Watched};
use crate::text::digest::Digest;

pub use crate::frame::MAX_MESSAGE;
pub use receive::{EPOCHS_AHEAD, MAX_WAITING, MAX_WAITING_BYTES};
pub use run::PAST_EPOCH_SECONDS;
pub use say::{Sent, UPDATE_SECONDS};
pub use standing::UnderWay;

/// The version of a stored channel.
const STORED_VERSION: u16 = 2;

/// A channel of version 1 ends before its used invites: there were none to keep.
const NO_USED_INVITES: [u8; 8] = [0; 8];

/// The most bytes of a stored value.
pub const MAX_STORED: usize = 64 * 1024 * 1024;

/// One member's channel.
#[derive(Clone, Serialize, Deserialize)]
pub struct Channel {
    suite: u16,
    pub(crate) setting: Setting,
    pub(crate) origin: String,
    pub(crate) secret: LeafSecret,
    pub(crate) me: Member,
    /// Our binding key's public half, as our card certifies it.
    pub(crate) d: [u8; 32],
    pub(crate) convener: MemberId,
    pub(crate) peers: BTreeMap<MemberId, Peer>,
    /// Members who left, for what they said before: with the epoch that they are not in.
    pub(crate) departed: Vec<(u64, Peer)>,
    pub(crate) candidates: BTreeMap<AdmissionId, Candidate>,
    pub(crate) removals: BTreeMap<AdmissionId, Removal>,
    pub(crate) invitations: BTreeMap<AdmissionId, Invitation>,
    /// The charter's founders, once entry 0 is recorded.
    pub(crate) founders: Option<Vec<Founder>>,
    pub(crate) authorities: Vec<Authority>,
    /// Our own leaf chain.
    pub(crate) chain: OwnChain,
    pub(crate) epochs: Vec<Epoch>,
    pub(crate) waiting: Vec<Waiting>,
    pub(crate) update: Option<PendingUpdate>,
    pub(crate) checkpoint: Option<Checkpoint>,
    /// Hashes of the capabilities we gave: each writer has its own.
    pub(crate) given: BTreeMap<[u8; 32], MemberId>,
    pub(crate) closed: bool,
    /// Invites that were answered and have not expired.
    pub(crate) used: BTreeMap<AdmissionId, UsedInvite>,
}

/// Another member, bound to us.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Peer {
    pub(crate) member: Member,
    pub(crate) binding: Binding,
    /// Its grant to us.
    pub(crate) grant: Option<Grant>,
    pub(crate) chain: Watched,
    /// It was here before us: what it said then is not missing.
    pub(crate) before_us: bool,
    pub(crate) heard: Heard,
}

/// A frame that waits for a commit, or for the record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) from: MemberId,
    /// The epoch in which it can be read.
    pub(crate) epoch: u64,
    pub(crate) frame: Vec<u8>,
}

/// A path-only commit of ours, on its way to the convener.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PendingUpdate {
    pub(crate) digest: Digest,
    pub(crate) since: u64,
}

/// A new channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founding {
    /// Its random name.
    pub channel: ChannelId,
    /// Its term, from 1.
    pub term: u32,
    /// The record that it is for.
    pub origin: Origin,
    /// The convener's party; 0 = no side.
    pub party: u16,
    /// The convener's role code.
    pub role: String,
}

impl Peer {
    pub(crate) fn new(member: Member, binding: Binding, before_us: bool) -> Self {
        Self { member, binding, grant: None, chain: Watched::default(), before_us, heard: Heard::default() }
    }
}

impl Channel {
    /// Founds a channel: a group of one, whose convener the founder is.
    ///
    /// # Errors
    /// [`StepError::OwnCard`], [`StepError::TooLarge`] for a role, [`StepError::Local`].
    pub fn found<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        cx: &mut Context<'_, S, R>,
        founding: Founding,
    ) -> Result<Self, StepError> {
        if founding.role.len() > MAX_ROLE {
            return Err(StepError::TooLarge);
        }
        let provider = Provider::new(cx.storage);
        let setting = Setting { channel: founding.channel, term: founding.term, group: cx.random() };
        let secret = LeafSecret::generate(cx.rng);
        let card = cx.own.card.clone();
        let place = Place { card, party: founding.party, role: founding.role };
        // The creator's key package is never joined with: it exists for its ref.
        let (leaf, _) = secret.key_package(&provider, place)?;
        let facts = own_facts(&leaf, &founding.origin, cx.own.binding.public())?;
        let d = facts.d;
        let group = group::create(&provider, &secret, &leaf, &setting)?;
        let me = leaf.member(facts, None, cx.now);
        let origin = founding.origin.as_str().to_owned();
        let convener = me.id();
        Ok(Self::new(setting, origin, secret, me, d, convener, &group))
    }

    /// The channel of a joiner who took its Welcome.
    pub(crate) fn entered(entry: Entry, peers: BTreeMap<MemberId, Peer>, group: &MlsGroup) -> Self {
        let convener = entry.convener.id();
        let mut channel =
            Self::new(entry.setting, entry.origin, entry.secret, entry.me, entry.d, convener, group);
        channel.peers = peers;
        channel
    }

    fn new(
        setting: Setting,
        origin: String,
        secret: LeafSecret,
        me: Member,
        d: [u8; 32],
        convener: MemberId,
        group: &MlsGroup,
    ) -> Self {
        let epoch = Epoch {
            number: group.epoch().as_u64(),
            authenticator: group.epoch_authenticator().as_slice().to_vec(),
            superseded_at: None,
        };
        Self {
            suite: SUITE_ID,
            setting,
            origin,
            secret,
            me,
            d,
            convener,
            peers: BTreeMap::new(),
            departed: Vec::new(),
            candidates: BTreeMap::new(),
            removals: BTreeMap::new(),
            invitations: BTreeMap::new(),
            founders: None,
            authorities: Vec::new(),
            chain: OwnChain::default(),
            epochs: vec![epoch],
            waiting: Vec::new(),
            update: None,
            checkpoint: None,
            given: BTreeMap::new(),
            closed: false,
            used: BTreeMap::new(),
        }
    }

    /// The channel's name.
    #[must_use]
    pub fn id(&self) -> ChannelId {
        self.setting.channel
    }

    /// Its term.
    #[must_use]
    pub fn term(&self) -> u32 {
        self.setting.term
    }

    /// The origin of the record that it is for.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The MLS epoch that this member is in.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epochs.last().map_or(0, |epoch| epoch.number)
    }

    /// This member.
    #[must_use]
    pub fn me(&self) -> &Member {
        &self.me
    }

    /// The other members.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.peers.values().map(|peer| &peer.member)
    }

    /// Another member by its ref.
    #[must_use]
    pub fn member(&self, id: &MemberId) -> Option<&Member> {
        self.peers.get(id).map(|peer| &peer.member)
    }

    /// Who convenes.
    #[must_use]
    pub fn convener(&self) -> MemberId {
        self.convener
    }

    /// Whether this member convenes.
    #[must_use]
    pub fn is_convener(&self) -> bool {
        self.convener == self.me.id()
    }

    /// Whether the record's founders are not pinned yet.
    #[must_use]
    pub fn founding(&self) -> bool {
        self.founders.is_none()
    }

    /// Whether this member was removed.
    #[must_use]
    pub fn closed(&self) -> bool {
        self.closed
    }

    /// Members of whom nothing authentic came for more than `limit` seconds.
    #[must_use]
    pub fn silent(&self, now: u64, limit: u64) -> Vec<MemberId> {
        self.members()
            .filter(|member| now.saturating_sub(member.last_heard) > limit)
            .map(Member::id)
            .collect()
    }

    /// Sets the latest checkpoint that this member has verified: it goes into every beacon.
    pub fn stamp(&mut self, checkpoint: Checkpoint) {
        self.checkpoint = Some(checkpoint);
    }

    /// The stored form: version (2 bytes, big endian), then this value.
    ///
    /// # Errors
    /// [`StateError::TooLarge`].
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, StateError> {
        stored(STORED_VERSION, self)
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let channel: Self = match bytes.split_first_chunk::<2>() {
            Some((&[0, 1], first)) => restored(1, &[&[0, 1], first, &NO_USED_INVITES].concat())?,
            _ => restored(STORED_VERSION, bytes)?,
        };
        if channel.suite == SUITE_ID { Ok(channel) } else { Err(StateError::Suite(channel.suite)) }
    }
}

/// A stored value cannot be written or read: our own fault, or an older program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Written by a newer program.
    #[error("stored by version {0}, which this program does not know")]
    Newer(u16),
    /// Another suite's channel.
    #[error("stored for suite {0:#06x}")]
    Suite(u16),
    /// Damaged.
    #[error("the stored value is damaged")]
    Damaged,
    /// Over [`MAX_STORED`] bytes.
    #[error("the value is larger than {MAX_STORED} bytes")]
    TooLarge,
}

const STORED: Configuration<BigEndian, Fixint, Limit<MAX_STORED>> =
    bincode::config::standard().with_big_endian().with_fixed_int_encoding().with_limit::<MAX_STORED>();

pub(crate) fn stored<T: Serialize>(version: u16, value: &T) -> Result<Zeroizing<Vec<u8>>, StateError> {
    let encoded =
        Zeroizing::new(bincode::serde::encode_to_vec(value, STORED).map_err(|_| StateError::TooLarge)?);
    if encoded.len() > MAX_STORED {
        return Err(StateError::TooLarge);
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(encoded.len().saturating_add(2)));
    bytes.extend_from_slice(&version.to_be_bytes());
    bytes.extend_from_slice(&encoded);
    Ok(bytes)
}

pub(crate) fn restored<T: DeserializeOwned>(version: u16, bytes: &[u8]) -> Result<T, StateError> {
    let (found, encoded) = bytes.split_first_chunk::<2>().ok_or(StateError::Damaged)?;
    let found = u16::from_be_bytes(*found);
    if found != version {
        return Err(StateError::Newer(found));
    }
    let (value, read) =
        bincode::serde::decode_from_slice(encoded, STORED).map_err(|_| StateError::Damaged)?;
    if read == encoded.len() { Ok(value) } else { Err(StateError::Damaged) }
}

#[cfg(test)]
mod tests;
