//! Who gets a connection: so many in all, so many of one network, so many handshakes under way.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use quinn::{Endpoint, Incoming};
use tokio::task::JoinSet;

use super::connection::{Shared, serve};
use super::rate::Rate;
use crate::config::Connections;
use crate::metrics::Metrics;

/// Accepts until the relay stops, then waits for the connections to drain.
pub(crate) async fn accept(endpoint: Endpoint, limits: Connections, shared: Arc<Shared>) {
    let counts = Mutex::new(Counts {
        all: 0,
        in_handshake: 0,
        prefixes: HashMap::new(),
        handshakes: Rate::new(limits.handshakes_a_second, Duration::from_secs(1)),
    });
    let admission = Arc::new(Admission { limits, counts, metrics: Arc::clone(&shared.metrics) });
    let mut connections = JoinSet::new();
    let mut stopping = shared.stopping.clone();
    loop {
        let incoming = tokio::select! {
            incoming = endpoint.accept() => incoming,
            _ = stopping.wait_for(|stopping| *stopping) => None,
            Some(_) = connections.join_next() => continue,
        };
        let Some(incoming) = incoming else { break };
        if let Some((incoming, place)) = admission.admit(incoming) {
            connections.spawn(handshake(incoming, place, Arc::clone(&shared)));
        }
    }
    endpoint.set_server_config(None);
    while connections.join_next().await.is_some() {}
}

async fn handshake(incoming: Incoming, mut place: Place, shared: Arc<Shared>) {
    let limit = Duration::from_secs(place.admission.limits.hello_seconds);
    let Ok(connecting) = incoming.accept() else { return };
    let mut stopping = shared.stopping.clone();
    let connected = tokio::select! {
        connected = tokio::time::timeout(limit, connecting) => connected,
        _ = stopping.wait_for(|stopping| *stopping) => return,
    };
    if let Ok(Ok(connection)) = connected {
        place.end_handshake();
        serve(connection, limit, &shared).await;
    }
}

struct Admission {
    limits: Connections,
    counts: Mutex<Counts>,
    metrics: Arc<Metrics>,
}

struct Counts {
    all: usize,
    in_handshake: usize,
    prefixes: HashMap<Prefix, usize>,
    handshakes: Rate<()>,
}

/// A network: 24 bits of IPv4, 48 of IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Prefix {
    V4([u8; 3]),
    V6([u8; 6]),
}

/// One connection's place in the counts, given back when it is dropped.
struct Place {
    admission: Arc<Admission>,
    prefix: Prefix,
    in_handshake: bool,
}

impl Admission {
    fn admit(self: &Arc<Self>, incoming: Incoming) -> Option<(Incoming, Place)> {
        let prefix = Prefix::of(incoming.remote_address().ip());
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let of_prefix = counts.prefixes.get(&prefix).copied().unwrap_or(0);
        if counts.all >= self.limits.all
            || of_prefix >= self.limits.a_prefix
            || counts.in_handshake >= self.limits.handshakes
        {
            drop(counts);
            return self.refuse(incoming);
        }
        if counts.in_handshake >= self.limits.unproven_handshakes && incoming.may_retry() {
            drop(counts);
            // It comes back with a token if it is where it says it is.
            let _ = incoming.retry();
            return None;
        }
        if !counts.handshakes.take((), Instant::now()) {
            drop(counts);
            return self.refuse(incoming);
        }
        counts.all += 1;
        counts.in_handshake += 1;
        *counts.prefixes.entry(prefix).or_default() += 1;
        drop(counts);
        self.metrics.connections.add(1);
        Some((incoming, Place { admission: Arc::clone(self), prefix, in_handshake: true }))
    }
}

impl Admission {
    fn refuse<T>(&self, incoming: Incoming) -> Option<T> {
        self.metrics.connections_refused.add(1);
        incoming.refuse();
        None
    }
}

impl Place {
    fn end_handshake(&mut self) {
        if std::mem::take(&mut self.in_handshake) {
            let mut counts = self.admission.counts.lock().unwrap_or_else(PoisonError::into_inner);
            counts.in_handshake -= 1;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.end_handshake();
        self.admission.metrics.connections_ended.add(1);
        let mut counts = self.admission.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all -= 1;
        if let Some(count) = counts.prefixes.get_mut(&self.prefix) {
            *count -= 1;
            if *count == 0 {
                counts.prefixes.remove(&self.prefix);
            }
        }
    }
}

impl Prefix {
    pub(crate) fn of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => {
                let [a, b, c, _] = ip.octets();
                Self::V4([a, b, c])
            }
            IpAddr::V6(ip) => {
                let [a, b, c, d, e, f, ..] = ip.octets();
                Self::V6([a, b, c, d, e, f])
            }
        }
    }
}
