//! A letter of full powers, as a delegate asks its side's principal for it.

use entente_record::document::SignerKeys;
use entente_record::full_powers::Powers;
use entente_record::party::Party;

use super::Engine;
use super::error::EngineError;
use super::membership::ruling;
use super::moment::Moment;
use super::roster_change::May;

/// What a letter is to give to the person of this device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LetterTerms {
    /// The person's name, which can be shown or withheld.
    pub name: Option<String>,
    /// How far the person may go for its side.
    pub may: May,
    /// The first index of an entry that it may sign.
    pub from: u64,
    /// The first that it may not sign any more.
    pub until: Option<u64>,
    /// The last second in which what it signs may be recorded, Unix seconds.
    pub expires: Option<u64>,
    /// Whether it may give letters itself.
    pub may_delegate: bool,
}

impl Engine {
    /// What the principal of our side is to sign; the principal's signature makes it the letter.
    ///
    /// # Errors
    /// [`EngineError::Unacceptable`] if the charter names no principal of our side.
    pub fn letter_request(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        terms: &LetterTerms,
    ) -> Result<Vec<u8>, EngineError> {
        self.step(at, talks, |step| {
            let replica = step.begun()?;
            let roster = ruling(&replica)?;
            let party = Party(step.state.party);
            let principal = roster.principal_of(party).ok_or_else(|| {
                EngineError::Unacceptable("the charter names no principal of your side".into())
            })?;
            let powers = Powers {
                delegate: step.state.persona()?.persona().id(),
                scope: terms.may.into(),
                from: terms.from,
                until: terms.until,
                expires: terms.expires,
                may_delegate: terms.may_delegate,
            };
            let by = SignerKeys::Principal(principal.thumbprint());
            let draft = powers.draft(roster.origin().clone(), party, by, terms.name.as_deref());
            let proposal = draft.propose(&mut *step.rng).map_err(EngineError::unacceptable)?;
            Ok(proposal.to_bytes())
        })
    }
}
