//! Whether bytes have the **form** of something that another leaf sends.
//!
//! For tests that feed readers whatever they like. No key is asked here: what has its form may be
//! from anybody, and is used by nobody before its MAC or its seal has been checked.

use openmls::prelude::MlsMessageIn;
use tls_codec::DeserializeBytes as _;

use crate::frame::{Body, Frame};
use crate::joining::notice::{Answer, JoiningMessage, Reveal};
use crate::text::codec;

/// A frame, and in it a body as [`body`] takes it.
#[must_use]
pub fn frame(bytes: &[u8]) -> bool {
    Frame::parse(bytes).is_ok_and(|frame| body(&frame.body))
}

/// What a frame holds. Commits, Welcomes and application messages are read as MLS reads them before
/// it decrypts anything.
#[must_use]
pub fn body(bytes: &[u8]) -> bool {
    match codec::decode::<Body>(bytes) {
        Ok(Body::Text(mls) | Body::Update(mls)) => mls_message(&mls),
        Ok(Body::Sequenced(sequenced)) => mls_message(&sequenced.commit),
        Ok(Body::Welcome(notice)) => mls_message(&notice.welcome),
        Ok(Body::PassOn(_, inner)) => Frame::parse(&inner).is_ok(),
        Ok(_) => true,
        Err(_) => false,
    }
}

/// An answer, reveal, frame or notice on the way in.
#[must_use]
pub fn joining_message(bytes: &[u8]) -> bool {
    match JoiningMessage::parse(bytes) {
        Ok(JoiningMessage::Reveal(inner)) => reveal(&inner),
        Ok(JoiningMessage::Frame(inner)) => frame(&inner),
        Ok(JoiningMessage::Answer(_) | JoiningMessage::Used(_)) => true,
        Err(_) => false,
    }
}

/// What the seal of an answer covers.
#[must_use]
pub fn answer(bytes: &[u8]) -> bool {
    codec::decode::<Answer>(bytes).is_ok()
}

/// What an invite committed to.
#[must_use]
pub fn reveal(bytes: &[u8]) -> bool {
    codec::decode::<Reveal>(bytes).is_ok()
}

/// An MLS message of any kind, key packages included.
#[must_use]
pub fn mls_message(bytes: &[u8]) -> bool {
    MlsMessageIn::tls_deserialize_exact_bytes(bytes).is_ok()
}
