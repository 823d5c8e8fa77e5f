//! The link to one address: deposits in order, many under way at once, tried again until they are answered.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;

use entente_wire::answer::{Answer, Refusal};
use entente_wire::push::FromRelay;
use entente_wire::request::{self, Request};
use entente_wire::{DepositAddress, Grant, Parcel, RelayAddress};
use tokio::sync::mpsc;

use super::Surroundings;
use super::back_off::BackOff;
use super::error::{DepositError, RequestError};
use super::event::{Event, Link};
use super::session::Session;

/// A parcel on its way.
pub(super) struct Deposit {
    pub(super) job: u64,
    pub(super) grant: Grant,
    pub(super) parcel: Parcel,
}

pub(super) struct Writer {
    relay: RelayAddress,
    link: Link,
    surroundings: Surroundings,
    waiting: VecDeque<Deposit>,
    sent: BTreeMap<u64, Deposit>,
}

/// Why a session with the relay ended.
enum Ended {
    /// There was nothing to do for long.
    Idle,
    /// Nobody can queue any more, or the network stops.
    Stopped,
    /// It broke.
    Broken(RequestError),
}

impl Writer {
    pub(super) fn new((relay, address): (RelayAddress, DepositAddress), surroundings: Surroundings) -> Self {
        let link = Link::Writer(address);
        Self { relay, link, surroundings, waiting: VecDeque::new(), sent: BTreeMap::new() }
    }

    /// Works until nobody can queue any more, or the network stops.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Deposit>) {
        let mut back_off = BackOff::new(&self.surroundings.settings);
        let mut stopping = self.surroundings.stopping.clone();
        let work = async {
            loop {
                if self.waiting.is_empty() {
                    let Some(deposit) = queue.recv().await else { return };
                    self.waiting.push_back(deposit);
                }
                let error = match Session::for_answers(&self.relay, &self.surroundings.settings).await {
                    Ok(session) => {
                        self.tell(Event::Online { link: self.link }).await;
                        match self.converse(session, &mut queue, &mut back_off).await {
                            Ended::Idle => continue,
                            Ended::Stopped => return,
                            Ended::Broken(error) => error,
                        }
                    }
                    Err(error) => error,
                };
                self.unsend();
                if let RequestError::Incompatible { relay } = error {
                    self.refuse_all(&DepositError::Incompatible { relay }).await;
                }
                let retry_in = back_off.pause();
                self.tell(Event::Offline { link: self.link, error, retry_in }).await;
                tokio::time::sleep(retry_in).await;
            }
        };
        tokio::select! {
            () = work => {}
            _ = stopping.wait_for(|stopping| *stopping) => {}
        }
    }

    async fn converse(
        &mut self,
        mut session: Session,
        queue: &mut mpsc::Receiver<Deposit>,
        back_off: &mut BackOff,
    ) -> Ended {
        let mut open = true;
        loop {
            while self.sent.len() < session.requests_in_flight
                && let Some(deposit) = self.waiting.pop_front()
            {
                let request = request(&deposit);
                match session.start(&request, None).await {
                    Ok(number) => drop(self.sent.insert(number, deposit)),
                    Err(error) => {
                        self.waiting.push_front(deposit);
                        return Ended::Broken(error);
                    }
                }
            }
            let has_room = self.sent.len() < session.requests_in_flight;
            let is_idle = self.sent.is_empty();
            if is_idle && !open {
                return Ended::Stopped;
            }
            tokio::select! {
                frame = session.frames.next() => match frame {
                    Ok(frame) => match self.take(frame).await {
                        Ok(()) => back_off.reset(),
                        Err(error) => return Ended::Broken(error),
                    },
                    Err(error) => return Ended::Broken(error),
                },
                deposit = queue.recv(), if has_room && open => match deposit {
                    Some(deposit) => self.waiting.push_back(deposit),
                    None => open = false,
                },
                () = tokio::time::sleep(self.surroundings.settings.idle), if is_idle => return Ended::Idle,
            }
        }
    }

    async fn take(&mut self, frame: FromRelay) -> Result<(), RequestError> {
        let FromRelay::Answer(number, answer) = frame else {
            return Err(RequestError::Misbehaved("it pushed to a writer"));
        };
        if answer == Answer::Refusal(Refusal::Unavailable) {
            return Err(RequestError::Unavailable);
        }
        let deposit = self.sent.remove(&number).ok_or(RequestError::Misbehaved("it answered nothing"))?;
        let event = match outcome(&deposit, answer) {
            Ok(receipt) => Event::Deposited { job: deposit.job, receipt },
            Err(error) => Event::DepositRefused { job: deposit.job, error },
        };
        self.finish(event).await;
        Ok(())
    }

    /// Puts what was sent without answer before what was not sent yet.
    fn unsend(&mut self) {
        while let Some((_, deposit)) = self.sent.pop_last() {
            self.waiting.push_front(deposit);
        }
    }

    async fn refuse_all(&mut self, error: &DepositError) {
        while let Some(deposit) = self.waiting.pop_front() {
            self.finish(Event::DepositRefused { job: deposit.job, error: error.clone() }).await;
        }
    }

    async fn finish(&self, event: Event) {
        self.tell(event).await;
        self.surroundings.under_way.fetch_sub(1, Ordering::SeqCst);
    }

    async fn tell(&self, event: Event) {
        // Nobody reads any more: then nobody wants to know.
        let _ = self.surroundings.events.send(event).await;
    }
}

fn request(deposit: &Deposit) -> Request {
    Request::Deposit(request::Deposit {
        address: deposit.grant.address(),
        capability: deposit.grant.capability().clone(),
        parcel: deposit.parcel.clone(),
    })
}

fn outcome(deposit: &Deposit, answer: Answer) -> Result<entente_wire::Receipt, DepositError> {
    match answer {
        Answer::Receipt(receipt) => {
            let (grant, digest) = (&deposit.grant, deposit.parcel.digest());
            let checked = receipt.verify(grant.relay().key(), grant.address(), digest);
            checked.map_err(|_| DepositError::Misbehaved("its receipt is not valid"))?;
            Ok(receipt)
        }
        Answer::Refusal(Refusal::Quota) => Err(DepositError::Quota),
        Answer::Refusal(Refusal::Refused) => Err(DepositError::Refused),
        Answer::Refusal(Refusal::Incompatible { oldest, newest }) => {
            Err(DepositError::Incompatible { relay: (oldest, newest) })
        }
        _ => Err(DepositError::Misbehaved("it answered a deposit with something else")),
    }
}
