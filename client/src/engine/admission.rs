//! From a recorded change of who is in to the channels: the record's leave, our approval where we
//! gave it in the record, the removal, and the record so far for whoever is new.

use entente_channel::member::{AdmissionId, Member, MemberId};
use entente_channel::text::knowledge::Authority;
use entente_channel::text::message::Message;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::record_cargo::{RecordEntry, Stamp as StampMessage};
use entente_record::document::{Document, Kind};
use entente_record::entry_bundle::EntryBundle;
use entente_record::roster::Scope;
use entente_store::rows::channels::ChannelId;
use entente_store::rows::record;

use super::error::EngineError;
use super::item::{DocumentRow, ItemBody};
use super::membership::ruling;
use super::replica_rows::OwnReplica;
use super::roster_change::{Change, is_change};
use super::step::Step;

impl Step<'_> {
    /// An entry is in our replica that may change who is in: what follows waits until it is recorded.
    pub(crate) fn note_change(&mut self, index: u64, document: &Document) -> Result<(), EngineError> {
        let proposal = document.proposal();
        if !is_change(proposal.kind()) {
            return Ok(());
        }
        self.state.due.push(index);
        let digest = proposal.digest().0;
        if self.document(&digest)?.is_none() {
            // It was never put to us: a succession, or a change from before we came.
            let mut row = DocumentRow::new(proposal, false, None, self.keeper_of_record()?);
            row.recorded = Some(index);
            self.add_item(None, Some(&digest), &ItemBody::Document(row))?;
        }
        Ok(())
    }

    /// The persona through whom the record comes to us: the convener of our channel, or we.
    pub(crate) fn keeper_of_record(&mut self) -> Result<PersonaRef, EngineError> {
        let me = self.state.me();
        let Some(id) = self.channel_ids()?.first().copied() else { return Ok(me) };
        let channel = self.channel(id)?;
        Ok(channel.member(&channel.convener()).map_or(me, |convener| convener.persona))
    }

    /// Follows the roster that an entry brings: whom it names, and what each may do.
    pub(crate) fn follow_roster(&mut self, replica: &OwnReplica<'_>) -> Result<(), EngineError> {
        let Some(roster) = replica.roster() else { return Ok(()) };
        self.check_own_keys(roster)?;
        let (me, by) = (self.state.me(), self.keeper_of_record()?);
        let mut members = Vec::new();
        for member in roster.members() {
            let person = PersonaRef::from(member.persona.id());
            if person != me
                && let Err(error) = self.state.book.introduce(&member.persona, member.party.0, by)
            {
                let who = self.state.name_of(member.party.0);
                self.notice(
                    None,
                    format!("Somebody the record names for {who} is not taken as such: {error}."),
                )?;
            }
            members.push((person, member.party.0, authority(member.scope)));
        }
        self.state.book.follow_roster(&members).map_err(EngineError::refused)
    }

    /// Tells the channels of every change that is recorded by now. Each side has stamped it then, so
    /// no side can be shown another roster by whoever keeps the record.
    pub(crate) fn carry_out_changes(&mut self) -> Result<(), EngineError> {
        let Some(replica) = self.replica()? else { return Ok(()) };
        let (ready, wait): (Vec<u64>, Vec<u64>) = std::mem::take(&mut self.state.due)
            .into_iter()
            .partition(|index| replica.recorded(*index).is_some());
        self.state.due = wait;
        for index in ready {
            if let Some(change) = self.recorded_change(&replica, index)? {
                self.carry_out(&change)?;
            }
        }
        self.pin_if_new(&replica)
    }

    fn recorded_change(&self, replica: &OwnReplica<'_>, index: u64) -> Result<Option<Change>, EngineError> {
        let gone = || EngineError::local("an item of the record is gone");
        let bytes = record::entry(self.tx, self.talks, index)?.ok_or_else(gone)?;
        let bundle = EntryBundle::parse(&bytes).map_err(EngineError::local)?;
        let document = Document::parse(bundle.document_bytes()).map_err(EngineError::local)?;
        Ok(replica.roster_before(index).and_then(|before| Change::read(document.proposal(), before)))
    }

    fn carry_out(&mut self, change: &Change) -> Result<(), EngineError> {
        for channel in self.channel_ids()? {
            for authority in change.authorities() {
                let authorised =
                    self.on_channel(channel, None, |channel, cx| channel.authorise(cx, authority));
                match authorised {
                    Err(EngineError::NotYet(why)) => self.notice(Some(channel), format!("{why}."))?,
                    outcome => outcome?,
                }
                if self.state.left.contains(&channel) {
                    break;
                }
            }
            if !self.state.left.contains(&channel) {
                self.remove_if_convener(channel, change)?;
                self.approve_in_channel(channel)?;
            }
        }
        self.propose_admissions()
    }

    /// At the convener: begins the removal of whoever the record puts out.
    fn remove_if_convener(&mut self, id: ChannelId, change: &Change) -> Result<(), EngineError> {
        let Some(leaves) = &change.leaves else { return Ok(()) };
        let persona = PersonaRef::from(leaves.member.persona.id());
        let channel = self.channel(id)?;
        let gone: Vec<MemberId> =
            channel.members().filter(|member| member.persona == persona).map(Member::id).collect();
        let begun = channel.removals().iter().any(|removal| removal.id == leaves.number);
        if !channel.is_convener() || begun {
            return Ok(());
        }
        let number = leaves.number;
        gone.into_iter().try_for_each(|member| {
            self.on_channel(id, None, |channel, cx| channel.remove(cx, number, member))
        })
    }

    /// Whom we approved in the record, we approve in the channel, as soon as both are there: the record
    /// names the person, and the channel's tag binds the device to that person.
    pub(crate) fn approve_in_channel(&mut self, id: ChannelId) -> Result<(), EngineError> {
        let channel = self.channel(id)?;
        let me = channel.me().id();
        let waits =
            |under_way: &entente_channel::channel::UnderWay| !under_way.approved && under_way.member != me;
        let admissions: Vec<_> = channel.admissions().into_iter().filter(waits).collect();
        let removals: Vec<_> = channel.removals().into_iter().filter(waits).collect();
        let approved = self.approved_numbers()?;
        for admission in admissions.iter().filter(|under_way| approved.contains(&under_way.id)) {
            self.give(id, |step| step.on_channel(id, None, |channel, cx| channel.approve(cx, admission.id)))?;
        }
        for removal in removals.iter().filter(|under_way| approved.contains(&under_way.id)) {
            self.give(id, |step| {
                step.on_channel(id, None, |channel, cx| channel.approve_removal(cx, removal.id))
            })?;
        }
        Ok(())
    }

    /// An approval in the channel. That it cannot be given (the record names somebody else, or its time
    /// is over) is told, and is in nobody's way.
    fn give(
        &mut self,
        channel: ChannelId,
        approve: impl FnOnce(&mut Self) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        match approve(self) {
            Err(EngineError::NotYet(why)) => self.notice(
                Some(channel),
                format!("You approved a change of who is in, but not of this channel: {why}."),
            ),
            outcome => outcome,
        }
    }

    /// The numbers of the admissions and removals that are recorded with our own signature, or that a
    /// side's principal made: there is nobody to ask then.
    fn approved_numbers(&self) -> Result<Vec<AdmissionId>, EngineError> {
        let Some(replica) = self.replica()? else { return Ok(Vec::new()) };
        let mut numbers = Vec::new();
        for (_, row) in self.roster_changes()? {
            let told = row.recorded.filter(|index| !self.state.due.contains(index));
            let Some(index) = told else { continue };
            if (row.signed_by_me || *row.proposal()?.kind() == Kind::SUCCESSION)
                && let Some(change) = self.recorded_change(&replica, index)?
            {
                numbers.extend([change.joins, change.leaves].into_iter().flatten().map(|line| line.number));
            }
        }
        Ok(numbers)
    }

    /// At the keeper: the record so far, for a member who came after the charter, with the stamps that
    /// recorded each change of who is in, those that recorded what was there before it (whoever stamped
    /// then may be gone since), and those on the newest item.
    pub(crate) fn send_record(&mut self, channel: ChannelId) -> Result<(), EngineError> {
        let Some(replica) = self.replica()?.filter(|_| self.state.keeper.is_some()) else { return Ok(()) };
        let mut sizes = vec![replica.size()];
        for (index, bundle) in (0_u64..).zip(record::entries(self.tx, self.talks)?) {
            let kind = EntryBundle::parse(&bundle).map_err(EngineError::local)?.kind().clone();
            self.send(channel, &Message::RecordEntry(RecordEntry { bundle }), None)?;
            if is_change(&kind) {
                let recorded = (index.saturating_sub(1)..=index).filter_map(|index| replica.recorded(index));
                sizes.extend(recorded.map(|recorded| recorded.size));
            }
        }
        sizes.sort_unstable();
        sizes.dedup();
        for stamp in sizes.into_iter().flat_map(|size| replica.stamps(size)) {
            let message = StampMessage { size: stamp.size, line: stamp.line.to_string() };
            self.send(channel, &Message::Stamp(message), None)?;
        }
        Ok(())
    }

    /// Whoever came after the charter pins its founders once the record has shown it who was admitted.
    fn pin_if_new(&mut self, replica: &OwnReplica<'_>) -> Result<(), EngineError> {
        let me = self.state.persona()?.persona().id();
        let is_in = ruling(replica)?.member(&me).is_some();
        for channel in self.channel_ids()? {
            if is_in && self.state.due.is_empty() && self.channel(channel)?.founding() {
                self.pin_founders_in(channel, replica)?;
            }
        }
        Ok(())
    }
}

fn authority(scope: Scope) -> Authority {
    match scope {
        Scope::Explore => Authority::Explore,
        Scope::Negotiate => Authority::Negotiate,
        Scope::Commit => Authority::Commit,
    }
}
