//! Attacks on the wire. See `tests/defences` for the patches that take each defence out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    reason = "tests"
)]

mod support;

use std::collections::HashSet;

use entente_wire::answer::{Answer, Refusal};
use entente_wire::authority::{AuthorityError, Binding};
use entente_wire::cut;
use entente_wire::cut::CutError;
use entente_wire::frame::{Block, FrameError, frame_bytes};
use entente_wire::limits::{BLOCK_BYTES, MESSAGE_BYTES_MAX, OPEN_MESSAGES_MAX, PART_BYTES, PARTS_MAX};
use entente_wire::parcel::{Kind, MessageId, OpenError, Parcel, Part, SealError, open, seal};
use entente_wire::push::FromRelay;
use entente_wire::reassembly::{Reassembly, ReassemblyError};
use entente_wire::request::{Authority, Digests, Erase, Hello, Request, Unverified, Watch};
use entente_wire::{Grant, ParcelDigest};
use proptest::prelude::*;
use support::*;

fn block(bytes: &[u8]) -> Block {
    bytes[..BLOCK_BYTES].try_into().unwrap()
}

fn watch(number: u64, binding: &Binding) -> Block {
    let request = Request::Watch(Watch { reader: reader() });
    block(&request.to_frame(number, Authority::Reader(&reader_key(), binding)).unwrap())
}

fn refused(block: &Block) -> Option<FrameError> {
    Unverified::from_frame(block, None).err()
}

#[test]
fn l5_trailing_bytes_in_a_body_are_refused() {
    for kind in 0x01..=0x07_u8 {
        let request = match kind {
            0x01 => Request::Hello(Hello { oldest: 1, newest: 1 }).to_frame(0, Authority::None).unwrap(),
            _ => watch(1, &binding()).to_vec(),
        };
        let mut frame = block(&request);
        let length = u16::from_be_bytes([frame[1], frame[2]]) + 1;
        frame[1..3].copy_from_slice(&length.to_be_bytes());
        assert_eq!(refused(&frame), Some(FrameError::Malformed));
    }
    let mut done = block(&Answer::Done.to_frame(1).unwrap());
    done[2] = 1;
    assert_eq!(FromRelay::from_frame(&done, None), Err(FrameError::Malformed));
}

#[test]
fn l5_anything_in_the_padding_is_refused() {
    let good = watch(1, &binding());
    let end = 11 + usize::from(u16::from_be_bytes([good[1], good[2]]));
    for place in end..BLOCK_BYTES {
        let mut frame = good;
        frame[place] = 1;
        assert_eq!(refused(&frame), Some(FrameError::Malformed), "byte {place}");
    }
}

#[test]
fn l5_truncated_and_oversized_lengths_are_refused() {
    let good = watch(1, &binding());
    let end = u16::from_be_bytes([good[1], good[2]]);
    for length in (0..=u16::MAX).filter(|length| *length != end) {
        let mut frame = good;
        frame[1..3].copy_from_slice(&length.to_be_bytes());
        assert_eq!(refused(&frame), Some(FrameError::Malformed), "length {length}");
    }
}

#[test]
fn l5_a_count_of_digests_that_lies_is_refused() {
    let digests = Digests::new(&[ParcelDigest([8; 32])]).unwrap();
    let request = Request::Erase(Erase { reader: reader(), digests });
    let good = block(&request.to_frame(1, Authority::Reader(&reader_key(), &binding())).unwrap());
    let count_at = 11 + 32;
    for count in (0..=u8::MAX).filter(|count| *count != 1 && *count != 8) {
        let mut frame = good;
        frame[count_at] = count;
        // A count within bounds names zero digests that were sent: still one encoding a value.
        let verdict = Unverified::from_frame(&frame, None);
        if (2..8).contains(&count) {
            assert_eq!(verdict.unwrap().verify(&binding()).err(), Some(AuthorityError));
        } else {
            assert_eq!(verdict.err(), Some(FrameError::Malformed), "count {count}");
        }
    }
    let mut hidden = good;
    hidden[count_at + 33] = 1;
    assert_eq!(refused(&hidden), Some(FrameError::Malformed), "a digest beyond the count");
}

#[test]
fn l5_the_size_of_a_frame_is_fixed_by_its_first_byte() {
    for kind in 0..=u8::MAX {
        assert!([512, 16_896].contains(&frame_bytes(kind)));
    }
}

#[test]
fn l5_an_unknown_kind_is_an_answer_not_an_error_of_the_stream() {
    for kind in [0x00_u8, 0x08, 0x3f, 0x41, 0x7f] {
        let mut frame = [0; BLOCK_BYTES];
        frame[0] = kind;
        frame[10] = 7;
        assert_eq!(refused(&frame), Some(FrameError::UnknownKind { number: 7 }), "kind {kind:#x}");
    }
    let mut frame = [0; BLOCK_BYTES];
    frame[0] = 0xff;
    let parcel = Parcel::from_bytes(&[0; 16_384]).unwrap();
    let verdict = Unverified::from_frame(&frame, Some(parcel)).err();
    assert_eq!(verdict, Some(FrameError::UnknownKind { number: 0 }));
    assert_eq!(Answer::Refusal(Refusal::UnknownKind).to_frame(7).unwrap().len(), BLOCK_BYTES);
}

#[test]
fn l5_a_parcel_of_any_other_length_is_refused() {
    for length in [0, 1, 16_383, 16_385, 32_768] {
        assert!(Parcel::from_bytes(&vec![0; length]).is_err());
    }
}

#[test]
fn l5_parts_that_do_not_fit_each_other_are_neither_sealed_nor_taken() {
    let part = |number, parts, length| Part {
        kind: Kind::CHANNEL,
        message: MessageId([7; 16]),
        number,
        parts,
        bytes: vec![1; length],
    };
    let mut rng = Repeatable(0);
    let cases = [(0, 0, 1), (1, 1, 1), (0, 65, PART_BYTES), (0, 2, 1), (1, 2, 0), (0, 1, PART_BYTES + 1)];
    for (number, parts, length) in cases {
        let sealed = seal(&part(number, parts, length), &seal_key(6), &mut rng);
        assert_eq!(sealed, Err(SealError::Part), "{number} of {parts}, {length} bytes");
    }
}

#[test]
fn l5_a_writer_cannot_make_reassembly_grow_without_bound() {
    let part = |id: u8, number| Part {
        kind: Kind::CHANNEL,
        message: MessageId([id; 16]),
        number,
        parts: PARTS_MAX,
        bytes: vec![id; PART_BYTES],
    };
    let mut reassembly = Reassembly::default();
    for id in 0..u8::try_from(OPEN_MESSAGES_MAX).unwrap() {
        assert_eq!(reassembly.add(part(id, 0), 100), Ok(None));
    }
    let before = reassembly.clone();
    assert_eq!(reassembly.add(part(200, 0), 100), Err(ReassemblyError::TooManyOpen));
    assert_eq!(reassembly, before, "a refused part leaves no trace");
    assert_eq!(reassembly.expire(161, 60).len(), OPEN_MESSAGES_MAX);
    assert!(reassembly.is_empty());
    let long = vec![0; MESSAGE_BYTES_MAX + 1];
    assert_eq!(cut(Kind::CHANNEL, &long, &seal_key(6), &mut Repeatable(0)), Err(CutError::TooLong));
}

#[test]
fn l5_a_contradicting_part_leaves_what_was_collected() {
    let message = vec![9; 2 * PART_BYTES + 5];
    let parts: Vec<Part> = cut(Kind::CHANNEL, &message, &seal_key(6), &mut Repeatable(0))
        .unwrap()
        .iter()
        .map(|parcel| open(parcel, &seal_key(6)).unwrap())
        .collect();
    let mut reassembly = Reassembly::default();
    assert_eq!(reassembly.add(parts[2].clone(), 0), Ok(None));
    assert_eq!(reassembly.add(parts[2].clone(), 0), Ok(None), "again is harmless");
    for change in [
        |part: &mut Part| part.bytes[0] ^= 1,
        |part: &mut Part| part.kind = Kind::JOINING,
        |part: &mut Part| part.parts = 4,
    ] {
        let mut other = parts[2].clone();
        change(&mut other);
        assert_eq!(reassembly.add(other, 0), Err(ReassemblyError::Contradiction));
    }
    assert_eq!(reassembly.add(parts[0].clone(), 0), Ok(None));
    let whole = reassembly.add(parts[1].clone(), 0).unwrap().unwrap();
    assert_eq!((whole.bytes, whole.kind), (message, Kind::CHANNEL));
    assert!(reassembly.is_empty());
}

#[test]
fn a_signature_is_worth_nothing_elsewhere() {
    let frame = watch(5, &binding());
    let check =
        |frame: &Block, binding: &Binding| Unverified::from_frame(frame, None).unwrap().verify(binding).err();
    assert_eq!(check(&frame, &binding()), None);
    let other_connection = Binding { exporter: [0; 32], ..binding() };
    assert_eq!(check(&frame, &other_connection), Some(AuthorityError));
    let mut other_relay = binding();
    other_relay.relay.0[0] ^= 1;
    assert_eq!(check(&frame, &other_relay), Some(AuthorityError));
    for place in [0, 10, 11, 42, 43, 106] {
        // The verb (watch to close), the number, the mailbox, the signature.
        let mut altered = frame;
        altered[place] ^= if place == 0 { 0x05 ^ 0x07 } else { 1 };
        assert_eq!(check(&altered, &binding()), Some(AuthorityError), "byte {place}");
    }
}

#[test]
fn one_flipped_bit_anywhere_in_a_parcel_is_noticed() {
    let parcel = cut(Kind::CHANNEL, b"forty", &seal_key(6), &mut Repeatable(0)).unwrap().remove(0);
    for place in (0..16_384).step_by(97).chain([23, 24, 16_367, 16_368, 16_383]) {
        let mut bytes = parcel.as_bytes().to_vec();
        bytes[place] ^= 0x40;
        let altered = Parcel::from_bytes(&bytes).unwrap();
        assert_eq!(open(&altered, &seal_key(6)), Err(OpenError::NotForThisKey), "byte {place}");
    }
    assert_eq!(open(&parcel, &seal_key(7)), Err(OpenError::NotForThisKey));
}

#[test]
fn c23_two_sealed_copies_of_a_message_share_no_16_bytes() {
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let message = vec![0; PART_BYTES + 100];
    let mut seen: HashSet<[u8; 16]> = HashSet::new();
    // One copy each for two mailboxes, and the first once more under the same key.
    for key in [6, 7, 6] {
        let mut copy = HashSet::new();
        for parcel in cut(Kind::CHANNEL, &message, &seal_key(key), &mut rng).unwrap() {
            copy.extend(parcel.as_bytes().windows(16).map(|window| <[u8; 16]>::try_from(window).unwrap()));
        }
        assert!(seen.is_disjoint(&copy), "two copies share 16 bytes");
        seen.extend(copy);
    }
}

proptest! {
    #[test]
    fn l5_any_block_is_read_without_panic_and_only_in_its_one_form(
        kind in any::<u8>(),
        length in 0_u16..600,
        number in any::<u64>(),
        body in proptest::collection::vec(any::<u8>(), 501),
        with_parcel in any::<bool>(),
    ) {
        let mut frame = vec![kind];
        frame.extend(length.to_be_bytes());
        frame.extend(number.to_be_bytes());
        frame.extend(&body[..usize::from(length).min(501)]);
        frame.resize(BLOCK_BYTES, 0);
        let parcel = with_parcel.then(|| Parcel::from_bytes(&[1; 16_384]).unwrap());
        let _ = Unverified::from_frame(&block(&frame), parcel.clone());
        match FromRelay::from_frame(&block(&frame), parcel) {
            Ok(FromRelay::Answer(number, answer)) => prop_assert_eq!(answer.to_frame(number).unwrap(), frame),
            Ok(FromRelay::Push(number, push)) => {
                prop_assert_eq!(&push.to_frame(number).unwrap()[..BLOCK_BYTES], &frame[..]);
            }
            Err(_) => {}
        }
    }

    #[test]
    fn any_message_comes_back_whole_in_any_order(
        length in prop_oneof![Just(0), Just(PART_BYTES), Just(PART_BYTES + 1), 0..4 * PART_BYTES],
        reverse in any::<bool>(),
    ) {
        let message: Vec<u8> = (0..length).map(|place| u8::try_from(place % 251).unwrap()).collect();
        let mut parcels = cut(Kind::JOINING, &message, &seal_key(6), &mut Repeatable(1)).unwrap();
        if reverse {
            parcels.reverse();
        }
        let mut reassembly = Reassembly::default();
        let mut whole = None;
        for parcel in &parcels {
            prop_assert!(whole.is_none());
            whole = reassembly.add(open(parcel, &seal_key(6)).unwrap(), 0).unwrap();
        }
        prop_assert_eq!(whole.unwrap().bytes, message);
    }

    #[test]
    fn l5_any_bytes_read_as_a_grant_are_that_grant(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(grant) = Grant::from_bytes(&bytes) {
            prop_assert_eq!(&grant.to_bytes()[..], &bytes[..]);
        }
    }
}
