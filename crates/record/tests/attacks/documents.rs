//! R1 to R4: what is in a document, and who signed it.

use entente_record::document::{
    Document, PayloadError, Presentation, ProposalError, Selection, SignError, SignatureError, VerifyError,
};
use entente_record::json::Value;
use entente_record::jws::JwsError;

use crate::forge::{
    Forged, clause, digest, element, elements, fresh_salt, members, parse, property, signatures,
};
use crate::talks::{NOW, Rng, Talks};

const EVERYBODY: [u8; 3] = [1, 2, 3];

fn forged(talks: &Talks) -> Forged {
    Forged::from(&talks.ceasefire().propose(&mut Rng::new(1)).unwrap())
}

fn proposal_error(forged: &Forged) -> ProposalError {
    entente_record::document::Proposal::parse(&forged.proposal_bytes()).unwrap_err()
}

#[test]
fn r1_the_forger_can_make_what_the_library_makes() {
    let talks = Talks::new();
    let document = forged(&talks).document(&EVERYBODY).unwrap().verify(&talks.personas()).unwrap();
    assert_eq!(document, talks.document());
}

#[test]
fn r1_a_clause_hidden_behind_a_decoys_digest_is_never_signed() {
    let talks = Talks::new();
    let mut hidden = forged(&talks);
    let secret = element(&fresh_salt(0), &clause("8", "South pays for everything."));
    hidden.set_slot_digest(7, &digest(&secret));
    // The decoy that co-signers expect, no opening at all, another slot's opening.
    assert_eq!(proposal_error(&hidden), ProposalError::DoesNotOpen(7));
    let mut without = hidden.clone();
    without.openings.remove(7);
    assert_eq!(proposal_error(&without), ProposalError::DoesNotOpen(7));
    let mut other = hidden.clone();
    other.openings[7] = other.openings[6].clone();
    assert!(matches!(proposal_error(&other), ProposalError::DoesNotOpen(_)));
    // Signed all the same by everybody, it is not a document either.
    let refused = hidden.document(&EVERYBODY).unwrap_err();
    assert_eq!(refused, VerifyError::Proposal(ProposalError::DoesNotOpen(7)));
}

#[test]
fn r1_a_property_hidden_behind_a_decoys_digest_is_never_signed() {
    let talks = Talks::new();
    let mut hidden = forged(&talks);
    let digests = elements(&mut hidden.payload, "_sd");
    digests[7] = Value::bytes(&[0xff; 32]);
    assert_eq!(proposal_error(&hidden), ProposalError::DoesNotOpen(15));
    let mut short = forged(&talks);
    short.openings.pop();
    assert_eq!(proposal_error(&short), ProposalError::DoesNotOpen(15));
    let mut long = forged(&talks);
    long.openings.push(property(&fresh_salt(1), "more", &Value::Null));
    assert_eq!(proposal_error(&long), ProposalError::OpeningForm);
}

#[test]
fn r1_nothing_hides_inside_an_opened_value() {
    let talks = Talks::new();
    let inner = digest(&element(&fresh_salt(0), &Value::from("South pays.")));
    for name in ["...", "_sd", "_sd_alg"] {
        let mut nested = forged(&talks);
        let mut value = clause("1", "Visible.");
        members(&mut value).insert("fields", Value::object([(name, Value::bytes(&inner))]));
        nested.set_slot(0, &value);
        assert_eq!(proposal_error(&nested), ProposalError::NestedDigest, "{name}");
    }
    let mut stuffed = forged(&talks);
    let decoy = [("decoy", Value::from(true)), ("text", Value::from("South pays."))];
    stuffed.set_slot(7, &Value::object(decoy));
    assert!(matches!(proposal_error(&stuffed), ProposalError::Field(_)));
}

#[test]
fn r1_clauses_stand_before_decoys_so_that_none_is_overlooked() {
    let talks = Talks::new();
    let mut sparse = forged(&talks);
    sparse.set_slot(6, &Value::object([("decoy", Value::from(true))]));
    sparse.set_slot(7, &clause("9", "Far from the others."));
    assert_eq!(proposal_error(&sparse), ProposalError::NotDense(7));
}

#[test]
fn r1_an_effect_that_is_not_known_is_neither_signed_nor_judged() {
    let talks = Talks::new();
    let mut conditional = forged(&talks);
    members(&mut conditional.payload).insert("effect", Value::object([("joint", Value::from("x"))]));
    let proposal = entente_record::document::Proposal::parse(&conditional.proposal_bytes()).unwrap();
    assert_eq!(proposal.sign(&talks.north, NOW), Err(SignError::UnknownEffect));
    let verdict = conditional.document(&EVERYBODY).unwrap().verify(&talks.personas()).unwrap_err();
    assert_eq!(verdict, VerifyError::UnknownEffect);
    assert!(verdict.is_cannot_tell());
    // A wrong signature is worse than an unknown effect, and is said first.
    let verdict = conditional.document(&[1, 2, 9]).unwrap().verify(&talks.personas()).unwrap_err();
    assert!(!verdict.is_cannot_tell());
}

#[test]
fn r2_a_stripped_signature_is_not_authentic() {
    let talks = Talks::new();
    let document = talks.document();
    let shown = document.present(&Selection { clauses: vec![1], ..Selection::default() }).unwrap();
    for position in 0..6 {
        let mut file = parse(&document.to_bytes());
        elements(&mut file, "signatures").remove(position);
        let error =
            Document::parse(file.to_canonical().as_bytes()).map(|read| read.verify(&talks.personas()));
        assert_eq!(error.unwrap_err(), VerifyError::SignatureCount { found: 5, owed: 6 });

        let mut file = parse(&shown.to_bytes());
        let signatures = elements(&mut file, "signatures");
        let header = members(&mut signatures[0]).remove("header").unwrap();
        signatures.remove(position);
        members(&mut signatures[0]).insert("header", header);
        let read = Presentation::parse(file.to_canonical().as_bytes());
        assert!(read.and_then(|read| read.verify(&talks.personas())).is_err());
    }
}

#[test]
fn r2_a_signer_stripped_with_both_signatures_is_missed() {
    let talks = Talks::new();
    for signer in 0..3 {
        let mut file = parse(&talks.document().to_bytes());
        elements(&mut file, "signatures").drain(signer * 2..signer * 2 + 2);
        let read = Document::parse(file.to_canonical().as_bytes());
        assert!(read.and_then(|read| read.verify(&talks.personas())).is_err(), "{signer}");
        // And out of the payload too: then nobody has signed that payload.
        let mut payload = parse(talks.document().payload().bytes());
        elements(&mut payload, "signers").remove(signer);
        let payload = entente_record::base64url::encode(payload.to_canonical().as_bytes());
        members(&mut file).insert("payload", Value::from(payload));
        let read = Document::parse(file.to_canonical().as_bytes());
        assert!(read.and_then(|read| read.verify(&talks.personas())).is_err(), "{signer}");
    }
}

#[test]
fn r3_one_key_never_verifies_for_all() {
    let talks = Talks::new();
    let forged = forged(&talks);
    // North signs three times, and once with a stranger in each place.
    for signers in [[1, 1, 1], [9, 2, 3], [1, 9, 3], [1, 2, 9], [2, 1, 3]] {
        let read = forged.document(&signers).unwrap();
        let error = read.verify(&talks.personas()).unwrap_err();
        assert!(matches!(
            error,
            VerifyError::Signature { error: SignatureError::Jws(JwsError::WrongKey), .. }
        ));
    }
}

#[test]
fn r3_each_of_both_algorithms_has_to_hold() {
    let talks = Talks::new();
    for position in 0..6 {
        let mut file = parse(&talks.document().to_bytes());
        let signature = members(&mut elements(&mut file, "signatures")[position]);
        let bytes =
            entente_record::base64url::decode(signature.get("signature").unwrap().as_str().unwrap()).unwrap();
        let damaged: Vec<u8> = bytes.iter().enumerate().map(|(at, byte)| byte ^ u8::from(at == 9)).collect();
        signature.insert("signature", Value::bytes(&damaged));
        let read = Document::parse(file.to_canonical().as_bytes()).unwrap();
        let error = read.verify(&talks.personas()).unwrap_err();
        let bad = SignatureError::Jws(JwsError::BadSignature);
        assert_eq!(error, VerifyError::Signature { position: position / 2, error: bad });
    }
}

#[test]
fn r3_a_signature_of_another_document_does_not_count() {
    let talks = Talks::new();
    let other = talks.ceasefire().propose(&mut Rng::new(2)).unwrap();
    let mut file = parse(&talks.document().to_bytes());
    let theirs = signatures(other.payload().bytes(), &[2]);
    elements(&mut file, "signatures").splice(2..4, theirs);
    let read = Document::parse(file.to_canonical().as_bytes()).unwrap();
    assert!(read.verify(&talks.personas()).is_err());
}

#[test]
fn r3_a_signature_of_another_kind_does_not_count() {
    let talks = Talks::new();
    let mut statement = forged(&talks);
    members(&mut statement.payload).insert("kind", Value::from("statement"));
    let mut file = parse(&statement.document_bytes(&EVERYBODY));
    // The same payload bytes, signed as the type of another kind.
    let header = |kid: Value<'static>, alg: &str| {
        let typ = Value::from("entente-understanding+sd-jwt");
        Value::object([("alg", Value::from(alg)), ("kid", kid), ("typ", typ)]).to_canonical()
    };
    let id = talks.north.persona().id();
    let bytes = statement.payload_bytes();
    let wrong = crate::forge::ed25519_under(&header(id.ed25519.to_json(), "EdDSA"), &bytes, 1);
    elements(&mut file, "signatures")[0] = wrong;
    let error =
        Document::parse(file.to_canonical().as_bytes()).unwrap().verify(&talks.personas()).unwrap_err();
    let wrong_type = JwsError::WrongType("entente-understanding+sd-jwt".into());
    assert_eq!(error, VerifyError::Signature { position: 0, error: SignatureError::Jws(wrong_type) });
}

#[test]
fn r4_one_digest_never_stands_in_two_slots() {
    let talks = Talks::new();
    let mut doubled = forged(&talks);
    let first = elements(&mut doubled.payload, "clauses")[0].clone();
    elements(&mut doubled.payload, "clauses")[7] = first;
    doubled.openings[7] = doubled.openings[0].clone();
    assert_eq!(proposal_error(&doubled), ProposalError::Payload(PayloadError::DigestTwice));
    // Nor as a clause and a property.
    let mut crossed = forged(&talks);
    let digest = elements(&mut crossed.payload, "_sd")[0].as_str().unwrap().to_string();
    elements(&mut crossed.payload, "clauses")[7] = Value::object([("...", Value::from(digest))]);
    assert_eq!(proposal_error(&crossed), ProposalError::Payload(PayloadError::DigestTwice));
}

#[test]
fn r4_one_number_never_names_two_clauses() {
    let talks = Talks::new();
    let mut two_faced = forged(&talks);
    two_faced.set_slot(6, &clause("1", "The opposite."));
    assert_eq!(proposal_error(&two_faced), ProposalError::NumberTwice("1".into()));
    // Signed by everybody and shown to a stranger, both faces together are refused.
    let mut signatures = signatures(&two_faced.payload_bytes(), &EVERYBODY);
    let mut openings = [two_faced.openings[0].clone(), two_faced.openings[6].clone()];
    openings.sort_by_key(|opening| digest(opening));
    let openings = openings.map(Value::from).to_vec();
    let header = Value::object([("disclosures", Value::Array(openings))]);
    members(&mut signatures[0]).insert("header", header);
    let payload = entente_record::base64url::encode(&two_faced.payload_bytes());
    let file = Value::object([("payload", Value::from(payload)), ("signatures", Value::Array(signatures))]);
    let error = Presentation::parse(file.to_canonical().as_bytes()).unwrap_err();
    assert_eq!(error, VerifyError::Proposal(ProposalError::NumberTwice("1".into())));
}

#[test]
fn r4_one_name_never_names_two_properties() {
    let talks = Talks::new();
    let mut two_faced = forged(&talks);
    let texts = [("title", "Ceasefire"), ("title", "Capitulation")];
    let openings = texts.map(|(name, text)| property(&fresh_salt(text.len()), name, &Value::from(text)));
    let mut all: Vec<String> = two_faced.openings[10..].to_vec();
    all.extend(openings);
    all.sort_by_key(|opening| digest(opening));
    let digests = all.iter().map(|opening| Value::bytes(&digest(opening))).collect();
    members(&mut two_faced.payload).insert("_sd", Value::Array(digests));
    two_faced.openings.splice(8.., all);
    let error = proposal_error(&two_faced);
    assert!(matches!(error, ProposalError::PropertyTwice(_)), "{error:?}");
}

#[test]
fn r4_an_opening_that_fits_no_digest_is_refused() {
    let talks = Talks::new();
    let shown = talks.document().present(&Selection { clauses: vec![1], ..Selection::default() }).unwrap();
    let mut file = parse(&shown.to_bytes());
    let first = members(&mut elements(&mut file, "signatures")[0]);
    let leaked = element(&fresh_salt(4), &clause("4", "A clause that somebody made up."));
    let mut openings = vec![
        first.get("header").unwrap().get("disclosures").unwrap().as_array().unwrap()[0]
            .as_str()
            .unwrap()
            .to_string(),
        leaked,
    ];
    openings.sort_by_key(|opening| digest(opening));
    let with = |openings: Vec<String>| {
        let mut file = file.clone();
        let openings = openings.into_iter().map(Value::from).collect();
        let header = Value::object([("disclosures", Value::Array(openings))]);
        members(&mut elements(&mut file, "signatures")[0]).insert("header", header);
        Presentation::parse(file.to_canonical().as_bytes()).map(|_| ())
    };
    assert_eq!(with(openings.clone()), Err(VerifyError::StrayOpening));
    let own: Vec<String> = shown.to_json().get("signatures").unwrap().as_array().unwrap()[0]
        .get("header")
        .unwrap()
        .get("disclosures")
        .unwrap()
        .as_array()
        .unwrap()
        .iter()
        .map(|opening| opening.as_str().unwrap().to_string())
        .collect();
    assert_eq!(with(own.clone()), Ok(()));
    assert!(with([own.clone(), own].concat()).is_err());
}

#[test]
fn r7_a_salt_is_never_used_twice_and_never_short() {
    let talks = Talks::new();
    let mut reused = forged(&talks);
    let salt = fresh_salt(0);
    for slot in [5_usize, 6] {
        let text = element(&salt, &clause(&(slot + 1).to_string(), "yes"));
        reused.set_slot_digest(slot, &digest(&text));
        reused.openings[slot] = text;
    }
    assert_eq!(proposal_error(&reused), ProposalError::SaltTwice);
    let mut short = forged(&talks);
    let text = element(&entente_record::base64url::encode(&[1; 15]), &clause("1", "yes"));
    short.set_slot_digest(0, &digest(&text));
    short.openings[0] = text;
    assert_eq!(proposal_error(&short), ProposalError::Salt);
}
