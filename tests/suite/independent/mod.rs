//! What Entente writes, read by tools that are not of this project.

mod parts;
mod trees;

pub(crate) use parts::accepted_by_strangers;
