//! The time and the randomness of a step: the engine has neither of its own.

use rand_core::CryptoRng;

/// When a step happens and where its randomness comes from.
pub struct Moment<'r> {
    /// Unix seconds, UTC.
    pub now: u64,
    /// The random generator.
    pub rng: &'r mut dyn CryptoRng,
}

impl<'r> Moment<'r> {
    /// A moment.
    pub fn new(now: u64, rng: &'r mut dyn CryptoRng) -> Self {
        Self { now, rng }
    }
}
