//! The reader's authority: a signature that is worth nothing on another connection, at another relay, for
//! another mailbox, verb or place in the sequence.

use alloc::vec::Vec;

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::address::RelayKey;
use crate::mailbox::ReaderId;

const LABEL: &[u8] = b"entente-relay authority v1\0";

/// The label under which both ends export the connection's secret (RFC 8446, section 7.5), with no context.
pub const EXPORTER_LABEL: &[u8] = b"EXPORTER-entente-relay-authority";

/// What ties authority to one connection with one relay.
#[derive(Clone, Copy)]
pub struct Binding {
    /// 32 bytes of the connection's TLS exporter under [`EXPORTER_LABEL`].
    pub exporter: [u8; 32],
    /// The relay's key.
    pub relay: RelayKey,
}

/// An Ed25519 signature, as the two halves that it has on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature([u8; 32], [u8; 32]);

/// The reader did not sign this request for this connection (peer misbehaved).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request is not signed by its reader for this connection")]
pub struct AuthorityError;

impl Signature {
    /// From the 64 bytes of RFC 8032.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 64]) -> Self {
        let mut halves = ([0; 32], [0; 32]);
        for (to, from) in halves.0.iter_mut().chain(&mut halves.1).zip(bytes) {
            *to = *from;
        }
        Self(halves.0, halves.1)
    }

    pub(crate) fn to_dalek(self) -> ed25519_dalek::Signature {
        ed25519_dalek::Signature::from_components(self.0, self.1)
    }
}

/// The bytes a reader signs: label, exporter (32), relay key (32), and the request's block from its first byte
/// to the end of the body without the signature. That covers the verb (the kind), the sequence (the number),
/// the mailbox (the reader's id) and every parameter.
fn signed_bytes(binding: &Binding, request: &[u8]) -> Vec<u8> {
    [LABEL, &binding.exporter, &binding.relay.0, request].concat()
}

/// Signs the beginning of a request's block.
pub(crate) fn sign(reader: &SigningKey, binding: &Binding, request: &[u8]) -> Signature {
    Signature::from_bytes(&reader.sign(&signed_bytes(binding, request)).to_bytes())
}

/// Checks the signature over the beginning of a request's block, as it was received.
pub(crate) fn verify(
    reader: &ReaderId,
    binding: &Binding,
    request: &[u8],
    signature: Signature,
) -> Result<(), AuthorityError> {
    let key = VerifyingKey::from_bytes(&reader.0).map_err(|_| AuthorityError)?;
    key.verify_strict(&signed_bytes(binding, request), &signature.to_dalek()).map_err(|_| AuthorityError)
}
