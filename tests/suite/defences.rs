//! Attacks have tests, tests have defences, and each defence can be taken out.
//!
//! That a test falls without its defence is shown by `sh tests/defences/run`, which builds the
//! project once more for each. Here is checked what can be checked at a glance.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use entente_tests::folders::root;

/// The attacks that the threat model says are defended: its ids in brackets.
fn claimed() -> BTreeSet<String> {
    let page = fs::read_to_string(root().join("docs/threat-model.md")).unwrap();
    let brackets = page.split('[').skip(1).filter_map(|rest| rest.split_once(']'));
    let ids = brackets.flat_map(|(inside, _)| inside.split(',').map(|id| id.trim().to_owned()));
    ids.filter(|id| id_of(&format!("{}_", id.to_lowercase())).as_ref() == Some(id)).collect()
}

/// A test that is named for an attack.
#[derive(Debug)]
struct AttackTest {
    id: String,
    package: String,
}

/// `r17_two_known_keys` -> `R17`.
fn id_of(function: &str) -> Option<String> {
    let (id, _property) = function.split_once('_')?;
    let (area, number) = id.split_at_checked(1)?;
    let is_id = ["r", "c", "i", "l", "d"].contains(&area)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then(|| id.to_uppercase())
}

fn attack_tests() -> Vec<AttackTest> {
    let folders = [
        ("crates/log", "entente-log"),
        ("crates/record", "entente-record"),
        ("crates/wire", "entente-wire"),
        ("crates/channel", "entente-channel"),
        ("crates/store", "entente-store"),
        ("relay", "entente-relay"),
        ("client", "entente-client"),
        ("tests", "entente-tests"),
    ];
    let mut tests = Vec::new();
    for (folder, package) in folders {
        for path in sources(&root().join(folder)) {
            let source = fs::read_to_string(&path).unwrap();
            for function in test_functions(&source) {
                if let Some(id) = id_of(function) {
                    tests.push(AttackTest { id, package: package.to_owned() });
                }
            }
        }
    }
    tests
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("fuzz") {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The names of functions under an attribute that makes them tests.
fn test_functions(source: &str) -> impl Iterator<Item = &str> {
    let mut is_test = false;
    source.lines().filter_map(move |line| {
        let line = line.trim_start();
        if line.starts_with("#[") {
            is_test |= line.starts_with("#[test]") || line.contains("::test");
            return None;
        }
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?;
        let name = function.split(['(', '<']).next()?;
        std::mem::take(&mut is_test).then_some(name)
    })
}

struct Patch {
    id: String,
    path: PathBuf,
    package: String,
    touched: Vec<String>,
}

/// The patches by file name. `R17-record.patch` takes out another crate's part of what stands
/// against R17.
fn patches() -> BTreeMap<String, Patch> {
    let mut patches = BTreeMap::new();
    for entry in fs::read_dir(root().join("tests/defences")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "patch") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let name = path.display();
        let mut lines = text.lines();
        let mut header = |key: &str| {
            let value = lines.next().and_then(|line| line.strip_prefix(key));
            value.filter(|value| !value.is_empty()).map(str::to_owned)
        };
        let package = header("Package: ").unwrap_or_else(|| panic!("{name}: no Package line"));
        header("Defence: ").unwrap_or_else(|| panic!("{name}: no Defence line"));
        assert_eq!(lines.next(), Some(""), "{name}: an empty line ends the header");
        let touched = text.lines().filter_map(|line| line.strip_prefix("+++ b/"));
        let touched = touched.map(str::to_owned).collect();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let id = stem.split('-').next().unwrap().to_owned();
        patches.insert(stem, Patch { id, path, package, touched });
    }
    patches
}

#[test]
fn the_threat_model_claims_what_is_tested_and_nothing_else() {
    let tested: BTreeSet<String> = attack_tests().into_iter().map(|test| test.id).collect();
    let claimed = claimed();
    assert!(claimed.len() > 50, "{claimed:?}");
    assert_eq!(
        claimed.difference(&tested).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "claimed and not tested"
    );
    assert_eq!(
        tested.difference(&claimed).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "tested and not claimed"
    );
    // The record is defended against every attack on it that has a number.
    assert!((1..=29).all(|number| claimed.contains(&format!("R{number}"))));
}

#[test]
fn every_attack_tested_has_its_defence_as_a_patch() {
    let patches = patches();
    let without: BTreeSet<String> =
        attack_tests().into_iter().map(|test| test.id).filter(|id| !patches.contains_key(id)).collect();
    assert!(without.is_empty(), "no tests/defences/<id>.patch for {without:?}");
}

#[test]
fn every_patch_names_a_package_whose_tests_stand_for_it() {
    let tests = attack_tests();
    for (name, patch) in patches() {
        let found = tests.iter().any(|test| test.id == patch.id && test.package == patch.package);
        assert!(found, "{name}.patch: {} has no test named for it", patch.package);
    }
}

#[test]
fn every_patch_takes_out_library_code_and_touches_no_test() {
    for (id, patch) in patches() {
        assert!(!patch.touched.is_empty(), "{id}.patch changes nothing");
        for file in patch.touched {
            let is_library = file.contains("/src/") && !file.contains("tests");
            assert!(is_library, "{id}.patch touches {file}");
        }
    }
}

#[test]
fn every_patch_applies() {
    for (id, patch) in patches() {
        let apply = Command::new("git")
            .current_dir(root())
            .args(["apply", "--check"])
            .arg(&patch.path)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&apply.stderr);
        assert!(apply.status.success(), "{id}.patch does not apply: {errors}");
    }
}

#[test]
fn names_are_read_as_ids_only_where_they_are() {
    assert_eq!(id_of("r17_two_known_keys"), Some("R17".into()));
    for name in ["r_x", "r17", "restart_1", "r1x_y", "x1_y", ""] {
        assert_eq!(id_of(name), None, "{name}");
    }
    let source = "#[test]\n#[ignore]\nfn r1_a() {\n}\nfn r2_b() {}\n#[tokio::test(flavor = \"x\")]\nasync fn c3_c() {}";
    assert_eq!(test_functions(source).collect::<Vec<_>>(), ["r1_a", "c3_c"]);
}
