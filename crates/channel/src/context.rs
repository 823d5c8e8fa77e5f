//! What every step is given besides its input.

use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::secret::{Secret, random};

/// The X25519 **binding key** `d` of a persona: one a negotiation, certified by the persona's card.
#[derive(Clone)]
pub struct BindingSecret(Secret);

impl BindingSecret {
    /// A fresh key.
    pub fn generate<R: rand_core::CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self(Secret::random::<32, R>(rng))
    }

    /// Reads the 32 bytes that [`Self::to_bytes`] wrote.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes.to_vec()))
    }

    /// The 32 secret bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0; 32]);
        for (to, from) in bytes.iter_mut().zip(self.0.bytes()) {
            *to = *from;
        }
        bytes
    }

    /// The public key, as the card certifies it.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        PublicKey::from(&self.exchange()).to_bytes()
    }

    pub(crate) fn exchange(&self) -> StaticSecret {
        StaticSecret::from(*self.to_bytes())
    }
}

/// This person in this negotiation: the same persona card and binding key in all its channels.
#[derive(Clone)]
pub struct Own {
    /// The persona's card, as `entente_record::card` wrote it.
    pub card: Vec<u8>,
    /// The secret of the binding key which that card certifies.
    pub binding: BindingSecret,
}

/// What every step is given: storage of the transaction, this person, the time, randomness.
pub struct Context<'a, S, R: ?Sized> {
    /// The MLS storage of the caller's transaction.
    pub storage: &'a S,
    /// This person.
    pub own: &'a Own,
    /// Unix seconds, UTC.
    pub now: u64,
    /// The random generator.
    pub rng: &'a mut R,
}

impl<S, R: rand_core::CryptoRng + ?Sized> Context<'_, S, R> {
    pub(crate) fn random<const N: usize>(&mut self) -> [u8; N] {
        random(self.rng)
    }
}
