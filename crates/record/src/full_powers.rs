//! Letters of full powers: a principal's signed word on who acts for its side. docs/record.md, "Letters
//! of full powers".
//!
//! A letter is a document of kind `full-powers` that stands in no log: the principal signs it offline,
//! knowing the record's origin and the delegate's thumbprints. A delegate whose letter says so may give
//! one itself, and nobody in the third place may.
//!
//! ```text
//! powers   {"delegate":{"ed25519":"…","ml-dsa-65":"…"},"from":0,"may_delegate":true,"scope":"commit"}
//! name     "Karim Haddad"
//! ```

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use entente_log::hash::{EMPTY_ROOT, Hash};

use crate::body::sha256;
use crate::document::{
    Document, Draft, Kind, Payload, PresentError, Presentation, Proposal, Seen, Selection, Signer, SignerKeys,
};
use crate::json::{FieldError, Fields, Value};
use crate::origin::Origin;
use crate::party::{Capacity, Party};
use crate::persona::PersonaId;
use crate::roster::Scope;
use crate::text;
use crate::thumbprint::Thumbprint;

/// The property that says what is given to whom.
pub const POWERS: &str = "powers";
/// The property that says who the delegate is: the proof of a name.
pub const NAME: &str = "name";
/// The most letters of a file.
pub const MAX_LETTERS: usize = 64;

/// What a letter gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Powers {
    /// To whom.
    pub delegate: PersonaId,
    /// How far it may go.
    pub scope: Scope,
    /// The first index of an entry that it may sign.
    pub from: u64,
    /// The first index that it may not sign any more.
    pub until: Option<u64>,
    /// The last second, Unix UTC, in which what it signs may be recorded.
    pub expires: Option<u64>,
    /// Whether it may give letters itself, within its own.
    pub may_delegate: bool,
}

/// A letter whose form is right. Who signed it, its reader checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The side.
    pub party: Party,
    /// Who gives it: the side's principal, or a delegate with a letter of its own.
    pub by: SignerKeys,
    /// What it gives.
    pub powers: Powers,
    /// The delegate's name, if it is shown.
    pub name: Option<String>,
}

/// Why a document is no letter of full powers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotALetter {
    /// Of another kind, with clauses, a condition, a limit, or a `seen` other than the empty log.
    #[error("it is not of the form of a letter of full powers")]
    Form,
    /// Not exactly one signer, who binds a side.
    #[error("a letter of full powers has one signer, who binds a side")]
    Signer,
    /// A property is missing, wrong, or one that letters do not have.
    #[error("letter of full powers: {0}")]
    Property(#[from] FieldError),
}

impl Powers {
    /// A draft of the letter, to be signed by `by` for `party`.
    #[must_use]
    pub fn draft(&self, origin: Origin, party: Party, by: SignerKeys, name: Option<&str>) -> Draft {
        let nothing = Seen { size: 0, root: *EMPTY_ROOT.as_bytes() };
        let draft = Draft::new(Kind::FULL_POWERS, origin, nothing)
            .signer(Signer { party, capacity: Capacity::Binds, keys: by })
            .property(POWERS, self.to_json());
        name.iter().fold(draft, |draft, name| draft.property(NAME, *name))
    }

    fn to_json(&self) -> Value<'_> {
        let number = |number| Value::integer(number).unwrap_or(Value::Null);
        let (ed25519, ml_dsa_65) = (self.delegate.ed25519.to_json(), self.delegate.ml_dsa_65.to_json());
        let mut members = alloc::vec![
            ("delegate", Value::object([("ed25519", ed25519), ("ml-dsa-65", ml_dsa_65)])),
            ("from", number(self.from)),
            ("may_delegate", Value::from(self.may_delegate)),
            ("scope", Value::from(self.scope.as_str())),
        ];
        members.extend(self.until.map(|until| ("until", number(until))));
        members.extend(self.expires.map(|expires| ("expires", number(expires))));
        Value::object(members)
    }

    fn from_json(value: &Value<'_>) -> Result<Self, FieldError> {
        let mut fields = Fields::new(value.clone())?;
        let mut delegate = Fields::new(fields.take("delegate")?)?;
        let persona = PersonaId {
            ed25519: Thumbprint(delegate.bytes("ed25519")?),
            ml_dsa_65: Thumbprint(delegate.bytes("ml-dsa-65")?),
        };
        delegate.finish()?;
        let Value::Bool(may_delegate) = fields.take("may_delegate")? else {
            return Err(FieldError::invalid("may_delegate"));
        };
        let powers = Self {
            delegate: persona,
            scope: Scope::parse(&fields.string("scope")?).ok_or_else(|| FieldError::invalid("scope"))?,
            from: fields.integer("from")?,
            until: optional(&mut fields, "until")?,
            expires: optional(&mut fields, "expires")?,
            may_delegate,
        };
        fields.finish()?;
        Ok(powers)
    }

    /// Whether these powers reach to signing in this capacity an entry of this index that was
    /// recorded at this time, Unix seconds.
    #[must_use]
    pub fn reach(&self, capacity: Capacity, index: u64, recorded_at: u64) -> bool {
        self.scope >= Scope::needed(capacity) && self.hold(index, recorded_at)
    }

    /// Whether they hold for an entry of this index, recorded at this time.
    pub(crate) fn hold(&self, index: u64, recorded_at: u64) -> bool {
        self.from <= index
            && self.until.is_none_or(|until| index < until)
            && self.expires.is_none_or(|expires| recorded_at <= expires)
    }
}

fn optional(fields: &mut Fields<'_>, name: &'static str) -> Result<Option<u64>, FieldError> {
    let number = |value: Value<'_>| value.as_u64().ok_or_else(|| FieldError::invalid(name));
    fields.optional(name).map(number).transpose()
}

impl Letter {
    /// Reads a letter that its holder keeps whole.
    ///
    /// # Errors
    /// [`NotALetter`].
    pub fn read(document: &Document) -> Result<Self, NotALetter> {
        Self::proposed(document.proposal())
    }

    /// Reads a letter that nobody has signed yet.
    ///
    /// # Errors
    /// [`NotALetter`].
    pub fn proposed(proposal: &Proposal) -> Result<Self, NotALetter> {
        let properties = proposal.properties().iter().map(|(name, value)| (name.as_str(), value)).collect();
        Self::from_parts(proposal.payload(), proposal.clauses().count(), &properties)
    }

    /// Reads a letter as a file shows it.
    pub(crate) fn shown(presentation: &Presentation) -> Result<Self, NotALetter> {
        let clauses = presentation.clauses().len();
        Self::from_parts(presentation.payload(), clauses, &presentation.properties())
    }

    fn from_parts(
        payload: &Payload,
        clauses: usize,
        properties: &BTreeMap<&str, &Value<'_>>,
    ) -> Result<Self, NotALetter> {
        let (seen, nothing) = (payload.seen(), *EMPTY_ROOT.as_bytes());
        let plain = payload.not_after().is_none() && payload.effect().is_none() && clauses == 0;
        let fits = *payload.kind() == Kind::FULL_POWERS && seen.size == 0 && seen.root == nothing && plain;
        if !fits {
            return Err(NotALetter::Form);
        }
        let [Signer { party, capacity: Capacity::Binds, keys }] = payload.signers() else {
            return Err(NotALetter::Signer);
        };
        if let Some(other) = properties.keys().find(|name| ![POWERS, NAME].contains(name)) {
            return Err(FieldError::invalid(other).into());
        }
        let powers = properties.get(POWERS).ok_or_else(|| FieldError::invalid(POWERS))?;
        let powers = Powers::from_json(powers)?;
        let name = properties.get(NAME).map(|value| line(value)).transpose()?;
        Ok(Self { party: *party, by: *keys, powers, name })
    }
}

fn line(value: &Value<'_>) -> Result<String, FieldError> {
    let line = value.as_str().filter(|line| text::check_line(line).is_ok());
    line.map(ToString::to_string).ok_or_else(|| FieldError::invalid(NAME))
}

/// A letter as a file shows it: with or without the delegate's name.
///
/// # Errors
/// [`PresentError`] if the name is wanted and the letter has none.
pub(crate) fn present(document: &Document, name: bool) -> Result<Value<'static>, PresentError> {
    let mut properties = Vec::from([POWERS.to_string()]);
    properties.extend(name.then(|| NAME.to_string()));
    let selection = Selection { clauses: Vec::new(), properties, decoys: false };
    Ok(document.present(&selection)?.to_json().into_owned())
}

/// What a consent calls a letter by: the digest of all that a file shows of it.
pub(crate) fn digest(letter: &Value<'_>) -> Hash {
    sha256(&[letter.to_canonical().as_bytes()])
}
