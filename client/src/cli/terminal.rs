//! The person's screen and keyboard. Everything printed passes through one place, which lets no
//! control or bidi override of anybody's text through.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use serde_json::Value;

use crate::words::{fault::Fault, safe_line};

/// Standard streams, and whether a script is listening.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    json: bool,
}

/// What a command has to tell: the same thing twice, for people and for scripts.
#[derive(Debug, Clone)]
pub struct Report {
    /// Lines for a person.
    pub text: String,
    /// The same for a script.
    pub json: Value,
    /// Exit code.
    pub code: u8,
}

impl Report {
    /// A report of something done.
    #[must_use]
    pub fn done(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json, code: super::exit::DONE }
    }
}

impl Terminal {
    /// `json`: answers are JSON values and questions are never asked.
    #[must_use]
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints the outcome of a command.
    pub fn report(&self, report: &Report) {
        if self.json {
            write_out(&plain_json(&report.json));
        } else {
            write_out(&plain(&report.text));
        }
    }

    /// Prints a fault: the sentence for people, its name and code for scripts.
    pub fn fault(&self, fault: &Fault) -> u8 {
        let (code, name) = super::exit::of(fault);
        if self.json {
            write_out(&plain_json(
                &serde_json::json!({ "error": { "code": code, "name": name, "sentence": format!("{fault}.") } }),
            ));
        }
        write_err(&format!("{}.", plain(&fault.to_string())));
        code
    }

    /// A line of a story that is told as it happens; not for scripts.
    pub fn narrate(&self, line: &str) {
        if !self.json {
            let _ = writeln!(io::stdout(), "{}", plain(line));
        }
    }

    /// A remark beside the outcome, on standard error.
    pub fn remark(&self, sentence: &str) {
        write_err(&plain(sentence));
    }

    /// Shows `text` and wants `expected` typed. `given` is the answer from the command line;
    /// `flag` is the option that could have brought it.
    ///
    /// # Errors
    /// [`Fault::NotConfirmed`] for anything else, [`Fault::NobodyToAsk`] without a terminal.
    pub fn confirm(
        &self,
        text: &str,
        expected: &str,
        given: Option<&str>,
        flag: &'static str,
    ) -> Result<(), Fault> {
        let answer = match given {
            Some(answer) => answer.to_owned(),
            None => self.ask(text, &format!("Type {} to go on: ", safe_line(expected)), flag)?,
        };
        if !expected.is_empty() && answer.trim() == expected { Ok(()) } else { Err(Fault::NotConfirmed) }
    }

    /// Shows `text`, then asks for a line.
    ///
    /// # Errors
    /// [`Fault::NobodyToAsk`] without a terminal, [`Fault::NotConfirmed`] at the end of input.
    pub fn ask(&self, text: &str, question: &str, flag: &'static str) -> Result<String, Fault> {
        if self.json || !io::stdin().is_terminal() {
            return Err(Fault::NobodyToAsk { flag });
        }
        write_out(&plain(text));
        let _ = write!(io::stderr(), "{question}").and_then(|()| io::stderr().flush());
        let mut line = String::new();
        match io::stdin().lock().read_line(&mut line) {
            Ok(read) if read > 0 => Ok(line.trim().to_owned()),
            _ => Err(Fault::NotConfirmed),
        }
    }
}

fn write_out(text: &str) {
    if !text.is_empty() {
        // A closed pipe is the reader's choice, not a fault.
        let _ = writeln!(io::stdout(), "{}", text.trim_end_matches('\n'));
    }
}

fn write_err(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// The last guard: our own lines stay, whatever could act in them is shown as code points.
fn plain(text: &str) -> String {
    text.split('\n').map(safe_line_kept).collect::<Vec<_>>().join("\n")
}

/// As [`safe_line`], but without a second isolate around a line that holds isolates already.
fn safe_line_kept(line: &str) -> String {
    if line.contains('\u{2068}') && !line.chars().any(char::is_control) {
        line.to_owned()
    } else {
        safe_line(line)
    }
}

/// JSON in which every character outside printable ASCII is escaped, so that a terminal that shows
/// it cannot be fooled either.
fn plain_json(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_else(|_| "null".to_owned());
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '\n' || (' '..='~').contains(&character) {
            safe.push(character);
        } else {
            let mut units = [0_u16; 2];
            for unit in character.encode_utf16(&mut units) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_printed_can_act_on_the_screen() {
        assert_eq!(plain("a\u{1b}[31mb\nc\u{202E}d"), "a<U+001B>[31mb\nc<U+202E>d");
        assert_eq!(plain("\u{2068}كريم\u{2069} said"), "\u{2068}كريم\u{2069} said");
        assert_eq!(
            plain("\u{2068}كريم\u{2069} \u{1b}c\u{202E}"),
            safe_line("\u{2068}كريم\u{2069} \u{1b}c\u{202E}")
        );
    }

    #[test]
    fn json_is_ascii_and_still_the_same_value() {
        let value = serde_json::json!({ "name": "كريم\u{202E}\u{1F54A}" });
        let text = plain_json(&value);
        assert!(text.is_ascii());
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
