//! The relay's time, which must not jump.
//!
//! All that expires does so by the clock on the wall: one that is set years ahead by mistake would end every
//! mailbox at once. So it is compared with a clock that nobody sets, and while the two have come apart nothing
//! is accepted and nothing expires.

use std::time::{SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

/// Seconds by which the clock on the wall may differ from what has passed since it was last believed.
pub const JUMP_SECONDS: u64 = 3_600;

/// Where the time comes from.
pub trait Clock: Send + 'static {
    /// Unix seconds, as the system has them.
    fn wall(&self) -> u64;

    /// Seconds since some instant, by a clock that nobody can set and that goes on while the machine sleeps.
    fn steady(&self) -> u64;
}

/// The system's clocks.
#[derive(Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn wall(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    fn steady(&self) -> u64 {
        u64::try_from(clock_gettime(ClockId::Boottime).tv_sec).unwrap_or(0)
    }
}

/// A clock and when it was last believed.
pub(crate) struct WatchedClock {
    clock: Box<dyn Clock>,
    wall: u64,
    steady: u64,
    jumped: bool,
}

impl WatchedClock {
    pub(crate) fn new(clock: Box<dyn Clock>) -> Self {
        let (wall, steady) = (clock.wall(), clock.steady());
        Self { clock, wall, steady, jumped: false }
    }

    /// The time in Unix seconds; nothing while it cannot be believed.
    pub(crate) fn now(&mut self) -> Option<u64> {
        let (wall, steady) = (self.clock.wall(), self.clock.steady());
        let expected = self.wall.saturating_add(steady.saturating_sub(self.steady));
        let jumped = wall.abs_diff(expected) > JUMP_SECONDS;
        if jumped != self.jumped {
            self.jumped = jumped;
            self.tell();
        }
        if jumped {
            return None;
        }
        // What was believed is believed anew once an hour: many small steps go no further than one.
        if steady.saturating_sub(self.steady) >= JUMP_SECONDS {
            (self.wall, self.steady) = (wall, steady);
        }
        Some(wall)
    }

    fn tell(&self) {
        if self.jumped {
            tracing::error!(
                "the system's clock has jumped by more than an hour: nothing is accepted and nothing expires until \
                 it is set right, or the relay is started again by somebody who knows that it is right now"
            );
        } else {
            tracing::warn!("the system's clock is right again");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[derive(Clone, Default)]
    struct Hands {
        wall: Arc<AtomicU64>,
        steady: Arc<AtomicU64>,
    }

    impl Clock for Hands {
        fn wall(&self) -> u64 {
            self.wall.load(Ordering::SeqCst)
        }

        fn steady(&self) -> u64 {
            self.steady.load(Ordering::SeqCst)
        }
    }

    #[test]
    fn a_clock_that_jumps_is_not_believed_until_it_is_back() {
        let hands = Hands::default();
        let set = |wall, steady| {
            hands.wall.store(wall, Ordering::SeqCst);
            hands.steady.store(steady, Ordering::SeqCst);
        };
        set(1_000_000, 5);
        let mut clock = WatchedClock::new(Box::new(hands.clone()));
        set(1_000_010, 15);
        assert_eq!(clock.now(), Some(1_000_010));
        set(1_003_000, 20);
        assert_eq!(clock.now(), Some(1_003_000), "corrections within the hour are followed");
        set(1_003_000 + JUMP_SECONDS + 2, 21);
        assert_eq!(clock.now(), None);
        set(900_000, 22);
        assert_eq!(clock.now(), None);
        set(1_003_100, 90);
        assert_eq!(clock.now(), Some(1_003_100));
        set(1_003_100 + 50 * 86_400, 90 + 50 * 86_400);
        assert_eq!(clock.now(), Some(1_003_100 + 50 * 86_400), "time that has passed is no jump");
    }

    #[test]
    fn l10_a_clock_that_walks_away_in_small_steps_is_not_followed() {
        let hands = Hands::default();
        let mut clock = WatchedClock::new(Box::new(hands.clone()));
        let mut furthest = 0;
        for step in 1..=360 {
            // 59 minutes ahead at each look, a look every ten seconds, for an hour.
            hands.wall.store(step * 59 * 60, Ordering::SeqCst);
            hands.steady.store(step * 10, Ordering::SeqCst);
            furthest = clock.now().unwrap_or(0).max(furthest);
        }
        assert!((59 * 60..=2 * JUMP_SECONDS).contains(&furthest), "{furthest}");
    }
}
