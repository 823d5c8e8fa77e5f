//! D5: a file made to be costly. What a check does is counted, not timed: no byte of a file buys more
//! than its share of signature checks and hashes, and what is too many is refused before it is read.

use entente_log::checkpoint::SignedCheckpoint;
use entente_log::cosignature::Cosigner;
use entente_log::ed25519::SecretKey;
use entente_log::signed_note::KnownKeys;
use entente_log::witness::Memory;
use entente_record::verify::{Work, verify_counted};

use super::*;
use crate::world::ParseName;

/// The most bytes of a disclosure file.
const FILE: usize = 16 << 20;
/// Fewer bytes of a file make no signature of a document, no line of a note, no hash of a proof.
const SIGNATURE: u64 = 86;
const LINE: u64 = 96;
const HASH: u64 = 64;
const ENTRIES: u64 = 512;

/// A log of as many statements as a file may show, and the file that shows them.
fn many_statements(world: &World) -> (Anchors, String) {
    let mut forge = Forge::founded(world);
    let seen = forge.seen();
    let signer = world.people[NORTH].signer(Capacity::States);
    for number in 0..ENTRIES {
        let clause = Clause::new("1", "en", &format!("Word {number} of many."));
        let draft = Draft::new(Kind::STATEMENT, world.origin.clone(), seen).signer(signer).clause(clause);
        forge.push(&world.signed(&draft, &[NORTH]), Vec::new());
    }
    let shown: Vec<(u64, &[u16], Option<u64>)> =
        (1..=ENTRIES).map(|index| (index, &[0_u16] as &[u16], None)).collect();
    (Anchors::from_fingerprint(forge.fingerprint()), forge.file(&shown, &ALL))
}

/// The checkpoint of a file with all the stamps that a note can bear, all of one member.
fn overstamped(world: &World, note: &str) -> String {
    let mut signed = SignedCheckpoint::parse(note.as_bytes()).unwrap();
    let log = world.roster().log_key().clone();
    let opened = signed.open(&KnownKeys::new([log]).unwrap()).unwrap();
    let stamping = &world.people[NORTH].stamping;
    let secret = SecretKey::from_seed(&stamping.to_bytes());
    let cosigner = Cosigner::new(stamping.verifier().name().clone(), secret);
    let name = world.origin.as_str().to_string().parse_name();
    for later in 1.. {
        let advance = Memory::new(name.clone()).advance(&opened, &[]).unwrap();
        if signed.add(cosigner.cosign(&advance, NOW + later).unwrap()).is_err() {
            break;
        }
    }
    signed.to_string()
}

/// The text of a string inside canonical JSON.
fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_canonical();
    quoted[1..quoted.len() - 1].to_string()
}

fn within_its_bytes(work: &Work, file: &str) {
    let bytes = file.len() as u64;
    assert!(work.note_signatures() * LINE <= bytes, "{work:?}");
    assert!(work.document_signatures * SIGNATURE <= bytes, "{work:?}");
    assert!(work.proof_hashes * HASH <= bytes, "{work:?}");
}

#[test]
fn d5_a_file_as_large_as_may_be_costs_what_its_bytes_pay_for() {
    let world = World::founded();
    let (anchors, file) = many_statements(&world);
    let Value::Object(members) = json::parse(file.as_bytes(), LIMITS).unwrap().into_owned() else { panic!() };
    let note = members.get("checkpoint").and_then(Value::as_str).unwrap();
    let file = file.replace(&escaped(note), &escaped(&overstamped(&world, note)));
    assert!((FILE / 2..=FILE).contains(&file.len()), "{}", file.len());

    let (report, work) = verify_counted(file.as_bytes(), &anchors);
    assert_eq!(report.verdict, Verdict::Authentic);
    within_its_bytes(&work, &file);
    // One note stands 513 times with 128 lines, and each line is checked once.
    assert_eq!(work.note_signatures(), 128);
    assert_eq!(work.document_signatures, 2 * ENTRIES);
    // A leaf in two checkpoints, what was seen in one: each follows a path of at most ten.
    assert!(work.proof_hashes <= 3 * 10 * (ENTRIES + 1), "{work:?}");
}

#[test]
fn d5_the_first_wrong_stamp_ends_it() {
    let world = World::founded();
    let (anchors, file) = many_statements(&world);
    let wrong = tamper(&file, |file| {
        let note = file.get("checkpoint").and_then(Value::as_str).unwrap().to_string();
        let (head, line) = note.trim_end().rsplit_once(' ').unwrap();
        let turned = if line.ends_with("A==") { "Q==" } else { "A==" };
        let note = format!("{head} {}{turned}\n", &line[..line.len() - 3]);
        file.insert("checkpoint".to_string(), Value::from(note));
    });
    let (report, work) = verify_counted(wrong.as_bytes(), &anchors);
    assert!(
        matches!(report.verdict, Verdict::NotAuthentic { check: Check::Checkpoint, .. }),
        "{:?}",
        report.verdict
    );
    assert!(work.note_signatures() <= 4 && work.document_signatures == 0, "{work:?}");
}

/// The check that fails, why, and that nothing was worked out for it.
fn refused_unread(file: &str) -> (Check, String) {
    let (report, work) = verify_counted(file.as_bytes(), &Anchors::none());
    assert_eq!(work.document_signatures, 0, "{work:?}");
    match report.verdict {
        Verdict::NotAuthentic { check, why, .. } => (check, why),
        other => panic!("{other:?}"),
    }
}

/// So many that reading them would be work. "!" is nothing that a file holds: were it read, it would be
/// the reason.
fn too_many(one: &str) -> Value<'static> {
    Value::Array(vec![Value::from(one.to_owned()); 200_000])
}

#[test]
fn d5_depth_and_length_are_refused_where_they_begin() {
    let (check, why) = refused_unread(&"[".repeat(FILE));
    assert_eq!((check, why.as_str()), (Check::Form, "JSON refused at byte 24: nested too deeply"));
    let (check, why) = refused_unread(&"[".repeat(FILE + 2));
    assert_eq!(check, Check::Form);
    assert!(why.contains("too long"), "{why}");
}

#[test]
fn d5_what_is_too_many_is_not_read() {
    let (_, file) = with_file(&[0, 1]);
    let invalid = |name| (Check::Form, format!("member \"{name}\" is not what the format says"));
    for name in ["entries", "rosters"] {
        let file = tamper(&file, |file| drop(file.insert(name.to_string(), too_many("!"))));
        assert_eq!(refused_unread(&file), invalid(name));
    }
    let (hash, salt) = ("0".repeat(64), "A".repeat(43));
    for (name, one) in [("salts", &salt), ("seen", &hash), ("consistency", &hash), ("path", &hash)] {
        let file = tamper(&file, |file| drop(entry(file, 0).insert(name.to_string(), too_many(one))));
        assert_eq!(refused_unread(&file), invalid(name));
    }
    let signatures = tamper(&file, |file| {
        let Value::Array(more) = too_many("!") else { panic!() };
        array(object(entry(file, 0), "document"), "signatures").extend(more);
    });
    let (check, why) = refused_unread(&signatures);
    assert_eq!(check, Check::Signatures);
    assert!(why.ends_with("signatures where 6 are owed"), "{why}");
}

#[test]
fn d5_more_openings_than_digests_are_not_read() {
    let (_, file) = with_file(&[0, 1]);
    let openings = tamper(&file, |file| {
        let Value::Object(first) = &mut array(object(entry(file, 0), "document"), "signatures")[0] else {
            panic!()
        };
        object(first, "header").insert("disclosures".to_string(), too_many("!"));
    });
    let (check, why) = refused_unread(&openings);
    assert_eq!(check, Check::Words);
    assert!(why.contains("an opening fits no digest"), "{why}");
}

#[test]
fn d5_a_note_of_too_many_lines_and_a_payload_of_too_many_digests_are_refused() {
    let (world, file) = with_file(&[0, 1]);
    let noted = tamper(&file, |file| {
        let note = file.get("checkpoint").and_then(Value::as_str).unwrap();
        let note = overstamped(&world, note);
        let last = note.lines().last().unwrap();
        let note = format!("{note}{}", format!("{last}\n").repeat(60_000));
        file.insert("checkpoint".to_string(), Value::from(note));
    });
    assert_eq!(refused_unread(&noted).0, Check::Form);
    let padded = tamper(&file, |file| {
        let payload = object(entry(file, 0), "document").get("payload").and_then(Value::as_str).unwrap();
        let payload = entente_record::base64url::decode(payload).unwrap();
        let Value::Object(mut payload) = json::parse(&payload, LIMITS).unwrap().into_owned() else {
            panic!()
        };
        let slot = array(&mut payload, "clauses")[0].clone();
        array(&mut payload, "clauses").extend(vec![slot; 10_000]);
        let payload = entente_record::base64url::encode(Value::Object(payload).to_canonical().as_bytes());
        object(entry(file, 0), "document").insert("payload".to_string(), Value::from(payload));
    });
    assert_eq!(refused_unread(&padded).0, Check::Words);
}
