//! Whether a member may show this, by the classes that the signers gave their clauses and by the
//! charter. Rules, not locks: nothing stops another program. docs/record.md, "Who may show what".

use super::{DisclosureError, Request, Shown};
use crate::document::{DisclosureClass, PARTIES};
use crate::replica::Replica;
use crate::roster::DisclosureRule;
use crate::rows::Rows;

/// Looks at every clause chosen. `never` and missing companions are refused where the clauses are shown.
pub(super) fn check<R: Rows>(
    replica: &Replica<R>,
    request: &Request,
    shown: &[Shown],
    agreed: bool,
) -> Result<(), DisclosureError> {
    let mut needs_consent = false;
    for shown in shown {
        needs_consent |= shown.selection.properties.iter().any(|name| name == PARTIES || name == "title");
        for (slot, clause) in shown.document.proposal().clauses() {
            if !shown.selection.clauses.contains(&slot) {
                continue;
            }
            match clause.class {
                DisclosureClass::After(instant) if request.now < instant => {
                    return Err(DisclosureError::TooEarly { clause: clause.number.clone(), instant });
                }
                DisclosureClass::ByConsent => needs_consent = true,
                _ => {}
            }
        }
    }
    if agreed || !needs_consent {
        return Ok(());
    }
    match replica.roster().map(|roster| roster.disclosure()) {
        Some(DisclosureRule::AnyMember) if request.without_consent => Ok(()),
        Some(DisclosureRule::AnyMember) => Err(DisclosureError::Unagreed),
        _ => Err(DisclosureError::NoConsent),
    }
}
