//! What is known of a persona's key: who says that it is whose, and what the record allows it.
//!
//! Two questions that are easily taken for one. **Is this the author's key?** It is *anchored*
//! when words or the record's check code were compared with the author itself; otherwise somebody
//! introduced it, and that somebody could have put a key of its own in its place. **May it speak
//! for its side?** The roster says so, with a scope; but a roster that came through one
//! intermediary is that intermediary's roster until the check code is compared.

use std::collections::{BTreeMap, BTreeSet};

use entente_record::document::Keys;
use entente_record::origin::Origin;
use entente_record::persona::{Persona, PersonaId};
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::persona_ref::PersonaRef;

/// The most keys one book holds.
pub const MAX_KEYS: usize = 512;

/// The most introducers remembered of one key.
pub const MAX_INTRODUCERS: usize = 32;

/// What was compared with the author outside the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Anchor {
    /// The check words of joining.
    Words,
    /// The record's check code.
    CheckCode,
}

/// What the roster lets a persona do for its side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Authority {
    /// In no roster that is known here.
    NotStated,
    /// To explore.
    Explore,
    /// To negotiate.
    Negotiate,
    /// To commit its side: *authorised*.
    Commit,
    /// Was in the roster and is no more.
    Ended,
}

/// How a reader knows that a key is its author's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Knowledge {
    /// It is the reader's own.
    Own,
    /// Compared with the author.
    Anchored(Anchor),
    /// Introduced by these, none of whom the reader knows through another of them.
    IntroducedBy(Vec<PersonaRef>),
    /// Introduced by one person alone, who could be in the middle: sentence 13.
    IntroducedOnlyBy(PersonaRef),
}

impl Knowledge {
    /// The one person through whom alone the key is known; sentence 13 is shown exactly then.
    #[must_use]
    pub const fn introduced_only_by(&self) -> Option<PersonaRef> {
        match self {
            Self::IntroducedOnlyBy(person) => Some(*person),
            _ => None,
        }
    }
}

/// A key in the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownKey {
    #[serde(with = "persona_bytes")]
    persona: Persona,
    party: u16,
    authority: Authority,
    anchor: Option<Anchor>,
    introducers: BTreeSet<PersonaRef>,
}

impl KnownKey {
    /// The side it is of; 0 for none.
    #[must_use]
    pub const fn party(&self) -> u16 {
        self.party
    }

    /// What the roster lets it do.
    #[must_use]
    pub const fn authority(&self) -> Authority {
        self.authority
    }

    /// The public keys.
    #[must_use]
    pub const fn persona(&self) -> &Persona {
        &self.persona
    }
}

/// The book cannot be changed in this way; it stays as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// The peer's fault: one key is said to be of two sides.
    #[error("this key is known as side {known}'s and said to be side {said}'s")]
    TwoSides {
        /// As it stands in the book.
        known: u16,
        /// As it was said now.
        said: u16,
    },
    /// The caller's fault: nobody introduced the key yet.
    #[error("this key is not known")]
    Unknown,
    /// The record's check codes differ: there are two records, or one was misread.
    #[error("the check codes differ")]
    CodesDiffer,
    /// The peer is not in the record whose code was compared, so the code says nothing of its key.
    #[error("this key is not in the record's roster")]
    NotInRoster,
    /// The book or one of its lines is full.
    #[error("no more than {MAX_KEYS} keys, {MAX_INTRODUCERS} introducers each")]
    Full,
}

/// The keys that one person knows in one negotiation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyBook {
    origin: String,
    own: PersonaRef,
    keys: BTreeMap<PersonaRef, KnownKey>,
}

impl KeyBook {
    /// A book for the record `origin` that holds its owner's key.
    #[must_use]
    pub fn new(origin: &Origin, own: &Persona, party: u16) -> Self {
        let own_key = KnownKey {
            persona: own.clone(),
            party,
            authority: Authority::NotStated,
            anchor: None,
            introducers: BTreeSet::new(),
        };
        let own = PersonaRef::from(own.id());
        Self { origin: origin.as_str().to_owned(), own, keys: BTreeMap::from([(own, own_key)]) }
    }

    /// The owner.
    #[must_use]
    pub const fn own(&self) -> PersonaRef {
        self.own
    }

    /// The side the owner is of; 0 for none.
    #[must_use]
    pub fn own_party(&self) -> u16 {
        self.keys.get(&self.own).map_or(0, KnownKey::party)
    }

    /// The origin of the record whose people these are.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What is known of a key.
    #[must_use]
    pub fn get(&self, person: &PersonaRef) -> Option<&KnownKey> {
        self.keys.get(person)
    }

    /// Every key, in order of its reference.
    pub fn iter(&self) -> impl Iterator<Item = (&PersonaRef, &KnownKey)> {
        self.keys.iter()
    }

    /// Notes that `by` said that `persona` speaks for `party`: by a card it sent, or by admitting
    /// it to a channel. A person who introduces itself is its own introducer.
    ///
    /// # Errors
    /// [`BookError::TwoSides`], [`BookError::Full`].
    pub fn introduce(&mut self, persona: &Persona, party: u16, by: PersonaRef) -> Result<(), BookError> {
        let person = PersonaRef::from(persona.id());
        if self.keys.len() >= MAX_KEYS && !self.keys.contains_key(&person) {
            return Err(BookError::Full);
        }
        let key = self.keys.entry(person).or_insert_with(|| KnownKey {
            persona: persona.clone(),
            party,
            authority: Authority::NotStated,
            anchor: None,
            introducers: BTreeSet::new(),
        });
        if key.party != party {
            return Err(BookError::TwoSides { known: key.party, said: party });
        }
        if key.introducers.len() >= MAX_INTRODUCERS && !key.introducers.contains(&by) {
            return Err(BookError::Full);
        }
        key.introducers.insert(by);
        Ok(())
    }

    /// Notes that the check words of joining were compared with this person and matched.
    ///
    /// # Errors
    /// [`BookError::Unknown`].
    pub fn compared_words(&mut self, with: &PersonaRef) -> Result<(), BookError> {
        self.keys.get_mut(with).ok_or(BookError::Unknown)?.anchor = Some(Anchor::Words);
        Ok(())
    }

    /// Notes that the record's check code was compared with this person outside the channel. Its
    /// own key is anchored if the record's roster holds it; to the roster's other keys it is one
    /// more introducer.
    ///
    /// # Errors
    /// [`BookError`]; nothing is anchored when the codes differ.
    pub fn compared_code(
        &mut self,
        with: &PersonaRef,
        ours: &Digest,
        theirs: &Digest,
        roster: &[PersonaRef],
    ) -> Result<(), BookError> {
        if ours != theirs {
            return Err(BookError::CodesDiffer);
        }
        if !roster.contains(with) {
            return Err(BookError::NotInRoster);
        }
        let key = self.keys.get_mut(with).ok_or(BookError::Unknown)?;
        key.anchor.get_or_insert(Anchor::CheckCode);
        for other in roster.iter().filter(|other| *other != with) {
            if let Some(key) = self.keys.get_mut(other)
                && key.introducers.len() < MAX_INTRODUCERS
            {
                key.introducers.insert(*with);
            }
        }
        Ok(())
    }

    /// Follows the record's roster: what each of its members may do, and that whoever is no longer
    /// in it may do nothing.
    ///
    /// # Errors
    /// [`BookError::TwoSides`] if the roster and the book differ on a side; nothing is changed.
    pub fn follow_roster(&mut self, members: &[(PersonaRef, u16, Authority)]) -> Result<(), BookError> {
        for (person, said, _) in members {
            if let Some(key) = self.keys.get(person)
                && key.party != *said
            {
                return Err(BookError::TwoSides { known: key.party, said: *said });
            }
        }
        for (person, key) in &mut self.keys {
            match members.iter().find(|(member, ..)| member == person) {
                Some((.., authority)) => key.authority = *authority,
                None if key.authority != Authority::NotStated => key.authority = Authority::Ended,
                None => {}
            }
        }
        Ok(())
    }

    /// How the owner knows a key; `None` if it does not.
    ///
    /// Introducers who are known through one another are one path: it is counted from the people
    /// the owner compared something with.
    #[must_use]
    pub fn knowledge(&self, person: &PersonaRef) -> Option<Knowledge> {
        let key = self.keys.get(person)?;
        if *person == self.own {
            return Some(Knowledge::Own);
        }
        if let Some(anchor) = key.anchor {
            return Some(Knowledge::Anchored(anchor));
        }
        let mut paths = BTreeSet::new();
        self.anchored_paths(person, &mut BTreeSet::new(), &mut paths);
        let paths: Vec<PersonaRef> = paths.into_iter().collect();
        Some(match *paths.as_slice() {
            [] => Knowledge::IntroducedOnlyBy(key.introducers.first().copied().unwrap_or(*person)),
            [one] => Knowledge::IntroducedOnlyBy(one),
            _ => Knowledge::IntroducedBy(paths),
        })
    }

    /// The anchored people from whom introductions lead to `person`.
    fn anchored_paths(
        &self,
        person: &PersonaRef,
        seen: &mut BTreeSet<PersonaRef>,
        paths: &mut BTreeSet<PersonaRef>,
    ) {
        let Some(key) = self.keys.get(person).filter(|_| seen.insert(*person)) else {
            return;
        };
        for by in key.introducers.iter().filter(|by| *by != person) {
            match self.keys.get(by) {
                Some(introducer) if introducer.anchor.is_some() => {
                    paths.insert(*by);
                }
                _ => self.anchored_paths(by, seen, paths),
            }
        }
    }
}

impl Keys for KeyBook {
    fn persona(&self, id: &PersonaId) -> Option<&Persona> {
        self.keys.get(&PersonaRef::from(*id)).map(KnownKey::persona)
    }
}

/// A persona in a stored book: its 1984 bytes.
mod persona_bytes {
    use entente_record::persona::Persona;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(persona: &Persona, to: S) -> Result<S::Ok, S::Error> {
        persona.to_bytes().serialize(to)
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Persona, D::Error> {
        let bytes = Vec::<u8>::deserialize(from)?;
        Persona::from_bytes(&bytes).ok_or_else(|| D::Error::custom("not the keys of a persona"))
    }
}

#[cfg(test)]
mod tests;
