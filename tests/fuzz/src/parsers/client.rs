//! What a person or a principal gives to `entente`: docs/understanding-file.md, docs/storage.md section 6.

use entente_client::drafting;
use entente_client::engine::{KeyParameters, Passphrase};
use entente_client::principal::{Request, open_secret, public_key};

use super::{Parser, text};

pub(super) const PARSERS: &[Parser] = &[
    ("understanding-file", understanding_file),
    ("principal-key", principal_key),
    ("principal-request", principal_request),
];

fn understanding_file(bytes: &[u8]) -> bool {
    drafting::read(bytes).is_ok()
}

/// Read as far as it can be without the cost of a passphrase.
fn principal_key(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else { return false };
    let dear = KeyParameters::weak(u32::MAX, u32::MAX);
    assert!(open_secret(text, &Passphrase::new("x"), dear).is_err());
    public_key(text).is_some()
}

fn principal_request(bytes: &[u8]) -> bool {
    Request::parse(bytes).is_some()
}
