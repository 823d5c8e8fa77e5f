//! Every frame, byte for byte. A change here is a change of the protocol.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, dead_code, reason = "tests")]

mod support;

use std::fmt::Write;

use entente_wire::answer::{Answer, Refusal, Welcome};
use entente_wire::frame::Block;
use entente_wire::limits::{BLOCK_BYTES, REQUESTS_IN_FLIGHT};
use entente_wire::parcel::{Kind, MessageId, Part, open, seal};
use entente_wire::push::{Delivery, FromRelay, GapCause, GapMark, Push};
use entente_wire::request::{
    Authority, Close, Deposit, Digests, Erase, GrantSlot, Hello, Open, Request, RevokeSlot, Unverified, Watch,
};
use entente_wire::{AdmissionToken, Grant, Mailbox, Parcel, ParcelDigest, Receipt, Slot};
use sha2::{Digest, Sha256};
use support::*;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Header and body in hex, then the length and SHA-256 of the whole frame.
fn describe(frame: &[u8]) -> String {
    let body = usize::from(u16::from_be_bytes([frame[1], frame[2]]));
    format!(
        "kind {}\nlength {}\nnumber {}\nbody {}\nframe {} bytes, SHA-256 {}",
        hex(&frame[..1]),
        hex(&frame[1..3]),
        hex(&frame[3..11]),
        hex(&frame[11..11 + body]),
        frame.len(),
        hex(&Sha256::digest(frame)),
    )
}

fn split(frame: &[u8]) -> (Block, Option<Parcel>) {
    let parcel = (frame.len() > BLOCK_BYTES).then(|| Parcel::from_bytes(&frame[BLOCK_BYTES..]).unwrap());
    (frame[..BLOCK_BYTES].try_into().unwrap(), parcel)
}

fn parcel() -> Parcel {
    let part = Part {
        kind: Kind::CHANNEL,
        message: MessageId([7; 16]),
        number: 0,
        parts: 1,
        bytes: b"forty".to_vec(),
    };
    seal(&part, &seal_key(6), &mut Repeatable(0)).unwrap()
}

/// Writes the request, reads it back, and writes it again to the same bytes.
fn request(request: Request, number: u64) -> String {
    let key = reader_key();
    let binding = binding();
    let authority = match request {
        Request::Hello(_) | Request::Deposit(_) => Authority::None,
        _ => Authority::Reader(&key, &binding),
    };
    let frame = request.to_frame(number, authority).unwrap();
    let (block, parcel) = split(&frame);
    let again = Unverified::from_frame(&block, parcel).unwrap().verify(&binding).unwrap();
    assert_eq!(again.to_frame(number, authority).unwrap(), frame);
    describe(&frame)
}

fn answer(answer: Answer) -> String {
    let frame = answer.to_frame(9).unwrap();
    let (block, parcel) = split(&frame);
    assert_eq!(FromRelay::from_frame(&block, parcel), Ok(FromRelay::Answer(9, answer)));
    describe(&frame)
}

fn push(push: Push) -> String {
    let frame = push.to_frame(5).unwrap();
    let (block, parcel) = split(&frame);
    assert_eq!(FromRelay::from_frame(&block, parcel), Ok(FromRelay::Push(5, push)));
    describe(&frame)
}

#[test]
fn requests_are_these_bytes() {
    let reader = reader();
    let erase = Digests::new(&[ParcelDigest([8; 32]), ParcelDigest([9; 32])]).unwrap();
    let vectors = [
        ("hello", Request::Hello(Hello { oldest: 1, newest: 1 }), 0),
        ("open", Request::Open(Open { reader, address: address(), keep: 2_592_000, admission: None }), 1),
        (
            "open with admission",
            Request::Open(Open {
                reader,
                address: address(),
                keep: 3_600,
                admission: Some(AdmissionToken::new([10; 32])),
            }),
            1,
        ),
        (
            "grant",
            Request::Grant(GrantSlot { reader, slot: Slot(3), capability: capability().hash(), quota: 32 }),
            2,
        ),
        ("revoke", Request::Revoke(RevokeSlot { reader, slot: Slot(3) }), 3),
        ("watch", Request::Watch(Watch { reader }), 4),
        ("erase", Request::Erase(Erase { reader, digests: erase }), 5),
        ("close", Request::Close(Close { reader }), 6),
        (
            "deposit",
            Request::Deposit(Deposit { address: address(), capability: capability(), parcel: parcel() }),
            7,
        ),
    ];
    for (name, value, number) in vectors {
        insta::assert_snapshot!(format!("request_{}", name.replace(' ', "_")), request(value, number));
    }
}

#[test]
fn answers_are_these_bytes() {
    let receipt = Receipt::sign(&relay_key(), address().hash(), parcel().digest(), 1_800_000_000);
    receipt.verify(relay_address().key(), address(), parcel().digest()).unwrap();
    let terms = Welcome { version: 1, requests_in_flight: REQUESTS_IN_FLIGHT, deliveries_in_flight: 32 };
    let vectors = [
        ("welcome", Answer::Welcome(terms)),
        ("done", Answer::Done),
        ("receipt", Answer::Receipt(receipt)),
        ("incompatible", Answer::Refusal(Refusal::Incompatible { oldest: 1, newest: 2 })),
        ("unknown kind", Answer::Refusal(Refusal::UnknownKind)),
        ("malformed", Answer::Refusal(Refusal::Malformed)),
        ("refused", Answer::Refusal(Refusal::Refused)),
        ("quota", Answer::Refusal(Refusal::Quota)),
        ("unavailable", Answer::Refusal(Refusal::Unavailable)),
        ("admission", Answer::Refusal(Refusal::Admission)),
    ];
    for (name, value) in vectors {
        insta::assert_snapshot!(format!("answer_{}", name.replace(' ', "_")), answer(value));
    }
}

#[test]
fn pushes_are_these_bytes() {
    let mark = |cause| GapMark {
        position: 12,
        digest: GapMark::name(reader(), 12),
        cause,
        at: 1_800_000_000,
        parcels: 3,
    };
    let delivery = Delivery { position: 11, at: 1_800_000_000 };
    insta::assert_snapshot!("push_delivery", push(Push::Delivery(delivery, parcel())));
    insta::assert_snapshot!("push_gap_by_quota", push(Push::Gap(mark(GapCause::Quota))));
    insta::assert_snapshot!("push_up_to_date", push(Push::UpToDate));
    insta::assert_snapshot!("push_gap_by_expiry", push(Push::Gap(mark(GapCause::Expired))));
}

#[test]
fn a_sealed_parcel_is_these_bytes() {
    let parcel = parcel();
    let bytes = parcel.as_bytes();
    assert_eq!(open(&parcel, &seal_key(6)).unwrap().bytes, b"forty");
    insta::assert_snapshot!(format!(
        "nonce {}\nfirst sealed {}\ntag {}\nSHA-256 {}",
        hex(&bytes[..24]),
        hex(&bytes[24..56]),
        hex(&bytes[16_368..]),
        hex(&parcel.digest().0),
    ));
}

#[test]
fn a_grant_and_a_mailbox_are_these_bytes() {
    let grant = grant();
    let mailbox = mailbox();
    assert!(Grant::from_bytes(&grant.to_bytes()).unwrap() == grant);
    assert_eq!(*Mailbox::from_bytes(&mailbox.to_bytes()).unwrap().to_bytes(), *mailbox.to_bytes());
    insta::assert_snapshot!(format!(
        "grant {}\nmailbox {}\naddress {}",
        hex(&grant.to_bytes()),
        hex(&mailbox.to_bytes()),
        relay_address()
    ));
}
