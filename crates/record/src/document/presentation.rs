//! A presentation: payload, signatures and the chosen openings alone. What a stranger gets.
//!
//! The General JSON form of RFC 9901 section 8: the openings stand in the unprotected header of the
//! first signature, here sorted by digest, so that their order says nothing.
//!
//! ```text
//! {"payload":"…","signatures":[{"header":{"disclosures":["…"]},"protected":"…","signature":"…"},…]}
//! ```

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::author;
use super::clause::Clause;
use super::keys::Keys;
use super::naming;
use super::opened::{check_numbers, is_decoy_property};
use super::opening::{Content, Opening, digest_of};
use super::payload::Payload;
use super::proposal::{ProposalError, check_salts};
use super::selection::{PresentError, Selection};
use super::signed::{Document, VerifyError, read_signatures, verify_signatures};
use crate::consent;
use crate::json::{self, FieldError, Fields, Limits, Object, Value};
use crate::jws::RawSignature;

/// A presentation whose payload and openings are read, and no signature yet.
pub(crate) struct OpenedPresentation<'a> {
    presentation: Presentation,
    signatures: Vec<Value<'a>>,
}

/// A presentation as received: read whole, signatures not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedPresentation(Presentation);

/// A presentation whose document every listed signer has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presentation {
    payload: Payload,
    signatures: Vec<RawSignature>,
    openings: Vec<String>,
    clauses: BTreeMap<u16, Clause>,
    decoys: Vec<u16>,
    properties: BTreeMap<String, Value<'static>>,
}

impl Document {
    /// Shows what is selected of a document.
    ///
    /// # Errors
    /// [`PresentError`].
    pub fn present(&self, selection: &Selection) -> Result<Presentation, PresentError> {
        let openings = selection.openings(self.proposal())?;
        let chosen = |slot: &u16| selection.clauses.contains(slot);
        let clauses = self.proposal().clauses().filter(|(slot, _)| chosen(slot));
        let clauses: BTreeMap<u16, Clause> = clauses.map(|(slot, clause)| (slot, clause.clone())).collect();
        let first_decoy = u16::try_from(self.proposal().clauses().count()).unwrap_or(u16::MAX);
        let decoys =
            if selection.decoys { (first_decoy..self.payload().slots()).collect() } else { Vec::new() };
        let properties = self.proposal().properties().iter();
        let properties = properties.filter(|(name, _)| selection.properties.contains(name));
        Ok(Presentation {
            payload: self.payload().clone(),
            signatures: if hides_author(self.payload()) {
                Vec::new()
            } else {
                self.raw_signatures().to_vec()
            },
            openings: openings.iter().map(|opening| opening.text.clone()).collect(),
            clauses,
            decoys,
            properties: properties.map(|(name, value)| (name.clone(), value.clone())).collect(),
        })
    }
}

impl Presentation {
    /// Reads a presentation; its signatures are still to be verified.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn parse(bytes: &[u8]) -> Result<UnverifiedPresentation, VerifyError> {
        let value = json::parse(bytes, Limits::DOCUMENT).map_err(ProposalError::Json)?;
        Self::from_json(value)
    }

    /// Reads a presentation that stands inside another canonical JSON text.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn from_json(value: Value<'_>) -> Result<UnverifiedPresentation, VerifyError> {
        Self::open(value)?.read_signatures()
    }

    /// Reads payload and openings: the payload first, since a version or suite that is not known
    /// leaves nothing to say of the rest.
    pub(crate) fn open(value: Value<'_>) -> Result<OpenedPresentation<'_>, VerifyError> {
        let mut fields = Fields::new(value).map_err(VerifyError::Field)?;
        let payload = fields.string("payload").map_err(VerifyError::Field)?;
        let payload = Payload::from_base64url(payload)?;
        let (openings, signatures) = take_openings(&payload, &mut fields)?;
        fields.finish().map_err(VerifyError::Field)?;
        let mut presentation = Self {
            payload,
            signatures: Vec::new(),
            openings: Vec::with_capacity(openings.len()),
            clauses: BTreeMap::new(),
            decoys: Vec::new(),
            properties: BTreeMap::new(),
        };
        check_salts(&openings)?;
        if !openings.is_sorted_by(|a, b| a.digest < b.digest) {
            return Err(VerifyError::StrayOpening);
        }
        for Opening { text, digest, content, .. } in openings {
            presentation.place(&digest, content)?;
            presentation.openings.push(text);
        }
        presentation.decoys.sort_unstable();
        check_numbers(presentation.clauses.values())?;
        presentation.check_slots()?;
        presentation.check_properties().map_err(ProposalError::Property)?;
        Ok(OpenedPresentation { presentation, signatures })
    }

    /// Clauses fill the first slots: none stands behind a decoy that is shown.
    fn check_slots(&self) -> Result<(), VerifyError> {
        match (self.decoys.first(), self.clauses.keys().next_back()) {
            (Some(decoy), Some(clause)) if decoy < clause => Err(ProposalError::NotDense(*clause).into()),
            _ => Ok(()),
        }
    }

    fn check_properties(&self) -> Result<(), &'static str> {
        author::check_hidden(&self.payload, &self.properties)?;
        naming::check(self.payload.signers(), &self.properties)?;
        consent::check(self.payload.kind(), &self.properties)
    }

    /// Puts what an opening holds where its digest stands; each digest stands once in a payload.
    fn place(&mut self, digest: &[u8; 32], content: Content) -> Result<(), VerifyError> {
        if let Content::Property(name, value) = content {
            let stands = self.payload.properties.binary_search(digest).is_ok();
            if !stands || self.properties.insert(name, value).is_some() {
                return Err(VerifyError::StrayOpening);
            }
            return Ok(());
        }
        let slot = self.payload.clauses.iter().position(|other| other == digest);
        let slot = slot.and_then(|slot| u16::try_from(slot).ok()).ok_or(VerifyError::StrayOpening)?;
        let Content::Clause(clause) = content else {
            self.decoys.push(slot);
            return Ok(());
        };
        if let Some(with) = clause.with.iter().find(|with| **with == slot || **with >= self.payload.slots()) {
            return Err(ProposalError::Companion { number: clause.number, with: *with }.into());
        }
        self.clauses.insert(slot, clause);
        Ok(())
    }

    /// The JSON that [`from_json`](Self::from_json) reads.
    #[must_use]
    pub fn to_json(&self) -> Value<'_> {
        let mut signatures: Vec<Value<'_>> = self.signatures.iter().map(RawSignature::to_json).collect();
        let openings = self.openings.iter().map(|text| Value::from(text.as_str())).collect();
        if hides_author(&self.payload) {
            let payload = Value::from(self.payload.base64url());
            return Value::object([("disclosures", Value::Array(openings)), ("payload", payload)]);
        }
        let header = Value::object([("disclosures", Value::Array(openings))]);
        if let Some(Value::Object(first)) = signatures.first_mut() {
            first.insert("header", header);
        }
        Value::object([
            ("payload", Value::from(self.payload.base64url())),
            ("signatures", Value::Array(signatures)),
        ])
    }

    /// The bytes that [`parse`](Self::parse) reads.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_json().to_canonical().into_bytes()
    }

    /// What is always visible.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// All signatures in the order of the signers, Ed25519 before ML-DSA-65.
    #[must_use]
    pub fn raw_signatures(&self) -> &[RawSignature] {
        &self.signatures
    }

    /// The clauses shown, by slot.
    #[must_use]
    pub fn clauses(&self) -> &BTreeMap<u16, Clause> {
        &self.clauses
    }

    /// The slots shown to be decoys.
    #[must_use]
    pub fn decoys(&self) -> &[u16] {
        &self.decoys
    }

    /// The digests of all that is opened, ascending.
    #[must_use]
    pub fn opened(&self) -> Vec<[u8; 32]> {
        self.openings.iter().map(|text| digest_of(text)).collect()
    }

    /// The slots not shown: clauses or decoys, nobody can tell.
    #[must_use]
    pub fn hidden_slots(&self) -> Vec<u16> {
        let shown = |slot: &u16| self.clauses.contains_key(slot) || self.decoys.contains(slot);
        (0..self.payload.slots()).filter(|slot| !shown(slot)).collect()
    }

    /// The properties shown, by name; decoys left out.
    #[must_use]
    pub fn properties(&self) -> BTreeMap<&str, &Value<'_>> {
        let properties = self.properties.iter().filter(|(name, _)| !is_decoy_property(name));
        properties.map(|(name, value)| (name.as_str(), value)).collect()
    }

    /// Slots of shown clauses with those that should have been shown with them and are not.
    #[must_use]
    pub fn missing_companions(&self) -> Vec<(u16, u16)> {
        let pairs =
            self.clauses.iter().flat_map(|(slot, clause)| clause.with.iter().map(|with| (*slot, *with)));
        pairs.filter(|(_, with)| !self.clauses.contains_key(with)).collect()
    }
}

impl OpenedPresentation<'_> {
    /// What is always visible. Not verified.
    pub(crate) fn payload(&self) -> &Payload {
        &self.presentation.payload
    }

    /// A property that is shown. Not verified.
    pub(crate) fn property(&self, name: &str) -> Option<&Value<'_>> {
        self.presentation.properties.get(name)
    }

    /// Reads exactly as many signatures as the payload's signers owe.
    pub(crate) fn read_signatures(self) -> Result<UnverifiedPresentation, VerifyError> {
        let signatures = read_signatures(self.presentation.payload.signers(), self.signatures)?;
        Ok(UnverifiedPresentation(Presentation { signatures, ..self.presentation }))
    }
}

impl UnverifiedPresentation {
    /// Checks that every listed signer has signed this payload with every key it owes.
    ///
    /// # Errors
    /// [`VerifyError`].
    pub fn verify<K: Keys + ?Sized>(self, keys: &K) -> Result<Presentation, VerifyError> {
        let payload = &self.0.payload;
        verify_signatures(payload, payload.signers(), &self.0.signatures, keys)?;
        Ok(self.0)
    }

    /// What is always visible. Not verified.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        &self.0.payload
    }

    /// What it shows. Not verified.
    #[must_use]
    pub fn unverified(&self) -> &Presentation {
        &self.0
    }
}

/// Whether a presentation shows no signature, since that would show whose it is.
fn hides_author(payload: &Payload) -> bool {
    payload.signers().is_empty()
}

/// Takes the openings, and the signatures still to be read. The openings stand in the unprotected
/// header of the first signature, and no other may have one; where no signature is shown, beside the
/// payload.
fn take_openings<'a>(
    payload: &Payload,
    fields: &mut Fields<'a>,
) -> Result<(Vec<Opening>, Vec<Value<'a>>), VerifyError> {
    if hides_author(payload) {
        let openings = fields.array("disclosures").map_err(VerifyError::Field)?;
        return Ok((read_openings(payload, openings)?, Vec::new()));
    }
    let mut signatures = fields.array("signatures").map_err(VerifyError::Field)?;
    let first = match signatures.first_mut() {
        Some(Value::Object(first)) => first,
        _ => return Err(VerifyError::Field(FieldError::invalid("signatures"))),
    };
    let header = first.remove("header").unwrap_or(Value::Object(Object::new()));
    let mut header = Fields::new(header).map_err(VerifyError::Field)?;
    let openings = header.array("disclosures").map_err(VerifyError::Field)?;
    header.finish().map_err(VerifyError::Field)?;
    Ok((read_openings(payload, openings)?, signatures))
}

/// More openings than digests are not read at all: one of them fits none.
fn read_openings(payload: &Payload, values: Vec<Value<'_>>) -> Result<Vec<Opening>, VerifyError> {
    if values.len() > payload.clauses.len() + payload.properties.len() {
        return Err(VerifyError::StrayOpening);
    }
    let mut openings = Vec::with_capacity(values.len());
    for value in values {
        openings.push(Opening::from_json(value)?);
    }
    Ok(openings)
}
