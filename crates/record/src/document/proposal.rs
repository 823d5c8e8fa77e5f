//! A proposal: a payload and **all** its openings. The only thing that can be signed.
//!
//! Nobody signs what he cannot read: unless every digest opens, there is no [`Proposal`].
//!
//! ```text
//! {"openings":["<slot 0>",…,"<the digests of _sd, in their order>",…],"payload":"…"}
//! ```

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::author;
use super::clause::{Clause, ClauseError};
use super::kind::Kind;
use super::naming;
use super::opened::{read_properties, read_slots};
use super::opening::{Content, Opening};
use super::payload::{Payload, PayloadDigest, PayloadError};
use super::sense;
use super::signer::Signer;
use crate::consent;
use crate::json::{self, FieldError, Fields, Limits, Value};
use crate::text::TextError;

/// Why a payload with its openings is refused (peer misbehaved, where the payload is known here).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProposalError {
    /// The file is not canonical JSON.
    #[error("proposal: {0}")]
    Json(#[from] json::ParseError),
    /// A member of the file is wrong, one too many or too few.
    #[error("proposal: {0}")]
    Field(#[from] FieldError),
    /// A part is not canonical base64url.
    #[error("a part is not canonical base64url")]
    Base64,
    /// The payload is refused.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// An opening is not canonical JSON.
    #[error("opening: {0}")]
    Opening(json::ParseError),
    /// An opening is no array of salt, name and value, or salt and value.
    #[error("an opening is not of the form that its digest calls for")]
    OpeningForm,
    /// A salt has fewer than 16 bytes, more than 64, or is not base64url.
    #[error("a salt is not 16 to 64 bytes")]
    Salt,
    /// Two openings have one salt: a guess at one value would confirm the other.
    #[error("a salt is used twice")]
    SaltTwice,
    /// A value holds `_sd`, `_sd_alg` or `...`: more could hide in it.
    #[error("an opened value holds further digests")]
    NestedDigest,
    /// A digest is not opened, or not by the opening in its place: something could hide behind it.
    #[error("digest {0} does not open: something could be hidden behind it")]
    DoesNotOpen(usize),
    /// A clause is refused.
    #[error(transparent)]
    Clause(#[from] ClauseError),
    /// A clause stands after a decoy.
    #[error("slot {0}: a clause after a decoy")]
    NotDense(u16),
    /// Two clauses have one number.
    #[error("two clauses have the number {0}")]
    NumberTwice(String),
    /// A companion is no clause of the document, or the clause itself.
    #[error("clause {number} must be shown with slot {with}, which is no other clause")]
    Companion {
        /// The clause's number.
        number: String,
        /// The slot it names.
        with: u16,
    },
    /// A property's name is not of `a-z`, `0-9`, `_`, `-`, or is a name of the payload's own.
    #[error("\"{0}\" is not a property's name")]
    PropertyName(String),
    /// Two properties have one name.
    #[error("two properties have the name {0}")]
    PropertyTwice(String),
    /// `title`, `parties`, `release` or `author` is not of its form, or may not stand or be shown here.
    #[error("the property {0} is not of its form, or may not stand in this document")]
    Property(&'static str),
    /// A word of the title or of a name mixes scripts.
    #[error("\"{0}\" mixes letters of two scripts that can look alike. Write it in one")]
    MixedScript(String),
    /// Two parties have names that look alike.
    #[error("the names \"{one}\" and \"{other}\" look alike. Choose names that nobody can confuse")]
    LookAlike {
        /// One name.
        one: String,
        /// The other.
        other: String,
    },
    /// A string of a property is not safe to show.
    #[error("property {name}: {error}")]
    PropertyText {
        /// The property's name.
        name: String,
        /// What is wrong.
        error: TextError,
    },
}

/// A payload that its reader has read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    payload: Payload,
    signers: Vec<Signer>,
    /// Slots first, then `_sd` in its order.
    pub(super) openings: Vec<Opening>,
    clauses: Vec<Clause>,
    properties: BTreeMap<String, Value<'static>>,
}

impl Proposal {
    /// Reads a proposal and checks that every digest of its payload opens.
    ///
    /// # Errors
    /// [`ProposalError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ProposalError> {
        let mut fields = Fields::new(json::parse(bytes, Limits::DOCUMENT)?)?;
        let proposal = Self::from_fields(&mut fields)?;
        fields.finish()?;
        Ok(proposal)
    }

    /// Takes `payload` and `openings`.
    pub(super) fn from_fields(fields: &mut Fields<'_>) -> Result<Self, ProposalError> {
        let payload = Payload::from_base64url(fields.string("payload")?)?;
        let openings = fields.array("openings")?.into_iter().map(Opening::from_json);
        Self::check(payload, openings.collect::<Result<_, _>>()?)
    }

    /// Checks a payload with its openings: slots first, then `_sd` in its order.
    pub(super) fn check(payload: Payload, openings: Vec<Opening>) -> Result<Self, ProposalError> {
        check_every_digest_opens(&payload, &openings)?;
        check_salts(&openings)?;
        let (slots, rest) =
            openings.split_at_checked(payload.clauses.len()).ok_or(ProposalError::OpeningForm)?;
        let clauses = read_slots(slots)?;
        let properties = read_properties(rest)?;
        let signers = author::signers(&payload, &properties).map_err(ProposalError::Property)?;
        naming::check(&signers, &properties).map_err(ProposalError::Property)?;
        consent::check(payload.kind(), &properties).map_err(ProposalError::Property)?;
        sense::check(&clauses, &properties)?;
        Ok(Self { payload, signers, clauses, properties, openings })
    }

    /// The bytes that [`parse`](Self::parse) reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Value::object(self.members()).to_canonical().into_bytes()
    }

    pub(super) fn members(&self) -> Vec<(&'static str, Value<'_>)> {
        let openings = self.openings.iter().map(|opening| Value::from(opening.text.as_str())).collect();
        alloc::vec![("openings", Value::Array(openings)), ("payload", Value::from(self.payload.base64url())),]
    }

    /// What is always visible.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// Everybody who has to sign, the author included that the payload hides.
    #[must_use]
    pub fn signers(&self) -> &[Signer] {
        &self.signers
    }

    /// SHA-256 of the payload: the name of this exact text.
    #[must_use]
    pub fn digest(&self) -> PayloadDigest {
        self.payload.digest()
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        self.payload.kind()
    }

    /// The clauses with their slots, in order.
    pub fn clauses(&self) -> impl Iterator<Item = (u16, &Clause)> {
        (0_u16..).zip(&self.clauses)
    }

    /// The clause of a number, with its slot.
    #[must_use]
    pub fn clause(&self, number: &str) -> Option<(u16, &Clause)> {
        self.clauses().find(|(_, clause)| clause.number == number)
    }

    /// The properties by name, decoys left out.
    #[must_use]
    pub fn properties(&self) -> &BTreeMap<String, Value<'static>> {
        &self.properties
    }

    /// The property of a name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Value<'static>> {
        self.properties.get(name)
    }

    /// The digest of a property.
    pub(crate) fn digest_of(&self, name: &str) -> Option<[u8; 32]> {
        self.opening_of(name).map(|opening| opening.digest)
    }

    /// The opening of a property.
    pub(super) fn opening_of(&self, name: &str) -> Option<&Opening> {
        self.openings
            .iter()
            .find(|opening| matches!(&opening.content, Content::Property(own, _) if own == name))
    }
}

/// No digest without its opening, no opening without its digest, each in its place.
fn check_every_digest_opens(payload: &Payload, openings: &[Opening]) -> Result<(), ProposalError> {
    let digests: Vec<&[u8; 32]> = payload.clauses.iter().chain(&payload.properties).collect();
    for (position, digest) in digests.iter().enumerate() {
        let opens = openings.get(position).is_some_and(|opening| opening.digest == **digest);
        if !opens {
            return Err(ProposalError::DoesNotOpen(position));
        }
    }
    if openings.len() > digests.len() { Err(ProposalError::OpeningForm) } else { Ok(()) }
}

pub(super) fn check_salts(openings: &[Opening]) -> Result<(), ProposalError> {
    let mut salts: Vec<&str> = openings.iter().map(|opening| opening.salt.as_str()).collect();
    salts.sort_unstable();
    if salts.is_sorted_by(|one, next| one < next) { Ok(()) } else { Err(ProposalError::SaltTwice) }
}
