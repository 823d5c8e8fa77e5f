#![allow(clippy::unwrap_used, reason = "tests")]
use super::super::codec::MAX_ENCODED;
use super::super::digest::Digest;
use super::super::notice::{Mark, ReadState};
use super::super::persona_ref::PersonaRef;
use super::super::proposal::Stance;
use super::*;

fn samples() -> Vec<(&'static str, Message)> {
    let version = Digest([0x11; 32]);
    let with = PersonaRef { ed25519: [0x22; 32], ml_dsa_65: [0x33; 32] };
    let marks = [Mark { message: Digest([0x44; 32]), state: ReadState::Opened }];
    vec![
        (
            "non_paper",
            Message::NonPaper(NonPaper {
                text: "Forty would do.".into(),
                written: 1_700_000_000,
                expires: 1_700_086_400,
            }),
        ),
        ("statement", Message::Statement(SignedText::from_bytes(b"{statement}".to_vec()))),
        ("carried", Message::Carried(Carried::sample())),
        (
            "proposal",
            Message::Proposal(Proposal {
                document: b"{proposal}".to_vec(),
                replaces: Some(version),
                report_of: Some(1),
                note: "Clause 3 as you asked.".into(),
            }),
        ),
        ("answer", Message::Answer(Answer { version, stance: Stance::ReadyToSign, report_of: None })),
        (
            "decline",
            Message::Decline(Decline { version, reason: "Clause 3 says sixty.".into(), report_of: None }),
        ),
        ("signature", Message::Signature(Signature { version, signature: b"{signature}".to_vec() })),
        ("persona_card", Message::PersonaCard(PersonaCard { card: b"{card}".to_vec() })),
        ("record_entry", Message::RecordEntry(RecordEntry { bundle: b"{bundle}".to_vec() })),
        ("stamp", Message::Stamp(Stamp { size: 3, line: "\u{2014} m1 AAAA".into() })),
        (
            "stamp_refusal",
            Message::StampRefusal(StampRefusal { size: 3, reason: "The record was rewritten.".into() }),
        ),
        ("approval", Message::Approval(Approval { document: b"{approval}".to_vec() })),
        ("read_marks", Message::ReadMarks(ReadMarks::new(marks).unwrap())),
        ("heartbeat", Message::Heartbeat(Heartbeat { at: 1_700_000_000 })),
        (
            "code_compared",
            Message::CodeCompared(CodeCompared { with, fingerprint: Digest([0x55; 32]), at: 1_700_000_000 }),
        ),
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .chunks(32)
        .map(|line| line.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n")
        .collect()
}

#[test]
fn the_bytes_of_every_kind_are_pinned() {
    for (name, message) in samples() {
        insta::assert_snapshot!(name, hex(&message.encode().unwrap()));
    }
}

#[test]
fn every_kind_decodes_to_itself() {
    for (name, message) in samples() {
        let bytes = message.encode().unwrap();
        assert_eq!(Message::decode(&bytes), Ok(message), "{name}");
    }
}

#[test]
fn no_kind_decodes_cut_short_or_with_a_byte_more() {
    for (name, message) in samples() {
        let mut bytes = message.encode().unwrap();
        for end in 0..bytes.len() {
            assert!(Message::decode(bytes.get(..end).unwrap()).is_err(), "{name} at {end}");
        }
        bytes.push(0);
        assert!(Message::decode(&bytes).is_err(), "{name}");
    }
}

#[test]
fn a_newer_version_or_an_unknown_kind_is_an_answer() {
    let newer = Message::decode(&[2, 0, 1, 9, 9, 9]);
    assert_eq!(newer, Ok(Message::Unknown(Unknown { version: 2, kind: None })));
    let unknown = Message::decode(&[VERSION, 0xff, 0xff, 1, 2]);
    assert_eq!(unknown, Ok(Message::Unknown(Unknown { version: VERSION, kind: Some(0xffff) })));
    let unknown = unknown.unwrap();
    assert_eq!(unknown.encode(), Err(EncodeError::NotUnderstood));
}

#[test]
fn text_that_hides_what_it_says_is_refused_on_both_sides() {
    let bad = |text: &str| Message::NonPaper(NonPaper { text: text.into(), written: 1, expires: 2 });
    for text in ["", "forty\u{202e}sixty", "for\u{200b}ty", "e\u{301}"] {
        assert!(matches!(bad(text).encode(), Err(EncodeError::Broken(_))), "{text:?}");
        let Message::NonPaper(body) = bad(text) else { return };
        let mut bytes = vec![VERSION, 0, 1];
        bytes.extend(codec::encode(&body).unwrap());
        assert!(matches!(Message::decode(&bytes), Err(DecodeError::Broken(_))), "{text:?}");
    }
}

#[test]
fn a_message_over_the_limit_is_refused_on_both_sides() {
    let large = Message::PersonaCard(PersonaCard { card: vec![1; MAX_ENCODED] });
    assert!(large.encode().is_err());
    let mut bytes = vec![VERSION, 0, 8];
    bytes.extend(((MAX_ENCODED) as u64).to_be_bytes());
    bytes.extend(vec![1; MAX_ENCODED]);
    assert_eq!(Message::decode(&bytes), Err(Malformed::TooLarge.into()));
}

#[test]
fn read_marks_do_not_tell_the_order_of_reading() {
    let mark = |byte, state| Mark { message: Digest([byte; 32]), state };
    let one =
        ReadMarks::new([mark(2, ReadState::Fetched), mark(1, ReadState::Opened), mark(2, ReadState::Opened)]);
    let other = ReadMarks::new([mark(1, ReadState::Opened), mark(2, ReadState::Opened)]);
    assert_eq!(one, other);
    assert_eq!(ReadMarks::new([]), Err(Broken::Empty("read marks")));
}

proptest::proptest! {
    /// No bytes stop the reader, and what it reads is what would be written.
    #[test]
    fn what_is_read_is_what_would_be_written(kind in 0..17_u8, body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let bytes = [&[VERSION, 0, kind], body.as_slice()].concat();
        match Message::decode(&bytes) {
            Ok(Message::Unknown(_)) | Err(_) => {}
            Ok(message) => proptest::prop_assert_eq!(message.encode(), Ok(bytes)),
        }
    }
}
