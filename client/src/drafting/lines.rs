//! The file as lines that know their place.

use super::{DraftError, DraftFault};

/// One line without its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: u32,
    /// What stands on it, trailing blanks removed.
    pub(super) text: &'a str,
}

impl<'a> Line<'a> {
    /// A fault at the place where `rest`, a slice of this line, begins.
    pub(super) fn fault_at(&self, rest: &str, fault: DraftFault) -> DraftError {
        let offset = (rest.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let before = self.text.get(..offset).unwrap_or(self.text);
        DraftError { line: self.number, column: column_after(before), fault }
    }

    /// A fault at the first character that is not blank.
    pub(super) fn fault(&self, fault: DraftFault) -> DraftError {
        self.fault_at(self.text.trim_start(), fault)
    }

    /// Nothing to read on it.
    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// Belongs to the clause above.
    pub(super) fn is_indented(&self) -> bool {
        self.text.starts_with(' ')
    }
}

/// Column that follows `before` in its line.
pub(super) fn column_after(before: &str) -> u32 {
    u32::try_from(before.chars().count()).unwrap_or(u32::MAX).saturating_add(1)
}

/// All lines, with a look at the next.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    rest: std::iter::Peekable<std::str::Lines<'a>>,
    read: u32,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.lines().peekable(), read: 0 }
    }

    /// The next line, left in place.
    pub(super) fn peek(&mut self) -> Option<Line<'a>> {
        let text = self.rest.peek()?.trim_end_matches(' ');
        Some(Line { number: self.read.saturating_add(1), text })
    }

    /// The next line that is not blank, left in place.
    pub(super) fn peek_written(&mut self) -> Option<Line<'a>> {
        while self.peek()?.is_blank() {
            self.next();
        }
        self.peek()
    }

    /// A fault behind the last line read.
    pub(super) fn fault_at_end(&self, fault: DraftFault) -> DraftError {
        DraftError { line: self.read.max(1), column: 1, fault }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let line = self.peek()?;
        self.rest.next();
        self.read = line.number;
        Some(line)
    }
}
