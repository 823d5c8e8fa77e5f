//! The life of an understanding: what an entry about it does to its marks, and when it may be made.
//! docs/record.md, "The life of an understanding".
//!
//! The table ([`crate::kind`]) says it of each kind; here it is applied to one entry. The depositary,
//! every replica and a file's verifier do it by the same code.

use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;

use crate::about::About;
use crate::authority::{awaited_parties, bound_parties};
use crate::document::Signer;
use crate::finding::Finding;
use crate::flags::{Flag, Flags, Mark};
use crate::kind::{Clears, Marks, Sets, When};
use crate::party::Party;

/// Why an entry cannot be made about an understanding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LifeError {
    /// A kind that is about the whole names clauses.
    #[error("an entry of this kind is about the whole understanding, not single clauses")]
    WholeAlone,
    /// A kind that settles nothing says that it does.
    #[error("an entry of this kind settles nothing")]
    SettlesNothing,
    /// A report says nothing, or not as many dissents as dissenting signers have words.
    #[error("a report says what it found, and holds the words of everybody who dissents")]
    Finding,
    /// The understanding was terminated or superseded.
    #[error("the understanding has ended")]
    Ended,
    /// A side signed ad referendum and has not confirmed.
    #[error("a side has not confirmed its signature yet")]
    Unconfirmed,
    /// What is to be taken off does not stand.
    #[error("there is no \"{}\" to take off there", flag.as_str())]
    NotThere {
        /// The flag.
        flag: Flag,
    },
}

/// What one entry does to the marks of what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The marks that it puts on.
    pub puts: Vec<Mark>,
    /// The marks that it takes off.
    pub takes: Option<Taken>,
    /// In which state that may be.
    pub when: When,
}

/// The marks that an entry takes off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Of which flag.
    pub flag: Flag,
    /// With which numbers; none for every mark of the flag.
    pub numbers: Option<Vec<u16>>,
}

impl Taken {
    /// Whether this mark goes.
    pub fn takes(&self, mark: &Mark) -> bool {
        let named = |numbers: &Vec<u16>| mark.number.is_some_and(|number| numbers.contains(&number));
        mark.flag == self.flag && self.numbers.as_ref().is_none_or(named)
    }

    fn all_stand(&self, flags: &Flags) -> bool {
        let stands = |number: &u16| flags.stands(&Mark { flag: self.flag, number: Some(*number) });
        match &self.numbers {
            None => flags.has(self.flag),
            Some(numbers) => numbers.iter().all(stands),
        }
    }
}

impl Turn {
    /// What an entry of a kind with these marks does.
    ///
    /// # Errors
    /// [`LifeError`] if it does not fit its kind.
    pub fn of(
        marks: Marks,
        about: &About,
        finding: Option<&Finding>,
        signers: &[Signer],
    ) -> Result<Self, LifeError> {
        if !about.clauses.is_empty() && !marks.clauses {
            return Err(LifeError::WholeAlone);
        }
        if about.settles && !matches!(marks.clears, Clears::Settling(_)) {
            return Err(LifeError::SettlesNothing);
        }
        let set = match marks.sets {
            Sets::Nothing => None,
            Sets::Flag(flag) => Some(flag),
            Sets::Finding => Some(finding.ok_or(LifeError::Finding)?.says.flag()),
        };
        let puts = set.map(|flag| on_clauses(flag, &about.clauses)).unwrap_or_default();
        Ok(Self { puts, takes: taken(marks.clears, about, signers), when: marks.when })
    }

    /// What an understanding does to the one whose place it takes.
    pub fn superseding() -> Self {
        Self { puts: vec![Mark::whole(Flag::Superseded)], takes: None, when: When::Open }
    }

    /// The marks after this entry.
    ///
    /// # Errors
    /// [`LifeError`] if it may not be made in this state.
    pub fn take(&self, flags: &Flags) -> Result<Flags, LifeError> {
        if self.when != When::Always && flags.ended() {
            return Err(LifeError::Ended);
        }
        if self.when == When::Binding && flags.has(Flag::Unconfirmed) {
            return Err(LifeError::Unconfirmed);
        }
        let mut after = flags.clone();
        if let Some(taken) = &self.takes {
            if !taken.all_stand(flags) {
                return Err(LifeError::NotThere { flag: taken.flag });
            }
            after.remove(|mark| taken.takes(mark));
        }
        for mark in &self.puts {
            after.insert(*mark);
        }
        Ok(after)
    }
}

/// The marks with which an understanding begins.
pub fn first_marks(signers: &[Signer]) -> Flags {
    let mut flags = Flags::none().with(Flag::Signed);
    for party in awaited_parties(signers) {
        flags.insert(Mark { flag: Flag::Unconfirmed, number: Some(party.0) });
    }
    flags
}

fn on_clauses(flag: Flag, slots: &[u16]) -> Vec<Mark> {
    if slots.is_empty() {
        return vec![Mark::whole(flag)];
    }
    slots.iter().map(|slot| Mark { flag, number: Some(*slot) }).collect()
}

fn taken(clears: Clears, about: &About, signers: &[Signer]) -> Option<Taken> {
    let slots = (!about.clauses.is_empty()).then(|| about.clauses.clone());
    match clears {
        Clears::Nothing => None,
        Clears::Flag(flag) => Some(Taken { flag, numbers: slots }),
        Clears::Settling(flag) => about.settles.then_some(Taken { flag, numbers: slots }),
        Clears::OwnSide(flag) => {
            let sides: BTreeSet<Party> = bound_parties(signers);
            Some(Taken { flag, numbers: Some(sides.into_iter().map(|party| party.0).collect()) })
        }
    }
}
