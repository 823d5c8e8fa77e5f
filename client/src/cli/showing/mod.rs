//! What the engine's views look like: in sentences for people, as JSON for scripts.

mod frames;
mod items;
mod membership;
mod people;
mod record;
mod tasks;
mod texts;

pub(crate) use items::{delivery_json, item, item_json, item_line, known_json, progress_json, way};
pub(crate) use membership::{membership, membership_json, membership_question, reach};
pub(crate) use people::{
    Names, charter, charter_json, charter_standing, joining, joining_json, person, person_json, talks,
    talks_json,
};
pub(crate) use record::{entry, entry_json, entry_whole};
pub(crate) use tasks::{task, task_json};
pub(crate) use texts::{
    acting, change, draft, draft_json, recorded_text_json, short, standing, text, text_json, text_line,
    text_source,
};
