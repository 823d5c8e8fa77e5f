//! Check words: what two people read to each other before a key counts.
//!
//! Six words of four letters, consonant, vowel, consonant, vowel: 16 x 4 x 16 x 4 = 4,096 words,
//! 12 bits each, 72 bits in all. The scheme is pronounceable in most languages and needs no list:
//!
//! ```text
//! consonants  b d f g h j k l m n p r s t v z   (4 bits: their place)
//! vowels      a e i o                           (2 bits)
//! ```
//!
//! `HKDF-SHA-256(salt = none, ikm = invite, answer, reveal; info = "entente check words v1")`
//! gives 9 bytes; each 12 bits, the most significant first, give one word.

use core::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How many words are compared.
pub const WORDS: usize = 6;

const CONSONANTS: [u8; 16] = *b"bdfghjklmnprstvz";
const VOWELS: [u8; 4] = *b"aeio";
const BYTES: usize = 9;

/// Six words that both sides of a joining must find equal.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
pub struct CheckWords([u8; BYTES]);

impl CheckWords {
    /// The words of a joining: over every byte of invite, answer and reveal, as sent.
    #[must_use]
    pub fn of(invite: &[u8], answer: &[u8], reveal: &[u8]) -> Self {
        let mut input = Vec::new();
        for part in [invite, answer, reveal] {
            input.extend_from_slice(&(part.len() as u64).to_be_bytes());
            input.extend_from_slice(part);
        }
        let mut bytes = [0; BYTES];
        let expanded = Hkdf::<Sha256>::new(None, &input).expand(b"entente check words v1", &mut bytes);
        debug_assert!(expanded.is_ok(), "9 bytes are within what HKDF gives");
        Self(bytes)
    }

    /// Whether `spoken`, as a person typed it, is these words: case, blanks and hyphens aside.
    #[must_use]
    pub fn matches(&self, spoken: &str) -> bool {
        let normal = |text: &str| -> Vec<u8> {
            text.bytes().filter(u8::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()).collect()
        };
        normal(&self.to_string()).ct_eq(&normal(spoken)).into()
    }

    fn word(self, index: usize) -> [u8; 4] {
        let bit = |n: usize| -> usize {
            let byte = self.0.get(n / 8).copied().unwrap_or(0);
            usize::from(byte >> (7 - n % 8) & 1)
        };
        let number = (0..12).fold(0, |number, n| number << 1 | bit(index * 12 + n));
        let letter = |set: &[u8], place: usize| set.get(place % set.len()).copied().unwrap_or(b'?');
        [
            letter(&CONSONANTS, number >> 8),
            letter(&VOWELS, number >> 6),
            letter(&CONSONANTS, number >> 2),
            letter(&VOWELS, number),
        ]
    }
}

impl PartialEq for CheckWords {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for CheckWords {}

impl fmt::Display for CheckWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for index in 0..WORDS {
            if index > 0 {
                f.write_str(" ")?;
            }
            for letter in self.word(index) {
                write!(f, "{}", char::from(letter))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_six_of_four_letters_and_every_bit_shows() {
        let zero = CheckWords([0; BYTES]);
        assert_eq!(zero.to_string(), "baba baba baba baba baba baba");
        assert_eq!(CheckWords([0xff; BYTES]).to_string(), "zozo zozo zozo zozo zozo zozo");
        for bit in 0..BYTES * 8 {
            let mut bytes = [0; BYTES];
            bytes[bit / 8] = 0x80 >> (bit % 8);
            assert_ne!(CheckWords(bytes).to_string(), zero.to_string(), "bit {bit}");
        }
    }

    #[test]
    fn words_are_over_every_byte_and_its_place() {
        let words = CheckWords::of(b"invite", b"answer", b"reveal");
        assert_ne!(words, CheckWords::of(b"invitea", b"nswer", b"reveal"));
        assert_ne!(words, CheckWords::of(b"invite", b"answer", b"reveam"));
        assert_eq!(words, CheckWords::of(b"invite", b"answer", b"reveal"));
    }

    #[test]
    fn words_are_read_as_people_type_them() {
        let words = CheckWords::of(b"a", b"b", b"c");
        assert!(words.matches(&words.to_string().to_uppercase().replace(' ', "-")));
        assert!(!words.matches(""));
        assert!(!words.matches(&words.to_string()[..24]));
    }

    #[test]
    fn vector() {
        assert_eq!(
            CheckWords::of(b"invite", b"answer", b"reveal").to_string(),
            include_str!("../tests/vectors/words.txt").trim()
        );
    }
}
