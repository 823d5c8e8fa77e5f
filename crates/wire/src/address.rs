//! The address of a relay: `entente-relay:<base64url of its Ed25519 key>@host:port`.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use base64ct::{Base64UrlUnpadded, Encoding};
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};

use crate::limits::HOST_BYTES_MAX;

const SCHEME: &str = "entente-relay:";

/// A relay's Ed25519 public key (RFC 8032), which its connections and its receipts are checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RelayKey(pub [u8; 32]);

impl RelayKey {
    /// The key for verifying, unless it is no point of the curve or of small order.
    #[must_use]
    pub fn verifying(&self) -> Option<VerifyingKey> {
        VerifyingKey::from_bytes(&self.0).ok().filter(|key| !key.is_weak())
    }
}

/// Where a relay is and which key it must show there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RelayAddress {
    key: RelayKey,
    host: String,
    port: u16,
}

/// A text that is not a relay's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It does not begin with `entente-relay:`.
    #[error("a relay address begins with entente-relay:")]
    Scheme,
    /// The key is not 32 bytes in unpadded base64url, or not a usable Ed25519 key.
    #[error("the relay's key is not a usable Ed25519 key in base64url")]
    Key,
    /// The host is neither a lower-case DNS name, an IPv4 address nor an IPv6 address in brackets.
    #[error("the relay's host is not a lower-case name or an IP address")]
    Host,
    /// The port is not a decimal number from 1 to 65535 without leading zeros.
    #[error("the relay's port is not a number from 1 to 65535")]
    Port,
}

impl RelayAddress {
    /// An address from its parts; `host` without brackets for IPv6 literals too.
    pub fn new(key: RelayKey, host: &str, port: u16) -> Result<Self, AddressError> {
        key.verifying().ok_or(AddressError::Key)?;
        if !is_host(host) {
            return Err(AddressError::Host);
        }
        if port == 0 {
            return Err(AddressError::Port);
        }
        Ok(Self { key, host: host.to_owned(), port })
    }

    /// The key the relay must show.
    #[must_use]
    pub fn key(&self) -> &RelayKey {
        &self.key
    }

    /// The host, an IPv6 literal without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The UDP port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for RelayAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = Base64UrlUnpadded::encode_string(&self.key.0);
        if self.host.contains(':') {
            write!(f, "{SCHEME}{key}@[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{SCHEME}{key}@{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for RelayAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let rest = text.strip_prefix(SCHEME).ok_or(AddressError::Scheme)?;
        let (key, place) = rest.split_once('@').ok_or(AddressError::Key)?;
        let mut bytes = [0; 32];
        let decoded = Base64UrlUnpadded::decode(key, &mut bytes).map_err(|_| AddressError::Key)?;
        if decoded.len() != 32 {
            return Err(AddressError::Key);
        }
        let (host, port_text) = place.rsplit_once(':').ok_or(AddressError::Port)?;
        let host = match host.strip_prefix('[') {
            Some(inner) => {
                inner.strip_suffix(']').filter(|inner| inner.contains(':')).ok_or(AddressError::Host)?
            }
            None if host.contains(':') => return Err(AddressError::Host),
            None => host,
        };
        let port: u16 = port_text.parse().map_err(|_| AddressError::Port)?;
        if port.to_string() != port_text {
            return Err(AddressError::Port);
        }
        Self::new(RelayKey(bytes), host, port)
    }
}

impl TryFrom<String> for RelayAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<RelayAddress> for String {
    fn from(address: RelayAddress) -> Self {
        address.to_string()
    }
}

/// Whether `host` is written in the one form that an address allows.
fn is_host(host: &str) -> bool {
    if host.contains(':') {
        return host.parse::<Ipv6Addr>().is_ok_and(|ip| ip.to_string() == host);
    }
    let last_is_number =
        host.rsplit('.').next().is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit()));
    if last_is_number {
        return host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.to_string() == host);
    }
    host.len() <= HOST_BYTES_MAX && host.split('.').all(is_label)
}

/// Whether `label` is one of a lower-case DNS name (RFC 1123, section 2.1).
fn is_label(label: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    const KEY: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    #[test]
    fn the_text_form_is_read_back_as_written() {
        for place in ["relay.example:4433", "127.0.0.1:1", "[::1]:65535", "a-b.example:443"] {
            let text = format!("entente-relay:{KEY}@{place}");
            assert_eq!(text.parse::<RelayAddress>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        let cases = [
            (format!("relay:{KEY}@h:1"), AddressError::Scheme),
            (format!("entente-relay:{KEY}=@h:1"), AddressError::Key),
            (format!("entente-relay:{}@h:1", "A".repeat(43)), AddressError::Key),
            ("entente-relay:AAAA@h:1".into(), AddressError::Key),
            (format!("entente-relay:{KEY}@Relay.example:1"), AddressError::Host),
            (format!("entente-relay:{KEY}@:1"), AddressError::Host),
            (format!("entente-relay:{KEY}@127.0.0.01:1"), AddressError::Host),
            (format!("entente-relay:{KEY}@::1:1"), AddressError::Host),
            (format!("entente-relay:{KEY}@[127.0.0.1]:1"), AddressError::Host),
            (format!("entente-relay:{KEY}@[0:0::1]:1"), AddressError::Host),
            (format!("entente-relay:{KEY}@h:0"), AddressError::Port),
            (format!("entente-relay:{KEY}@h:01"), AddressError::Port),
            (format!("entente-relay:{KEY}@h:65536"), AddressError::Port),
            (format!("entente-relay:{KEY}@h"), AddressError::Port),
            (format!("entente-relay:{KEY}@h:1 "), AddressError::Port),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<RelayAddress>(), Err(error), "{text}");
        }
    }
}
