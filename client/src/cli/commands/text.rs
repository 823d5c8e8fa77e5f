//! `entente text`: draft, propose, read, compare and answer texts. Nothing here binds anybody.

use std::path::Path;

use entente_channel::text::proposal::Stance;
use serde_json::{Value, json};

use super::read_file;
use crate::cli::arguments::{StanceWord, Text, TextAct};
use crate::cli::session::{Session, now};
use crate::cli::{Report, showing};
use crate::drafting::{self, Draft};
use crate::words;
use crate::words::fault::Fault;

impl Text {
    /// Whether this only reads a file, and so needs no store.
    pub(in crate::cli) fn is_draft(&self) -> bool {
        matches!(self.act, Some(TextAct::Draft { .. }))
    }
}

/// `text draft`: how a file is understood.
pub(in crate::cli) fn draft_only(text: Text) -> Result<Report, Fault> {
    let Some(TextAct::Draft { file }) = text.act else {
        return Err(Fault::Usage { why: "Name the understanding file".to_owned() });
    };
    let draft = read_draft(&file)?;
    let text = format!("{}\nThis is how the file is understood. Nothing was sent.", showing::draft(&draft));
    Ok(Report::done(text, showing::draft_json(&draft)))
}

pub(in crate::cli) fn run(session: &mut Session, act: Option<TextAct>) -> Result<Report, Fault> {
    let talks = session.talks()?;
    match act {
        None => list(session, &talks),
        Some(TextAct::Draft { file }) => draft_only(Text { act: Some(TextAct::Draft { file }) }),
        Some(TextAct::Propose { file, replaces, note }) => {
            let draft = read_draft(&file)?;
            let replaces = replaces.map(|text| session.text(&talks, &text)).transpose()?;
            let replaces = replaces.map(|text| text.id);
            let id =
                session.step(|engine, at| engine.propose(at, &talks, &draft, replaces.as_deref(), &note))?;
            session.exchange()?;
            let text = format!("Proposed as text {}. A proposal binds nobody.", showing::short(&id));
            Ok(Report::done(text, json!({ "text": id })))
        }
        Some(TextAct::Show { text, source }) => {
            session.refresh()?;
            let view = session.text(&talks, &text)?;
            session.step(|engine, at| engine.opened(at, &talks, view.item))?;
            let known = session.known()?;
            let shown = if source { showing::text_source(&view) } else { showing::text(&view, &known) };
            Ok(Report::done(shown, showing::text_json(&view)))
        }
        Some(TextAct::Compare { text }) => {
            let view = session.text(&talks, &text)?;
            let changes = session.look(|engine| engine.changes(&talks, &view.id))?;
            let sentences: Vec<String> = changes.iter().map(showing::change).collect();
            let shown = if sentences.is_empty() {
                "No clause differs from the text before.".to_owned()
            } else {
                words::changed(&sentences)
            };
            Ok(Report::done(shown, json!({ "changes": sentences })))
        }
        Some(TextAct::Answer { text, stance }) => {
            let view = session.text(&talks, &text)?;
            session.read_before(&talks, &view)?;
            let id = view.id;
            let stance = match stance {
                StanceWord::Clear => Stance::ClearToMe,
                StanceWord::Considering => Stance::UnderConsideration,
                StanceWord::Ready => Stance::ReadyToSign,
            };
            session.step(|engine, at| engine.answer(at, &talks, &id, stance))?;
            session.exchange()?;
            Ok(Report::done(
                format!("Answered text {}. An answer binds nobody.", showing::short(&id)),
                json!({ "text": id }),
            ))
        }
    }
}

fn read_draft(file: &Path) -> Result<Draft, Fault> {
    let bytes = read_file(file, 1 << 20)?;
    let draft = drafting::read(&bytes).map_err(|error| Fault::Draft { file: file.to_owned(), error })?;
    if let Some(limit) = draft.not_after.filter(|limit| *limit <= now()) {
        let passed = words::moment(limit);
        return Err(Fault::NotNow {
            why: format!("`Not after:` has passed: {passed}. Nobody could sign this any more"),
        });
    }
    Ok(draft)
}

fn list(session: &mut Session, talks: &str) -> Result<Report, Fault> {
    session.refresh()?;
    let texts = session.look(|engine| engine.texts(talks))?;
    let known = session.known()?;
    let lines: Vec<String> = texts.iter().map(|text| showing::text_line(text, &known)).collect();
    let shown = if lines.is_empty() { "There are no texts yet.".to_owned() } else { lines.join("\n") };
    let texts: Vec<Value> = texts.iter().map(showing::text_json).collect();
    Ok(Report::done(shown, json!({ "texts": texts, "known": showing::known_json(&known) })))
}
