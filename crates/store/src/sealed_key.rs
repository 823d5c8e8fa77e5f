//! A secret key in a small file of its own, under a passphrase: for what is kept apart from any store.
//!
//! The file is text: a head of its owner's, then three lines.
//! ```text
//! <the head: one line or more>
//! argon2id 65536 3 1
//! salt 6f3c...            32 bytes, lower-case hex
//! sealed 91ab...          48 bytes, lower-case hex
//! ```
//! Argon2id gives a key that seals this one secret and nothing else, so the nonce of
//! ChaCha20-Poly1305 is zero. The head and the two lines after it are its associated data.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit as _, Nonce};
use zeroize::Zeroizing;

use crate::key::{KeyFile, KeyParameters, Passphrase, hex_of, push_hex};
use crate::store::OpenError;

/// No such file is longer, its head included.
pub const SEALED_KEY_LIMIT: u64 = 1024;

const SECRET_BYTES: usize = 32;

/// Seals a secret under a passphrase. `head` ends with a newline.
///
/// # Errors
/// [`OpenError::Local`].
pub fn seal_key(
    head: &str,
    secret: &[u8; SECRET_BYTES],
    passphrase: &Passphrase,
    cost: KeyParameters,
) -> Result<String, OpenError> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|error| OpenError::Local(error.to_string()))?;
    let mut text = format!("{head}{}\nsalt ", cost.line());
    push_hex(&mut text, &salt);
    text.push('\n');
    let cipher = cipher(passphrase, cost, &salt)?;
    let payload = Payload { msg: secret, aad: text.as_bytes() };
    let sealed = cipher
        .encrypt(&Nonce::default(), payload)
        .map_err(|_| OpenError::Local("the key could not be sealed".to_owned()))?;
    text.push_str("sealed ");
    push_hex(&mut text, &sealed);
    text.push('\n');
    Ok(text)
}

/// Opens what [`seal_key`] wrote: its head and the secret. A cost under `floor` is refused before any
/// is spent.
///
/// # Errors
/// [`OpenError::Damaged`] for another form, [`OpenError::WeakKey`], [`OpenError::WrongPassphrase`] also
/// for a file with another byte in it, [`OpenError::Local`].
pub fn open_key<'t>(
    text: &'t str,
    passphrase: &Passphrase,
    floor: KeyParameters,
) -> Result<(&'t str, Zeroizing<[u8; SECRET_BYTES]>), OpenError> {
    let parts = parse(text).ok_or(OpenError::Damaged("the key file"))?;
    if !parts.cost.at_least(floor) {
        return Err(OpenError::WeakKey);
    }
    let payload = Payload { msg: &parts.sealed, aad: parts.associated.as_bytes() };
    let opened = cipher(passphrase, parts.cost, &parts.salt)?.decrypt(&Nonce::default(), payload);
    let opened = Zeroizing::new(opened.map_err(|_| OpenError::WrongPassphrase)?);
    let mut secret = Zeroizing::new([0; SECRET_BYTES]);
    if opened.len() != SECRET_BYTES {
        return Err(OpenError::Damaged("the key file"));
    }
    secret.copy_from_slice(&opened);
    Ok((parts.head, secret))
}

struct Parts<'t> {
    head: &'t str,
    associated: &'t str,
    cost: KeyParameters,
    salt: [u8; 32],
    sealed: Vec<u8>,
}

/// Reads the one form that [`seal_key`] writes.
fn parse(text: &str) -> Option<Parts<'_>> {
    let at = text.strip_suffix('\n')?.rfind('\n')?.checked_add(1)?;
    let (associated, last) = text.split_at_checked(at)?;
    let sealed = hex_of(last.strip_prefix("sealed ")?.strip_suffix('\n')?)?;
    let at = associated.strip_suffix('\n')?.rfind('\n')?.checked_add(1)?;
    let (before, salt) = associated.split_at_checked(at)?;
    let salt = hex_of(salt.strip_prefix("salt ")?.strip_suffix('\n')?)?.try_into().ok()?;
    let at = before.strip_suffix('\n')?.rfind('\n')?.checked_add(1)?;
    let (head, cost) = before.split_at_checked(at)?;
    let cost = KeyParameters::of_line(cost.strip_suffix('\n')?)?;
    Some(Parts { head, associated, cost, salt, sealed })
}

fn cipher(
    passphrase: &Passphrase,
    cost: KeyParameters,
    salt: &[u8; 32],
) -> Result<ChaCha20Poly1305, OpenError> {
    let key = KeyFile::sealing_key(passphrase, cost, salt)?;
    Ok(ChaCha20Poly1305::new(Key::from_slice(key.as_slice())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: KeyParameters = KeyParameters::weak(64, 1);
    const HEAD: &str = "some-key/v1\npublic x\n";

    #[test]
    fn a_sealed_key_opens_with_its_passphrase_alone() {
        let text = seal_key(HEAD, &[7; 32], &Passphrase::new("over the bridge"), CHEAP).unwrap();
        let (head, secret) = open_key(&text, &Passphrase::new("over the bridge"), CHEAP).unwrap();
        assert_eq!((head, *secret), (HEAD, [7; 32]));
        let wrong = open_key(&text, &Passphrase::new("under the bridge"), CHEAP);
        assert_eq!(wrong.unwrap_err(), OpenError::WrongPassphrase);
        let floor = open_key(&text, &Passphrase::new("over the bridge"), KeyParameters::STANDARD);
        assert_eq!(floor.unwrap_err(), OpenError::WeakKey);
    }

    #[test]
    fn any_changed_byte_of_a_sealed_key_is_refused() {
        let passphrase = Passphrase::new("x");
        let text = seal_key(HEAD, &[7; 32], &passphrase, CHEAP).unwrap();
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert!(open_key(&changed, &passphrase, CHEAP).is_err(), "byte {at}");
        }
        assert!(open_key("", &passphrase, CHEAP).is_err());
        assert!(open_key("\n\n\n", &passphrase, CHEAP).is_err());
    }
}
