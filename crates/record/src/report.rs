//! The report of a verification, in the order in which it is to be read. docs/record.md, "Report".
//!
//! It says what was signed and recorded as of one checkpoint. It never says "current", and never
//! that the words are true, complete or still in force.

mod json;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use entente_log::hash::Hash;

use crate::about::About;
use crate::check::Check;
use crate::document::{DisclosureClass, Field, Kind, SignerKeys};
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::flags::Mark;
use crate::party::{Capacity, Party};
use crate::quorum::Stamps;
use crate::roster::{DisclosureRule, Scope};
use crate::state_tree::ItemId;
use crate::status::InForce;

/// What a verifier finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// These words were signed and recorded as shown.
    Authentic,
    /// Altered, damaged or forged.
    NotAuthentic {
        /// The first check that failed.
        check: Check,
        /// In which entry, if in one.
        entry: Option<u64>,
        /// What was wrong, in words.
        why: String,
    },
    /// Nothing is known to be wrong, and it is not enough.
    CannotTell {
        /// What is missing.
        why: Unknown,
        /// The fingerprint that the file has, to be compared with one from elsewhere.
        fingerprint: Option<Fingerprint>,
    },
}

/// Why a verifier cannot tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// The reader brought no fingerprint.
    NoAnchor,
    /// The file, a document's version or its suite is newer than this program.
    Newer(String),
    /// An entry is of a kind that this program does not know.
    Kind(String),
    /// A document has an effect that this program does not know.
    Effect,
    /// The witnesses that the reader's policy asks for have not stamped.
    TooFewWitnesses,
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The verdict. Without *authentic* nothing below may be relied on.
    pub verdict: Verdict,
    /// What the file shows; none if a check failed.
    pub findings: Option<Findings>,
}

/// What a file shows in which no check failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    /// The record's fingerprint.
    pub fingerprint: Fingerprint,
    /// The record's origin.
    pub origin: String,
    /// As of when, and who vouches for it.
    pub as_of: AsOf,
    /// The entries shown.
    pub entries: Vec<ShownEntry>,
    /// How many entries of the record are not shown.
    pub entries_not_shown: u64,
    /// The number of members in the roster that rules.
    pub members: u64,
    /// What the charter says of releases.
    pub rule: DisclosureRule,
    /// Whether the parties' agreement to this release is shown.
    pub agreement: Agreement,
    /// The consents shown.
    pub consents: Vec<ShownConsent>,
    /// Names of the outside witnesses, known from the reader's policy alone, that have stamped.
    pub witnesses: Vec<String>,
    /// What was not checked, or cannot be.
    pub not_checked: Vec<NotChecked>,
}

/// The checkpoint that everything is as of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// The number of entries.
    pub size: u64,
    /// The root.
    pub root: Hash,
    /// The time of its quorum, Unix seconds, by the stampers' word.
    pub time: u64,
    /// Who stamped it: members vouch for the state, witnesses that the log only grows.
    pub stamps: Stamps,
    /// The names of those witnesses, in their order.
    pub witness_names: Vec<String>,
}

/// Agreement to a release. Never "released by one side": a file cannot show that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// No agreement is in the file.
    NotShown,
    /// What is agreed in the file is another release than this one: more, less or something else.
    OtherRelease,
    /// Every side has agreed to exactly this release. For whom and when, the consent says.
    Shown,
}

/// A consent that the file shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownConsent {
    /// Its index.
    pub index: u64,
    /// Whether it is to exactly what this file shows.
    pub covers: bool,
    /// To whom.
    pub audience: String,
    /// From when it holds, Unix seconds.
    pub not_before: u64,
    /// The last second in which it holds, Unix seconds.
    pub expires: u64,
}

/// By whose authority a delegate signed, as a letter of full powers says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// How far it goes.
    pub scope: Scope,
    /// The first index of an entry that it is for.
    pub from: u64,
    /// The first index that it is for no more.
    pub until: Option<u64>,
    /// The last second in which what is signed by it may be recorded, Unix seconds.
    pub expires: Option<u64>,
    /// The delegate's name, if it is shown. Who gave the letter chose it.
    pub name: Option<String>,
    /// The number of the member that gave it with its principal's leave; none if the principal did.
    pub through: Option<u64>,
}

/// One entry shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownEntry {
    /// Its index.
    pub index: u64,
    /// Its kind.
    pub kind: Kind,
    /// The id of its document.
    pub id: ItemId,
    /// Its title, if shown.
    pub title: Option<String>,
    /// Who signed.
    pub signers: Vec<ShownSigner>,
    /// For words without a name: how many members could have said them.
    pub possible_authors: Option<u64>,
    /// The time of the quorum that recorded it, Unix seconds.
    pub recorded_at: u64,
    /// When it had to be recorded at the latest, Unix seconds.
    pub not_after: Option<u64>,
    /// What follows, as of the checkpoint.
    pub in_force: InForce,
    /// The understanding that it is about, if any.
    pub about: Option<About>,
    /// What it found, for a report.
    pub finding: Option<Finding>,
    /// The clauses shown, by slot.
    pub clauses: Vec<ShownClause>,
    /// How many slots are not shown: clauses or decoys, nobody can tell.
    pub slots_not_shown: u64,
    /// How many slots are shown to be decoys.
    pub decoys: u64,
    /// What became of the understanding, as of the checkpoint.
    pub marks: Vec<ShownMark>,
    /// The latest entry about it.
    pub latest: Option<u64>,
    /// Whether that entry is shown.
    pub latest_shown: bool,
}

/// A mark on an understanding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownMark {
    /// The flag with its clause's slot or its party.
    pub mark: Mark,
    /// The index of the entry that set it, if that is shown.
    pub set_by: Option<u64>,
}

/// One signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownSigner {
    /// Its side; 0 for none.
    pub party: Party,
    /// The side's name, if the document shows it. The signers chose it.
    pub name: Option<String>,
    /// Its number in the roster that ruled, from 1.
    pub member: Option<u64>,
    /// Its role there.
    pub role: Option<String>,
    /// What its signature does.
    pub capacity: Capacity,
    /// Its keys.
    pub keys: SignerKeys,
    /// Whether the reader brought the key of its side's principal, and the charter names it. Whether
    /// that key has vouched for this delegate, `mandate` says.
    pub principal_known: bool,
    /// By whose authority it signed, if a letter shows it.
    pub mandate: Option<Mandate>,
}

/// One clause shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownClause {
    /// Its slot.
    pub slot: u16,
    /// Its number.
    pub number: String,
    /// Its text by language.
    pub text: BTreeMap<String, String>,
    /// Typed values beside the words.
    pub fields: Vec<Field>,
    /// Whether all its languages say the same figures.
    pub figures_agree: bool,
    /// When it may be shown, by its own rule.
    pub class: DisclosureClass,
}

/// What a verification leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotChecked {
    /// No outside witness has stamped: all members together could have rewritten the record.
    History,
    /// Not every side has stamped: one of them and witnesses made the quorum.
    Sides,
    /// Times are the stampers' own claims; the last of them could have dated back.
    Times,
    /// Checkpoints and stamps rest on Ed25519 alone; signatures on documents do not.
    PostQuantumLog,
    /// The keys are the charter's; who holds them is not shown.
    Identities,
    /// A signer is of a side whose principal the reader knows, and no letter of that principal is shown
    /// for it.
    Mandates,
    /// Who wrote words without a name; that a member did rests on the members' stamps.
    Authorship,
    /// The charter's signatures, where its entry is not shown.
    CharterSignatures,
    /// A succession rests on its principal's Ed25519 signature alone.
    Successions,
    /// Whether the signers of an entry have authority over its target, which is not shown.
    TargetParties,
    /// The rendering that came with the file.
    Rendering,
}

impl NotChecked {
    /// A stable word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::Sides => "sides",
            Self::Times => "times",
            Self::PostQuantumLog => "post-quantum-log",
            Self::Identities => "identities",
            Self::Mandates => "mandates",
            Self::Authorship => "authorship",
            Self::CharterSignatures => "charter-signatures",
            Self::Successions => "successions",
            Self::TargetParties => "target-parties",
            Self::Rendering => "rendering",
        }
    }

    /// The sentence for people.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::History => {
                "No outside witness has stamped: all members together could have rewritten the record."
            }
            Self::Sides => {
                "Not every side has checked and stamped this; who has not may have refused it. Witnesses \
                 saw that the record only grows, and nothing of what is in it."
            }
            Self::Times => "Times are the stampers' own claims; whoever stamped last could have dated back.",
            Self::PostQuantumLog => {
                "That the entry is in the log rests on Ed25519 alone; the signatures under the words do not."
            }
            Self::Identities => "The keys are those of the charter; which persons hold them is not shown.",
            Self::Mandates => {
                "The charter names the principal's key that you know; no letter shows that it vouches for \
                 each of these delegates."
            }
            Self::Authorship => {
                "Whose words stand here without a name is not shown; that a member said them rests on the \
                 members' record stamps."
            }
            Self::CharterSignatures => "Whether every member signed the charter, which is not shown.",
            Self::Successions => {
                "That a delegate was replaced rests on the principal's Ed25519 signature alone."
            }
            Self::TargetParties => {
                "Whether those who signed an entry are sides of the understanding that it is about, which is \
                 not shown."
            }
            Self::Rendering => "The text for people that came with the file.",
        }
    }
}
