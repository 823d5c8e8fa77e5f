//! What belongs together among items: a report and its read-back, a note and what it is about.

use std::collections::BTreeMap;

use entente_channel::text::digest::Digest;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::shown::{Shown, Whose};

use super::items::{BodyView, ItemView};

/// What a side said of a carrier's report of its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadBackView {
    /// Nothing yet.
    Awaited {
        /// The report is of our own side: it is ours to confirm or correct.
        ours: bool,
    },
    /// The side stated the same words.
    Confirmed {
        /// The statement's item.
        item: i64,
        /// Through whom alone the key under it is known.
        only_through: Option<String>,
    },
    /// The side stated other words.
    Corrected {
        /// The statement's item.
        item: i64,
        /// Through whom alone the key under it is known.
        only_through: Option<String>,
    },
}

/// The text that a note is about, or that a read-back answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AboutView {
    /// Its item.
    pub item: i64,
    /// The side whose words it holds or reports.
    pub side: u16,
}

/// Links items with one another; `own` is our party.
pub(super) fn link(views: &mut [ItemView], own: u16, name: &dyn Fn(&PersonaRef) -> String) {
    let mut texts: BTreeMap<Digest, AboutView> = BTreeMap::new();
    for view in views.iter() {
        if let Some((shown, digest)) = shown(view).and_then(|shown| Some((shown, shown.digest?))) {
            let (Whose::Own { party: side, .. } | Whose::ReportOf { party: side, .. }) = shown.whose;
            texts.entry(digest).or_insert(AboutView { item: view.number, side });
        }
    }
    let read_backs: Vec<ReadBack> = views.iter().filter_map(ReadBack::of).collect();
    for view in views.iter_mut() {
        let Some(shown) = shown(view) else { continue };
        let about = shown.about.or(shown.reads).and_then(|digest| texts.get(&digest).copied());
        let read_back = match shown.whose {
            Whose::ReportOf { party, .. } => {
                let answer = read_backs.iter().rfind(|read_back| read_back.speaks_of(shown, party));
                Some(match answer {
                    None => ReadBackView::Awaited { ours: party == own },
                    Some(answer) => {
                        let (item, only_through) = (answer.number, answer.only_through.as_ref().map(name));
                        match answer.words == shown.words {
                            true => ReadBackView::Confirmed { item, only_through },
                            false => ReadBackView::Corrected { item, only_through },
                        }
                    }
                })
            }
            Whose::Own { .. } => None,
        };
        view.about = about;
        view.read_back = read_back;
    }
}

/// A statement in which a side's delegate answers a report.
struct ReadBack {
    number: i64,
    account: Digest,
    party: u16,
    words: BTreeMap<String, String>,
    only_through: Option<PersonaRef>,
}

impl ReadBack {
    fn of(view: &ItemView) -> Option<Self> {
        let shown = shown(view)?;
        let Whose::Own { party, .. } = shown.whose else { return None };
        let (words, only_through) = (shown.words.clone(), shown.introduced_only_by());
        Some(Self { number: view.number, account: shown.reads?, party, words, only_through })
    }

    /// Only the side whose words a report claims can confirm or correct them.
    fn speaks_of(&self, report: &Shown, party: u16) -> bool {
        report.digest == Some(self.account) && self.party == party
    }
}

/// The text of an item that was signed and is shown.
fn shown(view: &ItemView) -> Option<&Shown> {
    match &view.body {
        BodyView::Statement { shown, .. } | BodyView::Carried(shown) => Some(shown),
        _ => None,
    }
}
