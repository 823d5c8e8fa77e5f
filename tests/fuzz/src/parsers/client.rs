//! docs/understanding-file.md.

use entente_client::drafting;

use super::Parser;

pub(super) const PARSERS: &[Parser] = &[("understanding-file", understanding_file)];

fn understanding_file(bytes: &[u8]) -> bool {
    drafting::read(bytes).is_ok()
}
