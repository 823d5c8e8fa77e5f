//! Frames from a relay's stream.

use entente_wire::Parcel;
use entente_wire::frame::{Block, carries_parcel};
use entente_wire::limits::{BLOCK_BYTES, LONG_FRAME_BYTES};
use entente_wire::push::FromRelay;
use quinn::RecvStream;

use super::error::RequestError;

/// Reads frames. What has been read of one is kept when the reading is interrupted.
pub(super) struct Frames {
    receive: RecvStream,
    bytes: Vec<u8>,
}

impl Frames {
    pub(super) fn new(receive: RecvStream) -> Self {
        Self { receive, bytes: Vec::with_capacity(LONG_FRAME_BYTES) }
    }

    /// The next frame. It may be dropped at any point and called again.
    pub(super) async fn next(&mut self) -> Result<FromRelay, RequestError> {
        self.fill(BLOCK_BYTES).await?;
        let long = self.bytes.first().is_some_and(|kind| carries_parcel(*kind));
        if long {
            self.fill(LONG_FRAME_BYTES).await?;
        }
        let malformed = RequestError::Misbehaved("it sent a malformed frame");
        let frame = std::mem::replace(&mut self.bytes, Vec::with_capacity(LONG_FRAME_BYTES));
        let (block, rest) = frame.split_first_chunk::<BLOCK_BYTES>().ok_or(malformed.clone())?;
        let block: &Block = block;
        let parcel = long.then(|| Parcel::from_bytes(rest)).transpose().map_err(|_| malformed.clone())?;
        FromRelay::from_frame(block, parcel).map_err(|_| malformed)
    }

    async fn fill(&mut self, length: usize) -> Result<(), RequestError> {
        while self.bytes.len() < length {
            let wanted = length - self.bytes.len();
            let chunk = self.receive.read_chunk(wanted, true).await;
            let chunk = chunk.map_err(|_| RequestError::Unreachable)?.ok_or(RequestError::Unreachable)?;
            self.bytes.extend_from_slice(&chunk.bytes);
        }
        Ok(())
    }
}
