//! What a side's principal needs, away from any network and any store: a key in a file, and requests
//! to sign with it.

use core::fmt;

use entente_record::card::Card;
use entente_record::document::{Kind, Proposal, Signer, SignerKeys};
use entente_record::full_powers::Letter;
use entente_record::party::Party;
use entente_record::persona::PersonaId;
use entente_record::principal::{PrincipalKey, PrincipalSecret};
use entente_record::roster::{Roster, Scope};
use entente_record::roster_change::PROPERTY;
use entente_store::{KeyParameters, OpenError, Passphrase, open_key, seal_key};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};

/// No key's file is longer, in bytes.
pub const KEY_LIMIT: u64 = entente_store::SEALED_KEY_LIMIT;

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

/// What a principal is asked to sign.
pub enum Request {
    /// Another device takes a lost one's place.
    Succession(Succession),
    /// A delegate may act for its side.
    Letter(LetterRequest),
}

/// Another device takes a lost one's place.
pub struct Succession {
    proposal: Proposal,
    party: Party,
    roster: Roster,
    new: DeviceCode,
}

/// A letter of full powers that is not signed yet.
pub struct LetterRequest {
    proposal: Proposal,
    letter: Letter,
}

/// Somebody who acts for the side once the request is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// The role.
    pub role: String,
    /// How far it goes.
    pub scope: Scope,
}

/// The request for a succession: what the new device signed of its keys, and what is to be signed.
#[must_use]
pub fn succession_request(card: &[u8], proposal: &[u8]) -> Vec<u8> {
    [card, b"\n", proposal].concat()
}

impl Request {
    /// Reads a request: a letter's document, or the new device's card and the succession's document on
    /// a line each.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
        let (first, second) = (lines.next()?, lines.next());
        let (card, proposal) = second.map_or((None, first), |proposal| (Some(first), proposal));
        let proposal = Proposal::parse(proposal).ok()?;
        let [Signer { party, keys: SignerKeys::Principal(_), .. }] = proposal.payload().signers() else {
            return None;
        };
        let party = *party;
        let Some(card) = card else {
            let letter = Letter::proposed(&proposal).ok()?;
            return Some(Self::Letter(LetterRequest { proposal, letter }));
        };
        // What it changes about the record before it, the record's keepers check: one device in the
        // place of one other of the same side.
        let roster = Roster::parse(proposal.property(PROPERTY)?.as_str()?).ok()?;
        let fits = *proposal.kind() == Kind::SUCCESSION && roster.origin() == proposal.payload().origin();
        // Whoever comes in has signed all its keys itself: a stamping key of another would stamp for the
        // side.
        let card = Card::parse(card, roster.origin()).ok()?;
        let (_, member) = roster.member(&card.persona().id())?;
        let own =
            member.party == party && member.persona == *card.persona() && member.cosigner == *card.cosigner();
        let new = DeviceCode::of(&member.persona.id());
        (fits && own).then_some(Self::Succession(Succession { proposal, party, roster, new }))
    }

    /// The name of the record.
    #[must_use]
    pub fn record(&self) -> String {
        self.proposal().payload().origin().to_string()
    }

    /// The side's number in the record.
    #[must_use]
    pub fn side(&self) -> u16 {
        match self {
            Self::Succession(succession) => succession.party.0,
            Self::Letter(request) => request.letter.party.0,
        }
    }

    /// Whether this is the key that it asks.
    #[must_use]
    pub fn asks(&self, key: &PrincipalKey) -> bool {
        let asked = SignerKeys::Principal(key.thumbprint());
        self.proposal().payload().signers().iter().all(|signer| signer.keys == asked)
    }

    /// The code of the device that the request is about.
    #[must_use]
    pub fn device(&self) -> DeviceCode {
        match self {
            Self::Succession(succession) => succession.new,
            Self::Letter(request) => DeviceCode::of(&request.letter.powers.delegate),
        }
    }

    /// Signs it: the signature of a succession, the whole letter of a letter.
    ///
    /// # Errors
    /// The record's, as a sentence.
    pub fn sign(&self, secret: &PrincipalSecret, now: u64) -> Result<Vec<u8>, String> {
        let signature = self.proposal().sign_as_principal(secret, now).map_err(|error| error.to_string())?;
        match self {
            Self::Succession(_) => Ok(signature.to_bytes()),
            Self::Letter(request) => {
                let letter = request.proposal.complete(&[signature], &secret.public());
                letter.map(|letter| letter.to_bytes()).map_err(|error| error.to_string())
            }
        }
    }

    fn proposal(&self) -> &Proposal {
        match self {
            Self::Succession(succession) => &succession.proposal,
            Self::Letter(request) => &request.proposal,
        }
    }
}

impl Succession {
    /// The last second in which it can be recorded, Unix seconds.
    #[must_use]
    pub fn not_after(&self) -> Option<u64> {
        self.proposal.payload().not_after()
    }

    /// Everybody who acts for the side from then on.
    pub fn acting(&self) -> impl Iterator<Item = Acting> {
        self.roster
            .members()
            .iter()
            .filter(|member| member.party == self.party)
            .map(|member| Acting { role: member.role.as_str().to_owned(), scope: member.scope })
    }
}

impl LetterRequest {
    /// What the letter says.
    #[must_use]
    pub fn letter(&self) -> &Letter {
        &self.letter
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
