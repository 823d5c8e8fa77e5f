//! The database key: Argon2id over the passphrase, and the small file that says how.
//!
//! The file `store.key` is five lines of text:
//! ```text
//! entente-store-key/v1
//! argon2id 65536 3 1
//! salt 6f3c...            32 bytes, lower-case hex
//! check 91ab...           32 bytes, lower-case hex
//! sum 04de...             SHA-256 of the four lines above, each with its newline
//! ```
//! Argon2id gives 64 bytes: the first 32 are SQLCipher's raw key, SHA-256 of the last 32 under a
//! label is the check value. It tells a wrong passphrase from a damaged database and costs a
//! guesser exactly what the database itself would.

use std::fmt::Write as _;

use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::store::OpenError;

const FIRST_LINE: &str = "entente-store-key/v1";
const CHECK_LABEL: &[u8] = b"entente-store-key-check/v1";
const SALT_BYTES: usize = 32;
/// No key file of ours is longer; what is, is not one.
pub(crate) const KEY_FILE_LIMIT: u64 = 1024;
/// Above these a key file is taken for damaged rather than obeyed: 4 GiB, 64 passes, 16 lanes.
const LARGEST: KeyParameters = KeyParameters { memory_kib: 4 << 20, passes: 64, lanes: 16 };

/// What unlocks a store. Wiped when dropped, never printed.
pub struct Passphrase(Zeroizing<Vec<u8>>);

impl Passphrase {
    /// Takes the passphrase's bytes as they were typed or read.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }
}

/// The cost of one guess at the passphrase: Argon2id's memory in KiB, passes and lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyParameters {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl KeyParameters {
    /// 64 MiB, three passes, one lane. No store with less is made or opened outside tests.
    pub const STANDARD: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// A cost that protects nobody, for tests that make hundreds of stores.
    #[must_use]
    pub const fn weak(memory_kib: u32, passes: u32) -> Self {
        Self { memory_kib, passes, lanes: 1 }
    }

    pub(crate) fn at_least(self, floor: Self) -> bool {
        self.memory_kib >= floor.memory_kib && self.passes >= floor.passes && self.lanes >= floor.lanes
    }

    /// As a key file's line, without its newline.
    pub(crate) fn line(self) -> String {
        let Self { memory_kib, passes, lanes } = self;
        format!("argon2id {memory_kib} {passes} {lanes}")
    }

    /// Reads what [`Self::line`] writes, unless it costs more than any file of ours may.
    pub(crate) fn of_line(line: &str) -> Option<Self> {
        let mut numbers = line.strip_prefix("argon2id ")?.split(' ').map(|number| number.parse().ok());
        let cost = Self { memory_kib: numbers.next()??, passes: numbers.next()??, lanes: numbers.next()?? };
        (LARGEST.at_least(cost) && cost.line() == line).then_some(cost)
    }
}

/// SQLCipher's raw key.
pub(crate) struct DatabaseKey(Zeroizing<[u8; 32]>);

impl DatabaseKey {
    /// The value of `PRAGMA key`: a raw key, which SQLCipher uses without deriving again.
    pub(crate) fn pragma_value(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(67));
        text.push_str("x'");
        push_hex(&mut text, &*self.0);
        text.push('\'');
        text
    }
}

/// The content of `store.key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyFile {
    parameters: KeyParameters,
    salt: [u8; SALT_BYTES],
    check: [u8; 32],
}

impl KeyFile {
    /// Draws a salt and derives a key for a new store.
    pub(crate) fn create(
        passphrase: &Passphrase,
        parameters: KeyParameters,
    ) -> Result<(Self, DatabaseKey), OpenError> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(|e| OpenError::Local(e.to_string()))?;
        let (key, check) = derive(passphrase, parameters, &salt)?;
        Ok((Self { parameters, salt, check }, key))
    }

    /// Derives the key of an existing store; refuses a cost under `floor` before spending any.
    pub(crate) fn unlock(
        &self,
        passphrase: &Passphrase,
        floor: KeyParameters,
    ) -> Result<DatabaseKey, OpenError> {
        if !self.parameters.at_least(floor) {
            return Err(OpenError::WeakKey);
        }
        let (key, check) = derive(passphrase, self.parameters, &self.salt)?;
        if bool::from(check.ct_eq(&self.check)) { Ok(key) } else { Err(OpenError::WrongPassphrase) }
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n{}\nsalt ", self.parameters.line());
        push_hex(&mut text, &self.salt);
        text.push_str("\ncheck ");
        push_hex(&mut text, &self.check);
        text.push('\n');
        let sum = Sha256::digest(text.as_bytes());
        text.push_str("sum ");
        push_hex(&mut text, &sum);
        text.push('\n');
        text
    }

    /// Reads the one form that [`Self::to_text`] writes.
    pub(crate) fn from_text(text: &str) -> Result<Self, OpenError> {
        let file = Self::read(text).ok_or(OpenError::Damaged("the key file"))?;
        if file.to_text() != text {
            return Err(OpenError::Damaged("the key file"));
        }
        Ok(file)
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != FIRST_LINE {
            return None;
        }
        let parameters = KeyParameters::of_line(lines.next()?)?;
        let salt = hex(lines.next()?.strip_prefix("salt ")?)?;
        let check = hex(lines.next()?.strip_prefix("check ")?)?;
        Some(Self { parameters, salt, check })
    }

    /// The key that seals a secret in a file of its own, never a database.
    pub(crate) fn sealing_key(
        passphrase: &Passphrase,
        parameters: KeyParameters,
        salt: &[u8; SALT_BYTES],
    ) -> Result<Zeroizing<[u8; 32]>, OpenError> {
        derive(passphrase, parameters, salt).map(|(key, _)| key.0)
    }
}

fn derive(
    passphrase: &Passphrase,
    parameters: KeyParameters,
    salt: &[u8; SALT_BYTES],
) -> Result<(DatabaseKey, [u8; 32]), OpenError> {
    let local = |e: argon2::Error| OpenError::Local(e.to_string());
    let params =
        Params::new(parameters.memory_kib, parameters.passes, parameters.lanes, Some(64)).map_err(local)?;
    let mut out = Zeroizing::new([0u8; 64]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(&passphrase.0, salt, &mut *out)
        .map_err(local)?;
    let (key_half, check_half) = out.split_at(32);
    let mut key = DatabaseKey(Zeroizing::new([0; 32]));
    key.0.copy_from_slice(key_half);
    let check = Sha256::new().chain_update(CHECK_LABEL).chain_update(check_half).finalize().into();
    Ok((key, check))
}

pub(crate) fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
}

fn hex(text: &str) -> Option<[u8; 32]> {
    hex_of(text)?.try_into().ok()
}

/// The bytes that [`push_hex`] wrote.
pub(crate) fn hex_of(text: &str) -> Option<Vec<u8>> {
    let digit = |c: char| c.to_digit(16).filter(|_| !c.is_ascii_uppercase());
    let digits: Vec<u8> =
        text.chars().map(|c| digit(c).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let bytes = digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |n, d| n << 4 | d)).collect();
    digits.len().is_multiple_of(2).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: KeyParameters = KeyParameters::weak(64, 1);

    #[test]
    fn a_key_file_reads_back_and_unlocks() {
        let passphrase = Passphrase::new("over the bridge");
        let (file, key) = KeyFile::create(&passphrase, CHEAP).unwrap();
        let again = KeyFile::from_text(&file.to_text()).unwrap();
        assert_eq!(again, file);
        assert_eq!(*again.unlock(&passphrase, CHEAP).unwrap().0, *key.0);
    }

    #[test]
    fn any_changed_byte_of_a_key_file_is_damage() {
        let (file, _) = KeyFile::create(&Passphrase::new("x"), CHEAP).unwrap();
        let text = file.to_text();
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert_eq!(KeyFile::from_text(&changed), Err(OpenError::Damaged("the key file")), "byte {at}");
        }
    }
}
