//! Inviting, answering an invite, and comparing words.

use entente_channel::channel::{Channel, Founding};
use entente_channel::context::Context;
use entente_channel::effect::Effect;
use entente_channel::error::{Local, ReceiveError, Refusal, StepError};
use entente_channel::joining::invite::Invite;
use entente_channel::joining::{Inviting, Joining, Next};
use entente_channel::member::{AdmissionId, ChannelId as ChannelName};
use entente_channel::text::knowledge::KeyBook;
use entente_store::rows::channels::{self, ChannelId};
use entente_store::rows::joinings::{self, JoiningId};
use entente_store::rows::mailboxes::{self, Purpose};

use super::error::EngineError;
use super::roster_change::May;
use super::state::{JoiningEnd, JoiningRow, MailboxRow, SecretBytes};
use super::step::Step;

/// Messages kept for a later step of a joining.
const EARLY_LIMIT: usize = 64;

/// An invite to hand to a person by another path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The joining's number.
    pub number: i64,
    /// The invite's text, one line.
    pub text: String,
    /// The side it invites.
    pub side: String,
    /// Until when it can be answered, Unix seconds.
    pub expires: u64,
}

/// An invite that was answered. Whom it is for is known with the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// The joining's number.
    pub number: i64,
    /// Until when it can be answered, Unix seconds.
    pub expires: u64,
}

/// How a joining stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoiningState {
    /// The invite is out, or was answered; there are no words yet.
    Waiting,
    /// Both see these words and have to compare them.
    Words {
        /// The words.
        words: String,
        /// We said that they match.
        we_matched: bool,
        /// The other said that they match.
        they_matched: bool,
    },
    /// The person is in, or we are.
    In,
    /// The words differed: nobody was admitted.
    Differed,
    /// Somebody else had answered the invite: we are not admitted.
    Used,
    /// Nobody answered in time.
    Expired,
    /// The record cannot admit the person.
    Refused,
}

/// A joining as its people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoiningView {
    /// Its number.
    pub number: i64,
    /// The side that is joining.
    pub side: String,
    /// The role.
    pub role: String,
    /// We invited; otherwise we are the one who joins.
    pub we_invited: bool,
    /// How it stands.
    pub state: JoiningState,
}

impl Step<'_> {
    /// Founds the channel of a side if there is none yet, and invites somebody into it. Once the
    /// charter is recorded, whoever is invited needs the approval of every side besides.
    pub(crate) fn invite(
        &mut self,
        side: &str,
        role: &str,
        may: May,
        expires: u64,
    ) -> Result<Invited, EngineError> {
        self.state.keeper()?;
        let party = self.state.party_of(side).filter(|party| *party != self.state.party);
        let party = party.ok_or_else(|| EngineError::NoSuchSide(side.to_owned()))?;
        if self.state.charter.is_some() && self.replica()?.is_none() {
            let why = "the charter is being signed; whoever is not in it is invited once it is recorded";
            return Err(EngineError::NotYet(why.into()));
        }
        if expires <= self.now {
            return Err(EngineError::InviteExpired);
        }
        let channel = self.channel_of_side(party)?;
        // The joining's row comes first, so that its mailbox can name it.
        let mut admission = [0; 16];
        self.rng.fill_bytes(&mut admission);
        let seat = (party, role, may);
        let row = JoiningRow { channel: Some(channel), ..JoiningRow::new(admission, seat, expires) };
        let id = joinings::add(self.tx, self.talks, &admission, &row)?;
        let one_time = self.new_mailbox(Purpose::Joining(id))?;
        let mailbox = self.issue_grant(one_time)?;
        let admission = Some(AdmissionId(admission));
        let inviting = Inviting { party, role: role.to_owned(), mailbox, expires, admission };
        let mut invited = None;
        self.on_channel(channel, None, |channel, cx| {
            invited = Some(channel.invite(cx, inviting)?);
            Ok::<_, StepError>(Vec::new())
        })?;
        let invited = invited.ok_or_else(|| EngineError::local("no invite was made"))?;
        joinings::write(self.tx, id, &JoiningRow { one_time, ..row })?;
        Ok(Invited { number: id.0, text: invited.to_text(), side: self.state.name_of(party), expires })
    }

    /// The channel of a side; founded on first use, we being its convener.
    fn channel_of_side(&mut self, party: u16) -> Result<ChannelId, EngineError> {
        let name = format!("side {party}");
        if let Some(id) = channels::find(self.tx, self.talks, &name)? {
            return Ok(id);
        }
        let mut channel_name = [0; 32];
        self.rng.fill_bytes(&mut channel_name);
        let founding = Founding {
            channel: ChannelName(channel_name),
            term: 1,
            origin: self.state.origin()?,
            party: self.state.party,
            role: self.state.role.clone(),
        };
        let own = self.state.own()?;
        let storage = self.tx.mls();
        let mut cx = Context { storage: &storage, own: &own, now: self.now, rng: &mut *self.rng };
        let channel = Channel::found(&mut cx, founding)?;
        let id = self.add_channel(&name, channel, None)?;
        let mailbox = self.new_mailbox(Purpose::Channel(id))?;
        self.set_mailbox(id, mailbox)?;
        Ok(id)
    }

    /// Answers an invite; these talks are new here.
    pub(crate) fn answer_invite(&mut self, invite: &Invite) -> Result<Answered, EngineError> {
        let admission = invite.admission().0;
        let seat = (self.state.party, self.state.role.as_str(), May::default());
        let mut row = JoiningRow::new(admission, seat, invite.expires());
        let id = joinings::add(self.tx, self.talks, &admission, &row)?;
        row.one_time = self.new_mailbox(Purpose::Joining(id))?;
        let return_mailbox = self.issue_grant(row.one_time)?;
        let own = self.state.own()?;
        let storage = self.tx.mls();
        let mut cx = Context { storage: &storage, own: &own, now: self.now, rng: &mut *self.rng };
        let (joining, effects) = Joining::answer(&mut cx, invite, return_mailbox)?;
        row.joining = Some(SecretBytes::new(&joining.to_bytes().map_err(EngineError::local)?));
        self.apply_to_joining(&mut row, effects)?;
        joinings::write(self.tx, id, &row)?;
        Ok(Answered { number: id.0, expires: row.expires })
    }

    /// Bytes that came into a mailbox of a joining.
    pub(crate) fn receive_joining(&mut self, id: JoiningId, bytes: &[u8]) -> Result<(), EngineError> {
        let (_, mut row): (_, JoiningRow) = joinings::read(self.tx, id)?;
        if let Some(channel) = row.channel {
            let admission = AdmissionId(row.admission);
            return self.on_channel(channel, None, |channel, cx| channel.answered(cx, admission, bytes));
        }
        let outcome = self.step_of_joining(&row, bytes);
        match outcome {
            Ok((next, effects)) => self.go_on(id, &mut row, next, effects),
            // It may be meant for a step that has not come: kept, and tried again after the next.
            Err(ReceiveError::Refused(Refusal::OutOfStep)) if row.early.len() < EARLY_LIMIT => {
                row.early.push(bytes.to_vec());
                Ok(joinings::write(self.tx, id, &row)?)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn step_of_joining(
        &mut self,
        row: &JoiningRow,
        bytes: &[u8],
    ) -> Result<(Next, Vec<Effect>), ReceiveError> {
        let local = |error: EngineError| ReceiveError::Local(Local(error.to_string()));
        let Some(joining) = &row.joining else { return Err(Refusal::InviteEnded.into()) };
        let joining = Joining::from_bytes(joining.bytes()).map_err(|e| local(EngineError::local(e)))?;
        let own = self.state.own().map_err(local)?;
        let storage = self.tx.mls();
        let mut cx = Context { storage: &storage, own: &own, now: self.now, rng: &mut *self.rng };
        joining.receive(&mut cx, bytes)
    }

    /// A message for the channel that our joining has not become yet.
    pub(crate) fn keep_for_channel(&mut self, id: JoiningId, bytes: &[u8]) -> Result<(), EngineError> {
        let (_, mut row): (_, JoiningRow) = joinings::read(self.tx, id)?;
        if row.joining.is_none() {
            return Err(EngineError::refused("no channel waits for this"));
        }
        if row.for_channel.len() >= EARLY_LIMIT {
            // It stays at the relay, and comes again once the Welcome is here.
            return Err(EngineError::local("more came for the channel than is kept before its Welcome"));
        }
        row.for_channel.push(bytes.to_vec());
        Ok(joinings::write(self.tx, id, &row)?)
    }

    /// We compared the words, and they match.
    pub(crate) fn words_match(&mut self, id: JoiningId) -> Result<(), EngineError> {
        let (_, mut row): (_, JoiningRow) = joinings::read(self.tx, id)?;
        if row.words.is_none() || row.we_matched || row.end.is_some() {
            return Err(EngineError::NoSuchJoining(id.0));
        }
        if let Some(channel) = row.channel {
            let mailbox = self.mailbox_of(channel)?.ok_or(EngineError::NoSuchJoining(id.0))?;
            let grant = self.issue_grant(mailbox)?;
            let admission = AdmissionId(row.admission);
            return self.on_channel(channel, None, |channel, cx| channel.words_match(cx, admission, &grant));
        }
        let permanent = self.new_mailbox(Purpose::Joining(id))?;
        row.permanent = Some(permanent);
        let grant = self.issue_grant(permanent)?;
        let joining = waiting(&row)?;
        let own = self.state.own()?;
        let storage = self.tx.mls();
        let mut cx = Context { storage: &storage, own: &own, now: self.now, rng: &mut *self.rng };
        let (next, effects) = joining.words_match(&mut cx, &grant)?;
        self.go_on(id, &mut row, next, effects)
    }

    /// We compared the words, and they differ: nobody is admitted, and both are told.
    pub(crate) fn words_differ(&mut self, id: JoiningId) -> Result<(), EngineError> {
        let (_, mut row): (_, JoiningRow) = joinings::read(self.tx, id)?;
        if row.words.is_none() || row.end.is_some() {
            return Err(EngineError::NoSuchJoining(id.0));
        }
        if let Some(channel) = row.channel {
            let admission = AdmissionId(row.admission);
            return self.on_channel(channel, None, |channel, cx| channel.words_differ(cx, admission));
        }
        let (next, effects) = waiting(&row)?.words_differ()?;
        self.go_on(id, &mut row, next, effects)
    }

    /// Our own joining took a step.
    fn go_on(
        &mut self,
        id: JoiningId,
        row: &mut JoiningRow,
        next: Next,
        effects: Vec<Effect>,
    ) -> Result<(), EngineError> {
        let early = std::mem::take(&mut row.early);
        match next {
            Next::Joining(joining) => {
                if let Some((party, role)) = joining.place() {
                    self.take_place(row, party, role)?;
                }
                row.joining = Some(SecretBytes::new(&joining.to_bytes().map_err(EngineError::local)?));
                self.apply_to_joining(row, effects)?;
            }
            Next::Ended => {
                row.joining = None;
                self.apply_to_joining(row, effects)?;
                row.end.get_or_insert(JoiningEnd::Differed);
                self.close_mailbox(row.one_time)?;
            }
            Next::Channel(channel) => {
                row.joining = None;
                row.end = Some(JoiningEnd::In);
                let early = std::mem::take(&mut row.for_channel);
                let channel = self.add_channel("convener", *channel, row.permanent)?;
                if let Some(permanent) = row.permanent {
                    mailboxes::hand_to_channel(self.tx, permanent, channel)?;
                }
                self.close_mailbox(row.one_time)?;
                joinings::write(self.tx, id, row)?;
                self.met(channel)?;
                self.apply(channel, effects, None)?;
                for bytes in early {
                    // What was kept is tried once; a refusal then is for good, and undoes nothing else.
                    self.attempt(|step| {
                        step.on_channel(channel, None, |channel, cx| channel.receive(cx, &bytes))
                    })?;
                }
                return Ok(());
            }
        }
        joinings::write(self.tx, id, row)?;
        early.iter().try_for_each(|bytes| self.attempt(|step| step.receive_joining(id, bytes)))
    }

    /// The reveal says for which side and in which role we are invited.
    fn take_place(&mut self, row: &mut JoiningRow, party: u16, role: &str) -> Result<(), EngineError> {
        if self.state.party != party || self.state.role != role {
            self.state.party = party;
            role.clone_into(&mut self.state.role);
            let origin = self.state.origin()?;
            self.state.book = KeyBook::new(&origin, self.state.persona()?.persona(), party);
        }
        row.party = party;
        role.clone_into(&mut row.role);
        Ok(())
    }

    /// What our own joining asks for, as long as there is no channel.
    fn apply_to_joining(&mut self, row: &mut JoiningRow, effects: Vec<Effect>) -> Result<(), EngineError> {
        for effect in effects {
            match effect {
                Effect::Send(outgoing) => self.post(&outgoing, None)?,
                other => row.note(&other),
            }
        }
        Ok(())
    }

    /// An effect of our channel on the joining that it speaks of.
    pub(crate) fn note_joining(
        &mut self,
        admission: AdmissionId,
        effect: &Effect,
    ) -> Result<(), EngineError> {
        let Some(id) = joinings::find(self.tx, &admission.0)? else { return Ok(()) };
        let (_, mut row): (_, JoiningRow) = joinings::read(self.tx, id)?;
        row.note(effect);
        Ok(joinings::write(self.tx, id, &row)?)
    }

    /// Marks the joinings whose words matched on both sides as done, when their person is in.
    pub(crate) fn joined(&mut self, channel: ChannelId) -> Result<(), EngineError> {
        for (id, mut row) in joinings::list::<JoiningRow>(self.tx, self.talks)? {
            let matched = row.we_matched && row.they_matched && row.end.is_none();
            if row.channel == Some(channel)
                && matched
                && self.channel(channel)?.invite_is_over(AdmissionId(row.admission))
            {
                row.end = Some(JoiningEnd::In);
                joinings::write(self.tx, id, &row)?;
            }
        }
        Ok(())
    }

    /// Closes the one-time mailboxes of invites that have expired. Until then each stays open,
    /// though its invite was used: whoever answers second is to be told.
    pub(crate) fn close_expired_invites(&mut self) -> Result<(), EngineError> {
        for (_, row) in joinings::list::<JoiningRow>(self.tx, self.talks)? {
            let over = self.now > row.expires && (row.end.is_some() || row.words.is_none());
            if row.channel.is_some() && over && !mailboxes::read::<MailboxRow>(self.tx, row.one_time)?.closed
            {
                self.close_mailbox(row.one_time)?;
            }
        }
        Ok(())
    }

    /// Somebody else answered an invite of ours that was answered before.
    pub(crate) fn note_second_answer(
        &mut self,
        channel: ChannelId,
        admission: AdmissionId,
    ) -> Result<(), EngineError> {
        let Some(id) = joinings::find(self.tx, &admission.0)? else { return Ok(()) };
        let (_, row): (_, JoiningRow) = joinings::read(self.tx, id)?;
        let side = self.state.name_of(row.party);
        self.notice(
            Some(channel),
            format!(
                "The invite for {side} was answered by somebody else as well: it has been in other hands. \
                 The first answer counts, the other was refused and told so. Ask {side} by telephone \
                 whether the first answer was theirs, before you compare words or rely on them."
            ),
        )
    }

    /// The joinings of these talks as people see them.
    pub(crate) fn joining_views(&self) -> Result<Vec<JoiningView>, EngineError> {
        let rows = joinings::list::<JoiningRow>(self.tx, self.talks)?;
        Ok(rows.into_iter().map(|(id, row)| self.joining_view(id, row)).collect())
    }

    fn joining_view(&self, id: JoiningId, row: JoiningRow) -> JoiningView {
        let state = match (row.end, row.words) {
            (Some(JoiningEnd::In), _) => JoiningState::In,
            (Some(JoiningEnd::Differed), _) => JoiningState::Differed,
            (Some(JoiningEnd::Refused), _) => JoiningState::Refused,
            (None, _) if self.now >= row.expires && !(row.we_matched && row.they_matched) => {
                JoiningState::Expired
            }
            (Some(JoiningEnd::Used), _) => JoiningState::Used,
            (None, None) => JoiningState::Waiting,
            (None, Some(words)) => {
                JoiningState::Words { words, we_matched: row.we_matched, they_matched: row.they_matched }
            }
        };
        let side = self.state.name_of(row.party);
        JoiningView { number: id.0, side, role: row.role, we_invited: row.channel.is_some(), state }
    }
}

impl JoiningRow {
    fn note(&mut self, effect: &Effect) {
        match effect {
            Effect::Words { words, .. } => self.words = Some(words.to_string()),
            Effect::WordsMatch { by_us: true, .. } => self.we_matched = true,
            Effect::WordsMatch { by_us: false, .. } => self.they_matched = true,
            Effect::WordsDiffer { .. } => self.end = Some(JoiningEnd::Differed),
            Effect::InviteUsed { .. } => self.end = Some(JoiningEnd::Used),
            _ => {}
        }
    }
}

fn waiting(row: &JoiningRow) -> Result<Joining, EngineError> {
    let bytes = row.joining.as_ref().ok_or_else(|| EngineError::refused("the joining is over"))?;
    Joining::from_bytes(bytes.bytes()).map_err(EngineError::local)
}
