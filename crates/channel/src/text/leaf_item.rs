//! The leaf chain's item: what one leaf says to the channel next, and what it said before.
//!
//! Every leaf numbers all it says in a channel, from 1, and names the digest of the item before.
//! The chain is deniable like everything a leaf says. No persona-signed object covers an item, its
//! serial or its digest: the persona chain ([`super::chain`]) counts persona-signed items alone.

use serde::{Deserialize, Serialize};

use super::codec::{self, Malformed, TooLarge};
use super::digest::Digest;

/// One item of a leaf chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeafItem {
    /// Counts the leaf's items in this channel, from 1.
    pub serial: u64,
    /// The digest of the item with the serial before; [`Digest::NONE`] for the first.
    pub previous: Digest,
    /// What is said: an encoded [`super::message::Message`], or the channel's own bytes.
    pub message: Vec<u8>,
}

impl LeafItem {
    /// The item in its one form.
    ///
    /// # Errors
    /// [`TooLarge`]: the caller's fault.
    pub fn encode(&self) -> Result<Vec<u8>, TooLarge> {
        codec::encode(self)
    }

    /// Reads an item from exactly `bytes`.
    ///
    /// # Errors
    /// [`Malformed`]: the peer misbehaved.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        codec::decode(bytes)
    }

    /// The digest by which the next item names this one, over its bytes as sent.
    #[must_use]
    pub fn digest(encoded: &[u8]) -> Digest {
        Digest::labelled("entente leaf item", encoded)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::super::message::Message;
    use super::super::notice::Heartbeat;
    use super::*;

    /// The vector of docs/channel.md, "Texts".
    #[test]
    fn an_item_and_its_digest_are_as_specified() {
        const DIGEST: &str = "e4bc583b75afec5d2e598cc09a39e1370459dadb3ac0a8ebfcfbc70d5c362d01";
        let message = Message::Heartbeat(Heartbeat { at: 1_700_000_000 }).encode().unwrap();
        let item = LeafItem { serial: 1, previous: Digest::NONE, message };
        let bytes = item.encode().unwrap();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let zeros = "0".repeat(64);
        assert_eq!(hex, format!("0000000000000001{zeros}000000000000000b01000e000000006553f100"));
        assert_eq!(LeafItem::digest(&bytes).to_string(), DIGEST);
        assert_eq!(LeafItem::decode(&bytes), Ok(item));
    }
}
