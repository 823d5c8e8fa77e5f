//! docs/relay.md: what a relay reads of its own disk.

use entente_relay::config::Config;
use entente_relay::core::{Core, Limits};
use entente_relay::store::rows::{Place, read};

use super::{Parser, text};

pub(super) const PARSERS: &[Parser] = &[("relay-rows", relay_rows), ("relay-config", relay_config)];

/// Rows behind each other: place (1), bytes of the key (1), bytes of the value (1), key, value.
fn relay_rows(mut bytes: &[u8]) -> bool {
    let mut rows = Vec::new();
    while let Some(([place, key, value], rest)) = bytes.split_first_chunk() {
        let Some((key, rest)) = rest.split_at_checked((*key).into()) else { return false };
        let Some((value, rest)) = rest.split_at_checked((*value).into()) else { return false };
        let place = match place % 5 {
            0 => Place::Mailboxes,
            1 => Place::Slots,
            2 => Place::Items,
            3 => Place::Erased,
            _ => Place::Bodies,
        };
        let Ok(row) = read(place, key, value) else { return false };
        rows.push(row);
        bytes = rest;
    }
    bytes.is_empty() && Core::restore(Limits::default(), rows).is_ok()
}

fn relay_config(bytes: &[u8]) -> bool {
    text(bytes).is_some_and(|text| Config::from_toml(text).is_ok())
}
