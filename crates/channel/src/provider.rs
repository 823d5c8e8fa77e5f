//! The MLS provider: RustCrypto for cryptography, the caller's transaction for storage.

use openmls::prelude::{
    Ciphersuite, MlsGroupJoinConfig, PURE_CIPHERTEXT_WIRE_FORMAT_POLICY, PastEpochDeletionPolicy,
    SenderRatchetConfiguration, WireFormatPolicy,
};
use openmls_rust_crypto::RustCrypto;
use openmls_traits::OpenMlsProvider;
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};

/// The one suite: X-Wing, AES-256-GCM, SHA-384, Ed25519. Provisional code point 0x004E.
pub(crate) const SUITE: Ciphersuite = Ciphersuite::MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519;

/// The suite's code point as it stands in MACs, invites and stored values.
pub(crate) const SUITE_ID: u16 = 0x004E;

/// Past epochs whose messages still open.
pub(crate) const PAST_EPOCHS: usize = 3;

/// How many messages of one sender may be late: a courier's bag can be a thousand behind.
pub(crate) const OUT_OF_ORDER: u32 = 1_024;

/// How far ahead of the last message of one sender another may be.
pub(crate) const FORWARD: u32 = 4_096;

/// RustCrypto and the caller's storage.
pub(crate) struct Provider<'a, S> {
    crypto: RustCrypto,
    storage: &'a S,
}

impl<'a, S> Provider<'a, S> {
    pub(crate) fn new(storage: &'a S) -> Self {
        Self { crypto: RustCrypto::default(), storage }
    }
}

impl<S: StorageProvider<CURRENT_VERSION>> OpenMlsProvider for Provider<'_, S> {
    type CryptoProvider = RustCrypto;
    type RandProvider = RustCrypto;
    type StorageProvider = S;

    fn storage(&self) -> &S {
        self.storage
    }

    fn crypto(&self) -> &RustCrypto {
        &self.crypto
    }

    fn rand(&self) -> &RustCrypto {
        &self.crypto
    }
}

/// How a group runs here: handshakes encrypted, three past epochs, late messages expected.
pub(crate) fn join_config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(wire_format())
        .set_past_epoch_deletion_policy(PastEpochDeletionPolicy::MaxEpochs(PAST_EPOCHS))
        .sender_ratchet_configuration(ratchets())
        .use_ratchet_tree_extension(true)
        .build()
}

pub(crate) fn wire_format() -> WireFormatPolicy {
    PURE_CIPHERTEXT_WIRE_FORMAT_POLICY
}

pub(crate) fn ratchets() -> SenderRatchetConfiguration {
    SenderRatchetConfiguration::new(OUT_OF_ORDER, FORWARD)
}
