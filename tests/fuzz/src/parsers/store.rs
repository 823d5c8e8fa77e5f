//! docs/storage.md: what a client reads of its own database.

use entente_channel::text::knowledge::KeyBook;
use entente_channel::text::persona_chains::PersonaChains;
use entente_channel::text::versions::Versions;
use entente_record::stamp::StampMemory;
use entente_store::codec;
use entente_wire::reassembly::Reassembly;
use entente_wire::{Grant, Mailbox};

use super::Parser;

pub(super) const PARSERS: &[Parser] = &[("store-row", store_row), ("stamp-memory", stamp_memory)];

/// Everything that a client keeps in rows and that is more than a name, a number or bytes.
type Row = (KeyBook, Versions, PersonaChains, Mailbox, Option<Grant>, Reassembly);

fn store_row(bytes: &[u8]) -> bool {
    let Ok(row) = codec::decode::<Row>(bytes) else { return false };
    codec::encode(&row).expect("what was read can be written");
    true
}

fn stamp_memory(bytes: &[u8]) -> bool {
    let Ok(memory) = StampMemory::from_bytes(bytes) else { return false };
    assert_eq!(memory.to_bytes(), bytes);
    true
}
