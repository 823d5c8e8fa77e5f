//! The quorum: when enough members have stamped for an entry to count as recorded.
//! docs/record.md, "Quorum".
//!
//! One of each side. The intermediary (party 0) and the log's key count for nobody, and two
//! delegates of one side count once. For a succession the principal's signature stands for its own
//! side's stamp: the delegate whose key is lost cannot stamp, and the side has spoken.

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

/// Which members of this roster made these stamps; the keys of others count for nothing.
pub fn stamped_by(roster: &Roster, stamps: &[Stamp]) -> Vec<StampedBy> {
    let members = stamps.iter().filter_map(|stamp| {
        let (number, member) = roster.stamper(&stamp.cosigner)?;
        Some(StampedBy { member: number, party: member.party, time: stamp.time })
    });
    let mut members: Vec<StampedBy> = members.collect();
    members.sort_by_key(|stamp| stamp.member);
    members
}

/// The time of the quorum in Unix seconds: the latest of the earliest stamps that complete it.
/// `None` if a side has not stamped, other than the one whose principal has `spoken`.
pub fn time(roster: &Roster, stamps: &[StampedBy], spoken: Option<Party>) -> Option<u64> {
    let earliest =
        |party: Party| stamps.iter().filter(|stamp| stamp.party == party).map(|stamp| stamp.time).min();
    let sides = roster.sides().iter().map(|side| side.party).filter(|party| Some(*party) != spoken);
    sides.map(earliest).collect::<Option<Vec<u64>>>()?.into_iter().max()
}

/// The side whose principal speaks by these signatures, in a succession.
pub fn spoken(kind: &Kind, signers: &[Signer]) -> Option<Party> {
    let principal = signers.first().filter(|_| *kind == Kind::SUCCESSION)?;
    Some(principal.party)
}
