//! R17 and R19: which keys there are, and what they sign.

use entente_log::cosignature::Cosigner;
use entente_log::ed25519::SecretKey;
use entente_log::signed_note::KeyName;
use entente_record::card::{Card, CardError};
use entente_record::document::{
    Document, DraftError, Keys, Kind, PayloadError, ProposalError, SignatureError, Signer, SignerKeys,
    VerifyError,
};
use entente_record::ed25519::Ed25519Key;
use entente_record::json::Value;
use entente_record::jws::JwsError;
use entente_record::party::{Capacity, Party};
use entente_record::persona::{Persona, PersonaId, PersonaSecret};

use crate::forge::{elements, members, parse};
use crate::talks::{Rng, Talks};

fn signer(party: u16, capacity: Capacity, id: PersonaId) -> Signer {
    Signer { party: Party(party), capacity, keys: SignerKeys::Persona(id) }
}

#[test]
fn r17_one_key_is_one_signer_in_one_capacity() {
    let talks = Talks::new();
    let (north, south) = (talks.north.persona().id(), talks.south.persona().id());
    let mixed = PersonaId { ed25519: south.ed25519, ml_dsa_65: north.ml_dsa_65 };
    let crossed = PersonaId { ed25519: north.ml_dsa_65, ml_dsa_65: south.ml_dsa_65 };
    let seconds = [
        (signer(1, Capacity::Witnesses, north), north.ed25519),
        (signer(2, Capacity::Binds, north), north.ed25519),
        (signer(2, Capacity::Binds, mixed), north.ml_dsa_65),
        (signer(2, Capacity::Binds, crossed), north.ml_dsa_65),
    ];
    for (second, twice) in seconds {
        let draft = talks.draft_without_signers(Kind::UNDERSTANDING);
        let draft = draft.signer(signer(1, Capacity::Binds, north)).signer(second);
        let refused = PayloadError::KeyTwice(twice);
        let error = draft.propose(&mut Rng::new(1)).unwrap_err();
        assert_eq!(error, DraftError::Refused(ProposalError::Payload(refused)));
    }
}

/// A roster that gives North's persona for every id it is asked for.
struct Confused(Persona);

impl Keys for Confused {
    fn persona(&self, _: &PersonaId) -> Option<&Persona> {
        Some(&self.0)
    }
}

#[test]
fn r17_a_key_source_cannot_give_one_key_for_another() {
    let talks = Talks::new();
    let document = Document::parse(&talks.document().to_bytes()).unwrap();
    let error = document.verify(&Confused(talks.north.persona().clone())).unwrap_err();
    assert_eq!(error, VerifyError::Signature { position: 1, error: SignatureError::UnknownKeys });
}

fn cosigner(seed: &[u8; 32]) -> Cosigner {
    Cosigner::new(KeyName::parse("entente/test/m1").unwrap(), SecretKey::from_seed(seed))
}

#[test]
fn r17_a_card_gives_each_key_one_role() {
    let talks = Talks::new();
    let stamping = cosigner(&[50; 32]).verifier().clone();
    let issue = |binding, cosigner| Card::issue(&talks.origin, &talks.north, binding, cosigner);
    assert!(issue([60; 32], &stamping).is_ok());
    let persona_stamps = cosigner(&Talks::seeds(1)[..32].try_into().unwrap()).verifier().clone();
    assert_eq!(issue([60; 32], &persona_stamps), Err(CardError::KeyInTwoRoles));
    let signing = *talks.north.persona().ed25519().as_bytes();
    assert_eq!(issue(signing, &stamping), Err(CardError::KeyInTwoRoles));
    assert_eq!(issue(*stamping.public_key().as_bytes(), &stamping), Err(CardError::KeyInTwoRoles));
    // The persona's signing key in the clothes of X25519.
    let point = ed25519_dalek::VerifyingKey::from_bytes(&signing).unwrap();
    let on_curve25519 = point.to_montgomery().to_bytes();
    assert_eq!(issue(on_curve25519, &stamping), Err(CardError::KeyInTwoRoles));
}

#[test]
fn r17_both_keys_of_a_persona_have_seeds_of_their_own() {
    assert!(PersonaSecret::from_seeds(&[5; 64]).is_none());
}

#[test]
fn a_card_is_for_one_record_and_signed_by_both_keys_it_shows() {
    let talks = Talks::new();
    let stamping = cosigner(&[50; 32]).verifier().clone();
    let card = Card::issue(&talks.origin, &talks.north, [60; 32], &stamping).unwrap();
    assert_eq!(Card::parse(&card.to_bytes(), &talks.origin), Ok(card.clone()));
    let other = entente_record::origin::Origin::parse("entente/other").unwrap();
    assert_eq!(Card::parse(&card.to_bytes(), &other), Err(CardError::OtherRecord(talks.origin.clone())));

    let mut file = parse(&card.to_bytes());
    elements(&mut file, "signatures").pop();
    let stripped = Card::parse(file.to_canonical().as_bytes(), &talks.origin);
    assert_eq!(stripped, Err(CardError::Signature(JwsError::WrongKey)));

    // A relay of cards puts a binding key of its own into North's.
    let mut file = parse(&card.to_bytes());
    let payload = entente_record::base64url::decode(file.get("payload").unwrap().as_str().unwrap()).unwrap();
    let mut payload = parse(&payload);
    members(&mut payload).insert("binding", Value::bytes(&[61; 32]));
    let payload = entente_record::base64url::encode(payload.to_canonical().as_bytes());
    members(&mut file).insert("payload", Value::from(payload));
    let swapped = Card::parse(file.to_canonical().as_bytes(), &talks.origin);
    assert_eq!(swapped, Err(CardError::Signature(JwsError::BadSignature)));
}

/// Points of small order, each also in its other encodings.
const SMALL_ORDER: [&str; 8] = [
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "7P_______________________________________38",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
    "7v_______________________________________38",
    "7f_______________________________________38",
    "7f________________________________________8",
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
];

#[test]
fn r19_a_key_of_small_order_is_no_key() {
    for text in SMALL_ORDER {
        let bytes: [u8; 32] = entente_record::base64url::decode_array(text).unwrap();
        assert!(Ed25519Key::from_bytes(&bytes).is_err(), "{text}");
        let jwk = Value::object([
            ("crv", Value::from("Ed25519")),
            ("kty", Value::from("OKP")),
            ("x", Value::from(text)),
        ]);
        assert!(Ed25519Key::from_jwk(&jwk).is_err(), "{text}");
    }
}

/// The group order L, little-endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[test]
fn r19_s_beyond_the_group_order_is_refused() {
    let talks = Talks::new();
    let mut file = parse(&talks.document().to_bytes());
    let first = members(&mut elements(&mut file, "signatures")[0]);
    let mut bytes =
        entente_record::base64url::decode(first.get("signature").unwrap().as_str().unwrap()).unwrap();
    let mut carry = 0_u16;
    for (at, add) in L.iter().enumerate() {
        let sum = u16::from(bytes[32 + at]) + u16::from(*add) + carry;
        bytes[32 + at] = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    first.insert("signature", Value::bytes(&bytes));
    let error =
        Document::parse(file.to_canonical().as_bytes()).unwrap().verify(&talks.personas()).unwrap_err();
    let bad = SignatureError::Jws(JwsError::BadSignature);
    assert_eq!(error, VerifyError::Signature { position: 0, error: bad });
}
