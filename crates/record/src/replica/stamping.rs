//! Stamping, and the stamps of others: what they complete. docs/record.md, "Stamps".

use alloc::vec::Vec;

use entente_log::checkpoint::Stamp as LogStamp;
use entente_log::cosignature::verify_stamp;
use entente_log::signed_note::{KnownKeys, NoteSignature, VerifierKey};

use super::Replica;
use crate::quorum;
use crate::roster::{Member, Roster};
use crate::rows::{self, Rows, Space};
use crate::stamp::{PreparedStamp, Stamp, StampError, StampMemory, StampRefusal};
use crate::status::Recorded;

impl<R: Rows> Replica<R> {
    /// Makes ready to stamp the latest checkpoint. The time is `now`, Unix seconds.
    ///
    /// # Errors
    /// [`StampRefusal`].
    pub fn prepare_stamp(&self, memory: &StampMemory, now: u64) -> Result<PreparedStamp, StampRefusal> {
        if let Some((index, not_after)) = self.expired(memory.last().size, now) {
            return Err(StampRefusal::TooLate { index, not_after, now });
        }
        let checkpoint = self.checkpoint().ok_or(StampRefusal::Stored)?;
        let log = self.roster().map(|roster| roster.log_key().clone());
        let known = KnownKeys::new(log).map_err(|_| StampRefusal::Stored)?;
        let opened = checkpoint.open(&known).map_err(|_| StampRefusal::Stored)?;
        let proof = self.consistency(memory.last().size, self.size()).unwrap_or_default();
        Ok(PreparedStamp::new(memory.memory().advance(&opened, &proof)?))
    }

    /// The entry past its `not_after` that keeps a member who last stamped at this size from
    /// stamping: the newest entry, or one that changes the roster and is not known to have been
    /// recorded in time. Understandings and amendments with later entries after them keep nobody:
    /// the time of a late quorum says of them that they came too late, and the record goes on.
    fn expired(&self, stamped: u64, now: u64) -> Option<(u64, u64)> {
        let newest = self.size().saturating_sub(1);
        let rosters = self.rosters.iter().skip(1).map(|line| line.index);
        let since = rosters.filter(|index| (stamped..newest).contains(index));
        since.chain([newest]).find_map(|index| {
            let not_after = self.entry(index)?.not_after.filter(|limit| *limit < now)?;
            let in_time = || self.recorded(index).is_some_and(|recorded| recorded.time <= not_after);
            (index == newest || !in_time()).then_some((index, not_after))
        })
    }

    /// Keeps a stamp, the member's own, another's, or that of a witness whom the roster names, and
    /// gives its time. A second one of the same key on the same checkpoint changes nothing: nobody
    /// can fill the checkpoint alone.
    ///
    /// # Errors
    /// [`StampError`].
    pub fn add_stamp(&mut self, stamp: &Stamp) -> Result<u64, StampError> {
        let size = stamp.size;
        let mut stamped = self.stamped(size).ok_or(StampError::NotYet { size })?;
        let cosigner = self.stamper(stamp).ok_or(StampError::NoMember)?;
        let time = verify_stamp(&cosigner, stamped.checkpoint.checkpoint(), &stamp.line)
            .map_err(|_| StampError::Bad { size })?;
        if let Some(known) = stamped.stamps.iter().find(|known| known.cosigner == cosigner) {
            return Ok(known.time);
        }
        stamped.checkpoint.add(stamp.line.clone()).map_err(|_| StampError::Full)?;
        stamped.stamps.push(LogStamp { cosigner: cosigner.clone(), time });
        let key = rows::within(cosigner.public_key().as_bytes(), size);
        self.rows.put(Space::Stamp, &key, &rows::number(time));
        self.keep_stamped(&stamped);
        self.count(size, &stamped.stamps, &cosigner);
        Ok(time)
    }

    /// Keeps the stamp of a witness whom the roster does not name, for readers who know it. Here it
    /// counts for nothing.
    ///
    /// # Errors
    /// [`StampError`].
    pub fn add_outside_stamp(&mut self, witness: &VerifierKey, stamp: &Stamp) -> Result<u64, StampError> {
        let size = stamp.size;
        let mut stamped = self.stamped(size).ok_or(StampError::NotYet { size })?;
        let time = verify_stamp(witness, stamped.checkpoint.checkpoint(), &stamp.line)
            .map_err(|_| StampError::Bad { size })?;
        if !stamped.checkpoint.note().signatures().iter().any(|line| witness.is_named_by(line)) {
            stamped.checkpoint.add(stamp.line.clone()).map_err(|_| StampError::Full)?;
            self.keep_stamped(&stamped);
        }
        Ok(time)
    }

    /// The members' stamps on the checkpoint of a size, as they travel: for a member who comes later.
    pub fn stamps(&self, size: u64) -> Vec<Stamp> {
        let Some(stamped) = self.stamped(size) else { return Vec::new() };
        let known = |line: &&NoteSignature| {
            let mut keys = stamped.stamps.iter().map(|stamp| &stamp.cosigner);
            keys.any(|key| key.is_named_by(line))
        };
        let lines = stamped.checkpoint.note().signatures().iter();
        lines.filter(known).map(|line| Stamp { size, line: line.clone() }).collect()
    }

    /// The key that a stamp names: of the roster that judges its checkpoint, or of the one before,
    /// whose quorum an entry that changes the roster needs too.
    fn stamper(&self, stamp: &Stamp) -> Option<VerifierKey> {
        let judging = [self.roster_at(stamp.size), self.roster_at(stamp.size.saturating_sub(1))];
        let rosters = judging.into_iter().flatten().map(|line| &line.roster);
        let mut keys = rosters.flat_map(|roster| {
            roster.members().iter().map(|member| &member.cosigner).chain(roster.witnesses())
        });
        keys.find(|key| key.is_named_by(&stamp.line)).cloned()
    }

    /// Keeps what quorums a stamp of this key has completed, or made earlier.
    fn count(&mut self, size: u64, stamps: &[LogStamp], stamper: &VerifierKey) {
        let of = |roster: &Roster| quorum::stamps(roster, stamps);
        if let Some(time) = self.judging(size).and_then(|roster| quorum::time(roster, &of(roster), None)) {
            self.keep_quorum(size, time);
        }
        for place in 0..self.rosters.len() {
            let Some(line) = self.rosters.get(place).filter(|line| line.index < size) else { break };
            let counts =
                |roster: &&Roster| roster.stamper(stamper).is_some() || roster.witness(stamper).is_some();
            let Some(ruling) = self.ruling(line.index).filter(counts) else { continue };
            let time = quorum::time(ruling, &of(ruling), line.spoken);
            let earlier = |time: &u64| {
                line.recorded.as_ref().is_none_or(|known| (*time, size) < (known.time, known.size))
            };
            if let Some(time) = time.filter(earlier) {
                self.keep_roster_recorded(place, Recorded { size, time });
            }
        }
    }

    /// A quorum that a later checkpoint reached before it is not kept: that one covers the same
    /// entries and more. So times rise with sizes, and the first that covers an entry is the
    /// earliest.
    fn keep_quorum(&mut self, size: u64, time: u64) {
        let better = |known: &Recorded| known.time < time || (known.size == size && known.time == time);
        if self.first_quorum(size).as_ref().is_some_and(better) {
            return;
        }
        self.rows.put(Space::Quorum, &rows::number(size), &rows::number(time));
        while let Some(before) = self.quorum_below(size).filter(|before| before.time > time) {
            self.rows.remove(Space::Quorum, &rows::number(before.size));
        }
    }

    /// The earliest quorum of a checkpoint of at least this size.
    pub(crate) fn first_quorum(&self, size: u64) -> Option<Recorded> {
        recorded(self.rows.first_from(Space::Quorum, &rows::number(size))?)
    }

    /// The last quorum of a checkpoint below this size.
    pub(crate) fn quorum_below(&self, size: u64) -> Option<Recorded> {
        recorded(self.rows.last_below(Space::Quorum, &rows::number(size))?)
    }

    /// The size of the latest checkpoint that every member of the roster that judges it has stamped.
    /// Where one has not stamped, the next that can be is his last before, or the last of the roster
    /// before.
    pub(super) fn last_stamped_by_all(&self) -> Option<u64> {
        let mut size = self.size();
        while let Some(line) = self.roster_at(size) {
            let last = |member: &Member| self.last_stamp(&member.cosigner, size);
            let by_all = line.roster.members().iter().map(last).min()?.unwrap_or(0);
            if by_all == size {
                return Some(size);
            }
            size = by_all.max(line.index);
        }
        None
    }

    /// The largest size, up to this one, whose checkpoint a key has stamped.
    fn last_stamp(&self, cosigner: &VerifierKey, size: u64) -> Option<u64> {
        let key = cosigner.public_key().as_bytes();
        let row = self.rows.last_below(Space::Stamp, &rows::within(key, size.checked_add(1)?))?;
        rows::read_number(&row.0).filter(|_| row.0.starts_with(key))
    }

    /// The first stamp of a key on a checkpoint of at least this size.
    pub(crate) fn first_stamp(&self, cosigner: &VerifierKey, size: u64) -> Option<Recorded> {
        let key = cosigner.public_key().as_bytes();
        let row = self.rows.first_from(Space::Stamp, &rows::within(key, size))?;
        recorded(row.clone()).filter(|_| row.0.starts_with(key))
    }
}

fn recorded((key, value): rows::Row) -> Option<Recorded> {
    Some(Recorded { size: rows::read_number(&key)?, time: rows::read_number(&value)? })
}
