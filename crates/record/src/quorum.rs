//! The quorum: when enough stamps are there for an entry to count as recorded.
//! docs/record.md, "Quorum".
//!
//! One of each side. The intermediary (party 0) and the log's key count for nobody, and two
//! delegates of one side count once. For a succession the principal's signature stands for its own
//! side's stamp: the delegate whose key is lost cannot stamp, and the side has spoken.
//!
//! Where the roster names witnesses, one side and enough of them will do as well, so that no side
//! can keep the other's dispute or termination out.

use alloc::vec::Vec;

use entente_log::checkpoint::Stamp;

use crate::document::{Kind, Signer};
use crate::party::Party;
use crate::roster::Roster;

/// A member's stamp on a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StampedBy {
    /// The member's number in the roster that judged, from 1.
    pub member: u64,
    /// Its side; 0 for none.
    pub party: Party,
    /// When, by its own word: Unix seconds.
    pub time: u64,
}

/// A stamp on a checkpoint by a witness that the roster names: the log only grows. Of what it holds
/// a witness has seen nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WitnessedBy {
    /// The witness's number in the roster that judged, from 1.
    pub witness: u64,
    /// When, by its own word: Unix seconds.
    pub time: u64,
}

/// The stamps on a checkpoint that count under one roster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    /// Of members, by their numbers.
    pub members: Vec<StampedBy>,
    /// Of the witnesses that the roster names, by their numbers.
    pub witnesses: Vec<WitnessedBy>,
}

/// What these stamps are under this roster; the keys of others count for nothing.
pub fn stamps(roster: &Roster, stamps: &[Stamp]) -> Stamps {
    let members = stamps.iter().filter_map(|stamp| {
        let (number, member) = roster.stamper(&stamp.cosigner)?;
        Some(StampedBy { member: number, party: member.party, time: stamp.time })
    });
    let witnesses = stamps.iter().filter_map(|stamp| {
        Some(WitnessedBy { witness: roster.witness(&stamp.cosigner)?, time: stamp.time })
    });
    let mut stamps = Stamps { members: members.collect(), witnesses: witnesses.collect() };
    stamps.members.sort_by_key(|stamp| stamp.member);
    stamps.witnesses.sort_by_key(|stamp| stamp.witness);
    stamps
}

impl Stamps {
    /// The sides whose members have stamped.
    pub fn sides(&self) -> Vec<Party> {
        let mut sides: Vec<Party> = self.members.iter().map(|stamp| stamp.party).collect();
        sides.retain(|party| party.is_side());
        sides.sort();
        sides.dedup();
        sides
    }
}

/// The time of the quorum in Unix seconds: the latest of the earliest stamps that complete it.
/// `None` if there is no quorum. `spoken` is the side whose principal has made the entry.
pub fn time(roster: &Roster, stamps: &Stamps, spoken: Option<Party>) -> Option<u64> {
    let each = each_side(roster, stamps, spoken);
    each.into_iter().chain(one_side_and_witnesses(roster, stamps)).min()
}

fn each_side(roster: &Roster, stamps: &Stamps, spoken: Option<Party>) -> Option<u64> {
    let earliest = |party: Party| {
        stamps.members.iter().filter(|stamp| stamp.party == party).map(|stamp| stamp.time).min()
    };
    let sides = roster.sides().iter().map(|side| side.party).filter(|party| Some(*party) != spoken);
    sides.map(earliest).collect::<Option<Vec<u64>>>()?.into_iter().max()
}

/// A principal's signature is no stamp here: somebody must have replayed the state.
fn one_side_and_witnesses(roster: &Roster, stamps: &Stamps) -> Option<u64> {
    let wanted = roster.quorum_witnesses()?;
    let side = stamps.members.iter().filter(|stamp| stamp.party.is_side()).map(|stamp| stamp.time).min()?;
    let mut witnesses: Vec<u64> = stamps.witnesses.iter().map(|stamp| stamp.time).collect();
    witnesses.sort_unstable();
    let last = witnesses.get(wanted.checked_sub(1)?)?;
    Some(side.max(*last))
}

/// The side whose principal speaks by these signatures, in a succession.
pub fn spoken(kind: &Kind, signers: &[Signer]) -> Option<Party> {
    let principal = signers.first().filter(|_| *kind == Kind::SUCCESSION)?;
    Some(principal.party)
}
