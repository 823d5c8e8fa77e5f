//! An opening: the salt and the value behind one digest (an RFC 9901 section 4.2 *disclosure*).
//!
//! ```text
//! ["6Ij7tM-a5iVPGboS5tmvVA","title","Ceasefire in the valley"]        a property
//! ["eI8ZWm9QnKPpNPeNenHdhQ",{"class":"public","fields":[],…}]         an element of `clauses`
//! ```

use alloc::borrow::Cow;
use alloc::string::String;

use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};

use super::clause::{Clause, ClauseError};
use super::opened::{read_property, read_slot};
use super::proposal::ProposalError;
use crate::base64url;
use crate::json::{self, Limits, Value};

/// Salts hold at least this many random bytes.
pub(super) const SALT_BYTES: usize = 16;
const MAX_SALT_BYTES: usize = 64;

/// What a digest opens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Property(String, Value<'static>),
    Clause(Clause),
    /// A slot that no clause fills.
    Decoy,
}

/// One opening, as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opening {
    /// The base64url text whose bytes are hashed.
    pub(super) text: String,
    pub(super) digest: [u8; 32],
    pub(super) salt: String,
    pub(super) content: Content,
}

impl Opening {
    /// An opening with a fresh salt.
    pub(super) fn fresh<R: CryptoRng + ?Sized>(content: Content, rng: &mut R) -> Result<Self, ClauseError> {
        let mut salt = [0; SALT_BYTES];
        rng.fill_bytes(&mut salt);
        let salt = base64url::encode(&salt);
        let mut elements = alloc::vec![Value::from(salt.as_str())];
        match &content {
            Content::Property(name, value) => elements.extend([Value::from(name.as_str()), value.clone()]),
            Content::Clause(clause) => elements.push(clause.to_json()?),
            Content::Decoy => elements.push(Value::object([("decoy", Value::from(true))])),
        }
        let text = base64url::encode(Value::Array(elements).to_canonical().as_bytes());
        let digest = digest_of(&text);
        Ok(Self { text, digest, salt, content })
    }

    /// Reads an opening's text from JSON.
    pub(super) fn from_json(value: Value<'_>) -> Result<Self, ProposalError> {
        match value {
            Value::String(text) => Self::parse(text.into_owned()),
            _ => Err(ProposalError::OpeningForm),
        }
    }

    /// Reads an opening.
    pub(super) fn parse(text: String) -> Result<Self, ProposalError> {
        let bytes = base64url::decode(&text).map_err(|_| ProposalError::Base64)?;
        let (salt, name, value) = read(&bytes)?;
        let salt = checked_salt(salt)?;
        if hides_more(&value) {
            return Err(ProposalError::NestedDigest);
        }
        let content = match name {
            Some(name) => read_property(name, value)?,
            None => read_slot(value)?,
        };
        Ok(Self { digest: digest_of(&text), text, salt, content })
    }
}

type Read<'a> = (Value<'a>, Option<Cow<'a, str>>, Value<'a>);

/// Reads salt, name if it is a property's, and value.
fn read(bytes: &[u8]) -> Result<Read<'_>, ProposalError> {
    let array = json::parse(bytes, Limits::DOCUMENT).map_err(ProposalError::Opening)?;
    let Value::Array(elements) = array else {
        return Err(ProposalError::OpeningForm);
    };
    match <[Value<'_>; 2]>::try_from(elements) {
        Ok([salt, value]) => Ok((salt, None, value)),
        Err(elements) => match <[Value<'_>; 3]>::try_from(elements) {
            Ok([salt, Value::String(name), value]) => Ok((salt, Some(name), value)),
            _ => Err(ProposalError::OpeningForm),
        },
    }
}

/// RFC 9901 section 4.2.3: SHA-256 over the ASCII bytes of the base64url text.
pub(super) fn digest_of(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

fn checked_salt(salt: Value<'_>) -> Result<String, ProposalError> {
    let Value::String(text) = salt else {
        return Err(ProposalError::Salt);
    };
    let length = base64url::decoded_length::<MAX_SALT_BYTES>(&text).map_err(|_| ProposalError::Salt)?;
    if length >= SALT_BYTES { Ok(text.into_owned()) } else { Err(ProposalError::Salt) }
}

/// Whether a value has a name by which RFC 9901 hides further values inside it.
pub(super) fn hides_more(value: &Value<'_>) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(hides_more),
        Value::Object(members) => {
            members.iter().any(|(name, value)| matches!(name, "_sd" | "_sd_alg" | "...") || hides_more(value))
        }
        _ => false,
    }
}

/// The examples of RFC 9901 section 4.2: they hash here as there, and of their spellings one is read.
#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::json::{ParseError, ParseProblem};

    const PROPERTY: &str = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    const ELEMENT: &str = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0";
    /// The property again: with an escaped letter, without blanks, with newlines.
    const OTHER_SPELLINGS: [&str; 3] = [
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd",
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd",
        "WwoiXzI2YmM0TFQtYWM2cTJLSTZjQlc1ZXMiLAoiZmFtaWx5X25hbWUiLAoiTcO2Yml1cyIKXQ",
    ];

    /// The issuance of section 5.1: every disclosure with the digest that stands in the payload there.
    const ISSUED: [(&str, &str, &str); 10] = [
        (
            "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd",
            "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4",
            "given_name",
        ),
        (
            "WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd",
            "TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo",
            "family_name",
        ),
        (
            "WyI2SWo3dE0tYTVpVlBHYm9TNXRtdlZBIiwgImVtYWlsIiwgImpvaG5kb2VAZXhhbXBsZS5jb20iXQ",
            "JzYjH4svliH0R3PyEMfeZu6Jt69u5qehZo7F7EPYlSE",
            "email",
        ),
        (
            "WyJlSThaV205UW5LUHBOUGVOZW5IZGhRIiwgInBob25lX251bWJlciIsICIrMS0yMDItNTU1LTAxMDEiXQ",
            "PorFbpKuVu6xymJagvkFsFXAbRoc2JGlAUA2BA4o7cI",
            "phone_number",
        ),
        (
            "WyJRZ19PNjR6cUF4ZTQxMmExMDhpcm9BIiwgInBob25lX251bWJlcl92ZXJpZmllZCIsIHRydWVd",
            "XQ_3kPKt1XyX7KANkqVR6yZ2Va5NrPIvPYbyMvRKBMM",
            "phone_number_verified",
        ),
        (
            "WyJBSngtMDk1VlBycFR0TjRRTU9xUk9BIiwgImFkZHJlc3MiLCB7InN0cmVldF9hZGRyZXNzIjogIjEyMyBNYWluIFN0IiwgImxvY2FsaXR5IjogIkFueXRvd24iLCAicmVnaW9uIjogIkFueXN0YXRlIiwgImNvdW50cnkiOiAiVVMifV0",
            "XzFrzwscM6Gn6CJDc6vVK8BkMnfG8vOSKfpPIZdAfdE",
            "address",
        ),
        (
            "WyJQYzMzSk0yTGNoY1VfbEhnZ3ZfdWZRIiwgImJpcnRoZGF0ZSIsICIxOTQwLTAxLTAxIl0",
            "gbOsI4Edq2x2Kw-w5wPEzakob9hV1cRD0ATN3oQL9JM",
            "birthdate",
        ),
        (
            "WyJHMDJOU3JRZmpGWFE3SW8wOXN5YWpBIiwgInVwZGF0ZWRfYXQiLCAxNTcwMDAwMDAwXQ",
            "CrQe7S5kqBAHt-nMYXgc6bdt2SH5aTY1sU_M-PgkjPI",
            "updated_at",
        ),
        ("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTIl0", "pFndjkZ_VCzmyTa6UjlZo3dh-ko8aIKQc9DlGzhaVYo", ""),
        ("WyJuUHVvUW5rUkZxM0JJZUFtN0FuWEZBIiwgIkRFIl0", "7Cf6JkPudry3lcbwHgeZ8khAv1U1OSlerP0VkBJrWZ0", ""),
    ];

    /// Each hashes to its digest; each spelling has blanks, and the canonical one of the same three
    /// elements is read as that property, or as that element.
    #[test]
    fn the_issuance_of_rfc_9901_is_hashed_as_there() {
        for (opening, digest, name) in ISSUED {
            assert_eq!(base64url::encode(&digest_of(opening)), digest);
            assert!(
                matches!(Opening::parse(opening.to_string()), Err(ProposalError::Opening(_))),
                "{opening}"
            );
            let value: serde_json::Value = serde_json::from_str(&text_of(opening)).unwrap();
            let canonical = value.to_string();
            let (_, found, value) = read(canonical.as_bytes()).unwrap();
            assert_eq!(found.as_deref().unwrap_or(""), name);
            assert!(canonical.ends_with(&alloc::format!(",{}]", value.to_canonical())), "{canonical}");
        }
    }

    fn text_of(opening: &str) -> String {
        String::from_utf8(base64url::decode(opening).unwrap()).unwrap()
    }

    #[test]
    fn the_digests_are_those_of_rfc_9901() {
        assert_eq!(text_of(PROPERTY), r#"["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"]"#);
        assert_eq!(text_of(ELEMENT), r#"["lklxF5jMYlGTPUovMNIvCA", "FR"]"#);
        let digest = |opening| base64url::encode(&digest_of(opening));
        assert_eq!(digest(PROPERTY), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
        assert_eq!(digest(ELEMENT), "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs");
    }

    #[test]
    fn of_the_spellings_that_rfc_9901_allows_the_canonical_one_is_read() {
        let canonical = br#"["lklxF5jMYlGTPUovMNIvCA","FR"]"#;
        assert_eq!(read(canonical), Ok(("lklxF5jMYlGTPUovMNIvCA".into(), None, "FR".into())));
        let [escaped, plain, lines] = OTHER_SPELLINGS;
        for spelling in [PROPERTY, ELEMENT, escaped, lines] {
            let refused = Opening::parse(spelling.to_string());
            let not_canonical = matches!(
                refused,
                Err(ProposalError::Opening(ParseError { problem: ParseProblem::NotCanonical, .. }))
            );
            assert!(not_canonical, "{spelling}: {refused:?}");
        }
        let opening = Opening::parse(plain.to_string()).unwrap();
        assert_eq!(opening.content, Content::Property("family_name".to_string(), Value::from("Möbius")));
        assert_ne!(opening.digest, digest_of(PROPERTY), "another spelling is another opening");
    }
}
