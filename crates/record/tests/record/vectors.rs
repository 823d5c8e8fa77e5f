//! `tests/vectors/releases`: what agreement, powers, words without a name and the order of checks come
//! to, for every verifier. `ENTENTE_WRITE_VECTORS=1` writes the files anew.

use std::path::Path;

use entente_record::disclosure::{LetterChoice, Request};
use entente_record::json::{self, Limits, Object, Value};
use entente_record::report::Verdict;
use entente_record::roster::Scope;

use crate::attacks::{array, entry, object, tamper};
use crate::disclosure::slots;
use crate::world::{NORTH, NOW, SOUTH, World, same_every_time};

const LIMITS: Limits = Limits { bytes: 16 << 20, depth: 24 };

/// Name, what it is about, and the file.
type Vector = (&'static str, &'static str, String);

struct Scene {
    world: World,
    made: u64,
    consent: u64,
    said: u64,
}

fn scene() -> Scene {
    same_every_time();
    let mut world = World::founded();
    let made = world.record_and_stamp(&world.ceasefire());
    let consent = world.record_and_stamp(&world.consent(vec![slots(made, &[1, 3])]));
    let said = world.record_and_stamp(&world.unattributed(SOUTH, "The road was closed by us."));
    Scene { world, made, consent, said }
}

impl Scene {
    fn released(&self, clauses: &[u16], letters: Vec<LetterChoice>) -> String {
        let choices = vec![slots(self.made, clauses)];
        let request = Request { choices, letters, now: NOW, without_consent: true, ..Request::default() };
        self.world.release(&request).unwrap().to_json()
    }

    fn agreement(&self) -> Vec<Vector> {
        let replayed = vec![slots(self.made, &[1]), slots(self.consent, &[])];
        vec![
            ("agreed", "Every side agreed to exactly this.", self.released(&[1, 3], Vec::new())),
            (
                "agreed-to-another",
                "The agreement in the file is to more than it shows.",
                self.world.disclose(replayed).unwrap().to_json(),
            ),
        ]
    }

    fn powers(&self) -> Vec<Vector> {
        let shown = |letter, name| vec![LetterChoice { letter, name }];
        let (north, south) = (self.world.letter(NORTH, |_| {}), self.world.letter(SOUTH, |_| {}));
        let both = vec![
            LetterChoice { letter: north.clone(), name: true },
            LetterChoice { letter: south, name: false },
        ];
        let narrow = self.world.letter(NORTH, |powers| powers.scope = Scope::Explore);
        let forged =
            self.world.letter_of(&self.world.principals[1], entente_record::party::Party(1), NORTH, |_| {});
        let widened = tamper(&self.released(&[1], shown(narrow.clone(), true)), |file| {
            let Value::Object(letter) = &mut array(file, "letters")[0] else { panic!() };
            let Value::Object(first) = &mut array(letter, "signatures")[0] else { panic!() };
            for opening in array(object(first, "header"), "disclosures") {
                let text = entente_record::base64url::decode(opening.as_str().unwrap()).unwrap();
                let text = String::from_utf8(text).unwrap().replace("explore", "commit");
                *opening = Value::bytes(text.as_bytes());
            }
        });
        let empty = tamper(&self.released(&[1], shown(north.clone(), false)), |file| {
            array(file, "letters").clear();
        });
        vec![
            (
                "letters",
                "Letters of full powers of both principals, one with a name.",
                self.released(&[1], both),
            ),
            (
                "a-narrow-letter",
                "A letter that does not reach the signature.",
                self.released(&[1], shown(narrow, false)),
            ),
            (
                "a-forged-letter",
                "A letter for North by South's principal.",
                self.released(&[1], shown(forged, false)),
            ),
            ("a-widened-letter", "A wider scope written into a letter.", widened),
            ("no-letters", "An empty list of letters.", empty),
        ]
    }

    fn words_without_a_name(&self) -> Vec<Vector> {
        let file = self.world.disclose(vec![slots(self.said, &[0])]).unwrap().to_json();
        let bundle = String::from_utf8(self.world.entries[self.said as usize].to_bytes()).unwrap();
        let Value::Object(mut bundle) = json::parse(bundle.as_bytes(), LIMITS).unwrap().into_owned() else {
            panic!()
        };
        let salts = array(&mut bundle, "salts").clone();
        let author = array(object(&mut bundle, "document"), "openings")[8..].iter().find(|opening| {
            let text = entente_record::base64url::decode(opening.as_str().unwrap()).unwrap();
            String::from_utf8(text).unwrap().contains("author")
        });
        let author = author.unwrap().clone();
        let named = tamper(&file, |file| {
            let shown = array(object(entry(file, 0), "document"), "disclosures");
            shown.push(author.clone());
            shown.sort_by_key(|text| {
                <sha2::Sha256 as sha2::Digest>::digest(text.as_str().unwrap().as_bytes()).to_vec()
            });
        });
        let salted = tamper(&file, |file| *array(entry(file, 0), "salts") = salts.clone());
        vec![
            ("words-without-a-name", "One member's words, and not whose.", file),
            ("words-with-their-author", "The author opened in them.", named),
            ("words-with-salts", "Salts by which a guess at the author can be tested.", salted),
        ]
    }

    /// Two faults in one file: which is named.
    fn order(&self) -> Vec<Vector> {
        let file = self.released(&[1, 3], Vec::new());
        let both = |first: fn(&mut Object<'static>), second: fn(&mut Object<'static>)| {
            tamper(&file, |file| {
                first(file);
                second(file);
            })
        };
        let path =
            |file: &mut Object<'static>| array(entry(file, 0), "path").push(Value::from("00".repeat(32)));
        let salt = |file: &mut Object<'static>| drop(array(entry(file, 0), "salts").pop());
        let stripped =
            |file: &mut Object<'static>| drop(array(object(entry(file, 0), "document"), "signatures").pop());
        let unsorted = |file: &mut Object<'static>| {
            let Value::Object(first) = &mut array(object(entry(file, 0), "document"), "signatures")[0] else {
                panic!()
            };
            array(object(first, "header"), "disclosures").reverse();
        };
        vec![
            ("one-newline", "A newline after the file, as an editor adds.", format!("{file}\n")),
            ("two-newlines", "Two newlines after the file.", format!("{file}\n\n")),
            ("place-before-body", "A path and a salt altered.", both(path, salt)),
            (
                "words-before-signatures",
                "Openings out of order, a signature stripped.",
                both(stripped, unsorted),
            ),
            ("number-before-body", "A signature and a salt stripped.", both(stripped, salt)),
        ]
    }
}

#[test]
fn releases_come_to_these_verdicts() {
    let scene = scene();
    let trust = scene.world.people[NORTH].replica().trust_policy();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/releases");
    let writes = std::env::var_os("ENTENTE_WRITE_VECTORS").is_some();
    let groups = [scene.agreement(), scene.powers(), scene.words_without_a_name(), scene.order()];
    for (number, (name, about, file)) in (1..).zip(groups.into_iter().flatten()) {
        let report = scene.world.check(&file);
        let (verdict, check) = match &report.verdict {
            Verdict::Authentic => ("authentic", None),
            Verdict::NotAuthentic { check, .. } => ("not authentic", Some(check.id())),
            Verdict::CannotTell { .. } => ("cannot tell", None),
        };
        let report: serde_json::Value = serde_json::from_str(&report.to_json().to_canonical()).unwrap();
        let vector = serde_json::json!({
            "about": about, "verdict": verdict, "check": check, "trust": trust, "file": file,
            "findings": report.get("findings"),
        });
        let text = serde_json::to_string_pretty(&vector).unwrap() + "\n";
        let path = folder.join(format!("{number:02}-{name}.json"));
        if writes {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{name}");
    }
}
