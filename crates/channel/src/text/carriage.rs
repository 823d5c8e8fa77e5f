//! Texts through the hands of an intermediary, and what its reader makes of them.
//!
//! A carried text is the signed bytes themselves, a class, the side it is said to come from, and
//! the custody lines. The class is set by code and is signed with everything but another's own
//! words: those are carried as **verbatim**, which is to say as their author's document, and are
//! shown only under its author's valid signature. Everything else is the carrier's document, of
//! kind `account`, and says so inside what the carrier signed; so no hop can drop it.

use std::collections::BTreeMap;

use entente_record::document::{Document, Kind};
use entente_record::json::Value;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use super::bounds::{Body, Broken, object};
use super::custody::{self, Act};
use super::destination::To;
use super::digest::Digest;
use super::knowledge::KeyBook;
use super::not_shown::NotShown;
use super::pen::{Pen, PenError};
use super::persona_chains::PersonaChains;
use super::persona_ref::PersonaRef;
use super::provenance::Provenance;
use super::shown::{Caution, Hand, Label, Provable, Shown, Whose};
use super::signed_text::SignedText;
use super::statement;
use super::verified::{Unverified, Verified, verified};

/// The most custody lines that go with one text.
pub const MAX_CUSTODY: usize = 32;

/// The properties of an account beside those of every statement; the last of a note alone.
const CLASS: &str = "class";
const OF: &str = "of";
const ABOUT: &str = "about";

/// A text on its way, unverified: its words can be had only through [`Carried::check`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    class: Provenance,
    of: u16,
    text: SignedText,
    custody: Vec<SignedText>,
}

impl Carried {
    /// A carrier takes a side's own signed text, to carry it word for word.
    ///
    /// # Errors
    /// [`CarryError`]: a carrier takes nothing on that its reader would not be shown.
    pub fn verbatim<R: CryptoRng + ?Sized>(
        text: SignedText,
        keys: &KeyBook,
        pen: &Pen<'_>,
        rng: &mut R,
    ) -> Result<Self, CarryError> {
        let taken = verified(&text, &Kind::STATEMENT, keys).map_err(|error| not_shown(error, 0))?;
        if taken.author == PersonaRef::from(pen.persona.persona().id()) {
            return Err(NotShown::OwnWordsAsVerbatim.into());
        }
        let (class, of) = (Provenance::OpenVerbatim, taken.party);
        let carried = Self { class, of, text, custody: Vec::new() };
        Ok(carried.with(Act::Taken, pen, rng)?)
    }

    /// A carrier writes down what a side said, what it thinks itself, or a note on a text that it
    /// carries (`of` is 0 in both), signed by its own persona.
    ///
    /// # Errors
    /// [`PenError`]; [`PenError::Class`] for a verbatim class: those are not the carrier's to write.
    pub fn account<R: CryptoRng + ?Sized>(
        account: Account,
        to: To,
        pen: &Pen<'_>,
        chains: &mut PersonaChains,
        rng: &mut R,
    ) -> Result<Self, PenError> {
        let Account { class, of, about, words } = account;
        let name = class.name().ok_or(PenError::Class)?;
        if class.is_report() == (of == 0) || (class == Provenance::Note) != about.is_some() {
            return Err(PenError::Class);
        }
        let mut more =
            BTreeMap::from([(CLASS.into(), Value::from(name)), (OF.into(), Value::from(u32::from(of)))]);
        if let Some(about) = about {
            more.insert(ABOUT.into(), Value::bytes(&about.0));
        }
        let mut advanced = chains.clone();
        let text = statement::sign(words, to, &Kind::ACCOUNT, more, pen, &mut advanced, rng)?;
        let carried = Self { class, of, text, custody: Vec::new() }.with(Act::Taken, pen, rng)?;
        *chains = advanced;
        Ok(carried)
    }

    /// The same text with one more custody line: what the pen's owner does with it now.
    ///
    /// # Errors
    /// [`PenError::TooManyHands`], or what keeps the line from being signed.
    pub fn with<R: CryptoRng + ?Sized>(self, act: Act, pen: &Pen<'_>, rng: &mut R) -> Result<Self, PenError> {
        self.with_line(act, None, pen, rng)
    }

    /// As [`Self::with`], held: not to be handed over before `until`, or only on its carrier's word.
    ///
    /// # Errors
    /// As [`Self::with`].
    pub fn held<R: CryptoRng + ?Sized>(
        self,
        until: Option<u64>,
        pen: &Pen<'_>,
        rng: &mut R,
    ) -> Result<Self, PenError> {
        self.with_line(Act::Held, until, pen, rng)
    }

    fn with_line<R: CryptoRng + ?Sized>(
        mut self,
        act: Act,
        until: Option<u64>,
        pen: &Pen<'_>,
        rng: &mut R,
    ) -> Result<Self, PenError> {
        if self.custody.len() >= MAX_CUSTODY {
            return Err(PenError::TooManyHands);
        }
        let text = Document::parse(self.text.as_bytes()).map_err(|_| PenError::NotADocument)?;
        let digest = Digest(text.proposal().digest().0);
        self.custody.push(custody::sign(act, until, digest, &self.custody, pen, rng)?);
        Ok(self)
    }

    /// The signed text it claims to be, unverified.
    #[must_use]
    pub const fn text(&self) -> &SignedText {
        &self.text
    }

    /// Its custody lines, oldest first, unverified.
    #[must_use]
    pub fn custody(&self) -> &[SignedText] {
        &self.custody
    }

    /// What its last custody line says was done and, if it is held, until when; unverified, for
    /// whoever signed that line.
    #[must_use]
    pub fn claimed_last_act(&self) -> Option<(Act, Option<u64>)> {
        self.custody.last().and_then(custody::claimed)
    }

    /// Judges a text that `from` brought to the reader. There is no other way to its words.
    ///
    /// The chains advance only if it is shown. The same text again, by this path or another, is
    /// shown again.
    ///
    /// # Errors
    /// [`NotShown`]; nothing has changed then.
    pub fn check(
        &self,
        from: PersonaRef,
        keys: &KeyBook,
        chains: &mut PersonaChains,
    ) -> Result<Shown, NotShown> {
        let text = self.verified_text(keys)?;
        let hands = custody::check(&self.custody, text.digest, keys)?;
        if custody::bearer(&hands) != Some(from) {
            return Err(NotShown::NotThroughSender);
        }
        let whose = self.whose(&text, &hands)?;
        let about = statement::digest_of(&text.statement, ABOUT);
        let mut shown = statement::show(text, whose, keys, chains)?;
        shown.about = about;
        Ok(self.labelled(shown, hands))
    }

    fn verified_text(&self, keys: &KeyBook) -> Result<Verified, NotShown> {
        let kind = match self.class {
            Provenance::SealedVerbatim => return Err(NotShown::NotYet(self.class)),
            Provenance::OpenVerbatim => Kind::STATEMENT,
            _ => Kind::ACCOUNT,
        };
        verified(&self.text, &kind, keys).map_err(|error| match error {
            Unverified::NotAuthentic if !self.class.is_verbatim() => NotShown::NotTheSendersText,
            error => not_shown(error, self.of),
        })
    }

    /// Whose words these are: a verbatim text is its author's, whose side it must be said to come
    /// from and who must not be its carrier; an account is what its signer, the first to have it
    /// in hand, says of a side.
    fn whose(&self, text: &Verified, hands: &[Hand]) -> Result<Whose, NotShown> {
        let own = Whose::Own { person: text.author, party: text.party };
        if self.class.is_verbatim() {
            if hands.iter().any(|hand| hand.by == text.author) {
                return Err(NotShown::OwnWordsAsVerbatim);
            }
            return match text.party == self.of && statement::is_plain(&text.statement) {
                true => Ok(own),
                false => Err(NotShown::NotTheAuthorsText { party: self.of }),
            };
        }
        let note = self.class == Provenance::Note;
        let about = statement::digest_of(&text.statement, ABOUT);
        if text.statement.more.len() != 3 + usize::from(note) || about.is_some() != note {
            return Err(NotShown::NotTheSendersText);
        }
        let more = |name| text.statement.more.get(name);
        let signed_class = more(CLASS).and_then(Value::as_str).and_then(Provenance::named);
        let signed_side = more(OF).and_then(Value::as_u64);
        if signed_class != Some(self.class) || signed_side != Some(u64::from(self.of)) {
            return Err(NotShown::ClassChanged { claimed: self.class });
        }
        if hands.first().map(|hand| hand.by) != Some(text.author) {
            return Err(NotShown::CustodyBroken(1));
        }
        Ok(match self.class {
            Provenance::OwnSuggestion | Provenance::Note => own,
            _ => Whose::ReportOf { party: self.of, by: text.author },
        })
    }

    fn labelled(&self, mut shown: Shown, hands: Vec<Hand>) -> Shown {
        shown.label = Label::of(self.class, &shown.knowledge);
        shown.hands = hands;
        if let Whose::ReportOf { party, .. } = shown.whose {
            shown.provable = Provable::CarrierReportedIt;
            shown.cautions.push(Caution::NotConfirmed { party });
        }
        shown
    }
}

/// What a carrier writes down itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// How it came by it; no verbatim class.
    pub class: Provenance,
    /// The side whose words it reports; 0 for its own suggestion and for a note.
    pub of: u16,
    /// The payload digest of the text that a note is about; of nothing else.
    pub about: Option<Digest>,
    /// The words by language.
    pub words: BTreeMap<String, String>,
}

/// A text is not taken to be carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CarryError {
    /// It would not be shown to its reader: whoever gave it is at fault.
    #[error("this text is not carried: {0}")]
    NotShown(#[from] NotShown),
    /// The custody line cannot be signed.
    #[error("this text is not carried: {0}")]
    Pen(#[from] PenError),
}

fn not_shown(error: Unverified, party: u16) -> NotShown {
    match error {
        Unverified::NotAuthentic => NotShown::NotTheAuthorsText { party },
        Unverified::KeyNotKnown => NotShown::KeyNotKnown { party },
        Unverified::OtherTalks => NotShown::OtherTalks,
    }
}

impl Body for Carried {
    fn check(&self) -> Result<(), Broken> {
        if self.custody.is_empty() {
            return Err(Broken::Empty("list of custody lines"));
        }
        if self.custody.len() > MAX_CUSTODY {
            return Err(Broken::TooLong("list of custody lines"));
        }
        object(self.text.as_bytes(), "carried text")?;
        self.custody.iter().try_for_each(|line| object(line.as_bytes(), "custody line"))
    }
}

#[cfg(test)]
impl Carried {
    pub(super) fn sample() -> Self {
        Self {
            class: Provenance::OpenVerbatim,
            of: 1,
            text: SignedText::from_bytes(b"{text}".to_vec()),
            custody: vec![SignedText::from_bytes(b"{taken}".to_vec())],
        }
    }
}

#[cfg(test)]
mod tests;
