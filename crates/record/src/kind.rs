//! The table of entry kinds: who may make each, and what it does to the state. docs/record.md,
//! "Kinds of entry", shows the same table.

use crate::document::Kind;
use crate::flags::Flag;

/// Whose signatures make an entry of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Every member of the roster that it brings, and for each side one that binds it.
    EveryFounder,
    /// One authorised binding signature for every party that it names, two sides at least.
    EachPartyNamed,
    /// The same, for exactly the parties that bound themselves by its target.
    EachPartyOfTarget,
    /// One authorised binding signature for every side of the record.
    EverySide,
    /// One member, for itself.
    OneMember,
    /// One member, whose name and signature no stranger sees.
    HiddenMember,
    /// The principal of the party of the member that is succeeded, and nobody else.
    Principal,
}

/// What an entry of a kind does to the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Makes slot 0 with the roster's version 0.
    FoundsRoster,
    /// Puts the roster's next version into slot 0.
    ReplacesRoster,
    /// Adds a slot with this flag.
    AddsItem(Flag),
    /// Sets this flag on its target.
    Flags(Flag),
    /// Nothing.
    Nothing,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindRule {
    /// The kind's name.
    pub name: &'static str,
    /// Who makes it.
    pub authority: Authority,
    /// What it does.
    pub change: Change,
}

/// The table. A kind that is not in it is refused by replicas and answered *cannot tell* by
/// verifiers.
pub const TABLE: [KindRule; 9] = [
    KindRule { name: "charter", authority: Authority::EveryFounder, change: Change::FoundsRoster },
    KindRule {
        name: "understanding",
        authority: Authority::EachPartyNamed,
        change: Change::AddsItem(Flag::Signed),
    },
    KindRule {
        name: "amendment",
        authority: Authority::EachPartyOfTarget,
        change: Change::Flags(Flag::Amended),
    },
    KindRule { name: "statement", authority: Authority::OneMember, change: Change::Nothing },
    KindRule { name: "unattributed", authority: Authority::HiddenMember, change: Change::Nothing },
    KindRule { name: "consent", authority: Authority::EverySide, change: Change::Nothing },
    KindRule { name: "admission", authority: Authority::EverySide, change: Change::ReplacesRoster },
    KindRule { name: "removal", authority: Authority::EverySide, change: Change::ReplacesRoster },
    KindRule { name: "succession", authority: Authority::Principal, change: Change::ReplacesRoster },
];

/// Whether any kind of the table sets this flag.
pub(crate) fn sets(flag: Flag) -> bool {
    TABLE.iter().any(|row| row.change == Change::AddsItem(flag) || row.change == Change::Flags(flag))
}

/// The row of a kind.
pub fn rule(kind: &Kind) -> Option<KindRule> {
    TABLE.into_iter().find(|rule| rule.name == kind.as_str())
}
