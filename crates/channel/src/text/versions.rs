//! The versions of a text, and whose answer counts for which.
//!
//! An answer is given to one exact version, by the digest of its payload. When another version
//! takes its place the answer counts no longer: "Your earlier answer does not count." What a
//! carrier reports of a side's answer is kept apart from what that side says itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::AnswerState;
use super::digest::Digest;
use super::persona_ref::PersonaRef;

/// The most versions followed in one negotiation.
pub const MAX_VERSIONS: usize = 4096;

/// The most answers kept to one version.
pub const MAX_ANSWERS: usize = 256;

/// Whose state it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Answerer {
    /// This person, by itself.
    Person(PersonaRef),
    /// A side, as a carrier reports it: never that side's own word.
    Reported {
        /// The side.
        party: u16,
        /// The carrier.
        by: PersonaRef,
    },
}

/// A state and when it came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The state.
    pub state: AnswerState,
    /// When it was noted here, Unix seconds.
    pub at: u64,
}

/// What a person's or a side's answer is worth for a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is known.
    Nothing,
    /// This state, for this version.
    Counts(Given),
    /// An answer to an earlier version; the text changed since, and it does not count.
    DoesNotCount {
        /// The version that was answered.
        answered: Digest,
        /// What was said of it.
        given: Given,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Version {
    by: Answerer,
    replaces: Option<Digest>,
    answers: BTreeMap<Answerer, Given>,
}

/// The versions cannot be changed in this way; they stay as they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// The peer's fault: the version is said to take its own place, or another's than it did.
    #[error("this version was put forward before, in another's place")]
    OtherPlace,
    /// An answer to a version that is not here, or not any more.
    #[error("this version is not known")]
    Unknown,
    /// Too many versions, or answers to one.
    #[error("no more than {MAX_VERSIONS} versions, {MAX_ANSWERS} answers each")]
    Full,
}

/// All versions of all texts in one negotiation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    versions: BTreeMap<Digest, Version>,
}

impl Versions {
    /// Notes that `by` put forward `version`. The same again changes nothing.
    ///
    /// # Errors
    /// [`VersionError::OtherPlace`], [`VersionError::Full`].
    pub fn propose(
        &mut self,
        version: Digest,
        replaces: Option<Digest>,
        by: Answerer,
    ) -> Result<(), VersionError> {
        if replaces == Some(version) || replaces.is_some_and(|replaced| self.descends(replaced, version)) {
            return Err(VersionError::OtherPlace);
        }
        match self.versions.get(&version) {
            Some(here) if here.replaces == replaces => return Ok(()),
            Some(_) => return Err(VersionError::OtherPlace),
            None if self.versions.len() >= MAX_VERSIONS => return Err(VersionError::Full),
            None => {}
        }
        self.versions.insert(version, Version { by, replaces, answers: BTreeMap::new() });
        Ok(())
    }

    /// Notes a state of `version`.
    ///
    /// # Errors
    /// [`VersionError::Unknown`], [`VersionError::Full`].
    pub fn note(
        &mut self,
        version: &Digest,
        who: Answerer,
        state: AnswerState,
        now: u64,
    ) -> Result<(), VersionError> {
        let answers = &mut self.versions.get_mut(version).ok_or(VersionError::Unknown)?.answers;
        let earlier = answers.get(&who).map(|given| given.state);
        if earlier.is_none() && answers.len() >= MAX_ANSWERS {
            return Err(VersionError::Full);
        }
        let state = earlier.map_or(state, |earlier| earlier.followed_by(state));
        if earlier != Some(state) {
            answers.insert(who, Given { state, at: now });
        }
        Ok(())
    }

    /// What `who` said of `version`, or of one that it took the place of.
    #[must_use]
    pub fn standing(&self, version: &Digest, who: &Answerer) -> Standing {
        if let Some(given) = self.given(version, who) {
            return match self.is_replaced(version) && given.state.is_answer() {
                true => Standing::DoesNotCount { answered: *version, given },
                false => Standing::Counts(given),
            };
        }
        self.earlier(version)
            .find_map(|answered| {
                let given = self.given(&answered, who).filter(|given| given.state.is_answer())?;
                Some(Standing::DoesNotCount { answered, given })
            })
            .unwrap_or(Standing::Nothing)
    }

    /// Whether another version took this one's place.
    #[must_use]
    pub fn is_replaced(&self, version: &Digest) -> bool {
        self.versions.values().any(|other| other.replaces.as_ref() == Some(version))
    }

    /// The version whose place this one took.
    #[must_use]
    pub fn replaces(&self, version: &Digest) -> Option<Digest> {
        self.versions.get(version)?.replaces
    }

    /// The number of a version in its line, from 1.
    #[must_use]
    pub fn number(&self, version: &Digest) -> usize {
        self.earlier(version).count().saturating_add(1)
    }

    fn given(&self, version: &Digest, who: &Answerer) -> Option<Given> {
        self.versions.get(version)?.answers.get(who).copied()
    }

    /// The versions before this one, nearest first. There are no circles: see [`Self::propose`].
    fn earlier(&self, version: &Digest) -> impl Iterator<Item = Digest> + '_ {
        core::iter::successors(self.replaces(version), |earlier| self.replaces(earlier)).take(MAX_VERSIONS)
    }

    fn descends(&self, version: Digest, from: Digest) -> bool {
        self.earlier(&version).any(|earlier| earlier == from)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const NORTH: PersonaRef = PersonaRef { ed25519: [1; 32], ml_dsa_65: [1; 32] };
    const AGNES: PersonaRef = PersonaRef { ed25519: [9; 32], ml_dsa_65: [9; 32] };
    const FIRST: Digest = Digest([1; 32]);
    const SECOND: Digest = Digest([2; 32]);

    fn two_versions() -> Versions {
        let mut versions = Versions::default();
        versions.propose(FIRST, None, Answerer::Person(NORTH)).unwrap();
        versions.note(&FIRST, Answerer::Person(AGNES), AnswerState::ReadyToSign, 10).unwrap();
        versions.propose(SECOND, Some(FIRST), Answerer::Person(NORTH)).unwrap();
        versions
    }

    #[test]
    fn an_answer_counts_for_its_own_version_only() {
        let mut versions = two_versions();
        let agnes = Answerer::Person(AGNES);
        let given = Given { state: AnswerState::ReadyToSign, at: 10 };
        let void = Standing::DoesNotCount { answered: FIRST, given };
        assert_eq!(versions.standing(&SECOND, &agnes), void);
        assert_eq!(versions.standing(&FIRST, &agnes), void);
        versions.note(&SECOND, agnes, AnswerState::Opened, 11).unwrap();
        versions.note(&SECOND, agnes, AnswerState::Declined, 12).unwrap();
        let given = Given { state: AnswerState::Declined, at: 12 };
        assert_eq!(versions.standing(&SECOND, &agnes), Standing::Counts(given));
        assert_eq!((versions.number(&SECOND), versions.is_replaced(&SECOND)), (2, false));
    }

    #[test]
    fn a_reported_answer_is_never_the_sides_own() {
        let mut versions = two_versions();
        let reported = Answerer::Reported { party: 1, by: AGNES };
        versions.note(&SECOND, reported, AnswerState::ReadyToSign, 11).unwrap();
        assert_eq!(versions.standing(&SECOND, &Answerer::Person(NORTH)), Standing::Nothing);
        assert!(matches!(versions.standing(&SECOND, &reported), Standing::Counts(_)));
    }

    #[test]
    fn versions_do_not_run_in_circles() {
        let mut versions = two_versions();
        let before = versions.clone();
        let by = Answerer::Person(NORTH);
        for (version, replaces) in [(FIRST, Some(SECOND)), (SECOND, None), (SECOND, Some(SECOND))] {
            assert_eq!(versions.propose(version, replaces, by), Err(VersionError::OtherPlace));
        }
        versions.propose(SECOND, Some(FIRST), by).unwrap();
        assert_eq!(versions, before);
    }

    #[test]
    fn an_answer_to_an_unknown_version_is_refused() {
        let mut versions = Versions::default();
        let refused = versions.note(&FIRST, Answerer::Person(AGNES), AnswerState::Opened, 1);
        assert_eq!(refused, Err(VersionError::Unknown));
    }
}
