//! The relay's configuration: TOML, every entry with a default that needs no editing.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::Deserialize;

use crate::core::Limits;

/// The file of this name in the data folder is read if no other is named.
pub const CONFIG_FILE: &str = "relay.toml";

/// A configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The UDP address to listen on. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The host that the relay's address names; without it the address listened on.
    pub name: Option<String>,
    /// The TCP address of this machine alone where the metrics are; without it there are none.
    pub metrics: Option<SocketAddr>,
    /// What is kept, for how many, for how long.
    pub limits: Limits,
    /// Who may be connected.
    pub connections: Connections,
}

/// Limits of the connections.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Connections {
    /// Connections in all.
    pub all: usize,
    /// Connections from one network prefix: 24 bits of IPv4, 48 of IPv6.
    pub a_prefix: usize,
    /// Handshakes under way.
    pub handshakes: usize,
    /// Handshakes begun in a second.
    pub handshakes_a_second: u32,
    /// Handshakes under way beyond which a client must first show that it receives at its address (RFC 9000,
    /// section 8.1.2).
    pub unproven_handshakes: usize,
    /// Mailboxes made from one network prefix in an hour.
    pub mailboxes_a_prefix_an_hour: u32,
    /// Mailboxes watched on one connection.
    pub watches: usize,
    /// Bytes that a connection may have sent without their being read, and the other way round. With the state of
    /// one stream this bounds a connection's memory.
    pub window: u32,
    /// Seconds for the handshake and hello.
    pub hello_seconds: u64,
    /// Seconds of silence that end a connection.
    pub idle_seconds: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 4433),
            name: None,
            metrics: None,
            limits: Limits::default(),
            connections: Connections::default(),
        }
    }
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            all: 10_000,
            a_prefix: 2_000,
            handshakes: 512,
            handshakes_a_second: 500,
            unproven_handshakes: 128,
            mailboxes_a_prefix_an_hour: 500,
            watches: 4,
            window: 512 * 1_024,
            hello_seconds: 10,
            idle_seconds: 60,
        }
    }
}

impl Config {
    /// Reads a configuration.
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The host that the relay's address names when it listens on `bound`.
    #[must_use]
    pub fn host(&self, bound: SocketAddr) -> String {
        match (&self.name, bound.ip()) {
            (Some(name), _) => name.clone(),
            (None, ip) if ip.is_unspecified() => "localhost".to_owned(),
            (None, ip) => ip.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(Config::from_toml(""), Ok(Config::default()));
    }

    #[test]
    fn an_unknown_entry_is_an_error() {
        assert!(Config::from_toml("listne = \"127.0.0.1:1\"").is_err());
        assert!(Config::from_toml("[limits]\nparcel = 1").is_err());
    }
}
