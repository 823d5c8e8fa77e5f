//! What the record holds of an understanding's life: flags, not one status, because it can be
//! amended and disputed at once. docs/record.md, "State".

use alloc::collections::BTreeSet;
use alloc::string::String;

/// One flag. "Broken" is somebody's report, never a fact; "in force" is no flag, it is derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// Signed by every party that it names.
    Signed,
    /// Changed by a later entry.
    Amended,
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
    /// Ended.
    Terminated,
    /// Replaced by another understanding.
    Superseded,
}

impl Flag {
    /// All flags, in the order in which they are written.
    pub const ALL: [Self; 10] = [
        Self::Signed,
        Self::Amended,
        Self::Interpreted,
        Self::Reserved,
        Self::Disputed,
        Self::Suspended,
        Self::ReportedKept,
        Self::ReportedBroken,
        Self::Terminated,
        Self::Superseded,
    ];

    /// The flag as the state leaf writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Amended => "amended",
            Self::Interpreted => "interpreted",
            Self::Reserved => "reserved",
            Self::Disputed => "disputed",
            Self::Suspended => "suspended",
            Self::ReportedKept => "reported-kept",
            Self::ReportedBroken => "reported-broken",
            Self::Terminated => "terminated",
            Self::Superseded => "superseded",
        }
    }

    /// The flag of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.as_str() == name)
    }
}

/// One flag, on the whole understanding or on one of its slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// What is marked.
    pub flag: Flag,
    /// The clause's slot; none for the whole.
    pub slot: Option<u16>,
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
        self.0.insert(Mark { flag, slot: None });
        self
    }

    /// Adds a mark; false if it stood there already.
    pub fn insert(&mut self, mark: Mark) -> bool {
        self.0.insert(mark)
    }

    /// Whether the flag stands, on the whole or on any slot.
    pub fn has(&self, flag: Flag) -> bool {
        self.0.iter().any(|mark| mark.flag == flag)
    }

    /// The marks in order.
    pub fn iter(&self) -> impl Iterator<Item = &Mark> {
        self.0.iter()
    }

    /// The marks in words, for people and for JSON: `signed`, `disputed 3`.
    pub fn words(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|mark| match mark.slot {
            None => String::from(mark.flag.as_str()),
            Some(slot) => alloc::format!("{} {slot}", mark.flag.as_str()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_kept_once_and_in_order() {
        let mut flags = Flags::none().with(Flag::Amended).with(Flag::Signed);
        assert!(!flags.insert(Mark { flag: Flag::Signed, slot: None }));
        assert!(flags.insert(Mark { flag: Flag::Disputed, slot: Some(3) }));
        let words: alloc::vec::Vec<String> = flags.words().collect();
        assert_eq!(words, ["signed", "amended", "disputed 3"]);
        assert!(Flag::ALL.into_iter().all(|flag| Flag::parse(flag.as_str()) == Some(flag)));
    }
}
