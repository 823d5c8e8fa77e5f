//! The table of entry kinds: who may make each, what it is about, and what it does to the state.
//! docs/record.md, "Kinds of entry", is the same table; a test compares the two.

use crate::document::Kind;
use crate::flags::Flag;

/// Whose signatures make an entry of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Every member of the roster that it brings, and for each side one that binds it.
    EveryFounder,
    /// For each side that it names one that binds it, or signs for it ad referendum; two sides at
    /// least. If it is about another understanding, exactly the sides of that, each bound.
    EachPartyNamed,
    /// One authorised binding signature for each side of its target.
    EachPartyOfTarget,
    /// One authorised binding signature for one side of its target, or for several.
    PartiesOfTarget,
    /// One authorised binding signature for one side that signed the target ad referendum.
    AwaitedParty,
    /// One authorised binding signature for every side of the record.
    EverySide,
    /// One member, for itself.
    OneMember,
    /// One member, whose name and signature no stranger sees.
    HiddenMember,
    /// One member or more, each for itself; others may dissent.
    Members,
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
    /// Adds a slot with `signed`, and `unconfirmed` for each side that signed ad referendum; sets
    /// `superseded` on the understanding that it is about, if any.
    AddsItem,
    /// Changes the marks of the understanding that it is about.
    Marks(Marks),
    /// Nothing.
    Nothing,
}

/// How an entry changes the marks of what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// What it sets.
    pub sets: Sets,
    /// What it clears.
    pub clears: Clears,
    /// Whether it may be about single clauses.
    pub clauses: bool,
    /// When it may be made.
    pub when: When,
}

/// What an entry sets on what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sets {
    /// Nothing.
    Nothing,
    /// This flag.
    Flag(Flag),
    /// The flag of its finding.
    Finding,
}

/// What an entry clears on what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clears {
    /// Nothing.
    Nothing,
    /// This flag, which must stand.
    Flag(Flag),
    /// This flag, which must stand, if the entry says that it settles.
    Settling(Flag),
    /// This flag of its signers' side, which must stand.
    OwnSide(Flag),
}

/// In which state an understanding must be for an entry to be made about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// In any.
    Always,
    /// Neither terminated nor superseded.
    Open,
    /// Open, and every side that signed ad referendum has confirmed.
    Binding,
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

const fn row(name: &'static str, authority: Authority, change: Change) -> KindRule {
    KindRule { name, authority, change }
}

const fn marks(sets: Sets, clears: Clears, clauses: bool, when: When) -> Change {
    Change::Marks(Marks { sets, clears, clauses, when })
}

const SETTLES: Clears = Clears::Settling(Flag::Disputed);
const RESUMES: Clears = Clears::Flag(Flag::Suspended);
const CONFIRMS: Clears = Clears::OwnSide(Flag::Unconfirmed);

/// The table. A kind that is not in it is refused by replicas and answered *cannot tell* by
/// verifiers.
#[rustfmt::skip]
pub const TABLE: [KindRule; 19] = {
    use Authority::{
        AwaitedParty, EachPartyNamed, EachPartyOfTarget, EveryFounder, EverySide, HiddenMember, Members, OneMember,
        PartiesOfTarget, Principal,
    };
    use Change::{AddsItem, FoundsRoster, Nothing, ReplacesRoster};
    use When::{Always, Binding, Open};
    const NONE: Clears = Clears::Nothing;
    [
        row("charter", EveryFounder, FoundsRoster),
        row("understanding", EachPartyNamed, AddsItem),
        row("confirmation", AwaitedParty, marks(Sets::Nothing, CONFIRMS, false, Open)),
        row("amendment", EachPartyOfTarget, marks(Sets::Flag(Flag::Amended), SETTLES, true, Binding)),
        row("interpretation", EachPartyOfTarget, marks(Sets::Flag(Flag::Interpreted), SETTLES, true, Binding)),
        row("erratum", EachPartyOfTarget, marks(Sets::Flag(Flag::Corrected), NONE, true, Always)),
        row("reservation", PartiesOfTarget, marks(Sets::Flag(Flag::Reserved), NONE, true, Open)),
        row("dispute", PartiesOfTarget, marks(Sets::Flag(Flag::Disputed), NONE, true, Always)),
        row("suspension", PartiesOfTarget, marks(Sets::Flag(Flag::Suspended), NONE, true, Binding)),
        row("resumption", EachPartyOfTarget, marks(Sets::Nothing, RESUMES, true, Open)),
        row("termination", PartiesOfTarget, marks(Sets::Flag(Flag::Terminated), NONE, false, Open)),
        row("report", Members, marks(Sets::Finding, NONE, true, Always)),
        row("statement", OneMember, Nothing),
        row("unattributed", HiddenMember, Nothing),
        row("consent", EverySide, Nothing),
        row("admission", EverySide, ReplacesRoster),
        row("removal", EverySide, ReplacesRoster),
        row("succession", Principal, ReplacesRoster),
        row("hand-over", EverySide, ReplacesRoster),
    ]
};

/// The row of a kind.
pub fn rule(kind: &Kind) -> Option<KindRule> {
    TABLE.into_iter().find(|rule| rule.name == kind.as_str())
}

impl KindRule {
    /// Whether its entries stand in the state of an understanding: make one, or are about one.
    pub fn has_item(self) -> bool {
        matches!(self.change, Change::AddsItem | Change::Marks(_))
    }

    /// Whether its entries report what they found.
    pub fn reports(self) -> bool {
        matches!(self.change, Change::Marks(Marks { sets: Sets::Finding, .. }))
    }

    /// Whether its signers must have seen the latest entry about the target. What one side or one
    /// member does alone is not held up by entries that others make meanwhile.
    pub fn needs_latest(self) -> bool {
        !matches!(self.authority, Authority::PartiesOfTarget | Authority::Members)
    }
}

/// Whether an entry of some kind takes this flag off again.
pub(crate) fn is_cleared(flag: Flag) -> bool {
    TABLE.iter().any(|row| match row.change {
        Change::Marks(Marks { clears: Clears::Flag(own), .. })
        | Change::Marks(Marks { clears: Clears::Settling(own), .. })
        | Change::Marks(Marks { clears: Clears::OwnSide(own), .. }) => own == flag,
        _ => false,
    })
}
