//! The reader: of the texts that RFC 8259 allows for a value, the one that the writer writes.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{Limits, MAX_INTEGER, Object, Value, plain_bytes};

/// Why a text was refused, and where (peer misbehaved).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("JSON refused at byte {offset}: {problem}")]
pub struct ParseError {
    /// Bytes from the start of the text.
    pub offset: usize,
    /// What is wrong there.
    pub problem: ParseProblem,
}

/// What is wrong with a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseProblem {
    /// Longer than [`Limits::bytes`].
    #[error("the text is too long")]
    TooLong,
    /// Nested beyond [`Limits::depth`].
    #[error("nested too deeply")]
    TooDeep,
    /// The bytes are not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// The text starts with U+FEFF.
    #[error("byte-order mark")]
    ByteOrderMark,
    /// The text ends inside a value.
    #[error("the text ends too early")]
    UnexpectedEnd,
    /// A character that cannot stand here.
    #[error("unexpected character")]
    Unexpected,
    /// Something follows the value.
    #[error("data after the value")]
    TrailingData,
    /// An object has two members of one name.
    #[error("duplicate member name")]
    DuplicateName,
    /// A member name has a character outside ASCII.
    #[error("member name is not ASCII")]
    NameNotAscii,
    /// A fraction or an exponent.
    #[error("a number with a fraction or an exponent")]
    Float,
    /// Beyond 2^53 - 1, a leading zero, or minus zero.
    #[error("not an integer of at most 53 bits in its shortest form")]
    BadInteger,
    /// A control character that is not escaped, or an escape that does not exist.
    #[error("bad character or escape in a string")]
    BadString,
    /// `\ud800` to `\udfff` without its other half.
    #[error("unpaired surrogate")]
    UnpairedSurrogate,
    /// A blank, a longer escape than is needed, or a member name after a greater one.
    #[error("not in canonical form")]
    NotCanonical,
}

/// Reads the one JSON value whose canonical text is `text`.
///
/// # Errors
/// [`ParseError`] with the offset of the first offence.
pub fn parse(text: &[u8], limits: Limits) -> Result<Value<'_>, ParseError> {
    let fail = |offset, problem| Err(ParseError { offset, problem });
    if text.len() > limits.bytes {
        return fail(limits.bytes, ParseProblem::TooLong);
    }
    let text = match core::str::from_utf8(text) {
        Ok(text) => text,
        Err(error) => return fail(error.valid_up_to(), ParseProblem::NotUtf8),
    };
    if text.starts_with('\u{feff}') {
        return fail(0, ParseProblem::ByteOrderMark);
    }
    let mut reader = Reader { text, offset: 0, depth_left: limits.depth };
    let value = reader.value()?;
    match reader.peek() {
        None => Ok(value),
        Some(byte) => reader.fail(unless_blank(byte, ParseProblem::TrailingData)),
    }
}

/// A blank can stand in JSON, and in no canonical text.
fn unless_blank(byte: u8, problem: ParseProblem) -> ParseProblem {
    if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') { ParseProblem::NotCanonical } else { problem }
}

struct Reader<'a> {
    text: &'a str,
    offset: usize,
    depth_left: usize,
}

impl<'a> Reader<'a> {
    fn fail<T>(&self, problem: ParseProblem) -> Result<T, ParseError> {
        Err(ParseError { offset: self.offset, problem })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn unexpected<T>(&self) -> Result<T, ParseError> {
        self.fail(match self.peek() {
            Some(byte) => unless_blank(byte, ParseProblem::Unexpected),
            None => ParseProblem::UnexpectedEnd,
        })
    }

    fn expect(&mut self, byte: u8) -> Result<(), ParseError> {
        if self.peek() != Some(byte) {
            return self.unexpected();
        }
        self.offset += 1;
        Ok(())
    }

    fn value(&mut self) -> Result<Value<'a>, ParseError> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => self.unexpected(),
        }
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Value<'a>, ParseError>,
    ) -> Result<Value<'a>, ParseError> {
        let Some(left) = self.depth_left.checked_sub(1) else {
            return self.fail(ParseProblem::TooDeep);
        };
        self.depth_left = left;
        self.offset += 1;
        let value = read(self)?;
        self.depth_left += 1;
        Ok(value)
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, ParseError> {
        let rest = self.text.get(self.offset..).unwrap_or("");
        if !rest.starts_with(word) {
            return self.fail(ParseProblem::Unexpected);
        }
        self.offset += word.len();
        Ok(value)
    }

    fn array(&mut self) -> Result<Value<'a>, ParseError> {
        let mut elements = Vec::new();
        if self.peek() == Some(b']') {
            self.offset += 1;
            return Ok(Value::Array(elements));
        }
        loop {
            let element = self.value()?;
            if elements.is_empty() {
                elements.reserve_exact(1);
            }
            elements.push(element);
            if self.ends_or_continues(b']')? {
                return Ok(Value::Array(elements));
            }
        }
    }

    fn object(&mut self) -> Result<Value<'a>, ParseError> {
        let mut members = Object::new();
        if self.peek() == Some(b'}') {
            self.offset += 1;
            return Ok(Value::Object(members));
        }
        loop {
            let start = self.offset;
            let name = self.string()?;
            if !name.is_ascii() {
                return Err(ParseError { offset: start, problem: ParseProblem::NameNotAscii });
            }
            let problem = match members.last_name().map(|last| last.cmp(&name)) {
                None | Some(Ordering::Less) => None,
                Some(Ordering::Equal) => Some(ParseProblem::DuplicateName),
                Some(Ordering::Greater) => Some(ParseProblem::NotCanonical),
            };
            if let Some(problem) = problem {
                return Err(ParseError { offset: start, problem });
            }
            self.expect(b':')?;
            members.push(name, self.value()?);
            if self.ends_or_continues(b'}')? {
                return Ok(Value::Object(members));
            }
        }
    }

    /// Reads `end` (true) or a comma (false).
    fn ends_or_continues(&mut self, end: u8) -> Result<bool, ParseError> {
        if self.peek() == Some(end) {
            self.offset += 1;
            return Ok(true);
        }
        self.expect(b',')?;
        Ok(false)
    }

    fn number(&mut self) -> Result<Value<'a>, ParseError> {
        let start = self.offset;
        let bad = |problem| Err(ParseError { offset: start, problem });
        if self.peek() == Some(b'-') {
            self.offset += 1;
        }
        while let Some(b'0'..=b'9') = self.peek() {
            self.offset += 1;
        }
        if let Some(b'.' | b'e' | b'E') = self.peek() {
            return bad(ParseProblem::Float);
        }
        let digits = self.text.get(start..self.offset).unwrap_or("");
        // The shortest form is the only one: no leading zero, no minus zero.
        let shortest = digits == "0" || !digits.trim_start_matches('-').starts_with('0');
        match digits.parse::<i64>() {
            Ok(number) if shortest && (-MAX_INTEGER..=MAX_INTEGER).contains(&number) => {
                Ok(Value::Integer(number))
            }
            _ => bad(ParseProblem::BadInteger),
        }
    }

    /// Reads a string: a piece of the text, unless something in it is escaped.
    fn string(&mut self) -> Result<Cow<'a, str>, ParseError> {
        self.expect(b'"')?;
        let plain = self.plain();
        if self.peek() == Some(b'"') {
            self.offset += 1;
            return Ok(plain.into());
        }
        let mut out = String::from(plain);
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(out.into());
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return self.fail(ParseProblem::BadString),
                None => return self.fail(ParseProblem::UnexpectedEnd),
            }
            out.push_str(self.plain());
        }
    }

    /// Reads what a string holds as it is.
    fn plain(&mut self) -> &'a str {
        let rest = self.text.get(self.offset..).unwrap_or("");
        let plain = rest.get(..plain_bytes(rest)).unwrap_or("");
        self.offset += plain.len();
        plain
    }

    fn escape(&mut self) -> Result<char, ParseError> {
        let start = self.offset;
        self.offset += 1;
        let Some(letter) = self.peek() else {
            return self.fail(ParseProblem::UnexpectedEnd);
        };
        self.offset += 1;
        Ok(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => return Err(ParseError { offset: start, problem: ParseProblem::NotCanonical }),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let character = self.unicode_escape(start)?;
                let escape = self.text.get(start..self.offset).unwrap_or("");
                let shortest = matches!(character, '\0'..'\u{8}' | '\u{b}' | '\u{e}'..' ');
                if !shortest || escape.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    return Err(ParseError { offset: start, problem: ParseProblem::NotCanonical });
                }
                character
            }
            _ => return Err(ParseError { offset: start, problem: ParseProblem::BadString }),
        })
    }

    fn unicode_escape(&mut self, start: usize) -> Result<char, ParseError> {
        let unpaired = ParseError { offset: start, problem: ParseProblem::UnpairedSurrogate };
        let first = self.hex4()?;
        let code = match first {
            0xd800..=0xdbff => {
                let rest = self.text.get(self.offset..).unwrap_or("");
                if !rest.starts_with("\\u") {
                    return Err(unpaired);
                }
                self.offset += 2;
                let second = self.hex4()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(unpaired);
                }
                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            other => other,
        };
        char::from_u32(code).ok_or(unpaired)
    }

    fn hex4(&mut self) -> Result<u32, ParseError> {
        let digits = self.text.get(self.offset..self.offset + 4).unwrap_or("");
        if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return self.fail(ParseProblem::BadString);
        }
        self.offset += 4;
        u32::from_str_radix(digits, 16).or(self.fail(ParseProblem::BadString))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Limits = Limits { bytes: 200, depth: 3 };

    fn problem(text: &str) -> ParseProblem {
        parse(text.as_bytes(), SMALL).unwrap_err().problem
    }

    #[test]
    fn canonical_text_is_read_back_as_it_is() {
        let text = r#"{"a":[-1,0,9007199254740991],"b":{"c":null},"d":"\"\\\b\t\n\f\r\u0001é😀","e":true}"#;
        let value = parse(text.as_bytes(), SMALL).unwrap();
        assert_eq!(value.to_canonical(), text);
    }

    #[test]
    fn texts_that_readers_understand_differently_are_refused() {
        use ParseProblem as P;
        let cases = [
            (r#"{"a":1,"a":1}"#, P::DuplicateName),
            (r#"{"a":1,"\u0061":1}"#, P::NotCanonical),
            (r#"{"a":1,"b":2,"a":1}"#, P::NotCanonical),
            (r#"{"é":1}"#, P::NameNotAscii),
            ("1.0", P::Float),
            ("1e3", P::Float),
            ("9007199254740992", P::BadInteger),
            ("-9007199254740992", P::BadInteger),
            ("99999999999999999999999", P::BadInteger),
            ("01", P::BadInteger),
            ("-0", P::BadInteger),
            ("-", P::BadInteger),
            (r#""\ud800""#, P::UnpairedSurrogate),
            (r#""\udc00""#, P::UnpairedSurrogate),
            (r#""\ud800\u0041""#, P::UnpairedSurrogate),
            (r#""\x41""#, P::BadString),
            (r#""\u00g0""#, P::BadString),
            (r#""\u+041""#, P::BadString),
            ("\"\n\"", P::BadString),
            ("\u{feff}1", P::ByteOrderMark),
            ("1,1", P::TrailingData),
            ("1\0", P::TrailingData),
            ("[[[[1]]]]", P::TooDeep),
            ("[1,]", P::Unexpected),
            ("[1", P::UnexpectedEnd),
            ("", P::UnexpectedEnd),
            ("\"a", P::UnexpectedEnd),
            ("{1:2}", P::Unexpected),
            ("nul", P::Unexpected),
            ("NaN", P::Unexpected),
            ("'a'", P::Unexpected),
        ];
        for (text, expected) in cases {
            assert_eq!(problem(text), expected, "{text}");
        }
        assert_eq!(parse(&[b'"', 0xff, b'"'], SMALL).unwrap_err().problem, P::NotUtf8);
        assert_eq!(parse(&[b' '; 201], SMALL).unwrap_err().problem, P::TooLong);
    }

    #[test]
    fn another_text_of_the_same_value_is_not_canonical() {
        for text in [" 1", "[1, 2]", r#"{"b":1,"a":1}"#, r#""\/""#, r#""\u0041""#, r#""\u001F""#] {
            let error = parse(text.as_bytes(), SMALL).unwrap_err();
            assert_eq!(error.problem, ParseProblem::NotCanonical, "{text}");
        }
        let error = parse(b"[1,2, 3]", SMALL).unwrap_err();
        assert_eq!(error.offset, 5);
    }

    #[test]
    fn an_error_says_where() {
        assert_eq!(parse(br#"{"a":1,"b":2.5}"#, SMALL).unwrap_err().offset, 11);
    }
}
