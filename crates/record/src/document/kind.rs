//! The kind of a document: a name in its payload and in the `typ` of its signatures.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use core::fmt;

/// The text is no kind (peer misbehaved, or caller misuse).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind: 1 to 32 characters of a-z and '-', starting with a letter")]
pub struct BadKind;

/// The name of a kind. Form only: who may make which kind is the record's table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(Cow<'static, str>);

macro_rules! kinds {
    ($($(#[$doc:meta])* $constant:ident = $name:literal;)*) => {
        impl Kind {
            $($(#[$doc])* pub const $constant: Self = Self(Cow::Borrowed($name));)*
        }
    };
}

kinds! {
    /// Entry 0: purpose, roster, rules.
    CHARTER = "charter";
    /// What parties agree.
    UNDERSTANDING = "understanding";
    /// Confirms what was signed ad referendum.
    CONFIRMATION = "confirmation";
    /// Changes an understanding.
    AMENDMENT = "amendment";
    /// Says how an understanding is to be read.
    INTERPRETATION = "interpretation";
    /// One party's limit on what binds it.
    RESERVATION = "reservation";
    /// One author's words, on the record.
    STATEMENT = "statement";
    /// Says whether a commitment was kept.
    REPORT = "report";
    /// Says that parties differ.
    DISPUTE = "dispute";
    /// Stops an understanding for a time.
    SUSPENSION = "suspension";
    /// Ends a suspension.
    RESUMPTION = "resumption";
    /// Ends an understanding.
    TERMINATION = "termination";
    /// Adds a member to the roster.
    ADMISSION = "admission";
    /// Takes a member off the roster.
    REMOVAL = "removal";
    /// Replaces a member's keys; signed by the principal alone.
    SUCCESSION = "succession";
    /// Replaces the log key.
    HAND_OVER = "hand-over";
    /// Agrees to a disclosure.
    CONSENT = "consent";
    /// One member's words to be shown without its name.
    UNATTRIBUTED = "unattributed";
    /// A principal's word on who acts for its side; stands in no log.
    FULL_POWERS = "full-powers";
    /// Corrects a slip.
    ERRATUM = "erratum";
    /// One carrier's line about what it carries.
    CUSTODY = "custody";
    /// What a carrier reports of another's words, or suggests itself; nobody's words but its own.
    ACCOUNT = "account";
    /// One member's approval of another.
    APPROVAL = "approval";
}

impl Kind {
    /// Reads a kind.
    ///
    /// # Errors
    /// [`BadKind`].
    pub fn parse(name: &str) -> Result<Self, BadKind> {
        let fits = (1..=32).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_lowercase());
        if fits && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
            Ok(Self(Cow::Owned(name.into())))
        } else {
            Err(BadKind)
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The media type of its signatures (RFC 7515 section 4.1.9), `entente-<kind>+sd-jwt`.
    pub(crate) fn typ(&self) -> String {
        format!("entente-{}+sd-jwt", self.0)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
