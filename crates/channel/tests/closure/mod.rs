//! Everything that a persona-signed object covers: the walker behind test C13.
//!
//! An object covers its own bytes; every byte string written in it as base64url, base64 or hex,
//! however deep one lies in the other; and, through each hash among them, what was hashed. The
//! walker knows no format: it takes every run of letters that decodes for an encoding, so nothing
//! is left out because a parser did not look there.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::collections::BTreeSet;

use sha2::{Digest, Sha256, Sha384, Sha512};

/// How deep encodings are followed into one another: payload, disclosure, digest and more.
const DEPTH: usize = 6;

/// Shorter than this a byte string is found anywhere by chance.
const SHORTEST: usize = 12;

/// What a set of signed objects covers.
pub struct Closure {
    covered: BTreeSet<Vec<u8>>,
}

impl Closure {
    /// Walks `objects`. Through a hash it goes on into whichever of `preimages` has that hash: give
    /// it every object that anybody holds.
    pub fn of(objects: &[&[u8]], preimages: &[&[u8]]) -> Self {
        let mut closure = Self { covered: BTreeSet::new() };
        for object in objects {
            closure.walk(object, DEPTH);
        }
        let mut left: Vec<&[u8]> = preimages.to_vec();
        loop {
            let (reached, rest): (Vec<&[u8]>, Vec<&[u8]>) =
                left.iter().partition(|preimage| closure.holds_a_hash_of(preimage));
            if reached.is_empty() {
                return closure;
            }
            for preimage in reached {
                closure.walk(preimage, DEPTH);
            }
            left = rest;
        }
    }

    /// Whether `bytes`, or a hash of them, are covered.
    pub fn covers(&self, bytes: &[u8]) -> bool {
        assert!(bytes.len() >= SHORTEST, "too short to be looked for: {bytes:02x?}");
        self.holds(bytes) || self.holds_a_hash_of(bytes)
    }

    /// The first 16 bytes in a row of `bytes` that are covered too, if any. Runs of few different
    /// bytes are no trace of anything.
    pub fn shares(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let known: BTreeSet<&[u8]> = self.covered.iter().flat_map(|covered| covered.windows(16)).collect();
        let telling = |part: &&[u8]| part.iter().collect::<BTreeSet<_>>().len() > 8;
        bytes.windows(16).filter(telling).find(|part| known.contains(part)).map(<[u8]>::to_vec)
    }

    /// How many byte strings are covered.
    pub fn len(&self) -> usize {
        self.covered.len()
    }

    fn holds_a_hash_of(&self, bytes: &[u8]) -> bool {
        self.holds(&Sha256::digest(bytes))
            || self.holds(&Sha384::digest(bytes))
            || self.holds(&Sha512::digest(bytes))
    }

    fn holds(&self, bytes: &[u8]) -> bool {
        self.covered.iter().any(|covered| covered.windows(bytes.len()).any(|part| part == bytes))
    }

    fn walk(&mut self, bytes: &[u8], depth: usize) {
        if bytes.len() < SHORTEST || !self.covered.insert(bytes.to_vec()) || depth == 0 {
            return;
        }
        for run in bytes.split(|byte| !is_letter(*byte)) {
            for decoded in decodings(run) {
                self.walk(&decoded, depth - 1);
            }
        }
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

fn decodings(run: &[u8]) -> Vec<Vec<u8>> {
    [hex(run), base64(run)].into_iter().flatten().collect()
}

fn hex(run: &[u8]) -> Option<Vec<u8>> {
    if !run.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    run.chunks(2).map(|pair| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()).collect()
}

/// Both alphabets at once; what is left of the last letter is thrown away.
fn base64(run: &[u8]) -> Option<Vec<u8>> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0_u32, Vec::new());
    for letter in run {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(bytes)
}
