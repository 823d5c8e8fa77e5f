//! R10: two disclosures, laid side by side by whoever has both.

use entente_record::report::Agreement;

use super::*;

/// The openings that the first entry of a file shows.
fn openings(file: &str) -> Vec<Value<'static>> {
    let Value::Object(mut members) = json::parse(file.as_bytes(), LIMITS).unwrap().into_owned() else {
        panic!()
    };
    let signatures = array(object(entry(&mut members, 0), "document"), "signatures");
    let Value::Object(first) = &mut signatures[0] else { panic!() };
    array(object(first, "header"), "disclosures").clone()
}

/// A file whose first entry shows these openings, in the order of their digests.
fn showing(file: &str, mut openings: Vec<Value<'static>>) -> String {
    let digest =
        |opening: &Value<'static>| <sha2::Sha256 as sha2::Digest>::digest(opening.as_str().unwrap()).to_vec();
    openings.sort_by_key(digest);
    openings.dedup();
    tamper(file, |file| {
        let signatures = array(object(entry(file, 0), "document"), "signatures");
        let Value::Object(first) = &mut signatures[0] else { panic!() };
        object(first, "header").insert("disclosures".to_string(), Value::Array(openings.clone()));
    })
}

/// Two releases of one text join: nothing is done against that, and whoever discloses is told so. What
/// they join to is no release that anybody agreed to, and every reader is told that.
#[test]
fn r10_two_agreed_releases_joined_are_one_that_nobody_agreed_to() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let parts: [&[u16]; 2] = [&[1, 3], &[2]];
    let consents = parts.map(|part| world.record_and_stamp(&world.consent(vec![slots(made, part)])));
    let files = parts.map(|part| world.disclose(vec![slots(made, part)]).unwrap().to_json());
    for file in &files {
        assert_eq!(world.check(file).findings.unwrap().agreement, Agreement::Shown);
    }
    let both = files.each_ref().map(|file| openings(file)).concat();
    // The joined text with neither, one and both of the consents.
    for with in [&consents[..0], &consents[..1], &consents[1..], &consents[..]] {
        let consents = with.iter().map(|index| slots(*index, &[]));
        let choices = std::iter::once(slots(made, &[2])).chain(consents).collect();
        let request = entente_record::disclosure::Request {
            choices,
            without_consent: true,
            now: NOW - 1,
            ..entente_record::disclosure::Request::default()
        };
        let file = showing(&world.release(&request).unwrap().to_json(), both.clone());
        let report = world.check(&file);
        assert_eq!(report.verdict, Verdict::Authentic);
        let findings = report.findings.unwrap();
        let shown: Vec<u16> = findings.entries[0].clauses.iter().map(|clause| clause.slot).collect();
        assert_eq!(shown, [1, 2, 3], "both parts and nothing more");
        let expected = if with.is_empty() { Agreement::NotShown } else { Agreement::OtherRelease };
        assert_eq!(findings.agreement, expected);
        assert!(findings.consents.iter().all(|consent| !consent.covers));
    }
}

#[test]
fn r10_a_clause_that_two_texts_have_in_common_is_not_recognised_in_the_second() {
    let mut world = World::founded();
    // The same words in the same place, twice: an interim text and a final one.
    let [first, second] = [(); 2].map(|()| world.record_and_stamp(&world.ceasefire()));
    let open = openings(&world.disclose(vec![slots(first, &[1, 3])]).unwrap().to_json());
    let file = world.disclose(vec![slots(second, &[0])]).unwrap().to_json();
    // Neither what the first shows nor its digests stand anywhere in the second.
    let Value::Object(mut members) = json::parse(file.as_bytes(), LIMITS).unwrap().into_owned() else {
        panic!()
    };
    let payload =
        object(entry(&mut members, 0), "document").get("payload").unwrap().as_str().unwrap().to_string();
    let payload = String::from_utf8(entente_record::base64url::decode(&payload).unwrap()).unwrap();
    for opening in &open {
        let digest = <sha2::Sha256 as sha2::Digest>::digest(opening.as_str().unwrap());
        assert!(!payload.contains(&entente_record::base64url::encode(&digest)));
        // Put in by hand, it is not taken for one of the second's.
        let grafted = showing(&file, [openings(&file), vec![opening.clone()]].concat());
        assert_eq!(failing(&world.check(&grafted)), Check::Words);
    }
}
