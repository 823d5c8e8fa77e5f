//! The leaf: what the log's tree hashes for each entry. docs/record.md, "Leaf and body".
//!
//! ```text
//! entente-leaf/v1
//! body 5d1c0a...
//! before 1 2f0e91...
//! after 2 9ab3c4...
//! ```

use alloc::format;
use alloc::string::String;

use entente_log::hash::{Hash, leaf_hash};

use crate::hex;
use crate::lines::{self, FormError, Lines};

const VERSION: &str = "entente-leaf/v1";
const LIMIT: usize = 1023;

/// Size and root of the state tree at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateHead {
    /// The number of slots.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// One leaf: an entry's body by digest alone, and the state on both sides of it, so that a
/// neighbour's leaf can be shown for its state without its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// SHA-256 of the body's bytes.
    pub body: Hash,
    /// The state before the entry.
    pub before: StateHead,
    /// The state after it.
    pub after: StateHead,
}

impl Leaf {
    /// Reads a leaf.
    ///
    /// # Errors
    /// [`FormError`] for anything but the one way to write it.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let mut lines = Lines::read(text, VERSION, LIMIT)?;
        let body = lines.hash("body")?;
        let before = head(&mut lines, "before")?;
        let after = head(&mut lines, "after")?;
        lines.finish()?;
        Ok(Self { body, before, after })
    }

    /// The bytes that are hashed; under 1 KiB.
    pub fn to_text(&self) -> String {
        let mut text = format!("{VERSION}\n");
        lines::write_hash(&mut text, "body", &self.body);
        for (word, head) in [("before", &self.before), ("after", &self.after)] {
            lines::write(&mut text, word, format!("{} {}", head.size, hex::encode(head.root.as_bytes())));
        }
        text
    }

    /// The hash in the log's tree, RFC 6962 section 2.1.
    pub fn hash(&self) -> Hash {
        leaf_hash(self.to_text().as_bytes())
    }
}

fn head(lines: &mut Lines<'_>, word: &'static str) -> Result<StateHead, FormError> {
    let bad = lines.bad(word);
    let (size, root) = lines.value(word)?.split_once(' ').ok_or(bad)?;
    let size = lines::decimal(size).ok_or(bad)?;
    let root = hex::decode(root).map(Hash::from).ok_or(bad)?;
    Ok(StateHead { size, root })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_reads_back_and_nothing_else_is_a_leaf() {
        let head = |size| StateHead { size, root: Hash::from([size as u8; 32]) };
        let leaf = Leaf { body: Hash::from([7; 32]), before: head(1), after: head(2) };
        let text = leaf.to_text();
        assert_eq!(Leaf::parse(&text), Ok(leaf));
        assert!(text.len() < 1024);
        assert!(Leaf::parse(&text.replace("before 1", "before 01")).is_err());
        assert!(Leaf::parse(&text.replace('\n', "\r\n")).is_err());
        assert!(Leaf::parse(&format!("{text}x 1\n")).is_err());
        assert!(Leaf::parse(text.trim_end()).is_err());
    }
}
