//! docs/wire.md.

use entente_wire::address::RelayAddress;
use entente_wire::admission::AdmissionToken;
use entente_wire::frame::{Block, frame_bytes};
use entente_wire::grant::{Grant, SealKey};
use entente_wire::mailbox::Mailbox;
use entente_wire::parcel::{Parcel, open};
use entente_wire::push::FromRelay;
use entente_wire::receipt::Receipt;
use entente_wire::request::Unverified;

use super::{Parser, text};

pub(super) const PARSERS: &[Parser] = &[
    ("relay-address", relay_address),
    ("admission-token", admission_token),
    ("request", request),
    ("from-relay", from_relay),
    ("grant", grant),
    ("mailbox", mailbox),
    ("parcel", parcel),
    ("receipt", receipt),
];

fn relay_address(bytes: &[u8]) -> bool {
    let Some(Ok(address)) = text(bytes).map(str::parse::<RelayAddress>) else { return false };
    assert_eq!(address.to_string().as_bytes(), bytes);
    true
}

fn admission_token(bytes: &[u8]) -> bool {
    let Some(Ok(token)) = text(bytes).map(str::parse::<AdmissionToken>) else { return false };
    assert_eq!(token.to_text().as_bytes(), bytes);
    true
}

/// A frame as the readers on both ends cut it out of a stream.
fn frame(bytes: &[u8]) -> Option<(&Block, Option<Parcel>)> {
    let long = frame_bytes(*bytes.first()?);
    let (block, rest) = bytes.split_first_chunk()?;
    if bytes.len() != long {
        return None;
    }
    let parcel = if rest.is_empty() { None } else { Some(Parcel::from_bytes(rest).ok()?) };
    Some((block, parcel))
}

fn request(bytes: &[u8]) -> bool {
    let Some((block, parcel)) = frame(bytes) else { return false };
    Unverified::from_frame(block, parcel).is_ok()
}

fn from_relay(bytes: &[u8]) -> bool {
    let Some((block, parcel)) = frame(bytes) else { return false };
    let again = match FromRelay::from_frame(block, parcel) {
        Ok(FromRelay::Answer(number, answer)) => answer.to_frame(number),
        Ok(FromRelay::Push(watch, push)) => push.to_frame(watch),
        Err(_) => return false,
    };
    assert_eq!(again.expect("what was read can be written"), bytes);
    true
}

fn grant(bytes: &[u8]) -> bool {
    let Ok(grant) = Grant::from_bytes(bytes) else { return false };
    assert_eq!(grant.to_bytes()[..], *bytes);
    true
}

fn mailbox(bytes: &[u8]) -> bool {
    let Ok(mailbox) = Mailbox::from_bytes(bytes) else { return false };
    assert_eq!(mailbox.to_bytes()[..], *bytes);
    true
}

/// Opening with a key that the seeds are sealed under, so that what is inside is read too.
fn parcel(bytes: &[u8]) -> bool {
    let Ok(parcel) = Parcel::from_bytes(bytes) else { return false };
    open(&parcel, &SealKey::new([7; 32])).is_ok()
}

fn receipt(bytes: &[u8]) -> bool {
    let Ok(receipt) = Receipt::from_bytes(bytes) else { return false };
    assert_eq!(receipt.to_bytes().expect("what was read can be written")[..], *bytes);
    true
}
