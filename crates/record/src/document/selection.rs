//! A selection: what of a document is to be shown, and what must not be or not alone.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::clause::{Clause, DisclosureClass};
use super::kind::Kind;
use super::opening::Opening;
use super::proposal::Proposal;

/// Chosen clauses and properties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Slots of clauses.
    pub clauses: Vec<u16>,
    /// Names of properties.
    pub properties: Vec<String>,
    /// Whether the decoys among the slots are opened too, so that the number of clauses shows.
    pub decoys: bool,
}

/// Why a selection is not shown (caller misuse).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PresentError {
    /// The slot holds no clause.
    #[error("there is no clause in slot {0}")]
    NoClause(u16),
    /// The document has no such property.
    #[error("there is no property {0}")]
    NoProperty(String),
    /// The clause's class is *never*.
    #[error("clause {0} is never to be shown")]
    Never(String),
    /// The clause must not be shown without another.
    #[error("clause {clause} must not be shown without clause {companion}")]
    Companion {
        /// The number of the chosen clause.
        clause: String,
        /// The number of the clause that must come with it.
        companion: String,
    },
    /// The document hides who wrote it.
    #[error("the author of this text is not to be shown")]
    Author,
    /// There is no such signer, or it has no Ed25519 signature.
    #[error("there is no signer {0}")]
    NoSigner(usize),
}

impl Selection {
    /// The chosen openings, sorted by digest.
    pub(super) fn openings<'a>(&self, proposal: &'a Proposal) -> Result<Vec<&'a Opening>, PresentError> {
        let mut openings = BTreeMap::new();
        let slots = self.checked_slots(proposal)?;
        let of_slot = |slot: u16| proposal.openings.get(usize::from(slot));
        openings.extend(slots.into_iter().filter_map(of_slot).map(|opening| (opening.digest, opening)));
        if *proposal.kind() == Kind::UNATTRIBUTED && !self.properties.is_empty() {
            return Err(PresentError::Author);
        }
        for name in &self.properties {
            let known = proposal.property(name).and_then(|_| proposal.opening_of(name));
            let opening = known.ok_or_else(|| PresentError::NoProperty(name.clone()))?;
            openings.insert(opening.digest, opening);
        }
        Ok(openings.into_values().collect())
    }

    fn checked_slots(&self, proposal: &Proposal) -> Result<BTreeSet<u16>, PresentError> {
        let clauses: Vec<&Clause> = proposal.clauses().map(|(_, clause)| clause).collect();
        let clause_in = |slot: &u16| clauses.get(usize::from(*slot)).ok_or(PresentError::NoClause(*slot));
        let mut slots: BTreeSet<u16> = self.clauses.iter().copied().collect();
        for slot in &self.clauses {
            let clause = clause_in(slot)?;
            if clause.class == DisclosureClass::Never {
                return Err(PresentError::Never(clause.number.clone()));
            }
            if let Some(missing) = clause.with.iter().find(|with| !slots.contains(with)) {
                return Err(PresentError::Companion {
                    clause: clause.number.clone(),
                    companion: clause_in(missing)?.number.clone(),
                });
            }
        }
        if self.decoys {
            let first = u16::try_from(clauses.len()).unwrap_or(u16::MAX);
            slots.extend(first..proposal.payload().slots());
        }
        Ok(slots)
    }
}
