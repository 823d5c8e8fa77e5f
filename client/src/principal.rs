//! What a side's principal needs, away from any network and any store: a key in a file, and requests
//! to sign with it.

use core::fmt;

use entente_record::card::Card;
use entente_record::document::{Kind, Proposal, Signer, SignerKeys};
use entente_record::full_powers::Letter;
use entente_record::party::{Capacity, Party};
use entente_record::persona::PersonaId;
use entente_record::principal::{PrincipalKey, PrincipalSecret};
use entente_record::roster::{Member, Roster, Scope};
use entente_record::roster_change::PROPERTY;
use entente_store::{KeyParameters, OpenError, Passphrase, open_key, seal_key};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};

/// No key's file is longer, in bytes.
pub const KEY_LIMIT: u64 = entente_store::SEALED_KEY_LIMIT;

const FIRST_LINE: &str = "entente-principal-key/v1";
/// What a succession says: the next roster, and the channel's numbers of who comes and who goes.
const CHANGE: [&str; 3] = [PROPERTY, "admission", "removal"];
/// More lines than the largest side has members and a document.
const LINES: usize = 1_025;
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
    acting: Vec<Acting>,
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
    /// The device's code.
    pub device: DeviceCode,
}

/// The request for a succession: what each device of the side signed of its keys, and what is to be
/// signed.
#[must_use]
pub fn succession_request(cards: &[Vec<u8>], proposal: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = cards.iter().map(Vec::as_slice).collect();
    lines.push(proposal);
    lines.join(&b'\n')
}

impl Request {
    /// Reads a request: a letter's document; or, on a line each, the cards of all who act for the side
    /// from then on, as the roster has them, and the succession's document.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').take(LINES).collect();
        let proposal = Proposal::parse(lines.pop()?).ok()?;
        let [signer] = proposal.payload().signers() else { return None };
        if !matches!(signer, Signer { capacity: Capacity::Binds, keys: SignerKeys::Principal(_), .. }) {
            return None;
        }
        let party = signer.party;
        if *proposal.kind() == Kind::FULL_POWERS {
            let letter = Letter::proposed(&proposal).ok()?;
            return lines.is_empty().then_some(Self::Letter(LetterRequest { proposal, letter }));
        }
        let acting = acting(&proposal, party, &lines)?;
        Some(Self::Succession(Succession { proposal, party, acting }))
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

    /// The devices that the request is about, each with its role where it has one, to be confirmed by
    /// their codes: one for a letter; for a succession all that act for the side from then on, so that
    /// none can come in beside the one that was meant.
    #[must_use]
    pub fn devices(&self) -> Vec<(Option<&str>, DeviceCode)> {
        match self {
            Self::Succession(succession) => {
                succession.acting.iter().map(|acting| (Some(acting.role.as_str()), acting.device)).collect()
            }
            Self::Letter(request) => vec![(None, DeviceCode::of(&request.letter.powers.delegate))],
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
    #[must_use]
    pub fn acting(&self) -> &[Acting] {
        &self.acting
    }
}

/// Who acts for the side once a succession is recorded; `None` if it is not of the form of one, says
/// anything beside, or names a key that its holder has not signed for.
fn acting(proposal: &Proposal, party: Party, cards: &[&[u8]]) -> Option<Vec<Acting>> {
    let payload = proposal.payload();
    let bare = proposal.clauses().next().is_none()
        && proposal.properties().iter().all(|(name, _)| CHANGE.contains(&name.as_str()));
    let form = *proposal.kind() == Kind::SUCCESSION && payload.effect().is_none();
    let roster = Roster::parse(proposal.property(PROPERTY)?.as_str()?).ok()?;
    if !(bare && form && payload.not_after().is_some() && roster.origin() == payload.origin()) {
        return None;
    }
    let members: Vec<&Member> = roster.members().iter().filter(|member| member.party == party).collect();
    // A stamping key of another beside somebody's persona would stamp for the side.
    let own = |member: &Member, card: &[u8]| {
        Card::parse(card, roster.origin())
            .is_ok_and(|card| *card.persona() == member.persona && *card.cosigner() == member.cosigner)
    };
    let signed =
        members.len() == cards.len() && members.iter().zip(cards).all(|(member, card)| own(member, card));
    let acting = |member: &Member| Acting {
        role: member.role.as_str().to_owned(),
        scope: member.scope,
        device: DeviceCode::of(&member.persona.id()),
    };
    signed.then(|| members.into_iter().map(acting).collect())
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
