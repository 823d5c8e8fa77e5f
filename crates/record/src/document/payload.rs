//! The payload: all that is always visible of a document, and the digests of all that is not.
//!
//! ```text
//! {"_sd":["…",…],"_sd_alg":"sha-256","clauses":[{"...":"…"},…],"id":"…","kind":"understanding",
//!  "not_after":1790000000,"origin":"entente/…","seen":{"root":"…","size":4},"signers":[{"capacity":
//!  "binds","ed25519":"…","ml-dsa-65":"…","party":1},…],"slots":8,"suite":"Ed25519+ML-DSA-65","version":1}
//! ```

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest as _, Sha256};

use super::CLASSES;
use super::kind::Kind;
use super::opening::hides_more;
use super::proposal::ProposalError;
use super::signer::{MAX_SIGNERS, Signer, Suite, check_signers, read_signers};
use crate::base64url;
use crate::json::{self, FieldError, Fields, Limits, Value};
use crate::origin::Origin;
use crate::thumbprint::Thumbprint;

/// The version of the format.
pub(super) const VERSION: u64 = 1;

/// Why a payload is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Not canonical JSON (peer misbehaved).
    #[error("payload: {0}")]
    Json(#[from] json::ParseError),
    /// A member is wrong, one too many or too few (peer misbehaved).
    #[error("payload: {0}")]
    Field(#[from] FieldError),
    /// Of a version that this program does not know (peer incompatible).
    #[error("format version {0} is not known here")]
    UnknownVersion(u64),
    /// Signed by a suite that this program does not know (peer incompatible).
    #[error("signature suite \"{0}\" is not known here")]
    UnknownSuite(String),
    /// The suite does not fit the kind or a signer (peer misbehaved).
    #[error("the signature suite is not allowed for this kind or signer")]
    WrongSuite,
    /// No signer, or too many (peer misbehaved).
    #[error("a document has 1 to {MAX_SIGNERS} signers")]
    SignerCount,
    /// One key stands in two places (peer misbehaved).
    #[error("the key {0} stands for two signers")]
    KeyTwice(Thumbprint),
    /// A party that is no side binds itself (peer misbehaved).
    #[error("party 0 is no side and cannot be bound")]
    NoSideBinds,
    /// The slots are not of a class, or not as many as the payload says (peer misbehaved).
    #[error("clauses or properties are not padded to 8, 16, 32 or 64")]
    SlotCount,
    /// A digest stands twice (peer misbehaved).
    #[error("a digest stands twice")]
    DigestTwice,
    /// The digests of properties are not in ascending order (peer misbehaved).
    #[error("the digests of properties are not sorted")]
    Unsorted,
}

/// SHA-256 of a payload's bytes: the name of one exact text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PayloadDigest(pub [u8; 32]);

impl fmt::Display for PayloadDigest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&base64url::encode(&self.0))
    }
}

/// The last checkpoint that the signers had verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Entries in the log.
    pub size: u64,
    /// The root of its tree (RFC 6962 section 2.1).
    pub root: [u8; 32],
}

/// A payload, checked for form; the bytes are those received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    bytes: Vec<u8>,
    base64url: String,
    digest: PayloadDigest,
    kind: Kind,
    origin: Origin,
    id: [u8; 16],
    seen: Seen,
    not_after: Option<u64>,
    effect: Option<Value<'static>>,
    suite: Suite,
    signers: Vec<Signer>,
    pub(super) clauses: Vec<[u8; 32]>,
    pub(super) properties: Vec<[u8; 32]>,
}

impl Payload {
    /// Reads the bytes of a payload.
    ///
    /// # Errors
    /// [`PayloadError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, PayloadError> {
        Self::read(bytes.to_vec(), base64url::encode(bytes))
    }

    /// Reads a payload as JWS has it.
    pub(super) fn from_base64url(text: String) -> Result<Self, ProposalError> {
        let bytes = base64url::decode(&text).map_err(|_| ProposalError::Base64)?;
        Self::read(bytes, text).map_err(ProposalError::Payload)
    }

    fn read(bytes: Vec<u8>, base64url: String) -> Result<Self, PayloadError> {
        let mut fields = Fields::new(json::parse(&bytes, Limits::DOCUMENT)?)?;
        let version = fields.integer("version")?;
        if version != VERSION {
            return Err(PayloadError::UnknownVersion(version));
        }
        let suite = Suite::parse(&fields.text("suite")?)?;
        let mut payload = Self {
            bytes: Vec::new(),
            base64url,
            digest: PayloadDigest(Sha256::digest(&bytes).into()),
            kind: Kind::parse(&fields.text("kind")?).map_err(|_| FieldError::invalid("kind"))?,
            origin: Origin::parse(&fields.text("origin")?).map_err(|_| FieldError::invalid("origin"))?,
            id: fields.bytes("id")?,
            seen: Seen::from_json(fields.take("seen")?)?,
            not_after: read_not_after(fields.optional("not_after"))?,
            effect: read_effect(fields.optional("effect"))?,
            suite,
            signers: read_signers(fields.array("signers")?, suite)?,
            clauses: read_clauses(fields.array("clauses")?)?,
            properties: read_digests(fields.array("_sd")?)?,
        };
        if fields.text("_sd_alg")? != "sha-256" {
            return Err(FieldError::invalid("_sd_alg").into());
        }
        let slots = fields.integer("slots")?;
        fields.finish()?;
        if usize::try_from(slots) != Ok(payload.clauses.len()) {
            return Err(PayloadError::SlotCount);
        }
        payload.check()?;
        payload.bytes = bytes;
        Ok(payload)
    }

    fn check(&self) -> Result<(), PayloadError> {
        let by_principal = self.suite == Suite::Principal;
        if by_principal != (self.kind == Kind::SUCCESSION) && self.kind != Kind::FULL_POWERS {
            return Err(PayloadError::WrongSuite);
        }
        if !CLASSES.contains(&self.clauses.len()) || !CLASSES.contains(&self.properties.len()) {
            return Err(PayloadError::SlotCount);
        }
        if !self.properties.is_sorted() {
            return Err(PayloadError::Unsorted);
        }
        let mut digests: Vec<&[u8; 32]> = self.clauses.iter().chain(&self.properties).collect();
        digests.sort_unstable();
        if !digests.is_sorted_by(|one, next| one < next) {
            return Err(PayloadError::DigestTwice);
        }
        // The author of these words stands in a property that no stranger sees.
        if self.kind == Kind::UNATTRIBUTED {
            return self.check_unattributed();
        }
        check_signers(&self.signers)
    }

    fn check_unattributed(&self) -> Result<(), PayloadError> {
        let invalid = |member| Err(FieldError::invalid(member).into());
        match (self.signers.is_empty(), self.not_after, &self.effect) {
            (false, ..) => invalid("signers"),
            (_, Some(_), _) => invalid("not_after"),
            (.., Some(_)) => invalid("effect"),
            (true, None, None) => Ok(()),
        }
    }

    /// The bytes that are signed and hashed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes in base64url, as JWS signs them.
    pub(super) fn base64url(&self) -> &str {
        &self.base64url
    }

    /// SHA-256 of the bytes.
    #[must_use]
    pub fn digest(&self) -> PayloadDigest {
        self.digest
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The record it belongs to.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The random id of the document.
    #[must_use]
    pub fn id(&self) -> &[u8; 16] {
        &self.id
    }

    /// The last checkpoint the signers had verified.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.seen
    }

    /// The last second, Unix UTC, in which it may be recorded.
    #[must_use]
    pub fn not_after(&self) -> Option<u64> {
        self.not_after
    }

    /// A condition on its effect. This version knows none: see [`VerifyError`](super::VerifyError).
    #[must_use]
    pub fn effect(&self) -> Option<&Value<'_>> {
        self.effect.as_ref()
    }

    /// Which signatures each signer owes.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Everybody who is seen to have to sign; nobody, where the author is hidden.
    #[must_use]
    pub fn signers(&self) -> &[Signer] {
        &self.signers
    }

    /// The number of clause slots, decoys included.
    #[must_use]
    pub fn slots(&self) -> u16 {
        u16::try_from(self.clauses.len()).unwrap_or(u16::MAX)
    }

    /// The digests of the slots, in their order.
    pub(crate) fn slot_digests(&self) -> &[[u8; 32]] {
        &self.clauses
    }
}

impl Seen {
    pub(super) fn to_json(self) -> Option<Value<'static>> {
        Some(Value::object([("root", Value::bytes(&self.root)), ("size", Value::integer(self.size)?)]))
    }

    fn from_json(value: Value<'_>) -> Result<Self, FieldError> {
        let mut fields = Fields::new(value)?;
        let seen = Self { size: fields.integer("size")?, root: fields.bytes("root")? };
        fields.finish()?;
        Ok(seen)
    }
}

fn read_not_after(value: Option<Value<'_>>) -> Result<Option<u64>, FieldError> {
    let invalid = || FieldError::invalid("not_after");
    value.map(|value| value.as_u64().ok_or_else(invalid)).transpose()
}

fn read_effect(value: Option<Value<'_>>) -> Result<Option<Value<'static>>, FieldError> {
    match value {
        Some(effect) if effect.as_object().is_none() || hides_more(&effect) => {
            Err(FieldError::invalid("effect"))
        }
        effect => Ok(effect.map(Value::into_owned)),
    }
}

/// RFC 9901 section 4.2.4.2: a digest in an array is `{"...":"<digest>"}`.
fn read_clauses(values: Vec<Value<'_>>) -> Result<Vec<[u8; 32]>, FieldError> {
    let digest = |value| {
        let mut fields = Fields::new(value)?;
        let digest = fields.bytes("...")?;
        fields.finish()?;
        Ok(digest)
    };
    values.into_iter().map(digest).collect()
}

fn read_digests(values: Vec<Value<'_>>) -> Result<Vec<[u8; 32]>, FieldError> {
    let digest = |value: Value<'_>| base64url::decode_array(value.as_str()?).ok();
    let digests: Option<Vec<_>> = values.into_iter().map(digest).collect();
    digests.ok_or_else(|| FieldError::invalid("_sd"))
}
