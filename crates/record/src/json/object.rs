//! The members of an object.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::vec::{self, Vec};

use super::Value;

/// The members of an object, sorted by name. Names are ASCII, so that every language sorts them alike.
///
/// Most objects have a handful of members and are read once: they stand in one piece of memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

impl<'a> Object<'a> {
    /// An object without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(own, _)| (**own).cmp(name))
    }

    /// The member of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        let place = self.place(name).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// The member of a name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value<'a>> {
        let place = self.place(name).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Puts a member in, and gives the one of its name that was there.
    pub fn insert(&mut self, name: impl Into<Cow<'a, str>>, value: Value<'a>) -> Option<Value<'a>> {
        let name = name.into();
        match self.place(&name) {
            Ok(place) => self.0.get_mut(place).map(|(_, own)| core::mem::replace(own, value)),
            Err(place) => {
                self.0.insert(place, (name, value));
                None
            }
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) -> Option<Value<'a>> {
        let place = self.place(name).ok()?;
        Some(self.0.remove(place).1)
    }

    /// The name that stands last.
    pub(super) fn last_name(&self) -> Option<&str> {
        self.0.last().map(|(name, _)| &**name)
    }

    /// The members in the order of their names.
    pub(super) fn into_members(self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        self.0
    }

    /// Puts a member last, whose name comes after [`last_name`](Self::last_name).
    pub(super) fn push(&mut self, name: Cow<'a, str>, value: Value<'a>) {
        if self.0.is_empty() {
            // A file can hold millions of objects of one member: they take no room for more.
            self.0.reserve_exact(1);
        }
        self.0.push((name, value));
    }

    /// The members in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// The values in the order of their names.
    pub fn values(&self) -> impl Iterator<Item = &Value<'a>> {
        self.0.iter().map(|(_, value)| value)
    }

    /// The names, ascending.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The same members, that borrow from nothing.
    pub(super) fn into_owned(self) -> Object<'static> {
        let members = self.0.into_iter();
        Object(members.map(|(name, value)| (name.into_owned().into(), value.into_owned())).collect())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A later member replaces an earlier one of its name.
impl<'a> FromIterator<(Cow<'a, str>, Value<'a>)> for Object<'a> {
    fn from_iter<I: IntoIterator<Item = (Cow<'a, str>, Value<'a>)>>(members: I) -> Self {
        Self(members.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect())
    }
}

impl<'a> IntoIterator for Object<'a> {
    type Item = (Cow<'a, str>, Value<'a>);
    type IntoIter = vec::IntoIter<(Cow<'a, str>, Value<'a>)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_by_name_each_once() {
        let mut object: Object<'_> = [("b", 1_u16), ("a", 2), ("b", 3)]
            .map(|(name, value)| (name.into(), Value::from(value)))
            .into_iter()
            .collect();
        assert_eq!(object.insert("aa", Value::Null), None);
        assert_eq!(object.insert("a", Value::from(4_u16)), Some(Value::from(2_u16)));
        assert_eq!(object.keys().collect::<Vec<_>>(), ["a", "aa", "b"]);
        assert_eq!(object.remove("aa"), Some(Value::Null));
        assert_eq!(object.remove("aa"), None);
        assert_eq!(object.values().cloned().collect::<Vec<_>>(), [Value::from(4_u16), Value::from(3_u16)]);
    }
}
