//! Our rows, one module a table or two that belong together.
//!
//! Every function takes the [`crate::Transaction`] it works in. Values called `state` or `body` are
//! the caller's own types, encoded by [`crate::codec`].

pub mod channels;
pub mod inbox;
pub mod items;
pub mod joinings;
pub mod mailboxes;
pub mod outbox;
pub mod receipts;
pub mod record;
pub mod settings;
pub mod talks;

/// Defines a row's number as a type of its own, so that two tables' numbers are not mixed up.
macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl rusqlite::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                i64::column_result(value).map(Self)
            }
        }
    };
}
pub(crate) use row_id;
