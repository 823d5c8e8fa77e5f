//! A modified client of Agnes: it changes 40 to 60 in a text it carries.
//!
//! The change is made here, on the bytes that North signed, between Agnes' client and the relay. Her
//! custody lines still fit: they name the digest of what North signed, which the changed words no
//! longer open. Neither program can be told to do this.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use entente_channel::text::message::Message;

use super::people::TALKS;
use super::talking::{find, has, received, words_of};
use super::{DemoError, Stage};
use crate::engine::BodyView;
use crate::words::{self, Name};

pub(super) fn play(stage: &mut Stage<'_>) -> Result<(), DemoError> {
    stage.scene("A modified client of Agnes changes 40 to 60");
    let text = "North repeats: 40 persons a day, no more.";
    stage.cast.karim.does("stating", |engine, at| engine.state(at, TALKS, "South", "en", text))?;
    stage.cast.until("Agnes has it", |cast| has(&mut cast.agnes, text))?;
    let item = find(&mut stage.cast.agnes, text)?.number;
    let honest = stage.cast.agnes.does("taking it", |engine, at| engine.carried(at, TALKS, item))?;
    let changed = change_words(&honest, "40 persons", "60 persons")?;
    DemoError::unless(
        matches!(Message::decode(&changed), Ok(Message::Carried(_))),
        "the changed text is well formed",
    )?;
    stage.cast.agnes.does("sending it", |engine, at| engine.send_raw(at, TALKS, "South", &changed))?;
    stage.tell(
        "Agnes' client hands South \"North repeats: 60 persons a day, no more.\" over North's signature.",
    );
    stage
        .cast
        .until("South's client has judged it", |cast| Ok(refusal(&received(&mut cast.vera)?).is_some()))?;
    let items = received(&mut stage.cast.vera)?;
    let sentence = refusal(&items).unwrap_or_default();
    DemoError::unless(
        sentence == words::not_the_authors_text(&Name::new("North")),
        "South reads that it is not North's text",
    )?;
    DemoError::unless(
        !items.iter().any(|item| words_of(item).is_some_and(|words| words.contains("60"))),
        "the changed text is shown nowhere",
    )?;
    stage.screen("Vera", &sentence);
    Ok(())
}

fn refusal(items: &[crate::engine::ItemView]) -> Option<String> {
    items.iter().find_map(|item| match &item.body {
        BodyView::NotShown(sentence) => Some(sentence.clone()),
        _ => None,
    })
}

/// Replaces words wherever they stand, in clear or inside a base64url disclosure; every length stays
/// as it was.
pub(super) fn change_words(message: &[u8], from: &str, to: &str) -> Result<Vec<u8>, DemoError> {
    let (from, to) = (from.as_bytes(), to.as_bytes());
    let is_code = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
    let mut changed = replace(message, from, to);
    for run in message.split(|byte| !is_code(byte)).filter(|run| run.len() > 40) {
        let decoded = std::str::from_utf8(run).ok().and_then(|run| Base64UrlUnpadded::decode_vec(run).ok());
        if let Some(decoded) = decoded {
            let forged = Base64UrlUnpadded::encode_string(&replace(&decoded, from, to));
            changed = replace(&changed, run, forged.as_bytes());
        }
    }
    if changed == message || changed.len() != message.len() {
        return Err(DemoError::new("changing the text", &"the words were not found in it"));
    }
    Ok(changed)
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(from) {
            out.extend_from_slice(to);
            rest = after;
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_change_reaches_words_in_clear_and_inside_disclosures() {
        assert_eq!(change_words(b"up to 40 persons", "40 p", "60 p").unwrap(), b"up to 60 persons");
        let words = b"[\"salt salt salt salt\",\"text\",\"up to 40 persons a day\"]";
        let hidden = format!("{{\"d\":\"{}\"}}", Base64UrlUnpadded::encode_string(words));
        let changed = change_words(hidden.as_bytes(), "40 p", "60 p").unwrap();
        assert_eq!(changed.len(), hidden.len());
        assert_ne!(changed, hidden.as_bytes());
        assert!(change_words(b"nothing", "40 p", "60 p").is_err());
    }
}
