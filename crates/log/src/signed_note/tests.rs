use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::ed25519::KeyError;
use crate::ed25519::SecretKey;

/// The specification's own example.
const EXAMPLE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

fn signer(name: &str, seed: u8) -> Signer {
    Signer::new(KeyName::parse(name).unwrap(), SecretKey::from_seed(&[seed; 32]))
}

fn known(signers: &[&Signer]) -> KnownKeys {
    KnownKeys::new(signers.iter().map(|signer| signer.verifier().clone())).unwrap()
}

fn note(text: &str, signers: &[&Signer]) -> Note {
    let text = NoteText::parse(text).unwrap();
    let signatures = signers.iter().map(|signer| signer.sign(&text)).collect();
    Note::new(text, signatures).unwrap()
}

#[test]
fn the_example_of_the_specification_verifies() {
    let note = Note::parse(EXAMPLE.as_bytes()).unwrap();
    let key: VerifierKey = EXAMPLE_KEY.parse().unwrap();
    assert_eq!(key.to_string(), EXAMPLE_KEY);
    assert_eq!(note.to_string(), EXAMPLE);
    let verified = note.verify(&KnownKeys::new([key.clone()]).unwrap()).unwrap();
    assert_eq!(verified, [VerifiedSignature { key, time: None }]);
}

#[test]
fn the_last_empty_line_parts_text_and_signatures() {
    let a = signer("a.example", 1);
    let text = "first\n\nsecond\n\n";
    let printed = note(text, &[&a]).to_string();
    let read = Note::parse(printed.as_bytes()).unwrap();
    assert_eq!(read.text().as_str(), text);
    assert!(read.verify(&known(&[&a])).is_ok());
}

#[test]
fn malformed_notes_are_refused() {
    let line = |line, error| NoteFormatError::Signature { line, error };
    let signature = EXAMPLE.rsplit_once('\n').unwrap().0.rsplit_once('\n').unwrap().1;
    let cases: Vec<(String, NoteFormatError)> = vec![
        ("".into(), NoteFormatError::NoSignatures),
        ("text\n".into(), NoteFormatError::NoSignatures),
        ("text\n\n".into(), NoteFormatError::NoSignatures),
        (format!("text\n{signature}\n"), NoteFormatError::NoSignatures),
        (format!("text\n\n{signature}"), NoteFormatError::NoFinalNewline),
        (format!("te\txt\n\n{signature}\n"), NoteFormatError::ControlCharacter),
        (format!("text\r\n\n{signature}\n"), NoteFormatError::ControlCharacter),
        (format!("text\n\n{signature}\n\n"), NoteFormatError::NoSignatures),
        (format!("text\n\n{signature}\nmore\n"), line(2, SignatureLineError::Prefix)),
        (format!("text\n\n {signature}\n"), line(1, SignatureLineError::Prefix)),
        (format!("text\n\n{signature} \n"), line(1, SignatureLineError::Base64)),
        ("text\n\n— a+b AAAAAAA=\n".into(), line(1, SignatureLineError::Name)),
        ("text\n\n—  AAAAAAA=\n".into(), line(1, SignatureLineError::Name)),
        ("text\n\n— a\u{a0}b AAAAAAA=\n".into(), line(1, SignatureLineError::Name)),
        ("text\n\n— a AAAAAA==\n".into(), line(1, SignatureLineError::Length)),
        ("text\n\n— a AAAAAAB=\n".into(), line(1, SignatureLineError::Base64)),
        ("text\n\n— a AAAAAAA\n".into(), line(1, SignatureLineError::Base64)),
    ];
    for (text, error) in cases {
        assert_eq!(Note::parse(text.as_bytes()), Err(error), "{text:?}");
    }
    assert_eq!(Note::parse(b"\xff\n\n"), Err(NoteFormatError::NotUtf8));
    let large = vec![b'a'; MAX_NOTE_BYTES + 1];
    assert_eq!(Note::parse(&large), Err(NoteFormatError::TooLarge));
}

#[test]
fn a_known_key_that_fails_rejects_the_note_and_an_unknown_one_does_not() {
    let (a, b) = (signer("a.example", 1), signer("b.example", 2));
    let mut note = note("text\n", &[&a]);
    note.add(b.sign(&NoteText::parse("other text\n").unwrap())).unwrap();
    assert_eq!(note.verify(&known(&[&a])).unwrap().len(), 1);
    let name = b.verifier().name().clone();
    assert_eq!(note.verify(&known(&[&a, &b])), Err(NoteError::BadSignature(name)));
}

#[test]
fn a_note_without_a_known_key_is_rejected() {
    let note = note("text\n", &[&signer("a.example", 1)]);
    let other = signer("a.example", 2);
    assert_eq!(note.verify(&known(&[&other])), Err(NoteError::NoKnownKey));
    assert_eq!(note.verify(&known(&[])), Err(NoteError::NoKnownKey));
}

#[test]
fn sixteen_signatures_and_more_are_accepted_up_to_the_bound() {
    let signers: Vec<Signer> =
        (0..=MAX_SIGNATURES).map(|n| signer(&format!("s{n}.example"), n as u8)).collect();
    let refs: Vec<&Signer> = signers.iter().collect();
    for count in [16, MAX_SIGNATURES] {
        let printed = note("text\n", &refs[..count]).to_string();
        let verified = Note::parse(printed.as_bytes()).unwrap().verify(&known(&refs)).unwrap();
        assert_eq!(verified.len(), count);
    }
    let mut full = note("text\n", &refs[..MAX_SIGNATURES]);
    let one_more = refs[MAX_SIGNATURES].sign(full.text());
    assert_eq!(full.add(one_more.clone()), Err(NoteFormatError::TooManySignatures));
    let printed = format!("{full}{one_more}\n");
    assert_eq!(Note::parse(printed.as_bytes()), Err(NoteFormatError::TooManySignatures));
}

#[test]
fn a_line_repeated_counts_once() {
    let a = signer("a.example", 1);
    let mut note = note("text\n", &[&a, &a]);
    note.add(a.sign(note.text())).unwrap();
    assert_eq!(note.signatures().len(), 2);
    assert_eq!(note.verify(&known(&[&a])).unwrap().len(), 1);
}

#[test]
fn a_line_is_checked_once_and_only_what_verified_is_remembered() {
    let (a, b) = (signer("a.example", 1), signer("b.example", 2));
    let mut good = GoodLines::default();
    let signed = note("text\n", &[&a, &b]);
    for checks in [2, 2] {
        assert_eq!(signed.verify_once(&known(&[&a, &b]), &mut good).unwrap().len(), 2);
        assert_eq!(good.checks(), checks);
    }
    // Over another text, or said to be another's, the same signature is another line.
    let under = |text: &str, signature| Note::new(NoteText::parse(text).unwrap(), vec![signature]).unwrap();
    let line = a.sign(signed.text());
    let moved = under("other\n", line.clone());
    let renamed = under(
        "text\n",
        NoteSignature::new(b.verifier().name().clone(), b.verifier().id(), line.signature().to_vec()),
    );
    for times in [1, 2] {
        assert!(moved.verify_once(&known(&[&a]), &mut good).is_err());
        assert!(renamed.verify_once(&known(&[&b]), &mut good).is_err());
        assert_eq!(good.checks(), 2 + 2 * times);
    }
}

#[test]
fn malformed_verifier_keys_are_refused() {
    let cases = [
        ("", VerifierKeyError::Format),
        ("example.com/foo+530d903a", VerifierKeyError::Format),
        ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyError::Format),
        ("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyError::Format),
        ("example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyError::Format),
        ("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyError::WrongId),
        ("example.com/foo+530d903a+AekyeRrm56hApGFkyQ==", VerifierKeyError::Format),
        ("example.com/foo+530d903a+Bg==", VerifierKeyError::UnsupportedType(6)),
        ("example.com/foo+530d903a+", VerifierKeyError::Format),
    ];
    for (text, error) in cases {
        assert_eq!(text.parse::<VerifierKey>(), Err(error), "{text}");
    }
    let neutral = [&[1, 1][..], &[0; 31]].concat();
    let weak = format!("a+00000000+{}", crate::base64::encode(&neutral));
    assert_eq!(weak.parse::<VerifierKey>(), Err(VerifierKeyError::Key(KeyError::SmallOrder)));
}

proptest! {
    #[test]
    fn what_is_read_is_printed_again_byte_for_byte(bytes in "[a\n— ]{0,30}\n\n(— [ab]{1,2} [A-Z]{4,8}=?\n){0,3}") {
        if let Ok(note) = Note::parse(bytes.as_bytes()) {
            prop_assert_eq!(note.to_string(), bytes);
        }
    }

    #[test]
    fn a_note_with_one_bit_turned_does_not_verify(text in "[a-z\n]{0,40}\n", at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let a = signer("a.example", 1);
        let mut bytes = note(&text, &[&a]).to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let verified = Note::parse(&bytes).ok().and_then(|note| note.verify(&known(&[&a])).ok());
        prop_assert_eq!(verified, None);
    }
}
