//! A forger: builds any payload, opening and signature, with keys of its own, around the library.

use ed25519_dalek::Signer as _;
use entente_record::base64url;
use entente_record::document::{Clause, Document, DraftError, Proposal, UnverifiedDocument, VerifyError};
use entente_record::json::{self, Limits, Object, Value};
use ml_dsa::signature::SignatureEncoding as _;
use sha2::{Digest as _, Sha256};

use crate::talks::Talks;

pub(crate) fn parse(bytes: &[u8]) -> Value<'static> {
    json::parse(bytes, Limits::DOCUMENT).unwrap().into_owned()
}

pub(crate) fn members<'a>(value: &'a mut Value<'static>) -> &'a mut Object<'static> {
    match value {
        Value::Object(members) => members,
        other => panic!("no object: {other:?}"),
    }
}

pub(crate) fn elements<'a>(value: &'a mut Value<'static>, name: &str) -> &'a mut Vec<Value<'static>> {
    match members(value).get_mut(name) {
        Some(Value::Array(elements)) => elements,
        other => panic!("no array {name}: {other:?}"),
    }
}

/// A proposal whose payload and openings can be changed at will.
#[derive(Clone)]
pub(crate) struct Forged {
    pub(crate) payload: Value<'static>,
    pub(crate) openings: Vec<String>,
}

impl Forged {
    pub(crate) fn from(proposal: &Proposal) -> Self {
        let mut file = parse(&proposal.to_bytes());
        let openings =
            elements(&mut file, "openings").iter().map(|o| o.as_str().unwrap().to_string()).collect();
        Self { payload: parse(proposal.payload().bytes()), openings }
    }

    pub(crate) fn payload_bytes(&self) -> Vec<u8> {
        self.payload.to_canonical().into_bytes()
    }

    pub(crate) fn proposal_bytes(&self) -> Vec<u8> {
        self.proposal_bytes_of(&self.payload_bytes())
    }

    pub(crate) fn proposal_bytes_of(&self, payload: &[u8]) -> Vec<u8> {
        let openings = self.openings.iter().map(|text| Value::from(text.as_str())).collect();
        let file = Value::object([
            ("openings", Value::Array(openings)),
            ("payload", Value::from(base64url::encode(payload))),
        ]);
        file.to_canonical().into_bytes()
    }

    /// The digest that stands in a slot.
    pub(crate) fn set_slot_digest(&mut self, slot: usize, digest: &[u8]) {
        elements(&mut self.payload, "clauses")[slot] = Value::object([("...", Value::bytes(digest))]);
    }

    /// Puts a value behind the digest of a slot, opening included.
    pub(crate) fn set_slot(&mut self, slot: usize, value: &Value<'static>) {
        let text = element(&fresh_salt(slot), value);
        self.set_slot_digest(slot, &digest(&text));
        self.openings[slot] = text;
    }

    /// The document that the holders of `numbers` would have signed.
    pub(crate) fn document_bytes(&self, numbers: &[u8]) -> Vec<u8> {
        let mut file = parse(&self.proposal_bytes());
        let signatures = signatures(&self.payload_bytes(), numbers);
        members(&mut file).insert("signatures", Value::Array(signatures));
        file.to_canonical().into_bytes()
    }

    pub(crate) fn document(&self, numbers: &[u8]) -> Result<UnverifiedDocument, VerifyError> {
        Document::parse(&self.document_bytes(numbers))
    }
}

pub(crate) fn fresh_salt(number: usize) -> String {
    base64url::encode(&Sha256::digest(number.to_be_bytes())[..16])
}

/// The base64url of `["salt", value]`.
pub(crate) fn element(salt: &str, value: &Value<'static>) -> String {
    base64url::encode(Value::Array(vec![Value::from(salt), value.clone()]).to_canonical().as_bytes())
}

/// The base64url of `["salt", "name", value]`.
pub(crate) fn property(salt: &str, name: &str, value: &Value<'static>) -> String {
    let array = Value::Array(vec![Value::from(salt), Value::from(name), value.clone()]);
    base64url::encode(array.to_canonical().as_bytes())
}

pub(crate) fn digest(opening: &str) -> Vec<u8> {
    Sha256::digest(opening.as_bytes()).to_vec()
}

/// The JSON of a clause.
pub(crate) fn clause(number: &str, text: &str) -> Value<'static> {
    Value::object([
        ("class", Value::from("by-consent")),
        ("fields", Value::Array(vec![])),
        ("number", Value::from(number.to_string())),
        ("text", Value::object([("en", Value::from(text.to_string()))])),
        ("with", Value::Array(vec![])),
    ])
}

/// Both signatures of each persona over any payload.
pub(crate) fn signatures(payload: &[u8], numbers: &[u8]) -> Vec<Value<'static>> {
    let kind = json::parse(payload, Limits::DOCUMENT).ok();
    let kind = kind.as_ref().and_then(|payload| payload.get("kind")?.as_str()).unwrap_or("understanding");
    let typ = format!("entente-{kind}+sd-jwt");
    let both = |number: &u8| {
        let id = Talks::persona(*number).persona().id();
        let header = |alg: &str, kid: Value<'static>| {
            Value::object([("alg", Value::from(alg)), ("kid", kid), ("typ", Value::from(typ.as_str()))])
                .to_canonical()
        };
        [
            ed25519_under(&header("EdDSA", id.ed25519.to_json()), payload, *number),
            ml_dsa_under(&header("ML-DSA-65", id.ml_dsa_65.to_json()), payload, *number),
        ]
    };
    numbers.iter().flat_map(both).collect()
}

/// An Ed25519 signature under any protected header.
pub(crate) fn ed25519_under(header: &str, payload: &[u8], number: u8) -> Value<'static> {
    let key = ed25519_dalek::SigningKey::from_bytes(Talks::seeds(number)[..32].try_into().unwrap());
    under(header, payload, |message| key.sign(message).to_bytes().to_vec())
}

/// An ML-DSA-65 signature under any protected header.
pub(crate) fn ml_dsa_under(header: &str, payload: &[u8], number: u8) -> Value<'static> {
    let seed: [u8; 32] = Talks::seeds(number)[32..].try_into().unwrap();
    let key = ml_dsa::SigningKey::<ml_dsa::MlDsa65>::from_seed(&seed.into());
    under(header, payload, |message| ml_dsa::signature::Signer::sign(&key, message).to_bytes().to_vec())
}

fn under(header: &str, payload: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) -> Value<'static> {
    let protected = base64url::encode(header.as_bytes());
    let message = format!("{protected}.{}", base64url::encode(payload));
    Value::object([
        ("protected", Value::from(protected)),
        ("signature", Value::bytes(&sign(message.as_bytes()))),
    ])
}

/// What a draft of one clause is refused for.
pub(crate) fn refusal_of_clause(talks: &Talks, clause: Clause) -> DraftError {
    let draft = talks.empty_draft(entente_record::document::Kind::UNDERSTANDING).clause(clause);
    draft.propose(&mut crate::talks::Rng::new(1)).unwrap_err()
}
