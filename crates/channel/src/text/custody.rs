//! Custody lines: who had a signed text in hand, signed by each carrier's persona.
//!
//! A line is a record document of kind `custody`. It covers the payload digest of what is carried
//! and, from the second on, the line before it; so a text has one chain of lines, numbered from 1,
//! and none can be left out of the middle, moved to another text or put in another order. It covers
//! nothing of the channel it went through: the same line stands in every channel.

use std::collections::BTreeMap;

use entente_record::document::{Document, Kind};
use entente_record::json::Value;
use entente_record::statement::{Destination, Statement};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::knowledge::KeyBook;
use super::not_shown::NotShown;
use super::pen::{Pen, PenError};
use super::persona_ref::PersonaRef;
use super::shown::Hand;
use super::signed_text::SignedText;
use super::verified::verified;

/// The property of a `held` line: not before this instant, Unix seconds.
const UNTIL: &str = "until";

/// What a carrier did with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Act {
    /// Took it from its author or another carrier.
    Taken,
    /// Keeps it for now.
    Held,
    /// Gave it to its reader or another carrier.
    HandedOver,
    /// Gave it back.
    Returned,
    /// Will not carry it.
    Declined,
}

impl Act {
    const ALL: [Self; 5] = [Self::Taken, Self::Held, Self::HandedOver, Self::Returned, Self::Declined];

    const fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Held => "held",
            Self::HandedOver => "handed-over",
            Self::Returned => "returned",
            Self::Declined => "declined",
        }
    }

    /// Whether somebody who did `self` last may do `next`.
    const fn allows(self, next: Self) -> bool {
        match self {
            Self::Taken | Self::Held => !matches!(next, Self::Taken),
            Self::HandedOver | Self::Returned | Self::Declined => matches!(next, Self::Taken),
        }
    }
}

impl core::fmt::Display for Act {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::HandedOver => "handed over",
            act => act.name(),
        })
    }
}

/// Signs the line after `lines`: what the pen's owner does now with the text of digest `carried`.
/// `until` is for [`Act::Held`]: not to be handed over before.
pub(super) fn sign<R: CryptoRng + ?Sized>(
    act: Act,
    until: Option<u64>,
    carried: Digest,
    lines: &[SignedText],
    pen: &Pen<'_>,
    rng: &mut R,
) -> Result<SignedText, PenError> {
    let previous = match lines.last() {
        None => None,
        Some(line) => {
            let line = Document::parse(line.as_bytes()).map_err(|_| PenError::NotADocument)?;
            Some(line.proposal().digest().0)
        }
    };
    let mut more = BTreeMap::from([
        ("carries".into(), Value::bytes(&carried.0)),
        ("act".into(), Value::from(act.name())),
        ("at".into(), pen.time()?),
    ]);
    if let Some(until) = until {
        more.insert(UNTIL.into(), Value::integer(until).ok_or(PenError::Clock)?);
    }
    let line = Statement {
        to: Destination::Talks,
        serial: u64::try_from(lines.len()).unwrap_or(u64::MAX).saturating_add(1),
        previous,
        text: BTreeMap::new(),
        more,
    };
    Ok(SignedText::from_bytes(pen.sign(&line, &Kind::CUSTODY, rng)?.to_bytes()))
}

/// What a line says was done, unverified.
pub(super) fn claimed(line: &SignedText) -> Option<(Act, Option<u64>)> {
    let line = Document::parse(line.as_bytes()).ok()?;
    let properties = line.proposal().properties();
    let act = properties.get("act")?.as_str()?;
    let act = Act::ALL.into_iter().find(|known| known.name() == act)?;
    Some((act, properties.get(UNTIL).and_then(Value::as_u64)))
}

/// Checks every line of the text of digest `carried`.
pub(super) fn check(lines: &[SignedText], carried: Digest, keys: &KeyBook) -> Result<Vec<Hand>, NotShown> {
    let mut hands: Vec<Hand> = Vec::with_capacity(lines.len());
    let mut previous = None;
    for (index, line) in lines.iter().enumerate() {
        let number = index.saturating_add(1);
        let (hand, digest) = read(line, number, previous, carried, keys)
            .filter(|(hand, _)| follows(hands.last(), hand))
            .ok_or(NotShown::CustodyBroken(number))?;
        hands.push(hand);
        previous = Some(digest);
    }
    Ok(hands)
}

fn read(
    line: &SignedText,
    number: usize,
    previous: Option<[u8; 32]>,
    carried: Digest,
    keys: &KeyBook,
) -> Option<(Hand, [u8; 32])> {
    let line = verified(line, &Kind::CUSTODY, keys).ok()?;
    let more = |name: &str| line.statement.more.get(name);
    let in_place = line.statement.previous == previous
        && usize::try_from(line.statement.serial).ok() == Some(number)
        && more("carries") == Some(&Value::bytes(&carried.0))
        && line.statement.text.is_empty();
    let act = more("act")?.as_str()?;
    let act = Act::ALL.into_iter().find(|known| known.name() == act)?;
    let until = match more(UNTIL) {
        None => None,
        Some(until) if act == Act::Held => Some(until.as_u64()?),
        Some(_) => return None,
    };
    let nothing_else = line.statement.more.len() == 3 + usize::from(until.is_some());
    let hand = Hand { by: line.author, party: line.party, act, at: more("at")?.as_u64()?, until };
    (in_place && nothing_else).then_some((hand, line.digest.0))
}

/// A carrier takes a text before it does anything else with it, and lets go of it before another
/// takes it; nobody's clock runs back.
fn follows(before: Option<&Hand>, hand: &Hand) -> bool {
    let begins = matches!(hand.act, Act::Taken | Act::Declined);
    match before {
        None => begins,
        Some(before) if before.by == hand.by => before.act.allows(hand.act) && before.at <= hand.at,
        Some(before) => begins && before.act.allows(Act::Taken),
    }
}

/// The carrier who brought the text last.
pub(super) fn bearer(hands: &[Hand]) -> Option<PersonaRef> {
    hands.last().map(|hand| hand.by)
}
