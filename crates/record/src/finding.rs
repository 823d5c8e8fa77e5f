//! What a report finds, and who dissents: the salted property `finding`. docs/record.md, "Reports".
//!
//! ```text
//! {"dissents":[2],"says":"broken"}
//! ```
//!
//! A dissent is part of the one document that the others signed. Its signer stands among the
//! signers, always visible; its words stand in a slot that the finding names, and no reader accepts
//! the report without them.

use alloc::vec::Vec;

use crate::about;
use crate::document::{DisclosureClass, Presentation, Proposal, Signer};
use crate::flags::Flag;
use crate::json::{Fields, Value};
use crate::party::Capacity;

/// The property that says what is found.
pub const PROPERTY: &str = "finding";

/// What a report says of what was to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// It was kept.
    Kept,
    /// It was broken.
    Broken,
    /// Something was observed that is neither.
    Observed,
}

impl Says {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kept, Self::Broken, Self::Observed];

    /// The word in the property.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::Observed => "observed",
        }
    }

    /// What the word says.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|says| says.as_str() == word)
    }

    /// The flag that it sets.
    pub fn flag(self) -> Flag {
        match self {
            Self::Kept => Flag::ReportedKept,
            Self::Broken => Flag::ReportedBroken,
            Self::Observed => Flag::ReportedObserved,
        }
    }
}

/// What a report finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it says.
    pub says: Says,
    /// The slots of the dissenting words, ascending: those of the first dissenting signer in the
    /// first, and so on.
    pub dissents: Vec<u16>,
}

impl Finding {
    /// The property's value.
    pub fn to_json(&self) -> Value<'_> {
        let dissents = self.dissents.iter().copied().map(Value::from).collect();
        Value::object([("dissents", Value::Array(dissents)), ("says", Value::from(self.says.as_str()))])
    }

    /// Reads the property's value.
    pub fn from_json(value: &Value<'_>) -> Option<Self> {
        let mut fields = Fields::new(value.clone()).ok()?;
        let says = Says::parse(&fields.string("says").ok()?)?;
        let dissents = about::slots(&fields.array("dissents").ok()?)?;
        fields.finish().ok()?;
        Some(Self { says, dissents })
    }

    /// The finding that a presentation shows; `None` too for a property of another form.
    fn shown(presentation: &Presentation) -> Option<Self> {
        presentation.properties().get(PROPERTY).copied().and_then(Self::from_json)
    }

    /// The finding of a report, if it is well formed: `None` too for one that is not.
    pub(crate) fn of_report(presentation: &Presentation) -> Option<Self> {
        let payload = presentation.payload();
        let within = |finding: &Self| finding.dissents.iter().all(|slot| *slot < payload.slots());
        Self::shown(presentation).filter(|finding| finding.fits(payload.signers()) && within(finding))
    }

    /// The finding of a report that may be signed: as many dissents as dissenting signers, each in a
    /// clause that may be shown.
    pub fn read(proposal: &Proposal) -> Option<Self> {
        let finding = Self::from_json(proposal.property(PROPERTY)?)?;
        let may_be_shown = |slot: &u16| {
            let mut clauses = proposal.clauses();
            clauses.any(|(own, clause)| own == *slot && clause.class != DisclosureClass::Never)
        };
        let fits = finding.fits(proposal.payload().signers()) && finding.dissents.iter().all(may_be_shown);
        fits.then_some(finding)
    }

    /// One dissent for each dissenting signer.
    pub(crate) fn fits(&self, signers: &[Signer]) -> bool {
        let dissenting = signers.iter().filter(|signer| signer.capacity == Capacity::Dissents);
        dissenting.count() == self.dissents.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_read_back_and_other_forms_do_not() {
        for says in Says::ALL {
            let finding = Finding { says, dissents: alloc::vec![1, 4] };
            assert_eq!(Finding::from_json(&finding.to_json()), Some(finding));
        }
        let disordered = Finding { says: Says::Kept, dissents: alloc::vec![4, 1] };
        assert_eq!(Finding::from_json(&disordered.to_json()), None);
        assert_eq!(Says::parse("in force"), None);
    }
}
