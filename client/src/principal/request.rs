//! What a principal is asked to sign, read back and signed: docs/storage.md, section 6.

use entente_record::card::Card;
use entente_record::document::{Kind, Proposal, Signer, SignerKeys};
use entente_record::full_powers::Letter;
use entente_record::party::{Capacity, Party};
use entente_record::principal::{PrincipalKey, PrincipalSecret};
use entente_record::roster::{Member, Roster, Scope};
use entente_record::roster_change::PROPERTY;

use super::DeviceCode;

/// What a succession says: the next roster, and the channel's numbers of who comes and who goes.
const CHANGE: [&str; 3] = [PROPERTY, "admission", "removal"];
/// More lines than the largest side has members and a document.
const LINES: usize = 1_025;

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
