//! The operator's file of admission tokens: a line for each, with its SHA-256 in hex and, behind a space, whatever
//! the operator notes. Lines that begin with `#` and empty lines are skipped. No token stands in it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;

use entente_wire::AdmissionToken;
use entente_wire::admission::AdmissionHash;

/// Its name in the relay's folder.
pub const TOKENS_FILE: &str = "tokens";

/// A file of tokens that cannot be used (local fault).
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// It cannot be read or written.
    #[error("the file of admission tokens: {0}")]
    File(#[from] io::Error),
    /// A line does not begin with a hash.
    #[error("the file of admission tokens, line {0}: it does not begin with 64 hexadecimal digits")]
    Line(usize),
}

/// The hashes in the file of this folder; none if there is no file.
pub fn read(folder: &Path) -> Result<Vec<AdmissionHash>, TokensError> {
    match fs::read_to_string(folder.join(TOKENS_FILE)) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// Makes a token, adds its hash and the note to the file of this folder, and gives it.
pub fn add(folder: &Path, note: &str) -> Result<AdmissionToken, TokensError> {
    read(folder)?;
    let token = AdmissionToken::generate(&mut rand_core::UnwrapErr(getrandom::SysRng));
    let digits: String = token.hash().0.iter().map(|byte| format!("{byte:02x}")).collect();
    // A note is one line.
    let note: String = note.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = format!("{digits} {note}");
    let path = folder.join(TOKENS_FILE);
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    // Whoever runs the relay has to read what somebody else, such as root, made here.
    let about = fs::metadata(folder)?;
    if file.metadata()?.uid() != about.uid() {
        fchown(&file, Some(about.uid()), Some(about.gid()))?;
    }
    writeln!(file, "{}", line.trim_end())?;
    file.sync_all()?;
    Ok(token)
}

/// Reads the text of the file.
fn parse(text: &str) -> Result<Vec<AdmissionHash>, TokensError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(at, line)| hash(line).ok_or(TokensError::Line(at + 1))).collect()
}

fn hash(line: &str) -> Option<AdmissionHash> {
    let digits = line.split(' ').next()?.as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    // `from_str_radix` takes a sign, which is no digit.
    digits.iter().all(u8::is_ascii_hexdigit).then_some(AdmissionHash(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_added_is_read_and_no_token_is_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).unwrap().is_empty());
        let first = add(folder.path(), "for the\ndelegation").unwrap();
        let second = add(folder.path(), "").unwrap();
        assert_eq!(read(folder.path()).unwrap(), [first.hash(), second.hash()]);
        let text = fs::read_to_string(folder.path().join(TOKENS_FILE)).unwrap();
        assert!(text.contains(" for the delegation\n"), "{text}");
        assert!(!text.contains(first.to_text().trim_start_matches("entente-token:")));
    }

    #[test]
    fn a_line_that_is_no_hash_is_told_by_its_number() {
        let good = "ab".repeat(32);
        assert_eq!(parse(&format!("# tokens\n\n{good} note\n{}\n", good.to_uppercase())).unwrap().len(), 2);
        for bad in ["", " ", "ab", &"+1".repeat(32), &format!("{good}0")] {
            let text = format!("{good}\n{bad} x\n");
            assert!(matches!(parse(&text), Err(TokensError::Line(2))), "{bad:?}");
        }
    }
}
