//! Where the project, its build and its tools lie.

use std::env;
use std::path::{Path, PathBuf};

/// The project's root.
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the package lies in the project").to_owned()
}

/// The build's folder, the parent of `release/`, wherever `CARGO_TARGET_DIR` put it.
pub fn target() -> PathBuf {
    let test = env::current_exe().expect("a test knows its own path");
    let target = test.ancestors().nth(3).expect("a test lies in target/release/deps");
    target.to_owned()
}

/// A binary of the project, built before the suite by `tests/run`.
pub fn binary(name: &str) -> PathBuf {
    let path = target().join("release").join(name);
    assert!(
        path.exists(),
        "{} is missing: run `cargo build --release --workspace --bins`, or `sh tests/run`",
        path.display()
    );
    path
}

/// The Python with the packages of `tests/requirements.txt`.
pub fn python() -> PathBuf {
    let path = target().join("venv/bin/python");
    assert!(path.exists(), "{} is missing: run `sh tests/install`", path.display());
    path
}

/// The packages of `tests/package.json`, as Node has them.
///
/// # Panics
/// If `tests/install` has not run.
pub fn node_packages() -> PathBuf {
    let path = target().join("node/node_modules");
    assert!(path.exists(), "{} is missing: run `sh tests/install`", path.display());
    path
}
