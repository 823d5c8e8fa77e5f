//! What an amendment changes: its target, named in the salted property `amends`.
//!
//! ```text
//! {"index":3,"item":"00112233445566778899aabbccddeeff"}
//! ```

use alloc::string::ToString;

use crate::json::{Fields, Value};
use crate::state_tree::ItemId;

/// The property that names the target.
pub const PROPERTY: &str = "amends";

/// An understanding in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The understanding.
    pub item: ItemId,
    /// The index of the entry that made it.
    pub index: u64,
}

impl Target {
    /// The property's value.
    pub fn to_json(self) -> Value {
        let index = Value::integer(self.index).unwrap_or(Value::Null);
        Value::object([("index", index), ("item", Value::from(self.item.to_string()))])
    }

    /// Reads the property's value.
    pub fn from_json(value: &Value) -> Option<Self> {
        let mut fields = Fields::new(value.clone()).ok()?;
        let index = fields.integer("index").ok()?;
        let item = ItemId::parse(&fields.string("item").ok()?)?;
        fields.finish().ok()?;
        Some(Self { item, index })
    }
}
