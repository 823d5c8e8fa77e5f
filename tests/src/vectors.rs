//! Files of `tests/vectors`: one scenario a file, its name says which.

use std::fs;

use crate::folders::root;

/// The files of one folder under `tests/vectors` or `tests/fuzz/corpus`, by name, in order.
///
/// # Panics
/// If the folder is missing or empty: a vector that is not there is not tested.
pub fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = root().join("tests").join(folder);
    let listing = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<(String, Vec<u8>)> = listing
        .map(|entry| entry.expect("a readable folder"))
        .filter(|entry| entry.path().is_file())
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).expect("a readable file"))
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}
