//! Every parser that reads bytes of others, by the name of its corpus.
//!
//! None may panic or take long, whatever the bytes. Where a format has one spelling, what was
//! read must print as the bytes it was read from.

mod channel;
mod client;
mod log;
mod record;
mod relay;
mod store;
mod wire;

/// A parser and its name; it says whether it took the bytes.
pub type Parser = (&'static str, fn(&[u8]) -> bool);

/// All parsers.
pub const PARSERS: &[&[Parser]] = &[
    log::PARSERS,
    record::PARSERS,
    wire::PARSERS,
    channel::PARSERS,
    store::PARSERS,
    client::PARSERS,
    relay::PARSERS,
];

/// The parser of this name.
///
/// # Panics
/// If there is none.
pub fn named(name: &str) -> fn(&[u8]) -> bool {
    let mut all = PARSERS.iter().flat_map(|parsers| parsers.iter());
    all.find(|parser| parser.0 == name).map(|parser| parser.1).expect("a parser of this name")
}

fn text(bytes: &[u8]) -> Option<&str> {
    core::str::from_utf8(bytes).ok()
}
