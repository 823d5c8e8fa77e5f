//! A file altered anywhere: whatever still verifies says the same.

use entente_record::report::{Report, Verdict};
use entente_record::stamp::Stamp;

use crate::disclosure::slots;
use crate::world::World;

fn entries(report: &Report) -> String {
    format!("{:?}", report.findings.as_ref().map(|findings| &findings.entries))
}

#[test]
fn an_altered_character_never_changes_what_an_authentic_file_says() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let amended = world.record_and_stamp(&world.amendment(made));
    let disclosure = world.disclose(vec![slots(made, &[1, 3]), slots(amended, &[0])]).unwrap();
    let file = disclosure.to_json().into_bytes();
    let truth = world.check(&disclosure.to_json());
    let mut refused = 0;
    for place in (0..file.len()).step_by(97) {
        for with in [b'0', b'A', b'"', b'\n'] {
            let mut altered = file.clone();
            if altered[place] == with {
                continue;
            }
            altered[place] = with;
            let report = world.check(std::str::from_utf8(&altered).unwrap_or_default());
            if report.verdict == Verdict::Authentic {
                // A line of a key that nobody knows is no stamp; what it stood on is as it was.
                assert_eq!(entries(&report), entries(&truth), "byte {place}");
            } else {
                refused += 1;
            }
        }
    }
    assert!(refused > 1_500, "{refused}");
}

#[test]
fn a_cut_file_is_not_authentic() {
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let file = world.disclose(vec![slots(made, &[1])]).unwrap().to_json();
    for end in (0..file.len()).step_by(499) {
        assert!(matches!(world.check(&file[..end]).verdict, Verdict::NotAuthentic { .. }));
    }
}

#[test]
fn a_stamp_has_one_spelling() {
    let world = World::founded();
    let bytes = world.stamps[0].to_bytes();
    assert_eq!(Stamp::parse(&bytes).as_ref(), Ok(&world.stamps[0]));
    for place in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        assert_ne!(Stamp::parse(&altered).as_ref(), Ok(&world.stamps[0]));
    }
    assert!(Stamp::parse(&[&bytes[..], b"\n"].concat()).is_err());
}
