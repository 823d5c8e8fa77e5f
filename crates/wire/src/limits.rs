//! The limits of the protocol, by name. A relay's own limits (how much it keeps for how many) are in its
//! configuration; these bind every implementation.

/// Bytes of a parcel, always.
pub const PARCEL_BYTES: usize = 16_384;

/// Bytes of the block every frame begins with: header, body and zero padding.
pub const BLOCK_BYTES: usize = 512;

/// Bytes of a block's header: kind (1), body length (2), number (8).
pub const HEADER_BYTES: usize = 11;

/// Bytes a body may have at most, its signature included.
pub const BODY_BYTES_MAX: usize = BLOCK_BYTES - HEADER_BYTES;

/// Bytes of a frame that carries a parcel.
pub const LONG_FRAME_BYTES: usize = BLOCK_BYTES + PARCEL_BYTES;

/// Parcels one message may be cut into.
pub const PARTS_MAX: u16 = 64;

/// Bytes of message that one parcel carries: what is left beside nonce (24), tag (16) and header (23).
pub const PART_BYTES: usize = PARCEL_BYTES - 24 - 16 - 23;

/// Bytes of the longest message.
pub const MESSAGE_BYTES_MAX: usize = PARTS_MAX as usize * PART_BYTES;

/// Unfinished messages a [`crate::Reassembly`] holds at once.
pub const OPEN_MESSAGES_MAX: usize = 8;

/// Parcels one erase request may name.
pub const ERASE_MAX: usize = 8;

/// Requests a client may have under way on one connection before it has an answer.
pub const REQUESTS_IN_FLIGHT: u16 = 64;

/// Pushed parcels and marks a watcher may have that it has not erased.
pub const DELIVERIES_IN_FLIGHT: u16 = 32;

/// Bytes of an encoded grant at most.
pub const GRANT_BYTES_MAX: usize = 512;

/// Bytes of the host in a relay address at most (RFC 1035, section 2.3.4).
pub const HOST_BYTES_MAX: usize = 253;

/// Oldest and newest version of the protocol that this crate speaks.
pub const VERSIONS: (u16, u16) = (1, 1);

/// The ALPN identifier (RFC 7301) of the protocol over QUIC.
pub const ALPN: &[u8] = b"entente-relay";
