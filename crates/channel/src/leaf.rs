//! A **leaf**: one device in one channel and term.
//!
//! Its MLS signature key and its X25519 key `e` are fresh and die with it. Its credential is the
//! digest of the persona's card, so a leaf names a persona; that it truly is that persona's is for
//! the [`crate::binding`] to say. Nothing that a persona signs ever names a leaf.

use ed25519_dalek::{Signer as _, SigningKey};
use entente_record::card::Card;
use entente_record::origin::Origin;
use openmls::prelude::{
    Capabilities, Credential, CredentialType, CredentialWithKey, Extension, ExtensionType, Extensions,
    KeyPackage, KeyPackageIn, LeafNode, Lifetime, OpenMlsProvider, ProtocolVersion, UnknownExtension,
};
use openmls_traits::signatures::{Signer, SignerError};
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use openmls_traits::types::SignatureScheme;
use serde::{Deserialize, Serialize};
use tls_codec::{DeserializeBytes as _, Serialize as _};
use x25519_dalek::{PublicKey, StaticSecret};

use crate::error::{Local, Refusal};
use crate::member::{Member, MemberId};
use crate::provider::{Provider, SUITE};
use crate::secret::Secret;
use crate::text::digest::Digest;
use crate::text::persona_ref::PersonaRef;

/// MLS credential type of a card's digest (private use).
pub const CARD_CREDENTIAL: u16 = 0xF0E0;

/// MLS leaf extension holding `e` (private use).
pub const BINDING_EXTENSION: u16 = 0xF0E1;

/// MLS group context extension holding channel, term and convener (private use).
pub const CHANNEL_EXTENSION: u16 = 0xF0E2;

/// The longest role code in bytes.
pub const MAX_ROLE: usize = 64;

/// The largest card in bytes.
pub const MAX_CARD: usize = 16 * 1024;

/// The public side of a leaf and its place in the channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    /// The persona's card, as `entente_record::card` wrote it.
    pub card: Vec<u8>,
    /// The party it acts for; 0 = no side.
    pub party: u16,
    /// Its role's code in the charter.
    pub role: String,
    /// The X25519 key `e`.
    pub e: [u8; 32],
    /// The MLS signature key, Ed25519.
    pub key: [u8; 32],
    /// The KeyPackageRef.
    pub reference: MemberId,
}

/// What a leaf's card says, once its signatures were verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CardFacts {
    pub(crate) persona: PersonaRef,
    pub(crate) d: [u8; 32],
    pub(crate) cosigner: String,
}

impl Leaf {
    /// Verifies the card: both persona signatures, for this record.
    pub(crate) fn card_facts(&self, origin: &Origin) -> Result<CardFacts, Refusal> {
        if self.role.len() > MAX_ROLE || self.card.len() > MAX_CARD {
            return Err(Refusal::TooLarge);
        }
        let card = Card::parse(&self.card, origin).map_err(|_| Refusal::BadCard)?;
        Ok(CardFacts {
            persona: card.persona().id().into(),
            d: *card.binding(),
            cosigner: card.cosigner().to_string(),
        })
    }

    /// The digest that stands as the credential.
    #[must_use]
    pub fn card_digest(&self) -> Digest {
        card_digest(&self.card)
    }

    pub(crate) fn member(&self, facts: CardFacts, introduced_by: Option<MemberId>, now: u64) -> Member {
        Member {
            leaf: self.clone(),
            persona: facts.persona,
            cosigner: facts.cosigner,
            introduced_by,
            last_heard: now,
        }
    }

    /// Whether an MLS leaf node is this leaf: same signature key, credential, capabilities and
    /// `e`. No commit may change any of them.
    pub(crate) fn is(&self, node: &LeafNode) -> bool {
        node.signature_key().as_slice() == self.key
            && *node.credential() == credential(&self.card)
            && *node.capabilities() == capabilities()
            && *node.extensions() == extensions(&self.e)
    }
}

/// The secret side of a leaf.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LeafSecret {
    signature: Secret,
    e: Secret,
}

impl LeafSecret {
    pub(crate) fn generate<R: rand_core::CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self { signature: Secret::random::<32, R>(rng), e: Secret::random::<32, R>(rng) }
    }

    /// Of fixed bytes, for what is pinned.
    #[cfg(test)]
    pub(crate) fn fixed(signature: Secret, e: Secret) -> Self {
        Self { signature, e }
    }

    pub(crate) fn exchange(&self) -> StaticSecret {
        StaticSecret::from(array(self.e.bytes()))
    }

    fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(&array(self.signature.bytes()))
    }

    fn e(&self) -> [u8; 32] {
        PublicKey::from(&self.exchange()).to_bytes()
    }

    pub(crate) fn key(&self) -> [u8; 32] {
        self.signing().verifying_key().to_bytes()
    }

    pub(crate) fn credential(&self, card: &[u8]) -> CredentialWithKey {
        CredentialWithKey { credential: credential(card), signature_key: self.key().to_vec().into() }
    }

    pub(crate) fn extensions(&self) -> Extensions<LeafNode> {
        extensions(&self.e())
    }

    /// Makes the key package of this leaf; its private keys go to the storage.
    ///
    /// OpenMLS judges key-package lifetimes by the real clock, also when a commit is read months
    /// later, so the lifetime is without end: the invite's own expiry, on `now`, is what counts.
    pub(crate) fn key_package<S: StorageProvider<CURRENT_VERSION>>(
        &self,
        provider: &Provider<'_, S>,
        place: Place,
    ) -> Result<(Leaf, Vec<u8>), Local> {
        let bundle = KeyPackage::builder()
            .key_package_lifetime(Lifetime::init(0, u64::MAX))
            .leaf_node_capabilities(capabilities())
            .leaf_node_extensions(self.extensions())
            .build(SUITE, provider, self, self.credential(&place.card))
            .map_err(Local::mls)?;
        let package = bundle.key_package();
        let reference = reference(package, provider)?;
        let leaf = Leaf {
            card: place.card,
            party: place.party,
            role: place.role,
            e: self.e(),
            key: self.key(),
            reference,
        };
        Ok((leaf, package.tls_serialize_detached().map_err(Local::mls)?))
    }
}

/// Whose leaf it is and for whom it acts.
pub(crate) struct Place {
    pub(crate) card: Vec<u8>,
    pub(crate) party: u16,
    pub(crate) role: String,
}

impl Signer for LeafSecret {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.signing().sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// Reads a joiner's key package and the leaf in it.
pub(crate) fn read_key_package<S: StorageProvider<CURRENT_VERSION>>(
    bytes: &[u8],
    provider: &Provider<'_, S>,
    place: Place,
) -> Result<(Leaf, KeyPackage), Refusal> {
    let package = KeyPackageIn::tls_deserialize_exact_bytes(bytes)
        .map_err(|_| Refusal::Malformed)?
        .validate(provider.crypto(), ProtocolVersion::Mls10)
        .map_err(|_| Refusal::BadKeyPackage)?;
    let node = package.leaf_node();
    let leaf = Leaf {
        card: place.card,
        party: place.party,
        role: place.role,
        e: binding_key(node).ok_or(Refusal::BadKeyPackage)?,
        key: array(node.signature_key().as_slice()),
        reference: reference(&package, provider).map_err(|_| Refusal::BadKeyPackage)?,
    };
    if package.ciphersuite() == SUITE && leaf.is(node) {
        Ok((leaf, package))
    } else {
        Err(Refusal::BadKeyPackage)
    }
}

/// The ref of a key package.
pub(crate) fn reference<S: StorageProvider<CURRENT_VERSION>>(
    package: &KeyPackage,
    provider: &Provider<'_, S>,
) -> Result<MemberId, Local> {
    let reference = package.hash_ref(provider.crypto()).map_err(Local::mls)?;
    MemberId::from_slice(reference.as_slice()).ok_or_else(|| Local("a ref of another length".into()))
}

pub(crate) fn card_digest(card: &[u8]) -> Digest {
    Digest::labelled("entente card v1", card)
}

pub(crate) fn credential(card: &[u8]) -> Credential {
    Credential::new(CredentialType::Other(CARD_CREDENTIAL), card_digest(card).0.to_vec())
}

pub(crate) fn capabilities() -> Capabilities {
    Capabilities::builder()
        .versions(vec![ProtocolVersion::Mls10])
        .ciphersuites(vec![SUITE])
        .extensions(vec![
            ExtensionType::Unknown(BINDING_EXTENSION),
            ExtensionType::Unknown(CHANNEL_EXTENSION),
        ])
        .proposals(vec![])
        .credentials(vec![CredentialType::Other(CARD_CREDENTIAL)])
        .build()
}

fn extensions(e: &[u8; 32]) -> Extensions<LeafNode> {
    Extensions::single(Extension::Unknown(BINDING_EXTENSION, UnknownExtension(e.to_vec())))
        .unwrap_or_else(|_| Extensions::empty())
}

fn binding_key(node: &LeafNode) -> Option<[u8; 32]> {
    let extension = node.extensions().unknown(BINDING_EXTENSION)?;
    extension.0.as_slice().try_into().ok()
}

/// The first 32 bytes; a shorter key is padded and then fits nothing.
fn array(bytes: &[u8]) -> [u8; 32] {
    let mut array = [0; 32];
    if bytes.len() == array.len() {
        array.copy_from_slice(bytes);
    }
    array
}
