//! Documents of one author: statements, custody lines, approvals.
//!
//! The words are clause `1`; where they go, their place in the author's chain and whatever a kind adds
//! are salted properties, so that the words can be shown without them.
//!
//! ```text
//! clause 1   {"class":"by-consent","fields":[],"number":"1","text":{"en":"Up to forty."},"with":[]}
//! to         {"party":2}   or   {"ed25519":"…","ml-dsa-65":"…"}   or   {"talks":true}
//! serial     7
//! previous   "<payload digest of number 6, base64url>"; not there for the first
//! ```

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};

use rand_core::CryptoRng;

use crate::document::{
    Clause, CompleteError, Document, Draft, DraftError, Kind, Seen, SignError, Signer, SignerKeys,
};
use crate::json::{FieldError, Fields, Value};
use crate::origin::Origin;
use crate::party::{Capacity, Party};
use crate::persona::{PersonaId, PersonaSecret};
use crate::thumbprint::Thumbprint;

/// For whom a statement is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// A party of the talks.
    Party(Party),
    /// One persona.
    Persona(PersonaId),
    /// All who take part.
    Talks,
}

/// What one author says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// For whom.
    pub to: Destination,
    /// Number in the chain of this author and destination.
    pub serial: u64,
    /// Payload digest of the number before; `None` for the first of a chain.
    pub previous: Option<[u8; 32]>,
    /// The words by language tag; empty for a kind that has none.
    pub text: BTreeMap<String, String>,
    /// Further properties that the kind adds.
    pub more: BTreeMap<String, Value<'static>>,
}

/// In which record and for whom the author speaks.
#[derive(Debug, Clone, Copy)]
pub struct Authoring<'a> {
    /// The kind of document: [`Kind::STATEMENT`], [`Kind::CUSTODY`], [`Kind::APPROVAL`]…
    pub kind: &'a Kind,
    /// The record.
    pub origin: &'a Origin,
    /// The author's last verified checkpoint.
    pub seen: Seen,
    /// The author's party.
    pub party: Party,
}

/// Why a statement is not made (caller misuse).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// `more` has a name that every statement has, or a number is over 2^53 - 1.
    #[error("property {0} cannot be added to a statement")]
    Property(String),
    /// The words or properties are refused.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The author cannot sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The signature does not complete the document.
    #[error(transparent)]
    Complete(#[from] CompleteError),
}

/// Why a document is no statement (peer misbehaved).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAStatement {
    /// It has not exactly one signer, a persona in the capacity *states*.
    #[error("a statement has one author, who states and binds nobody")]
    Author,
    /// It has more clauses than the words.
    #[error("a statement has one clause, numbered 1")]
    Clauses,
    /// A property is missing or wrong.
    #[error("statement: {0}")]
    Property(#[from] FieldError),
}

const OWN_PROPERTIES: [&str; 3] = ["to", "serial", "previous"];

impl Statement {
    /// Signs the statement.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn sign<R: CryptoRng + ?Sized>(
        &self,
        authoring: Authoring<'_>,
        secret: &PersonaSecret,
        now: u64,
        rng: &mut R,
    ) -> Result<Document, StatementError> {
        let keys = SignerKeys::Persona(secret.persona().id());
        let signer = Signer { party: authoring.party, capacity: Capacity::States, keys };
        let proposal = self.draft(authoring)?.signer(signer).propose(rng)?;
        let signature = proposal.sign(secret, now)?;
        Ok(proposal.complete(&[signature], secret.persona())?)
    }

    fn draft(&self, authoring: Authoring<'_>) -> Result<Draft, StatementError> {
        let Authoring { kind, origin, seen, .. } = authoring;
        let refused = |name: &str| StatementError::Property(name.to_string());
        let mut draft = Draft::new(kind.clone(), origin.clone(), seen)
            .property("to", self.to.to_json())
            .property("serial", Value::integer(self.serial).ok_or_else(|| refused("serial"))?);
        if let Some(previous) = &self.previous {
            draft = draft.property("previous", Value::bytes(previous));
        }
        for (name, value) in &self.more {
            if OWN_PROPERTIES.contains(&name.as_str()) {
                return Err(refused(name));
            }
            draft = draft.property(name, value.clone());
        }
        if self.text.is_empty() {
            return Ok(draft);
        }
        let mut clause = Clause::new("1", "en", "");
        clause.text = self.text.clone();
        Ok(draft.clause(clause))
    }

    /// Reads a statement out of a verified document.
    ///
    /// # Errors
    /// [`NotAStatement`].
    pub fn read(document: &Document) -> Result<Self, NotAStatement> {
        let proposal = document.proposal();
        author(document)?;
        let mut clauses = proposal.clauses();
        let text = clauses.next().map(|(_, clause)| clause);
        if clauses.next().is_some() || text.is_some_and(|clause| clause.number != "1") {
            return Err(NotAStatement::Clauses);
        }
        let mut more = proposal.properties().clone();
        let missing = |name| move || FieldError::invalid(name);
        let to =
            more.remove("to").and_then(|to| Destination::from_json(to).ok()).ok_or_else(missing("to"))?;
        let serial =
            more.remove("serial").and_then(|serial| serial.as_u64()).ok_or_else(missing("serial"))?;
        let previous = read_previous(more.remove("previous"))?;
        let text = text.map(|clause| clause.text.clone()).unwrap_or_default();
        Ok(Self { to, serial, previous, text, more })
    }
}

/// The one author of a document, with its party.
///
/// # Errors
/// [`NotAStatement::Author`].
pub fn author(document: &Document) -> Result<(PersonaId, Party), NotAStatement> {
    match document.payload().signers() {
        [Signer { party, capacity: Capacity::States, keys: SignerKeys::Persona(id) }] => Ok((*id, *party)),
        _ => Err(NotAStatement::Author),
    }
}

impl Destination {
    fn to_json(self) -> Value<'static> {
        match self {
            Self::Party(party) => Value::object([("party", party.to_json())]),
            Self::Persona(id) => {
                Value::object([("ed25519", id.ed25519.to_json()), ("ml-dsa-65", id.ml_dsa_65.to_json())])
            }
            Self::Talks => Value::object([("talks", Value::from(true))]),
        }
    }

    fn from_json(value: Value<'_>) -> Result<Self, FieldError> {
        let mut fields = Fields::new(value)?;
        let destination = if let Some(party) = fields.optional("party") {
            Self::Party(Party::from_json(&party).ok_or_else(|| FieldError::invalid("party"))?)
        } else if let Some(truth) = fields.optional("talks") {
            if truth != Value::Bool(true) {
                return Err(FieldError::invalid("talks"));
            }
            Self::Talks
        } else {
            let ed25519 = Thumbprint(fields.bytes("ed25519")?);
            Self::Persona(PersonaId { ed25519, ml_dsa_65: Thumbprint(fields.bytes("ml-dsa-65")?) })
        };
        fields.finish()?;
        Ok(destination)
    }
}

fn read_previous(value: Option<Value<'_>>) -> Result<Option<[u8; 32]>, FieldError> {
    let digest = |value: Value<'_>| crate::base64url::decode_array(value.as_str()?).ok();
    value.map(|value| digest(value).ok_or_else(|| FieldError::invalid("previous"))).transpose()
}
