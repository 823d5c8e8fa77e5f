//! The pauses between tries: doubling, bounded, and jittered, so that the clients of a relay that comes back do
//! not come all at once.

use std::time::Duration;

use super::Settings;

pub(super) struct BackOff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl BackOff {
    pub(super) fn new(settings: &Settings) -> Self {
        let (first, longest) = (settings.first_pause, settings.longest_pause);
        Self { first, longest, next: first }
    }

    /// The next pause: between half and all of twice the one before.
    pub(super) fn pause(&mut self) -> Duration {
        let whole = self.next;
        self.next = (whole * 2).min(self.longest);
        // Without randomness the pause is the longest of its range.
        let share = getrandom::u32().unwrap_or(u32::MAX);
        whole / 2 + (whole / 2).mul_f64(f64::from(share) / f64::from(u32::MAX))
    }

    /// The relay was there: the next pause is the first again.
    pub(super) fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_with_jitter_up_to_the_longest() {
        let mut back_off = BackOff::new(&Settings::default());
        let mut whole = Duration::from_millis(200);
        for _ in 0..20 {
            let pause = back_off.pause();
            assert!(pause >= whole / 2 && pause <= whole, "{pause:?} of {whole:?}");
            whole = (whole * 2).min(Duration::from_secs(60));
        }
        back_off.reset();
        assert!(back_off.pause() <= Duration::from_millis(200));
    }
}
