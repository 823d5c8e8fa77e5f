//! A principal's key in its file: docs/storage.md, section 6.

use entente_record::principal::{PrincipalKey, PrincipalSecret};
use entente_store::{KeyParameters, OpenError, Passphrase, open_key, seal_key};
use rand_core::CryptoRng;

/// No key's file is longer, in bytes.
pub const KEY_LIMIT: u64 = entente_store::SEALED_KEY_LIMIT;

const FIRST_LINE: &str = "entente-principal-key/v1";

/// A fresh key as its file's text, and its public half.
///
/// # Errors
/// [`OpenError::Local`].
pub fn make_key(
    rng: &mut dyn CryptoRng,
    passphrase: &Passphrase,
    cost: KeyParameters,
) -> Result<(String, PrincipalKey), OpenError> {
    let secret = PrincipalSecret::generate(rng);
    let public = secret.public();
    let head = format!("{FIRST_LINE}\npublic {public}\n");
    Ok((seal_key(&head, &secret.to_seed(), passphrase, cost)?, public))
}

/// The public key of a key's file, which needs no passphrase.
#[must_use]
pub fn public_key(text: &str) -> Option<PrincipalKey> {
    let public = text.strip_prefix(FIRST_LINE)?.strip_prefix("\npublic ")?;
    PrincipalKey::parse(public.split_once('\n')?.0)
}

/// Opens a key's file.
///
/// # Errors
/// As [`open_key`]; [`OpenError::Damaged`] if the public key in it is another's.
pub fn open_secret(
    text: &str,
    passphrase: &Passphrase,
    floor: KeyParameters,
) -> Result<PrincipalSecret, OpenError> {
    let public = public_key(text).ok_or(OpenError::Damaged("the key file"))?;
    let (_, seed) = open_key(text, passphrase, floor)?;
    let secret = PrincipalSecret::from_seed(&seed);
    if secret.public() == public { Ok(secret) } else { Err(OpenError::Damaged("the key file")) }
}

#[cfg(test)]
mod tests {
    use getrandom::SysRng;
    use rand_core::UnwrapErr;

    use super::*;

    const CHEAP: KeyParameters = KeyParameters::weak(64, 1);

    #[test]
    fn a_principals_key_comes_back_from_its_file() {
        let passphrase = Passphrase::new("over the bridge");
        let (text, public) = make_key(&mut UnwrapErr(SysRng), &passphrase, CHEAP).unwrap();
        assert_eq!(public_key(&text), Some(public.clone()));
        assert_eq!(open_secret(&text, &passphrase, CHEAP).map(|secret| secret.public()), Ok(public));
        assert!(open_secret(&text, &Passphrase::new("x"), CHEAP).is_err());
        let (other, _) = make_key(&mut UnwrapErr(SysRng), &passphrase, CHEAP).unwrap();
        let head = |text: &str| text.lines().take(2).map(|line| format!("{line}\n")).collect::<String>();
        let mixed = text.replace(&head(&text), &head(&other));
        assert!(open_secret(&mixed, &passphrase, CHEAP).is_err(), "the public key of another");
    }
}
