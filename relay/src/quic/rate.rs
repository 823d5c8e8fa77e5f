//! So many in a span of time, each kind for itself.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Kinds counted at once: whoever comes under a new name beyond this many is refused.
const COUNTED: usize = 100_000;

/// A limit on how often something may happen.
pub(crate) struct Rate<K> {
    most: u32,
    span: Duration,
    counts: HashMap<K, (Instant, u32)>,
}

impl<K: Eq + Hash> Rate<K> {
    pub(crate) fn new(most: u32, span: Duration) -> Self {
        Self { most, span, counts: HashMap::new() }
    }

    /// Whether it may happen once more at `now`.
    pub(crate) fn has_room(&self, kind: &K, now: Instant) -> bool {
        match self.counts.get(kind) {
            Some((since, count)) => *count < self.most || now.saturating_duration_since(*since) >= self.span,
            None => self.most > 0,
        }
    }

    /// Whether it may happen once more at `now`; if so it is counted.
    pub(crate) fn take(&mut self, kind: K, now: Instant) -> bool {
        let span = self.span;
        let is_over = |since: Instant| now.saturating_duration_since(since) >= span;
        if self.counts.len() >= COUNTED && !self.counts.contains_key(&kind) {
            self.counts.retain(|_, (since, _)| !is_over(*since));
            if self.counts.len() >= COUNTED {
                return false;
            }
        }
        let (since, count) = self.counts.entry(kind).or_insert((now, 0));
        if is_over(*since) {
            (*since, *count) = (now, 0);
        }
        let may = *count < self.most;
        *count += u32::from(may);
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l4_each_kind_has_its_own_count_and_each_span_begins_anew() {
        let (begin, span) = (Instant::now(), Duration::from_secs(60));
        let mut rate = Rate::new(2, span);
        assert!(rate.take("a", begin) && rate.has_room(&"a", begin) && rate.take("a", begin));
        assert!(!rate.has_room(&"a", begin + span / 2) && !rate.take("a", begin + span / 2));
        assert!(rate.has_room(&"a", begin + span) && rate.has_room(&"b", begin));
        assert!(rate.take("b", begin + span / 2), "another's count is its own");
        assert!(rate.take("a", begin + span) && rate.take("a", begin + span));
        assert!(!rate.take("a", begin + span));
    }

    #[test]
    fn l4_what_is_counted_is_bounded_and_is_forgotten_with_its_span() {
        let (begin, span) = (Instant::now(), Duration::from_secs(60));
        let mut rate = Rate::new(1, span);
        for kind in 0..COUNTED {
            assert!(rate.take(kind, begin));
        }
        assert!(!rate.take(COUNTED, begin));
        assert!(rate.take(COUNTED, begin + span));
        assert_eq!(rate.counts.len(), 1);
    }
}
