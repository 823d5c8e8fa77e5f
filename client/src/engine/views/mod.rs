//! What a person is shown, as plain data: nothing here is a key, a leaf or an epoch.

mod changes;
mod entries;
mod items;
mod links;
mod people;
mod talks;
mod tasks;
mod texts;

use entente_record::document::{Kind, Proposal};
use entente_record::json::Value;

pub use changes::ChangeView;
pub use entries::EntryView;
pub use items::{BodyView, HandView, ItemView, Progress, ReaderView};
pub use links::{AboutView, ReadBackView};
pub use people::Person;
pub use talks::{CharterView, SignerView, Stage, TalksView};
pub use tasks::Task;
pub use texts::{AnswerView, ClauseView, MarkView, TargetView, TextView};

/// What a document is called, if it has no title too.
fn name_of(proposal: &Proposal) -> String {
    let untitled = match proposal.kind() {
        kind if *kind == Kind::CONSENT => "Agreement to a disclosure",
        kind if *kind == Kind::UNATTRIBUTED => "Words to be shown without a name",
        _ => "",
    };
    title(proposal).unwrap_or_else(|| untitled.to_owned())
}

/// A document's title.
fn title(proposal: &Proposal) -> Option<String> {
    proposal.property("title").and_then(Value::as_str).map(str::to_owned)
}
