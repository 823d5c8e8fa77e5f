//! The log's key, held by the depositary: it signs checkpoints and nothing else.

use entente_log::ed25519::SecretKey;
use entente_log::signed_note::{KeyName, Signer, VerifierKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::origin::Origin;

/// The secret key of a record's log. No `Debug`; erased when dropped.
pub struct LogKey {
    seed: Zeroizing<[u8; 32]>,
    signer: Signer,
}

/// The origin cannot name a key of a signed note: caller misuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the origin cannot name a log's key")]
pub struct UnnamableOrigin;

impl LogKey {
    /// A fresh key, named for its record.
    ///
    /// # Errors
    /// [`UnnamableOrigin`].
    pub fn generate<R: CryptoRng + ?Sized>(origin: &Origin, rng: &mut R) -> Result<Self, UnnamableOrigin> {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self::from_bytes(origin, &seed)
    }

    /// The key of a stored seed.
    ///
    /// # Errors
    /// [`UnnamableOrigin`].
    pub fn from_bytes(origin: &Origin, seed: &[u8; 32]) -> Result<Self, UnnamableOrigin> {
        let name = KeyName::parse(origin.as_str()).map_err(|_| UnnamableOrigin)?;
        let signer = Signer::new(name, SecretKey::from_seed(seed));
        Ok(Self { seed: Zeroizing::new(*seed), signer })
    }

    /// The seed, for the locked store.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.seed.clone()
    }

    /// The key that checkpoints verify with; it stands in the roster.
    pub fn verifier(&self) -> VerifierKey {
        self.signer.verifier().clone()
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }
}
