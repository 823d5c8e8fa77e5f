//! The link of one mailbox of ours: it watches, and erases what the engine has committed.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;

use entente_wire::answer::{Answer, Refusal};
use entente_wire::limits::ERASE_MAX;
use entente_wire::push::{FromRelay, Push};
use entente_wire::request::{Digests, Erase, Request, Watch};
use entente_wire::{Mailbox, ParcelDigest};
use tokio::sync::mpsc;

use super::Surroundings;
use super::back_off::BackOff;
use super::error::RequestError;
use super::event::{Event, Link};
use super::session::Session;

/// Something for the link.
pub(super) enum Command {
    /// Watch: the link does so from its start.
    Watch,
    /// Erase this.
    Erase(ParcelDigest),
}

pub(super) struct Reader {
    mailbox: Mailbox,
    surroundings: Surroundings,
    waiting: VecDeque<ParcelDigest>,
    sent: BTreeMap<u64, Vec<ParcelDigest>>,
}

/// Why a session with the relay ended.
enum Ended {
    /// Nobody watches any more.
    Stopped,
    /// It broke.
    Broken(RequestError),
}

impl Reader {
    pub(super) fn new(mailbox: Mailbox, surroundings: Surroundings) -> Self {
        Self { mailbox, surroundings, waiting: VecDeque::new(), sent: BTreeMap::new() }
    }

    /// Works until the watching ends, is refused, or the network stops.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut stopping = self.surroundings.stopping.clone();
        tokio::select! {
            () = self.work(&mut queue) => {}
            _ = stopping.wait_for(|stopping| *stopping) => {}
        }
        self.count_off(&mut queue);
    }

    async fn work(&mut self, queue: &mut mpsc::Receiver<Command>) {
        let mut back_off = BackOff::new(&self.surroundings.settings);
        let link = Link::Reader(self.mailbox.id());
        loop {
            let error = match self.watch().await {
                Ok((session, watching)) => {
                    back_off.reset();
                    self.tell(Event::Online { link }).await;
                    match self.converse(session, watching, queue).await {
                        Ended::Stopped => return,
                        Ended::Broken(error) => error,
                    }
                }
                Err(error @ RequestError::Refused) => {
                    return self.tell(Event::WatchRefused { mailbox: self.mailbox.id(), error }).await;
                }
                Err(error) => error,
            };
            self.unsend();
            let retry_in = back_off.pause();
            self.tell(Event::Offline { link, error, retry_in }).await;
            tokio::select! {
                () = tokio::time::sleep(retry_in) => {}
                () = self.collect(queue) => return,
            }
        }
    }

    /// Takes commands while there is no connection, until nobody watches any more.
    async fn collect(&mut self, queue: &mut mpsc::Receiver<Command>) {
        while let Some(command) = queue.recv().await {
            if let Command::Erase(digest) = command {
                self.waiting.push_back(digest);
            }
        }
    }

    async fn watch(&self) -> Result<(Session, u64), RequestError> {
        let mut session = Session::for_pushes(self.mailbox.relay(), &self.surroundings.settings).await?;
        let watch = Request::Watch(Watch { reader: self.mailbox.id() });
        session.ask(&watch, Some(&self.mailbox)).await?;
        // The watch was the first request of the session.
        Ok((session, 1))
    }

    async fn converse(
        &mut self,
        mut session: Session,
        watching: u64,
        queue: &mut mpsc::Receiver<Command>,
    ) -> Ended {
        loop {
            if let Err(error) = self.erase(&mut session).await {
                return Ended::Broken(error);
            }
            tokio::select! {
                frame = session.frames.next() => {
                    let taken = match frame {
                        Ok(frame) => self.take(frame, watching).await,
                        Err(error) => Err(error),
                    };
                    if let Err(error) = taken {
                        return Ended::Broken(error);
                    }
                }
                command = queue.recv() => match command {
                    Some(Command::Erase(digest)) => {
                        self.waiting.push_back(digest);
                        while let Ok(Command::Erase(digest)) = queue.try_recv() {
                            self.waiting.push_back(digest);
                        }
                    }
                    Some(Command::Watch) => {}
                    None => return Ended::Stopped,
                },
            }
        }
    }

    /// Sends erasures, as many in a request as fit and as many requests as may be under way.
    async fn erase(&mut self, session: &mut Session) -> Result<(), RequestError> {
        while !self.waiting.is_empty() && self.sent.len() < session.requests_in_flight {
            let batch: Vec<_> = self.waiting.drain(..self.waiting.len().min(ERASE_MAX)).collect();
            let Some(digests) = Digests::new(&batch) else { continue };
            let erase = Request::Erase(Erase { reader: self.mailbox.id(), digests });
            match session.start(&erase, Some(&self.mailbox)).await {
                Ok(number) => drop(self.sent.insert(number, batch)),
                Err(error) => {
                    self.waiting.extend(batch);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    async fn take(&mut self, frame: FromRelay, watching: u64) -> Result<(), RequestError> {
        let mailbox = self.mailbox.id();
        match frame {
            FromRelay::Push(number, _) if number != watching => {
                Err(RequestError::Misbehaved("it pushed for another watch"))
            }
            FromRelay::Push(_, Push::Delivery(delivery, parcel)) => {
                let (position, digest) = (delivery.position, parcel.digest());
                self.tell(Event::Delivered { mailbox, position, digest, parcel }).await;
                Ok(())
            }
            FromRelay::Push(_, Push::Gap(mark)) => {
                self.tell(Event::Gap { mailbox, mark }).await;
                Ok(())
            }
            FromRelay::Push(_, Push::UpToDate) => {
                self.tell(Event::UpToDate { mailbox }).await;
                Ok(())
            }
            FromRelay::Answer(number, Answer::Done) => {
                let erased = self.sent.remove(&number);
                for digest in erased.ok_or(RequestError::Misbehaved("it answered nothing"))? {
                    self.tell(Event::Erased { mailbox, digest }).await;
                    self.surroundings.under_way.fetch_sub(1, Ordering::SeqCst);
                }
                Ok(())
            }
            FromRelay::Answer(_, Answer::Refusal(Refusal::Unavailable)) => Err(RequestError::Unavailable),
            FromRelay::Answer(_, Answer::Refusal(refusal)) => Err(RequestError::of(refusal)),
            FromRelay::Answer(..) => Err(RequestError::Misbehaved("it answered something else")),
        }
    }

    /// Erasures without answer are asked for again.
    fn unsend(&mut self) {
        for (_, digests) in std::mem::take(&mut self.sent) {
            self.waiting.extend(digests);
        }
    }

    /// Nobody waits any more for what has no outcome: it comes again as a delivery when the mailbox is watched
    /// again.
    fn count_off(&mut self, queue: &mut mpsc::Receiver<Command>) {
        self.unsend();
        queue.close();
        let mut open = self.waiting.len();
        while let Ok(command) = queue.try_recv() {
            open += usize::from(matches!(command, Command::Erase(_)));
        }
        self.surroundings.under_way.fetch_sub(open, Ordering::SeqCst);
    }

    async fn tell(&self, event: Event) {
        // Nobody reads any more: then nobody wants to know.
        let _ = self.surroundings.events.send(event).await;
    }
}
