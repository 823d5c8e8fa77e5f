//! A draft: what its author wants signed, before salts and digests.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rand_core::CryptoRng;

use super::class_of;
use super::clause::{Clause, ClauseError};
use super::kind::Kind;
use super::opened::{decoy_property_name, read_property};
use super::opening::{Content, Opening};
use super::payload::{Payload, Seen, VERSION};
use super::proposal::{Proposal, ProposalError};
use super::signer::{Signer, SignerKeys, Suite};
use crate::json::Value;
use crate::origin::Origin;

/// Why a draft cannot be proposed (caller misuse).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// A clause is wrong.
    #[error(transparent)]
    Clause(#[from] ClauseError),
    /// More clauses or properties than the largest class holds.
    #[error("a document holds at most 64 clauses and 64 properties")]
    TooMany,
    /// A time or size over 2^53 - 1.
    #[error("a number is over 2^53 - 1")]
    NumberTooLarge,
    /// What it would make is refused by the rules that every reader checks.
    #[error(transparent)]
    Refused(#[from] ProposalError),
}

/// A document in the making. The builder is general over kinds.
#[derive(Debug, Clone)]
pub struct Draft {
    kind: Kind,
    origin: Origin,
    seen: Seen,
    not_after: Option<u64>,
    signers: Vec<Signer>,
    properties: BTreeMap<String, Value<'static>>,
    clauses: Vec<Clause>,
}

impl Draft {
    /// A draft without signers, properties and clauses.
    #[must_use]
    pub fn new(kind: Kind, origin: Origin, seen: Seen) -> Self {
        let (signers, clauses, properties) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { kind, origin, seen, not_after: None, signers, properties, clauses }
    }

    /// The last second, Unix UTC, in which it may be signed and recorded.
    #[must_use]
    pub fn not_after(mut self, instant: u64) -> Self {
        self.not_after = Some(instant);
        self
    }

    /// One more who has to sign.
    #[must_use]
    pub fn signer(mut self, signer: Signer) -> Self {
        self.signers.push(signer);
        self
    }

    /// A salted property, disclosable by itself: `title`, `parties`, `about`… A second of the same
    /// name replaces the first.
    #[must_use]
    pub fn property<'a>(mut self, name: &str, value: impl Into<Value<'a>>) -> Self {
        self.properties.insert(name.to_string(), value.into().into_owned());
        self
    }

    /// One more clause; its slot is the number of clauses before it.
    #[must_use]
    pub fn clause(mut self, clause: Clause) -> Self {
        self.clauses.push(clause);
        self
    }

    /// Salts, pads with decoys and hashes: the payload and all its openings.
    ///
    /// # Errors
    /// [`DraftError`]; the author's draft breaks a rule.
    pub fn propose<R: CryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Proposal, DraftError> {
        let slots = self.seal_clauses(rng)?;
        let mut properties = self.seal_properties(rng)?;
        properties.sort_by_key(|opening| opening.digest);
        let payload = self.payload(&slots, &properties, rng)?;
        let payload = Payload::parse(payload.to_canonical().as_bytes()).map_err(ProposalError::Payload)?;
        Ok(Proposal::check(payload, slots.into_iter().chain(properties).collect())?)
    }

    fn seal_clauses<R: CryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Vec<Opening>, DraftError> {
        let class = class_of(self.clauses.len()).ok_or(DraftError::TooMany)?;
        let mut slots = Vec::with_capacity(class);
        for clause in &self.clauses {
            slots.push(Opening::fresh(Content::Clause(clause.clone()), rng)?);
        }
        while slots.len() < class {
            slots.push(Opening::fresh(Content::Decoy, rng)?);
        }
        Ok(slots)
    }

    fn seal_properties<R: CryptoRng + ?Sized>(&self, rng: &mut R) -> Result<Vec<Opening>, DraftError> {
        let class = class_of(self.properties.len()).ok_or(DraftError::TooMany)?;
        let mut openings = Vec::with_capacity(class);
        for (name, value) in &self.properties {
            // What could be written but not read back would be a document nobody can open.
            openings.push(Opening::fresh(read_property(name.into(), value.clone())?, rng)?);
        }
        while openings.len() < class {
            let name = decoy_property_name(openings.len());
            openings.push(Opening::fresh(Content::Property(name, Value::Null), rng)?);
        }
        Ok(openings)
    }

    fn payload<R: CryptoRng + ?Sized>(
        &self,
        slots: &[Opening],
        properties: &[Opening],
        rng: &mut R,
    ) -> Result<Value<'_>, DraftError> {
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        let digest = |opening: &Opening| Value::bytes(&opening.digest);
        let element = |opening: &Opening| Value::object([("...", digest(opening))]);
        let count = |number| Value::integer(number).ok_or(DraftError::NumberTooLarge);
        let mut members = alloc::vec![
            ("_sd", Value::Array(properties.iter().map(digest).collect())),
            ("_sd_alg", Value::from("sha-256")),
            ("clauses", Value::Array(slots.iter().map(element).collect())),
            ("id", Value::bytes(&id)),
            ("kind", Value::from(self.kind.as_str())),
            ("origin", Value::from(self.origin.as_str())),
            ("seen", self.seen.to_json().ok_or(DraftError::NumberTooLarge)?),
            ("signers", Value::Array(self.signers.iter().map(|signer| signer.to_json()).collect())),
            ("slots", count(slots.len() as u64)?),
            ("suite", Value::from(self.suite().as_str())),
            ("version", count(VERSION)?),
        ];
        if let Some(instant) = self.not_after {
            members.push(("not_after", count(instant)?));
        }
        Ok(Value::object(members))
    }

    /// The suite that the first signer's keys call for; the payload's reader refuses a mixture.
    fn suite(&self) -> Suite {
        match self.signers.first().map(|signer| signer.keys) {
            Some(SignerKeys::Principal(_)) => Suite::Principal,
            _ => Suite::Hybrid,
        }
    }
}
