//! What the engine keeps in rows: plain values with named fields, loaded in each transaction.

use std::collections::BTreeMap;

use entente_channel::context::{BindingSecret, Own};
use entente_channel::text::knowledge::KeyBook;
use entente_channel::text::persona_chains::PersonaChains;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::versions::Versions;
use entente_log::signed_note::KeyName;
use entente_record::card::Card;
use entente_record::log_key::LogKey;
use entente_record::origin::Origin;
use entente_record::party::Party;
use entente_record::persona::PersonaSecret;
use entente_record::stamp::StampingKey;
use entente_store::rows::channels::ChannelId;
use entente_store::rows::mailboxes::MailboxId;
use entente_wire::grant::Grant;
use entente_wire::mailbox::{Mailbox, Slot};
use entente_wire::reassembly::Reassembly;
use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::error::EngineError;
use super::roster_change::May;
use super::witnesses::Witness;

/// How long what a writer left before it was shut out is still read: 30 days.
const REVOKED_SECONDS: u64 = 30 * 86_400;

/// Secret bytes in a row of the encrypted store. Wiped when dropped, never printed.
#[derive(Clone, Default)]
pub(crate) struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn array<const N: usize>(&self) -> Result<Zeroizing<[u8; N]>, EngineError> {
        let array = self
            .0
            .as_slice()
            .try_into()
            .map_err(|_| EngineError::local("a stored key has another length"))?;
        Ok(Zeroizing::new(array))
    }
}

impl Serialize for SecretBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for SecretBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = deserializer.deserialize_byte_buf(ByteBuf)?;
        Ok(Self(Zeroizing::new(bytes)))
    }
}

struct ByteBuf;

impl serde::de::Visitor<'_> for ByteBuf {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("a byte string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }
}

/// One negotiation, as its participant on this device keeps it.
#[derive(Serialize, Deserialize)]
pub(crate) struct TalksState {
    /// The record's origin.
    pub(crate) origin: String,
    /// The party we act for; 0 is no side.
    pub(crate) party: u16,
    pub(crate) role: String,
    /// Persona seeds, 64 bytes.
    persona: SecretBytes,
    /// The binding key `d`, 32 bytes.
    binding: SecretBytes,
    /// The cosigner's name and seed.
    cosigner_name: String,
    cosigner: SecretBytes,
    /// Our own card.
    pub(crate) card: Vec<u8>,
    /// What only the keeper of the record has.
    pub(crate) keeper: Option<Keeper>,
    /// Names of parties; the charter gives them.
    pub(crate) names: BTreeMap<u16, String>,
    /// Whose keys are known, and how.
    pub(crate) book: KeyBook,
    /// Cards of others: those met, and those sent on by somebody.
    pub(crate) cards: Vec<KnownCard>,
    /// The charter's payload digest, once proposed.
    pub(crate) charter: Option<[u8; 32]>,
    pub(crate) versions: Versions,
    pub(crate) chains: PersonaChains,
    /// Signatures that came before what they sign, and items of the record before their turn.
    pub(crate) early_signatures: Vec<Vec<u8>>,
    pub(crate) early_entries: BTreeMap<u64, Vec<u8>>,
    /// The proof that the record was shown in two histories, once it was.
    #[serde(default)]
    pub(crate) two_histories: Option<Vec<u8>>,
    /// Witnesses that we ask to stamp the record.
    #[serde(default)]
    pub(crate) witnesses: Vec<Witness>,
    /// Record items that change who is in, and have not been told to the channels yet: they are not
    /// recorded, or have just come.
    #[serde(default)]
    pub(crate) due: Vec<u64>,
    /// The renewal of our keys of which it was told that nobody takes it up: since when it waits.
    #[serde(default)]
    pub(crate) renewal_ignored: Option<u64>,
    /// Channels that we were removed from.
    #[serde(default)]
    pub(crate) left: Vec<ChannelId>,
    /// Nobody is told by itself what we fetched and opened.
    #[serde(default)]
    pub(crate) receipts_off: bool,
}

/// What the creator of talks keeps: the log's key and the plan of the charter.
#[derive(Serialize, Deserialize)]
pub(crate) struct Keeper {
    log_key: SecretBytes,
    pub(crate) title: String,
    pub(crate) clauses: Vec<String>,
    /// The number of sides; party n is the n-th.
    pub(crate) sides: u16,
}

/// A card with what is said of its holder.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KnownCard {
    pub(crate) card: Vec<u8>,
    /// Party and role, if its holder is a member of a channel of ours.
    pub(crate) place: Option<(u16, String)>,
}

impl TalksState {
    /// A new persona with its keys and card, for one negotiation.
    pub(crate) fn new(
        origin: &Origin,
        party: u16,
        role: &str,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, EngineError> {
        let persona = PersonaSecret::generate(rng);
        let binding = BindingSecret::generate(rng);
        let mut tail = [0; 8];
        rng.fill_bytes(&mut tail);
        let tail: String = tail.iter().map(|byte| format!("{byte:02x}")).collect();
        let cosigner_name = format!("{}/m{tail}", origin.as_str());
        let name = KeyName::parse(&cosigner_name).map_err(EngineError::local)?;
        let cosigner = StampingKey::generate(name, rng);
        let card = Card::issue(origin, &persona, binding.public(), &cosigner.verifier())
            .map_err(EngineError::local)?;
        Ok(Self {
            origin: origin.as_str().to_owned(),
            party,
            role: role.to_owned(),
            persona: SecretBytes::new(persona.to_seeds().as_slice()),
            binding: SecretBytes::new(binding.to_bytes().as_slice()),
            cosigner_name,
            cosigner: SecretBytes::new(cosigner.to_bytes().as_slice()),
            card: card.to_bytes(),
            keeper: None,
            names: BTreeMap::new(),
            book: KeyBook::new(origin, persona.persona(), party),
            cards: Vec::new(),
            charter: None,
            versions: Versions::default(),
            chains: PersonaChains::default(),
            early_signatures: Vec::new(),
            early_entries: BTreeMap::new(),
            two_histories: None,
            witnesses: Vec::new(),
            due: Vec::new(),
            renewal_ignored: None,
            left: Vec::new(),
            receipts_off: false,
        })
    }

    pub(crate) fn origin(&self) -> Result<Origin, EngineError> {
        Origin::parse(&self.origin).map_err(|_| EngineError::local("the stored origin is none"))
    }

    pub(crate) fn party(&self) -> Party {
        Party(self.party)
    }

    pub(crate) fn persona(&self) -> Result<PersonaSecret, EngineError> {
        let seeds = self.persona.array()?;
        PersonaSecret::from_seeds(&seeds).ok_or_else(|| EngineError::local("the stored persona is none"))
    }

    pub(crate) fn own(&self) -> Result<Own, EngineError> {
        let binding = BindingSecret::from_bytes(*self.binding.array()?);
        Ok(Own { card: self.card.clone(), binding })
    }

    pub(crate) fn stamping_key(&self) -> Result<StampingKey, EngineError> {
        let name = KeyName::parse(&self.cosigner_name).map_err(EngineError::local)?;
        Ok(StampingKey::from_bytes(name, &*self.cosigner.array()?))
    }

    /// Our own persona's reference.
    pub(crate) fn me(&self) -> PersonaRef {
        self.book.own()
    }

    /// What the cosigner is called in the store.
    pub(crate) fn cosigner_name(&self) -> &[u8] {
        self.cosigner_name.as_bytes()
    }

    pub(crate) fn keeper(&self) -> Result<&Keeper, EngineError> {
        self.keeper.as_ref().ok_or(EngineError::NotTheKeeper)
    }

    /// What a party is called here.
    pub(crate) fn name_of(&self, party: u16) -> String {
        match self.names.get(&party) {
            Some(name) => name.clone(),
            None if party == 0 => "the intermediary".to_owned(),
            None => format!("side {party}"),
        }
    }

    /// The party of a name.
    pub(crate) fn party_of(&self, name: &str) -> Option<u16> {
        let same = |known: &str| known.eq_ignore_ascii_case(name);
        let named = self.names.iter().find(|(_, known)| same(known)).map(|(party, _)| *party);
        named.or_else(|| (0..=64).find(|party| same(&self.name_of(*party))))
    }
}

impl Keeper {
    pub(crate) fn new(key: &LogKey, title: &str, clauses: Vec<String>, sides: u16) -> Self {
        Self { log_key: SecretBytes::new(key.to_bytes().as_slice()), title: title.to_owned(), clauses, sides }
    }

    pub(crate) fn log_key(&self, origin: &Origin) -> Result<LogKey, EngineError> {
        LogKey::from_bytes(origin, &*self.log_key.array()?).map_err(EngineError::local)
    }
}

/// A channel: the value that `channel` gave, and the mailbox its parcels come into.
#[derive(Serialize, Deserialize)]
pub(crate) struct ChannelRow {
    pub(crate) channel: SecretBytes,
    pub(crate) mailbox: Option<MailboxId>,
}

/// A mailbox of ours with every grant that we gave for it.
#[derive(Serialize, Deserialize)]
pub(crate) struct MailboxRow {
    pub(crate) mailbox: Mailbox,
    pub(crate) issued: Vec<Issued>,
    next_slot: u32,
}

/// A grant given to one writer, and what came of its unfinished messages.
#[derive(Serialize, Deserialize)]
pub(crate) struct Issued {
    pub(crate) slot: u32,
    pub(crate) grant: Grant,
    pub(crate) reassembly: Reassembly,
    /// When its writer was shut out, Unix seconds. What it had left before is still read.
    #[serde(default)]
    pub(crate) revoked: Option<u64>,
}

impl MailboxRow {
    pub(crate) fn new(mailbox: Mailbox) -> Self {
        Self { mailbox, issued: Vec::new(), next_slot: 1 }
    }

    /// A grant for one more writer.
    pub(crate) fn issue(&mut self, rng: &mut dyn CryptoRng) -> (Slot, Grant) {
        let slot = self.next_slot;
        self.next_slot = slot.saturating_add(1);
        let grant = self.mailbox.new_grant(rng);
        let reassembly = Reassembly::default();
        self.issued.push(Issued { slot, grant: grant.clone(), reassembly, revoked: None });
        (Slot(slot), grant)
    }

    /// Shuts out the writer of this capability; gives its slot.
    pub(crate) fn revoke(&mut self, capability: &[u8; 32], now: u64) -> Option<Slot> {
        self.issued
            .retain(|issued| issued.revoked.is_none_or(|at| now.saturating_sub(at) <= REVOKED_SECONDS));
        let issued =
            self.issued.iter_mut().find(|issued| issued.grant.capability().hash().0 == *capability)?;
        issued.revoked.get_or_insert(now);
        Some(Slot(issued.slot))
    }
}

/// What a relay is to be asked about a mailbox of ours.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum RelayRequest {
    /// Make the mailbox.
    Open,
    /// Add a writer.
    Grant { slot: u32, grant: Grant },
    /// Shut a writer out.
    Revoke { slot: u32 },
    /// End the mailbox.
    Close,
}

/// A joining in progress.
#[derive(Serialize, Deserialize)]
pub(crate) struct JoiningRow {
    /// The admission id, which the invite holds.
    pub(crate) admission: [u8; 16],
    /// Our channel, if we invited.
    pub(crate) channel: Option<ChannelId>,
    /// `channel`'s own value, if we are the one who joins.
    pub(crate) joining: Option<SecretBytes>,
    /// The one-time mailbox.
    pub(crate) one_time: MailboxId,
    /// The mailbox that will be the channel's, if we are the one who joins.
    pub(crate) permanent: Option<MailboxId>,
    pub(crate) party: u16,
    pub(crate) role: String,
    pub(crate) expires: u64,
    pub(crate) words: Option<String>,
    pub(crate) we_matched: bool,
    pub(crate) they_matched: bool,
    pub(crate) end: Option<JoiningEnd>,
    /// Messages that came before the step that understands them.
    pub(crate) early: Vec<Vec<u8>>,
    /// Messages for the channel that came before the Welcome.
    pub(crate) for_channel: Vec<Vec<u8>>,
    /// How far the person may go for its side, if it is admitted after the charter.
    #[serde(default)]
    pub(crate) may: May,
    /// The document that would admit the person, once it was put to the sides.
    #[serde(default)]
    pub(crate) change: Option<[u8; 32]>,
    /// The person whose lost device this one takes the place of.
    #[serde(default)]
    pub(crate) succeeds: Option<PersonaRef>,
}

impl JoiningRow {
    /// A joining that has just begun.
    pub(crate) fn new(admission: [u8; 16], seat: (u16, &str, May), expires: u64) -> Self {
        let (party, role, may) = seat;
        Self {
            admission,
            channel: None,
            joining: None,
            one_time: MailboxId(0),
            permanent: None,
            party,
            role: role.to_owned(),
            expires,
            words: None,
            we_matched: false,
            they_matched: false,
            end: None,
            early: Vec::new(),
            for_channel: Vec::new(),
            may,
            change: None,
            succeeds: None,
        }
    }
}

/// How a joining ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum JoiningEnd {
    /// The person is in.
    In,
    /// The words differed.
    Differed,
    /// The record cannot admit the person.
    Refused,
    /// Somebody else answered the invite first.
    Used,
}
