//! An opening: the salt and the value behind one digest (an RFC 9901 section 4.2 *disclosure*).
//!
//! ```text
//! ["6Ij7tM-a5iVPGboS5tmvVA","title","Ceasefire in the valley"]        a property
//! ["eI8ZWm9QnKPpNPeNenHdhQ",{"class":"public","fields":[],…}]         an element of `clauses`
//! ```

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};

use super::proposal::ProposalError;
use crate::base64url;
use crate::json::{self, Limits, Value};

/// Salts hold at least this many random bytes.
pub(super) const SALT_BYTES: usize = 16;
const MAX_SALT_BYTES: usize = 64;

/// What a digest opens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Property(String, Value),
    Element(Value),
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
    pub(super) fn fresh<R: CryptoRng + ?Sized>(content: Content, rng: &mut R) -> Self {
        let mut salt = [0; SALT_BYTES];
        rng.fill_bytes(&mut salt);
        let salt = base64url::encode(&salt);
        let mut elements = alloc::vec![Value::from(salt.as_str())];
        match &content {
            Content::Property(name, value) => elements.extend([Value::from(name.as_str()), value.clone()]),
            Content::Element(value) => elements.push(value.clone()),
        }
        let text = base64url::encode(Value::Array(elements).to_canonical().as_bytes());
        let digest = digest_of(&text);
        Self { text, digest, salt, content }
    }

    /// Reads an opening.
    pub(super) fn parse(text: &str) -> Result<Self, ProposalError> {
        let bytes = base64url::decode(text).map_err(|_| ProposalError::Base64)?;
        let array = json::parse_canonical(&bytes, Limits::DOCUMENT).map_err(ProposalError::Opening)?;
        let Value::Array(elements) = array else {
            return Err(ProposalError::OpeningForm);
        };
        let (salt, content) = match <[Value; 2]>::try_from(elements) {
            Ok([salt, value]) => (salt, Content::Element(value)),
            Err(elements) => match <[Value; 3]>::try_from(elements) {
                Ok([salt, Value::String(name), value]) => (salt, Content::Property(name, value)),
                _ => return Err(ProposalError::OpeningForm),
            },
        };
        let salt = checked_salt(&salt)?;
        let (Content::Element(value) | Content::Property(_, value)) = &content;
        if hides_more(value) {
            return Err(ProposalError::NestedDigest);
        }
        Ok(Self { text: text.to_string(), digest: digest_of(text), salt, content })
    }
}

/// RFC 9901 section 4.2.3: SHA-256 over the ASCII bytes of the base64url text.
pub(super) fn digest_of(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

fn checked_salt(salt: &Value) -> Result<String, ProposalError> {
    let text = salt.as_str().ok_or(ProposalError::Salt)?;
    let bytes: Vec<u8> = base64url::decode(text).map_err(|_| ProposalError::Salt)?;
    if (SALT_BYTES..=MAX_SALT_BYTES).contains(&bytes.len()) {
        Ok(text.to_string())
    } else {
        Err(ProposalError::Salt)
    }
}

/// Whether a value has a name by which RFC 9901 hides further values inside it.
pub(super) fn hides_more(value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(hides_more),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| matches!(name.as_str(), "_sd" | "_sd_alg" | "...") || hides_more(value)),
        _ => false,
    }
}
