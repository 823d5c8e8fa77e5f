//! What an entry is about: an understanding of this record, or some of its clauses, named in the
//! salted property `about`. docs/record.md, "About".
//!
//! ```text
//! {"clauses":[5],"index":3,"item":"00112233445566778899aabbccddeeff"}
//! {"clauses":[],"index":3,"item":"00112233445566778899aabbccddeeff","settles":true}
//! ```

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::document::{MAX_SLOTS, Presentation};
use crate::json::{Fields, Value};
use crate::state_tree::ItemId;

/// The property that says what an entry is about.
pub const PROPERTY: &str = "about";

/// An understanding, or some of its clauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The understanding.
    pub item: ItemId,
    /// The index of the entry that made it.
    pub index: u64,
    /// The slots of the clauses that are meant, ascending; none for the whole.
    pub clauses: Vec<u16>,
    /// Whether it settles what is disputed there.
    pub settles: bool,
}

impl About {
    /// The whole of an understanding.
    pub fn whole(item: ItemId, index: u64) -> Self {
        Self { item, index, clauses: Vec::new(), settles: false }
    }

    /// Some of its clauses, by their slots.
    #[must_use]
    pub fn clauses(mut self, slots: &[u16]) -> Self {
        self.clauses = slots.to_vec();
        self.clauses.sort_unstable();
        self.clauses.dedup();
        self
    }

    /// Settles what is disputed there.
    #[must_use]
    pub fn settling(mut self) -> Self {
        self.settles = true;
        self
    }

    /// The property's value.
    pub fn to_json(&self) -> Value<'_> {
        let clauses = self.clauses.iter().copied().map(Value::from).collect();
        let index = Value::integer(self.index).unwrap_or(Value::Null);
        let mut members = Vec::from([
            ("clauses", Value::Array(clauses)),
            ("index", index),
            ("item", Value::from(self.item.to_string())),
        ]);
        if self.settles {
            members.push(("settles", Value::from(true)));
        }
        Value::object(members)
    }

    /// Reads the property's value.
    pub fn from_json(value: &Value<'_>) -> Option<Self> {
        let mut fields = Fields::new(value.clone()).ok()?;
        let index = fields.integer("index").ok()?;
        let item = ItemId::parse(&fields.string("item").ok()?)?;
        let clauses = slots(&fields.array("clauses").ok()?)?;
        let settles = match fields.optional("settles") {
            None => false,
            Some(Value::Bool(true)) => true,
            Some(_) => return None,
        };
        fields.finish().ok()?;
        Some(Self { item, index, clauses, settles })
    }

    /// What a presentation shows itself to be about; `None` too for a property of another form.
    pub(crate) fn shown(presentation: &Presentation) -> Option<Self> {
        presentation.properties().get(PROPERTY).copied().and_then(Self::from_json)
    }
}

/// Slots of clauses, ascending, each once.
pub(crate) fn slots(values: &[Value<'_>]) -> Option<Vec<u16>> {
    let slot = |value: &Value<'_>| u16::try_from(value.as_u64()?).ok().filter(|slot| *slot < MAX_SLOTS);
    let slots: Vec<u16> = values.iter().map(slot).collect::<Option<_>>()?;
    slots.is_sorted_by(|a, b| a < b).then_some(slots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_for_each_target() {
        let whole = About::whole(ItemId([7; 16]), 3);
        for about in [whole.clone(), whole.clone().clauses(&[5, 2]), whole.clone().settling()] {
            assert_eq!(About::from_json(&about.to_json()), Some(about));
        }
        for clauses in [&[1_u16, 1][..], &[2, 1], &[64]] {
            let about = About { clauses: clauses.to_vec(), ..whole.clone() };
            assert_eq!(About::from_json(&about.to_json()), None);
        }
        let Value::Object(mut members) = whole.to_json() else { panic!() };
        members.insert("settles", Value::from(false));
        assert_eq!(About::from_json(&Value::Object(members)), None);
    }
}
