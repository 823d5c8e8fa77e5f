//! On the record: a text under its author's persona.
//!
//! A statement is a record document of kind `statement` with one author. It covers the words, whom
//! they are addressed to, when they were written, and its place in the author's persona chain to
//! that destination; nothing of a channel. Whoever holds it can prove that its author wrote it.

use std::collections::BTreeMap;

use entente_record::document::Kind;
use entente_record::json::Value;
use entente_record::statement::Statement;
use rand_core::CryptoRng;

use super::bounds::{self, MAX_WORDS};
use super::chain::{ChainError, Link};
use super::destination::To;
use super::digest::Digest;
use super::knowledge::{Authority, KeyBook, Knowledge};
use super::not_shown::NotShown;
use super::pen::{Pen, PenError};
use super::persona_chains::PersonaChains;
use super::persona_ref::PersonaRef;
use super::shown::{Caution, Label, Provable, Shown, Whose};
use super::signed_text::SignedText;
use super::verified::{Unverified, Verified, verified};

/// The property that holds when the author wrote a text.
const WRITTEN: &str = "written";

/// The property of a statement that confirms or corrects an account: the account's payload digest.
const READS: &str = "reads";

/// Signs `words`, by language, for `to`, as the next of the author's texts to that destination.
///
/// # Errors
/// [`PenError`]; the chains stay as they were.
pub fn state<R: CryptoRng + ?Sized>(
    words: BTreeMap<String, String>,
    to: To,
    pen: &Pen<'_>,
    chains: &mut PersonaChains,
    rng: &mut R,
) -> Result<SignedText, PenError> {
    sign(words, to, &Kind::STATEMENT, BTreeMap::new(), pen, chains, rng)
}

/// On the record, and in answer to a carrier's account of what one said: its author confirms it by
/// the same words, or corrects it by others. `account` is the account's payload digest.
///
/// # Errors
/// As [`state`].
pub fn read_back<R: CryptoRng + ?Sized>(
    words: BTreeMap<String, String>,
    account: Digest,
    to: To,
    pen: &Pen<'_>,
    chains: &mut PersonaChains,
    rng: &mut R,
) -> Result<SignedText, PenError> {
    let more = BTreeMap::from([(READS.into(), Value::bytes(&account.0))]);
    sign(words, to, &Kind::STATEMENT, more, pen, chains, rng)
}

/// Signs a text of `kind` with the properties `more`, and advances the author's chain.
pub(super) fn sign<R: CryptoRng + ?Sized>(
    words: BTreeMap<String, String>,
    to: To,
    kind: &Kind,
    mut more: BTreeMap<String, Value<'static>>,
    pen: &Pen<'_>,
    chains: &mut PersonaChains,
    rng: &mut R,
) -> Result<SignedText, PenError> {
    if words.is_empty() {
        return Err(bounds::Broken::Empty("text").into());
    }
    words.values().try_for_each(|text| bounds::words(text, "text", MAX_WORDS))?;
    more.insert(WRITTEN.into(), pen.time()?);
    let own = chains.own(&to);
    let (serial, previous) = own.next();
    let previous = (previous != Digest::NONE).then_some(previous.0);
    let statement = Statement { to: to.into(), serial, previous, text: words, more };
    let document = pen.sign(&statement, kind, rng)?;
    chains.advance(to, own.advanced(Digest(document.digest().0)));
    Ok(SignedText::from_bytes(document.to_bytes()))
}

/// Judges a statement that `from` sent to the reader. Somebody else's statement is refused here: it
/// comes as a [`super::carriage::Carried`], with its custody.
///
/// The chains advance only if it is shown. The same statement again is shown again.
///
/// # Errors
/// [`NotShown`].
pub fn check(
    text: &SignedText,
    from: PersonaRef,
    keys: &KeyBook,
    chains: &mut PersonaChains,
) -> Result<Shown, NotShown> {
    let verified = verified(text, &Kind::STATEMENT, keys).map_err(|error| match error {
        Unverified::NotAuthentic => NotShown::NotTheSendersText,
        Unverified::KeyNotKnown => NotShown::KeyNotKnown { party: 0 },
        Unverified::OtherTalks => NotShown::OtherTalks,
    })?;
    if verified.author != from {
        return Err(NotShown::NoCustody);
    }
    if !is_plain(&verified.statement) {
        return Err(NotShown::NotTheSendersText);
    }
    let whose = Whose::Own { person: from, party: verified.party };
    show(verified, whose, keys, chains)
}

/// Whether a statement's properties are those of a statement: when it was written and, if it is a
/// read-back, of what.
pub(super) fn is_plain(statement: &Statement) -> bool {
    let reads = statement.more.contains_key(READS);
    statement.more.contains_key(WRITTEN)
        && reads == digest_of(statement, READS).is_some()
        && statement.more.len() == 1 + usize::from(reads)
}

/// A payload digest among the properties.
pub(super) fn digest_of(statement: &Statement, property: &str) -> Option<Digest> {
    let digest = statement.more.get(property)?.as_str()?;
    entente_record::base64url::decode_array(digest).ok().map(Digest)
}

/// Places a verified text in its author's chain and makes what is shown of it, labelled as a
/// statement from its author; a carrier's label and hands are added by the caller.
pub(super) fn show(
    text: Verified,
    whose: Whose,
    keys: &KeyBook,
    chains: &mut PersonaChains,
) -> Result<Shown, NotShown> {
    let Verified { author, statement, digest, .. } = text;
    let unknown = NotShown::KeyNotKnown { party: text.party };
    let knowledge = keys.knowledge(&author).ok_or(unknown)?;
    let authority = keys.get(&author).ok_or(unknown)?.authority();
    let written = statement.more.get(WRITTEN).and_then(Value::as_u64).ok_or(NotShown::NotTheSendersText)?;
    let reads = digest_of(&statement, READS);
    let (to, serial) = (To::from(statement.to), statement.serial);
    let link = Link { serial, previous: statement.previous.map_or(Digest::NONE, Digest), digest };
    let mut cautions = key_cautions(&knowledge, authority, text.party);
    cautions.extend(place(author, to, link, keys, chains)?);
    Ok(Shown {
        words: statement.text,
        whose,
        label: Label::OnTheRecord,
        knowledge,
        authority,
        hands: Vec::new(),
        provable: Provable::AuthorWroteIt,
        cautions,
        written,
        to: Some(to),
        number: Some(serial),
        digest: Some(digest),
        reads,
        about: None,
    })
}

/// What has to be said of the key behind a text. Who is of no side has none to commit.
pub(super) fn key_cautions(knowledge: &Knowledge, authority: Authority, party: u16) -> Vec<Caution> {
    let introduced = knowledge.introduced_only_by().map(|by| Caution::IntroducedOnly { by });
    let authority = match authority {
        Authority::Commit => None,
        Authority::Ended => Some(Caution::AuthorityEnded),
        _ if party == 0 => None,
        _ => Some(Caution::NotAuthorised),
    };
    introduced.into_iter().chain(authority).collect()
}

/// Takes a text up in its chain, if the reader is among those it is addressed to: only they are
/// owed every number.
fn place(
    author: PersonaRef,
    to: To,
    link: Link,
    keys: &KeyBook,
    chains: &mut PersonaChains,
) -> Result<Option<Caution>, NotShown> {
    let serial = link.serial;
    if author == keys.own() {
        return Ok(None);
    }
    if !to.includes(&keys.own(), keys.own_party()) {
        return Ok(Some(Caution::AddressedToOthers));
    }
    match chains.accept(author, to, link) {
        Ok(_) | Err(ChainError::Replay(_)) => {}
        Err(ChainError::TooOld(_)) => return Ok(Some(Caution::MayBeRepetition)),
        Err(ChainError::Fork(_)) => return Err(NotShown::TwoTexts(serial)),
        Err(ChainError::Broken(_)) => return Err(NotShown::OutOfOrder(serial)),
        Err(ChainError::TooManyGaps) => return Err(NotShown::TooManyGaps),
    }
    Ok(chains.missing_before(&author, &to, serial).map(|(first, last)| Caution::Missing { first, last }))
}
