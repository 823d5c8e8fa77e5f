//! Which check is named when more than one fails: docs/record.md section 15, "Order". Three verifiers
//! have to name the same.

use entente_record::base64url;
use entente_record::check::Check;
use entente_record::document::{Presentation, ProposalError, VerifyError};
use entente_record::json::{Object, Value};
use entente_record::report::{Unknown, Verdict};
use sha2::{Digest as _, Sha256};

use crate::attacks::{array, entry, lawless_proposal, object, tamper, with_file};
use crate::disclosure::failing;
use crate::forge::resigned;
use crate::world::{NORTH, SOUTH};

type Change = fn(&mut Object<'static>);

/// Changes that break one check each, in the order in which they are looked at.
const FAULTS: [(Check, Change); 9] = [
    (Check::Form, |file| drop(file.insert("comment".to_string(), Value::from("x")))),
    (Check::Charter, |file| replace(file, "roster", "explore", "commit")),
    (Check::Inclusion, |file| array(entry(file, 0), "path").push(Value::from("00".repeat(32)))),
    (Check::LastRoster, |file| replace(object(file, "roster_slot"), "leaf", "version 0", "version 1")),
    (Check::Words, |file| {
        let signatures = array(object(entry(file, 0), "document"), "signatures");
        let Value::Object(first) = &mut signatures[0] else { panic!() };
        array(object(first, "header"), "disclosures").reverse();
    }),
    (Check::Signatures, |file| drop(array(object(entry(file, 0), "document"), "signatures").pop())),
    (Check::Entry, |file| drop(array(entry(file, 0), "salts").pop())),
    (Check::Seen, |file| array(entry(file, 0), "seen").clear()),
    (Check::State, |file| {
        replace(object(entry(file, 0), "state"), "leaf", "flag signed", "flag signed\nflag terminated");
    }),
];

fn replace(holder: &mut Object<'static>, name: &str, old: &str, new: &str) {
    let text = holder.get(name).unwrap().as_str().unwrap().replacen(old, new, 1);
    holder.insert(name.to_string(), Value::from(text));
}

#[test]
fn of_two_faults_the_one_that_stands_first_in_the_order_is_named() {
    let (world, file) = with_file(&[1, 3]);
    for (first, (check, fault)) in FAULTS.iter().enumerate() {
        for (later, other) in &FAULTS[first..] {
            let broken = tamper(&file, |file| {
                other(file);
                if later != check {
                    fault(file);
                }
            });
            assert_eq!(failing(&world.check(&broken)), *check, "with {later}");
        }
    }
}

#[test]
fn one_newline_may_follow_the_file_and_nothing_else() {
    let (world, file) = with_file(&[1]);
    assert_eq!(world.check(&format!("{file}\n")).verdict, Verdict::Authentic);
    for more in ["\n\n", "\r\n", " ", "\n ", "\n0"] {
        assert_eq!(failing(&world.check(&format!("{file}{more}"))), Check::Form, "{more:?}");
    }
    assert_eq!(failing(&world.check(&format!("\n{file}"))), Check::Form);
}

#[test]
fn another_form_is_cannot_tell_before_anything_else_of_the_file_is_read() {
    let (world, _) = with_file(&[1]);
    let report = world.check(r#"{"disclosure":"entente-disclosure/v2","what":1}"#);
    assert!(matches!(report.verdict, Verdict::CannotTell { why: Unknown::Newer(_), fingerprint: None }));
    assert_eq!(failing(&world.check(r#"{"disclosure":2}"#)), Check::Form);
}

#[test]
fn a_companion_that_cannot_be_is_no_well_formed_clause() {
    let (world, _) = with_file(&[1]);
    let proposal = lawless_proposal(&world, world.seen(), &[(1, NORTH), (2, SOUTH)]);
    for (with, refused) in [("0", true), ("8", true), ("7", false)] {
        let opening = format!(
            r#"["AAAAAAAAAAAAAAAAAAAAAA",{{"class":"public","fields":[],"number":"1","text":{{"en":"No."}},"with":[{with}]}}]"#
        );
        let opening = base64url::encode(opening.as_bytes());
        let digest = Value::bytes(&Sha256::digest(opening.as_bytes()));
        let shown = resigned(&proposal, &[], &[], |payload| {
            array(payload, "clauses")[0] = Value::object([("...", digest)]);
        });
        let Value::Object(mut shown) = shown else { panic!() };
        let header = Value::object([("disclosures", Value::Array(vec![Value::from(opening)]))]);
        shown.insert("signatures".to_string(), Value::Array(vec![Value::object([("header", header)])]));
        let found = Presentation::from_json(Value::Object(shown));
        let companion = matches!(found, Err(VerifyError::Proposal(ProposalError::Companion { .. })));
        assert_eq!(companion, refused, "{with}");
    }
}

#[test]
fn what_a_header_names_is_looked_at_after_the_body() {
    let (world, file) = with_file(&[1]);
    let long = format!("entente-understanding+sd-jwt{}", "x".repeat(600));
    let other = [("ML-DSA-65", "ML-DSA-45"), ("entente-understanding+sd-jwt", long.as_str())];
    for (named, instead) in other {
        let renamed = |file: &mut Object<'static>| {
            let signatures = array(object(entry(file, 0), "document"), "signatures");
            let Value::Object(second) = &mut signatures[1] else { panic!() };
            let header = base64url::decode(second.get("protected").unwrap().as_str().unwrap()).unwrap();
            let header = String::from_utf8(header).unwrap().replacen(named, instead, 1);
            second.insert("protected", Value::from(base64url::encode(header.as_bytes())));
        };
        let alone = tamper(&file, renamed);
        assert_eq!(failing(&world.check(&alone)), Check::Signatures, "{instead}");
        let beside = tamper(&file, |file| {
            renamed(file);
            array(entry(file, 0), "salts").reverse();
        });
        assert_eq!(failing(&world.check(&beside)), Check::Entry, "{instead}");
    }
}

#[test]
fn a_state_leaf_of_the_other_form_is_no_form_of_a_file() {
    let (world, file) = with_file(&[1]);
    let of_item = |file: &mut Object<'static>| object(entry(file, 0), "state").get("leaf").unwrap().clone();
    let in_slot = tamper(&file, |file| {
        let leaf = of_item(file);
        object(file, "roster_slot").insert("leaf", leaf);
    });
    let in_charter = tamper(&file, |file| {
        let leaf = of_item(file);
        object(file, "charter").insert("slot", leaf);
    });
    let in_entry = tamper(&file, |file| {
        let leaf = object(file, "roster_slot").get("leaf").unwrap().clone();
        object(entry(file, 0), "state").insert("leaf", leaf);
    });
    for broken in [in_slot, in_charter, in_entry] {
        assert_eq!(failing(&world.check(&broken)), Check::Form);
    }
}
