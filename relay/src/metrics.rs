//! What a relay counts: numbers and times, never an address, an id or a size of anybody's.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A number that rises, or one that moves.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Upper ends of the buckets of [`Latencies`], in microseconds.
const BUCKETS: [u64; 10] = [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_000_000];

/// How long something took, by buckets.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    buckets: [Count; BUCKETS.len()],
    all: Count,
    microseconds: Count,
}

impl Latencies {
    pub(crate) fn add(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        for (bucket, end) in self.buckets.iter().zip(BUCKETS) {
            bucket.add(u64::from(took <= end));
        }
        self.microseconds.add(took);
        self.all.add(1);
    }

    fn write(&self, out: &mut String, name: &str, help: &str) -> fmt::Result {
        writeln!(out, "# HELP {name} {help}\n# TYPE {name} histogram")?;
        for (bucket, end) in self.buckets.iter().zip(BUCKETS) {
            writeln!(out, "{name}_bucket{{le=\"{}\"}} {}", seconds(end), bucket.value())?;
        }
        let (all, sum) = (self.all.value(), seconds(self.microseconds.value()));
        writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {all}\n{name}_sum {sum}\n{name}_count {all}")
    }
}

/// Microseconds as seconds.
fn seconds(microseconds: u64) -> String {
    format!("{}.{:06}", microseconds / 1_000_000, microseconds % 1_000_000)
}

/// All that a relay counts.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) connections: Count,
    pub(crate) connections_ended: Count,
    pub(crate) connections_refused: Count,
    pub(crate) requests: Count,
    pub(crate) receipts: Count,
    pub(crate) refusals: Count,
    pub(crate) quotas: Count,
    pub(crate) unavailable: Count,
    pub(crate) deliveries: Count,
    pub(crate) mailboxes: Count,
    pub(crate) parcels: Count,
    pub(crate) accepts: Count,
    pub(crate) commits: Latencies,
}

impl Metrics {
    /// In the text format of Prometheus, version 0.0.4.
    pub(crate) fn to_text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        let rising = [
            ("connections", "Connections accepted.", &self.connections),
            ("connections_ended", "Connections that are over.", &self.connections_ended),
            ("connections_refused", "Connections refused for a limit.", &self.connections_refused),
            ("requests", "Requests read, deposits included.", &self.requests),
            ("receipts", "Receipts given.", &self.receipts),
            ("refusals", "Requests refused for want of a right, or malformed.", &self.refusals),
            ("quotas", "Requests refused for a limit.", &self.quotas),
            ("unavailable", "Requests refused because nothing is accepted.", &self.unavailable),
            ("deliveries", "Parcels and marks pushed.", &self.deliveries),
        ];
        for (name, help, count) in rising {
            let name = format!("entente_relay_{name}_total");
            writeln!(out, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {}", count.value())?;
        }
        let moving = [
            ("mailboxes", "Mailboxes there are.", &self.mailboxes),
            ("parcels", "Parcels that wait.", &self.parcels),
            (
                "accepts",
                "1 while the relay accepts, 0 after its disk failed or its clock jumped.",
                &self.accepts,
            ),
        ];
        for (name, help, count) in moving {
            let name = format!("entente_relay_{name}");
            writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {}", count.value())?;
        }
        self.commits.write(out, "entente_relay_commit_seconds", "How long commits took, fsync included.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_in_every_bucket_that_holds_them() {
        let latencies = Latencies::default();
        latencies.add(Duration::from_micros(600));
        latencies.add(Duration::from_secs(9));
        let mut out = String::new();
        assert!(latencies.write(&mut out, "t", "Times.").is_ok());
        assert!(out.starts_with("# HELP t Times.\n# TYPE t histogram\nt_bucket{le=\"0.000250\"} 0\n"));
        assert!(out.contains("t_bucket{le=\"0.000500\"} 0\nt_bucket{le=\"0.001000\"} 1\n"));
        assert!(out.ends_with("t_bucket{le=\"+Inf\"} 2\nt_sum 9.000600\nt_count 2\n"));
    }
}
