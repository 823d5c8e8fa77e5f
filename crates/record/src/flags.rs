//! What the record holds of an understanding's life: flags, not one status, because it can be
//! amended and disputed at once. docs/record.md, "State".

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use core::fmt;

use crate::document::MAX_SLOTS;
use crate::lines;

/// One flag. "Broken" is somebody's report, never a fact; "in force" is no flag, it is derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// Signed for every party that it names.
    Signed,
    /// A party signed ad referendum and has not confirmed; its number is the party's.
    Unconfirmed,
    /// Changed by a later entry.
    Amended,
    /// A slip in it was corrected.
    Corrected,
    /// Explained by a later entry.
    Interpreted,
    /// A party reserved its position.
    Reserved,
    /// A party disputes it.
    Disputed,
    /// Its effect is suspended.
    Suspended,
    /// Somebody reported it kept.
    ReportedKept,
    /// Somebody reported it broken.
    ReportedBroken,
    /// Somebody reported something about it that is neither.
    ReportedObserved,
    /// Ended.
    Terminated,
    /// Replaced by another understanding.
    Superseded,
}

impl Flag {
    /// All flags, in the order in which they are written.
    pub const ALL: [Self; 13] = [
        Self::Signed,
        Self::Unconfirmed,
        Self::Amended,
        Self::Corrected,
        Self::Interpreted,
        Self::Reserved,
        Self::Disputed,
        Self::Suspended,
        Self::ReportedKept,
        Self::ReportedBroken,
        Self::ReportedObserved,
        Self::Terminated,
        Self::Superseded,
    ];

    /// The flag as the state leaf writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Unconfirmed => "unconfirmed",
            Self::Amended => "amended",
            Self::Corrected => "corrected",
            Self::Interpreted => "interpreted",
            Self::Reserved => "reserved",
            Self::Disputed => "disputed",
            Self::Suspended => "suspended",
            Self::ReportedKept => "reported-kept",
            Self::ReportedBroken => "reported-broken",
            Self::ReportedObserved => "reported-observed",
            Self::Terminated => "terminated",
            Self::Superseded => "superseded",
        }
    }

    /// The flag of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.as_str() == name)
    }
}

/// What the number behind a flag counts, if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// None: the flag is on the whole.
    Whole,
    /// A clause's slot, or none for the whole.
    Slot,
    /// A party, always.
    Party,
}

impl Flag {
    /// What the number behind it counts.
    pub fn numbering(self) -> Numbering {
        match self {
            Self::Signed | Self::Terminated | Self::Superseded => Numbering::Whole,
            Self::Unconfirmed => Numbering::Party,
            _ => Numbering::Slot,
        }
    }
}

/// One flag on the whole understanding, on one of its slots, or of one party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// What is marked.
    pub flag: Flag,
    /// The clause's slot or the party; none for the whole.
    pub number: Option<u16>,
}

impl Mark {
    /// A flag on the whole.
    pub fn whole(flag: Flag) -> Self {
        Self { flag, number: None }
    }

    /// Reads a flag and its number, if it may have one.
    pub fn parse(words: &str) -> Option<Self> {
        let (name, number) = match words.split_once(' ') {
            None => (words, None),
            Some((name, number)) => (name, Some(u16::try_from(lines::decimal(number)?).ok()?)),
        };
        let flag = Flag::parse(name)?;
        let fits = match (flag.numbering(), number) {
            (Numbering::Whole | Numbering::Slot, None) => true,
            (Numbering::Slot, Some(slot)) => slot < MAX_SLOTS,
            (Numbering::Party, Some(party)) => party > 0,
            (Numbering::Whole, Some(_)) | (Numbering::Party, None) => false,
        };
        fits.then_some(Self { flag, number })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            None => formatter.write_str(self.flag.as_str()),
            Some(number) => write!(formatter, "{} {number}", self.flag.as_str()),
        }
    }
}

/// The flags of one understanding, sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags(BTreeSet<Mark>);

impl Flags {
    /// No flag.
    pub fn none() -> Self {
        Self::default()
    }

    /// With one flag more on the whole understanding.
    #[must_use]
    pub fn with(mut self, flag: Flag) -> Self {
        self.0.insert(Mark::whole(flag));
        self
    }

    /// Adds a mark; false if it stood there already.
    pub fn insert(&mut self, mark: Mark) -> bool {
        self.0.insert(mark)
    }

    /// Takes off every mark for which `gone` holds.
    pub fn remove(&mut self, gone: impl Fn(&Mark) -> bool) {
        self.0.retain(|mark| !gone(mark));
    }

    /// Whether the flag stands, on the whole, on a slot or of a party.
    pub fn has(&self, flag: Flag) -> bool {
        self.0.iter().any(|mark| mark.flag == flag)
    }

    /// Whether this very mark stands.
    pub fn stands(&self, mark: &Mark) -> bool {
        self.0.contains(mark)
    }

    /// Whether it was terminated or superseded.
    pub fn ended(&self) -> bool {
        self.has(Flag::Terminated) || self.has(Flag::Superseded)
    }

    /// The marks in order.
    pub fn iter(&self) -> impl Iterator<Item = &Mark> {
        self.0.iter()
    }

    /// The marks in words, for people and for JSON: `signed`, `disputed 3`.
    pub fn words(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(ToString::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_kept_once_and_in_order() {
        let mut flags = Flags::none().with(Flag::Amended).with(Flag::Signed);
        assert!(!flags.insert(Mark::whole(Flag::Signed)));
        assert!(flags.insert(Mark { flag: Flag::Disputed, number: Some(3) }));
        let words: alloc::vec::Vec<String> = flags.words().collect();
        assert_eq!(words, ["signed", "amended", "disputed 3"]);
        assert!(Flag::ALL.into_iter().all(|flag| Flag::parse(flag.as_str()) == Some(flag)));
    }

    #[test]
    fn a_number_stands_where_it_means_something() {
        for words in ["signed", "disputed", "disputed 63", "unconfirmed 2", "terminated"] {
            assert_eq!(Mark::parse(words).unwrap().to_string(), words);
        }
        for words in ["signed 1", "disputed 64", "disputed 03", "unconfirmed", "unconfirmed 0", "in-force"] {
            assert_eq!(Mark::parse(words), None, "{words}");
        }
    }
}
