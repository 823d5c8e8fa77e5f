//! The passphrase: from a prompt, a file or a descriptor, never from an argument.

use std::fs::File;
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::arguments::General;
use crate::words::fault::Fault;

/// Longest passphrase that is read, in bytes.
const LIMIT: u64 = 1_024;

/// Reads the passphrase of an existing store.
///
/// # Errors
/// [`Fault::NoPassphrase`] without terminal, file or descriptor; [`Fault::File`].
pub(crate) fn existing(general: &General) -> Result<Zeroizing<String>, Fault> {
    match source(general) {
        Some(file) => first_line(&file),
        None => prompt("Passphrase: "),
    }
}

/// Reads a passphrase for a new store; typed twice at a prompt.
///
/// # Errors
/// As [`existing`]; [`Fault::ShortPassphrase`]; [`Fault::PassphrasesDiffer`].
pub(crate) fn new(general: &General) -> Result<Zeroizing<String>, Fault> {
    let passphrase = match source(general) {
        Some(file) => first_line(&file)?,
        None => {
            let first = prompt("New passphrase: ")?;
            let second = prompt("The same again: ")?;
            if first != second {
                return Err(Fault::PassphrasesDiffer);
            }
            first
        }
    };
    if passphrase.chars().count() < 8 {
        return Err(Fault::ShortPassphrase);
    }
    Ok(passphrase)
}

/// A descriptor is read as the file the system shows for it.
fn source(general: &General) -> Option<PathBuf> {
    let descriptor = general.passphrase_fd.map(|number| PathBuf::from(format!("/dev/fd/{number}")));
    general.passphrase_file.clone().or(descriptor)
}

fn prompt(question: &str) -> Result<Zeroizing<String>, Fault> {
    if !std::io::stdin().is_terminal() {
        return Err(Fault::NoPassphrase);
    }
    rpassword::prompt_password(question).map(Zeroizing::new).map_err(|_| Fault::NotConfirmed)
}

fn first_line(path: &Path) -> Result<Zeroizing<String>, Fault> {
    let unreadable = |reason: String| Fault::File { file: path.to_owned(), verb: "read", reason };
    let mut bytes = Zeroizing::new(Vec::with_capacity(1_025));
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|error| unreadable(error.to_string()))?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if line.len() as u64 > LIMIT {
        return Err(unreadable(format!("the passphrase is longer than {LIMIT} bytes")));
    }
    std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line))
        .map(|text| Zeroizing::new(text.to_owned()))
        .map_err(|_| unreadable("it is not UTF-8 text".to_owned()))
}
