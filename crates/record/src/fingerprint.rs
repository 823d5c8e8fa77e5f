//! The record's fingerprint, on screen its check code: the hash of the charter's leaf. It is the
//! one thing that a reader must learn from elsewhere.

use alloc::string::String;
use core::fmt;

use entente_log::hash::Hash;

use crate::hex;

/// The hash of entry 0's leaf, which is also the log's root at size 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(Hash);

impl Fingerprint {
    /// The fingerprint of a record whose charter has this leaf hash.
    pub const fn of_leaf(leaf: Hash) -> Self {
        Self(leaf)
    }

    /// The hash.
    pub const fn hash(&self) -> &Hash {
        &self.0
    }

    /// Reads 64 hexadecimal digits as a person types them: in either case, in groups, with
    /// blanks, hyphens or line ends between them.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 256 {
            return None;
        }
        let between = |character: char| character.is_ascii_whitespace() || character == '-';
        let digits: String = text.chars().filter(|c| !between(*c)).map(|c| c.to_ascii_lowercase()).collect();
        hex::decode(&digits).map(|bytes| Self(Hash::from(bytes)))
    }

    /// 16 groups of 4 digits, to be read aloud and compared.
    pub fn grouped(&self) -> String {
        let mut text = String::new();
        for (place, pair) in self.0.as_bytes().chunks(2).enumerate() {
            if place > 0 {
                text.push(' ');
            }
            text.push_str(&hex::encode(pair));
        }
        text
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0.as_bytes()))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Fingerprint({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_in_groups_reads_back() {
        let fingerprint = Fingerprint::of_leaf(Hash::from([0xa7; 32]));
        assert_eq!(Fingerprint::parse(&fingerprint.grouped()), Some(fingerprint));
        assert_eq!(Fingerprint::parse(&fingerprint.grouped().to_uppercase()), Some(fingerprint));
        assert_eq!(Fingerprint::parse(&alloc::format!("{fingerprint}")), Some(fingerprint));
        assert_eq!(Fingerprint::parse("a7a7"), None);
    }
}
