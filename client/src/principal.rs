//! What a side's principal needs, away from any network and any store: a key in a file, and requests
//! to sign with it.

use core::fmt;

use entente_record::document::{Kind, Proposal, SignerKeys};
use entente_record::party::Party;
use entente_record::persona::PersonaId;
use entente_record::principal::{PrincipalKey, PrincipalSecret};
use entente_record::roster::{Roster, Scope};
use entente_record::roster_change::PROPERTY;
use entente_store::{KeyParameters, OpenError, Passphrase, open_key, seal_key};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};

const FIRST_LINE: &str = "entente-principal-key/v1";
/// Bytes of a device's code: too many for anybody to make another device with the same.
const CODE_BYTES: usize = 12;

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

/// A device's code, to be read aloud: it stands for the keys that its person signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceCode([u8; CODE_BYTES]);

impl DeviceCode {
    /// The code of the device that holds these keys.
    #[must_use]
    pub fn of(persona: &PersonaId) -> Self {
        let digest = Sha256::new()
            .chain_update(b"entente device code v1\0")
            .chain_update(persona.ed25519.0)
            .chain_update(persona.ml_dsa_65.0)
            .finalize();
        let mut code = [0; CODE_BYTES];
        code.iter_mut().zip(digest).for_each(|(own, byte)| *own = byte);
        Self(code)
    }

    /// Whether this is what somebody typed, in whatever groups and case.
    #[must_use]
    pub fn is(&self, typed: &str) -> bool {
        let bare = |text: &str| -> String {
            text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
        };
        bare(&self.to_string()) == bare(typed)
    }
}

impl fmt::Display for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let gap = if place > 0 && place.is_multiple_of(2) { " " } else { "" };
            write!(f, "{gap}{byte:02x}")?;
        }
        Ok(())
    }
}

/// What a principal is asked to sign: that another device takes a lost one's place.
pub struct Request {
    proposal: Proposal,
    party: Party,
    roster: Roster,
}

/// Somebody who acts for the side once the request is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// The role.
    pub role: String,
    /// How far it goes.
    pub scope: Scope,
    /// The device's code.
    pub device: DeviceCode,
}

impl Request {
    /// Reads a request. What it changes about the record before it, the record's keepers check: one
    /// device in the place of one other of the same side.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let proposal = Proposal::parse(bytes).ok()?;
        let [signer] = proposal.payload().signers() else { return None };
        let fits = *proposal.kind() == Kind::SUCCESSION && matches!(signer.keys, SignerKeys::Principal(_));
        let party = signer.party;
        let roster = Roster::parse(proposal.property(PROPERTY)?.as_str()?).ok()?;
        (fits && roster.origin() == proposal.payload().origin()).then_some(Self { proposal, party, roster })
    }

    /// The name of the record.
    #[must_use]
    pub fn record(&self) -> String {
        self.roster.origin().to_string()
    }

    /// The side's number in the record.
    #[must_use]
    pub fn side(&self) -> u16 {
        self.party.0
    }

    /// The last second in which it can be recorded, Unix seconds.
    #[must_use]
    pub fn not_after(&self) -> Option<u64> {
        self.proposal.payload().not_after()
    }

    /// Whether this is the key that it asks.
    #[must_use]
    pub fn asks(&self, key: &PrincipalKey) -> bool {
        self.roster.principal_of(self.party) == Some(key)
    }

    /// Everybody who acts for the side from then on.
    pub fn acting(&self) -> impl Iterator<Item = Acting> {
        self.roster.members().iter().filter(|member| member.party == self.party).map(|member| Acting {
            role: member.role.as_str().to_owned(),
            scope: member.scope,
            device: DeviceCode::of(&member.persona.id()),
        })
    }

    /// Signs it.
    ///
    /// # Errors
    /// The record's, as a sentence.
    pub fn sign(&self, secret: &PrincipalSecret, now: u64) -> Result<Vec<u8>, String> {
        let signature = self.proposal.sign_as_principal(secret, now).map_err(|error| error.to_string())?;
        Ok(signature.to_bytes())
    }
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

    #[test]
    fn a_device_code_is_read_in_any_groups() {
        let code = DeviceCode([0x7b, 0x3f, 0x91, 0xaa, 2, 0xcd, 0x11, 0xe4, 0, 0, 0, 9]);
        assert_eq!(code.to_string(), "7b3f 91aa 02cd 11e4 0000 0009");
        assert!(code.is("7B3F91AA 02cd11e400000009"));
        assert!(!code.is("7b3f 91aa 02cd 11e4 0000 0008"));
    }
}
