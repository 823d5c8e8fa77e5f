//! Speaking to relays: what waits goes out, what came is taken in, until it is quiet.
//!
//! The network runs on threads of its own and knows nothing of the store. Here is the one loop that
//! moves plain data between the two; after a crash at any of its points the next run does the rest.

use std::collections::BTreeSet;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use entente_store::BATCH_LIMIT;
use entente_store::rows::outbox::OutboxNumber;
use entente_wire::address::RelayAddress;
use entente_wire::mailbox::ReaderId;
use entente_wire::parcel::Parcel;
use rand_core::CryptoRng;

use super::inbound::Taken;
use super::line::{Job, Line};
use super::moment::Moment;
use super::outbound::{Ask, Watched};
use super::{Engine, EngineError};
use crate::network::{DepositError, Event, Events, Link, RequestError};

/// How long a mailbox without any use is kept by its relay: 90 days.
const MAILBOX_SECONDS: u32 = 90 * 86_400;
/// Parcels that one writer may have waiting in a mailbox of ours.
const QUOTA: u32 = 256;
/// Parcels on their way to one relay at once.
const IN_FLIGHT: usize = 32;
/// Batches of waiting parcels looked through at a time.
const BATCHES_SEEN: usize = 16;
/// How long a relay that cannot be reached is waited for.
const REACH: Duration = Duration::from_secs(3);

/// How long to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncOptions {
    /// End when nothing has happened for so long and nothing of ours is on its way.
    pub quiet: Duration,
    /// End after so long in any case.
    pub limit: Duration,
    /// End after so long if no relay is there by then, and ask and send nothing before one is. Without
    /// it, relays are waited for.
    pub reach: Option<Duration>,
}

impl Default for SyncOptions {
    fn default() -> Self {
        Self { quiet: Duration::from_millis(400), limit: Duration::from_secs(30), reach: None }
    }
}

/// Something that happened while syncing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncProgress {
    /// Parcels were left with their relay.
    Sent(u64),
    /// Parcels were taken in.
    Received(u64),
    /// A relay cannot be reached.
    Offline(RequestError),
}

/// What a sync did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Parcels left with their relays.
    pub sent: u64,
    /// Parcels taken in, with those that were here before.
    pub received: u64,
    /// Parcels refused for good, with the reasons.
    pub refused: Vec<String>,
    /// Parcels that stay at their relay because this device could not take them in, with the
    /// reasons. They come again.
    pub kept: Vec<String>,
    /// Parcels still waiting here.
    pub waiting: u64,
    /// Of these, parcels whose reader's mailbox is full.
    pub full: u64,
    /// Of these, parcels that their reader's mailbox does not take: it is not there yet, or not any more
    /// for us.
    pub shut: u64,
    /// Relays that could not be reached or did not do as asked.
    pub offline: Vec<(RelayAddress, RequestError)>,
    /// Parcels that a relay let go before they were fetched.
    pub lost: u64,
    /// Everything that was there for us was fetched: each of our mailboxes has delivered it and said so.
    pub fetched: bool,
}

impl Engine {
    /// Sends what waits and takes in what came, until it is quiet.
    ///
    /// # Errors
    /// [`EngineError::Store`], [`EngineError::Local`]. That a relay cannot be reached is no error: it
    /// stands in the report, and nothing queued is lost.
    pub fn sync(
        &mut self,
        clock: &dyn Fn() -> u64,
        rng: &mut dyn CryptoRng,
        options: SyncOptions,
        progress: &mut dyn FnMut(SyncProgress),
    ) -> Result<SyncReport, EngineError> {
        let mut line = Line::start()?;
        let report = self.sync_over(&mut line, clock, rng, options, progress);
        let reached = report.as_ref().is_ok_and(|report| report.fetched);
        let impatient = options.reach.is_some() && !reached;
        line.end(if impatient { Duration::ZERO } else { Duration::from_millis(500) });
        report
    }

    /// As [`Self::sync`], over a line that stays open.
    ///
    /// # Errors
    /// As [`Self::sync`].
    pub fn sync_over(
        &mut self,
        line: &mut Line,
        clock: &dyn Fn() -> u64,
        rng: &mut dyn CryptoRng,
        options: SyncOptions,
        progress: &mut dyn FnMut(SyncProgress),
    ) -> Result<SyncReport, EngineError> {
        // What a relay refused in an earlier sync is tried again.
        line.asked = line.jobs.values().map(|job| job.digest).collect();
        line.refused.clear();
        let started = Instant::now();
        let mut last = started;
        let mut report = SyncReport::default();
        self.tick(&mut Moment::new(clock(), rng))?;
        loop {
            // What is asked of a relay is waited for: whoever does not wait asks one that is there.
            let speak = options.reach.is_none() || !line.up.is_empty();
            if speak {
                self.ask_relays(line, &mut report)?;
            }
            self.watch_mailboxes(line)?;
            if speak {
                self.send_waiting(line)?;
            }
            self.erase_committed(line)?;
            if options.reach.is_some_and(|reach| line.up.is_empty() && started.elapsed() >= reach) {
                break;
            }
            let quiet_for = last.elapsed();
            let waited = !report.offline.is_empty() && started.elapsed() >= REACH;
            let over = quiet_for >= options.quiet && (waited || !line.is_busy());
            if over || started.elapsed() >= options.limit {
                break;
            }
            let wait = options.quiet.saturating_sub(quiet_for).max(Duration::from_millis(10));
            let wait = options.reach.filter(|_| line.up.is_empty()).map_or(wait, |reach| wait.min(reach));
            let Some(events) =
                gather(&line.events, wait.min(options.limit.saturating_sub(started.elapsed())))?
            else {
                continue;
            };
            if self.take_events(line, events, clock, rng, &mut report, progress)? {
                last = Instant::now();
            }
        }
        report.waiting = self.waiting()?;
        let mailboxes = self.mailboxes()?;
        let fetched = |watched: &Watched| line.is_fetched(&watched.mailbox.id());
        report.fetched = !mailboxes.is_empty() && mailboxes.iter().all(fetched);
        if report.fetched {
            self.note_fetched(clock())?;
        }
        // A relay that has answered nothing yet is told of, though it may still do so.
        for Job { relay, .. } in line.jobs.values() {
            if !report.offline.iter().any(|(known, _)| known == relay) {
                report.offline.push((relay.clone(), RequestError::Deadline));
            }
        }
        Ok(report)
    }

    /// Mailboxes to be made, writers to be let in, mailboxes to be ended: before any parcel leaves
    /// that speaks of them.
    fn ask_relays(&mut self, line: &mut Line, report: &mut SyncReport) -> Result<(), EngineError> {
        for asking in self.requests()? {
            let relay = asking.mailbox.relay().clone();
            if report.offline.iter().any(|(known, _)| *known == relay) {
                continue;
            }
            let outcome = match &asking.what {
                Ask::Open => {
                    let token = self.admission(&relay)?;
                    line.network.open(&asking.mailbox, MAILBOX_SECONDS, token.as_ref())
                }
                Ask::Grant(slot, grant) => line.network.grant(&asking.mailbox, *slot, grant, QUOTA),
                Ask::Revoke(slot) => line.network.revoke(&asking.mailbox, *slot),
                Ask::Close => {
                    line.network.unwatch(asking.mailbox.id());
                    line.watched.remove(&asking.mailbox.id());
                    line.is_gone(&asking.mailbox.id());
                    line.network.close(&asking.mailbox)
                }
            };
            match outcome {
                Ok(()) => self.request_answered(asking.number)?,
                // A mailbox that is gone needs no ending, and nobody writes to it.
                Err(RequestError::Refused) if matches!(asking.what, Ask::Close | Ask::Revoke(_)) => {
                    self.request_answered(asking.number)?;
                }
                Err(error) => report.offline.push((relay, error)),
            }
        }
        Ok(())
    }

    fn watch_mailboxes(&mut self, line: &mut Line) -> Result<(), EngineError> {
        let opening: BTreeSet<ReaderId> = self
            .requests()?
            .into_iter()
            .filter(|asking| matches!(asking.what, Ask::Open))
            .map(|asking| asking.mailbox.id())
            .collect();
        for watched in self.mailboxes()? {
            let id = watched.mailbox.id();
            let new =
                !line.watched.contains_key(&id) && !line.refused.contains(&id) && !opening.contains(&id);
            if new && line.network.watch(watched.mailbox).is_ok() {
                line.watched.insert(id, watched.id);
            }
        }
        Ok(())
    }

    /// Hands waiting parcels to the network, so many a relay: an absent one holds up nobody else.
    fn send_waiting(&mut self, line: &mut Line) -> Result<(), EngineError> {
        let mut after = OutboxNumber(0);
        for _ in 0..BATCHES_SEEN {
            let batch = self.outgoing(after, 32)?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = last.number;
            for departing in batch {
                let relay = departing.grant.relay().clone();
                if line.jobs_at(&relay) >= IN_FLIGHT || !line.asked.insert(departing.digest) {
                    continue;
                }
                let job = line.next_job;
                line.next_job = job.saturating_add(1);
                match line.network.deposit(job, &departing.grant, departing.parcel) {
                    Ok(()) => {
                        let to = departing.grant.address();
                        line.jobs.insert(job, Job { digest: departing.digest, to, relay });
                    }
                    Err(_) => {
                        line.asked.remove(&departing.digest);
                    }
                }
            }
        }
        Ok(())
    }

    fn erase_committed(&mut self, line: &mut Line) -> Result<(), EngineError> {
        for (reader, mailbox) in &line.watched {
            for digest in self.to_erase(*mailbox, 64)? {
                if line.erasing.insert(digest) && line.network.erase(*reader, digest).is_err() {
                    line.erasing.remove(&digest);
                }
            }
        }
        Ok(())
    }

    /// Whether anything happened that may lead to more.
    fn take_events(
        &mut self,
        line: &mut Line,
        events: Vec<Event>,
        clock: &dyn Fn() -> u64,
        rng: &mut dyn CryptoRng,
        report: &mut SyncReport,
        progress: &mut dyn FnMut(SyncProgress),
    ) -> Result<bool, EngineError> {
        let (mut parcels, mut happened) = (Vec::new(), false);
        for event in events {
            match event {
                Event::Delivered { mailbox, parcel, .. } => parcels.push((mailbox, parcel)),
                Event::Deposited { job, receipt } => {
                    let Some(Job { digest, .. }) = line.jobs.remove(&job) else { continue };
                    let receipt = receipt.to_bytes().map_err(EngineError::local)?;
                    self.deposited(digest, &receipt, clock())?;
                    report.sent += 1;
                    progress(SyncProgress::Sent(report.sent));
                    happened = true;
                }
                Event::DepositRefused { job, error } => self.refused(line, job, error, clock(), report)?,
                Event::Erased { mailbox, digest } => {
                    line.erasing.remove(&digest);
                    if let Some(id) = line.watched.get(&mailbox) {
                        self.erased(*id, digest)?;
                    }
                }
                Event::Gap { mailbox, mark } => {
                    report.lost = report.lost.saturating_add(u64::from(mark.parcels));
                    let _ = line.network.erase(mailbox, mark.digest);
                    happened = true;
                }
                Event::UpToDate { mailbox } => {
                    line.current.insert(mailbox);
                }
                Event::WatchRefused { mailbox, error } => {
                    if let Some(relay) = self.relay_of(line, &Link::Reader(mailbox))? {
                        report.offline.push((relay, error));
                    }
                    line.refused.insert(mailbox);
                    line.watched.remove(&mailbox);
                    line.is_gone(&mailbox);
                }
                Event::Offline { link, error, .. } => {
                    if let Link::Reader(reader) = link {
                        line.is_gone(&reader);
                    }
                    progress(SyncProgress::Offline(error.clone()));
                    if let Some(relay) = self.relay_of(line, &link)? {
                        report.offline.retain(|(known, _)| *known != relay);
                        report.offline.push((relay, error));
                    }
                }
                Event::Online { link } => {
                    if let Link::Reader(reader) = link {
                        line.up.insert(reader);
                    }
                    if let Some(relay) = self.relay_of(line, &link)? {
                        report.offline.retain(|(known, _)| *known != relay);
                    }
                    happened = true;
                }
            }
        }
        Ok(self.take_parcels(line, parcels, clock(), rng, report, progress)? || happened)
    }

    fn take_parcels(
        &mut self,
        line: &mut Line,
        mut parcels: Vec<(ReaderId, Parcel)>,
        now: u64,
        rng: &mut dyn CryptoRng,
        report: &mut SyncReport,
        progress: &mut dyn FnMut(SyncProgress),
    ) -> Result<bool, EngineError> {
        let any = !parcels.is_empty();
        while !parcels.is_empty() {
            let rest = parcels.split_off(parcels.len().min(BATCH_LIMIT));
            let batch = std::mem::replace(&mut parcels, rest);
            let readers: Vec<ReaderId> = batch.iter().map(|(reader, _)| *reader).collect();
            for (taken, reader) in self.deliver(&mut Moment::new(now, rng), batch)?.into_iter().zip(readers) {
                match taken {
                    Taken::In | Taken::Before => report.received += 1,
                    Taken::Refused(why) => report.refused.push(why),
                    Taken::Kept(why) => {
                        line.keeping.insert(reader);
                        report.kept.push(why);
                    }
                }
            }
            progress(SyncProgress::Received(report.received));
        }
        Ok(any)
    }

    /// A full mailbox and one that is not there yet are tried again by a later sync.
    fn refused(
        &mut self,
        line: &mut Line,
        job: u64,
        error: DepositError,
        now: u64,
        report: &mut SyncReport,
    ) -> Result<(), EngineError> {
        let Some(Job { digest, relay, .. }) = line.jobs.remove(&job) else { return Ok(()) };
        if self.deposit_is_too_old(digest, now)? {
            return Ok(());
        }
        match error {
            DepositError::Quota => report.full += 1,
            DepositError::Incompatible { .. } => {
                self.deposit_refused(digest, "the relay speaks another version")?
            }
            // That reader's mailbox is not there yet, or not for us any more: the relay is there.
            DepositError::Refused => report.shut += 1,
            DepositError::Misbehaved(why) => report.offline.push((relay, RequestError::Misbehaved(why))),
        }
        Ok(())
    }

    fn relay_of(&mut self, line: &Line, link: &Link) -> Result<Option<RelayAddress>, EngineError> {
        Ok(match link {
            Link::Reader(reader) => {
                let mut all = self.mailboxes()?.into_iter();
                all.find(|watched| watched.mailbox.id() == *reader)
                    .map(|watched| watched.mailbox.relay().clone())
            }
            Link::Writer(to) => line.jobs.values().find(|job| job.to == *to).map(|job| job.relay.clone()),
        })
    }
}

/// The events of one turn: waits for the first, takes what else is there.
fn gather(events: &Events, wait: Duration) -> Result<Option<Vec<Event>>, EngineError> {
    let first = match events.recv_timeout(wait) {
        Ok(event) => event,
        Err(RecvTimeoutError::Timeout) => return Ok(None),
        Err(RecvTimeoutError::Disconnected) => return Err(EngineError::local("the network has stopped")),
    };
    let mut all = vec![first];
    while all.len() < BATCH_LIMIT {
        match events.try_recv() {
            Ok(event) => all.push(event),
            Err(_) => break,
        }
    }
    Ok(Some(all))
}
