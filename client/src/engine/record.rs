//! The record: signatures gathered, entries made or taken in, stamps given and passed on.

use entente_channel::beacon::Checkpoint;
use entente_channel::text::message::Message;
use entente_channel::text::record_cargo::{
    RecordEntry, Signature as SignatureMessage, Stamp as StampMessage, StampRefusal,
};
use entente_log::signed_note::KeyName;
use entente_record::about::{self, About};
use entente_record::charter::Charter;
use entente_record::depositary::Depositary;
use entente_record::document::{Document, Kind, PayloadDigest, Signature, SignerKeys};
use entente_record::entry_bundle::EntryBundle;
use entente_record::replica::{Anchor, Refusal, Replica};
use entente_record::roster::Roster;
use entente_record::stamp::{Stamp, StampError, StampMemory};
use entente_store::rows::channels::ChannelId;
use entente_store::rows::record;

use super::error::EngineError;
use super::item::DocumentRow;
use super::replica_rows::OwnReplica;
use super::step::Step;

/// Signatures and entries kept that came before what they belong to.
const EARLY_LIMIT: usize = 64;

impl<'a> Step<'a> {
    /// Somebody's signatures under a document: they prove themselves, whoever brings them.
    pub(crate) fn take_signature(
        &mut self,
        from: Option<ChannelId>,
        bytes: &[u8],
    ) -> Result<(), EngineError> {
        let signature = Signature::parse(bytes).map_err(EngineError::refused)?;
        let digest = signature.payload_digest().0;
        let Some((id, mut row)) = self.document(&digest)? else {
            if self.state.early_signatures.len() < EARLY_LIMIT {
                self.state.early_signatures.push(bytes.to_vec());
            }
            return Ok(());
        };
        let proposal = row.proposal()?;
        signature.verify(&proposal, &self.signers_of(&row)?).map_err(EngineError::refused)?;
        if row.has_signature_of(&signature) {
            return Ok(());
        }
        row.signatures.push(bytes.to_vec());
        self.keep_document(id, &row)?;
        if self.state.keeper.is_some() {
            let version = entente_channel::text::digest::Digest(digest);
            let message = SignatureMessage { version, signature: bytes.to_vec() };
            self.send_everywhere(from, &Message::Signature(message), Some(id))?;
        }
        self.record_if_complete(&digest)
    }

    /// Signatures that came before the document they are under.
    pub(crate) fn take_early_signatures(&mut self) -> Result<(), EngineError> {
        for bytes in std::mem::take(&mut self.state.early_signatures) {
            match self.take_signature(None, &bytes) {
                Err(error) if error.fault() == super::error::Fault::Local => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// The roster by whose keys a document's signatures are judged.
    fn signers_of(&self, row: &DocumentRow) -> Result<Roster, EngineError> {
        if row.charter {
            return Ok(Charter::read(&row.proposal()?).map_err(EngineError::refused)?.roster);
        }
        let replica = self.begun()?;
        replica.roster().cloned().ok_or_else(|| EngineError::local("the record has no roster"))
    }

    /// At the keeper: records a document as soon as every signature is there.
    pub(crate) fn record_if_complete(&mut self, digest: &[u8; 32]) -> Result<(), EngineError> {
        let Some((_, row)) = self.document(digest)? else { return Ok(()) };
        if self.state.keeper.is_none() || row.recorded.is_some() {
            return Ok(());
        }
        if row.changes_roster && !self.is_open(&row)? {
            return Ok(());
        }
        let proposal = row.proposal()?;
        let signatures: Vec<Signature> =
            row.signatures.iter().filter_map(|bytes| Signature::parse(bytes).ok()).collect();
        let Ok(document) = proposal.complete(&signatures, &self.signers_of(&row)?) else { return Ok(()) };
        match self.record(&document) {
            Err(EngineError::Refused(why)) => {
                self.notice(None, format!("A text with every signature cannot be recorded: {why}."))
            }
            outcome => outcome,
        }
    }

    /// Makes the next entry and gives it to everybody.
    pub(crate) fn record(&mut self, document: &Document) -> Result<(), EngineError> {
        let origin = self.state.origin()?;
        let key = self.state.keeper()?.log_key(&origin)?;
        let (replica, bundle) = match self.replica()? {
            None => Depositary::found_in(self.replica_rows(), &key, document, self.now, &mut *self.rng)
                .map_err(refusal)?,
            Some(mut replica) => {
                let mut depositary = Depositary::new(&mut replica, &key);
                let (bundle, _) = depositary.record(document, self.now, &mut *self.rng).map_err(refusal)?;
                (replica, bundle)
            }
        };
        let bytes = bundle.to_bytes();
        let message = Message::RecordEntry(RecordEntry { bundle: bytes.clone() });
        self.send_everywhere(None, &message, None)?;
        self.entered(replica, &bundle, &bytes, document)
    }

    /// An entry that the keeper gave us.
    pub(crate) fn take_entry(&mut self, bytes: &[u8]) -> Result<(), EngineError> {
        let bundle = EntryBundle::parse(bytes).map_err(EngineError::refused)?;
        let taken = match self.replica()? {
            None if self.state.charter.is_none() => return self.keep_unopened(&bundle, bytes),
            None => self.open_record(&bundle),
            Some(mut replica) => replica.accept(&bundle).map(|accepted| (replica, accepted.document)),
        };
        match taken {
            Ok((replica, document)) => {
                self.entered(replica, &bundle, bytes, &document)?;
                self.take_early_entry()
            }
            Err(Refusal::AlreadyHave(_)) => Ok(()),
            Err(Refusal::Gap { .. }) if self.state.early_entries.len() < EARLY_LIMIT => {
                self.state.early_entries.insert(bundle.index(), bytes.to_vec());
                Ok(())
            }
            Err(why) => {
                self.keep_proof(&bundle)?;
                let size = bundle.index().saturating_add(1);
                let refusal = StampRefusal { size, reason: why.to_string() };
                self.send_everywhere(None, &Message::StampRefusal(refusal), None)?;
                let item = bundle.index();
                self.notice(None, format!("Record item {item} is not accepted here and not stamped: {why}."))
            }
        }
    }

    /// Keeps the first proof that the record was shown in two histories, and says so.
    fn keep_proof(&mut self, other: &EntryBundle) -> Result<(), EngineError> {
        let Some(found) = self.replica()?.and_then(|replica| replica.equivocation(other)) else {
            return Ok(());
        };
        if self.state.two_histories.is_none() {
            self.state.two_histories = Some(found.to_json().into_bytes());
        }
        self.notice(
            None,
            "Whoever keeps the record has shown two histories of it. The proof is kept: `entente log --proof \
             FILE` writes it, and anybody can check it."
                .to_owned(),
        )
    }

    /// Entry 0 opens the record only if it is the charter that we signed.
    fn open_record(&self, bundle: &EntryBundle) -> Result<(OwnReplica<'a>, Document), Refusal> {
        if bundle.index() > 0 {
            return Err(Refusal::Gap { next: 0 });
        }
        let digest = self.state.charter.ok_or(Refusal::OtherFingerprint)?;
        let signed = self.document(&digest).ok().flatten().is_some_and(|(_, row)| row.signed_by_me);
        if !signed {
            return Err(Refusal::OtherFingerprint);
        }
        let anchor = Anchor::Charter(PayloadDigest(digest));
        let (replica, accepted) = Replica::open_in(self.replica_rows(), bundle, &anchor)?;
        Ok((replica, accepted.document))
    }

    fn take_early_entry(&mut self) -> Result<(), EngineError> {
        let next = self.begun()?.size();
        match self.state.early_entries.remove(&next) {
            Some(bytes) => self.take_entry(&bytes),
            None => Ok(()),
        }
    }

    /// An entry is in our replica: keep it, follow its roster, stamp.
    pub(crate) fn entered(
        &mut self,
        mut replica: OwnReplica<'_>,
        bundle: &EntryBundle,
        bytes: &[u8],
        document: &Document,
    ) -> Result<(), EngineError> {
        record::add_entry(self.tx, self.talks, bundle.index(), bytes)?;
        let digest = document.digest().0;
        if let Some((id, mut row)) = self.document(&digest)? {
            row.recorded = Some(bundle.index());
            self.keep_document(id, &row)?;
        }
        self.follow_roster(&replica)?;
        for stamp in record::take_early_stamps(self.tx, self.talks, replica.size())? {
            if let Ok(stamp) = Stamp::parse(&stamp) {
                // A stamp that does not verify now never will.
                let _ = replica.add_stamp(&stamp);
            }
        }
        if bundle.index() == 0 && self.is_founder(&replica)? {
            for channel in self.channel_ids()? {
                self.pin_founders_in(channel, &replica)?;
            }
        }
        self.tell_of(bundle.index(), document)?;
        self.note_change(bundle.index(), document)?;
        self.stamp(replica)?;
        self.carry_out_changes()
    }

    /// What others do to an understanding, or say to be shown without a name, is told, whether they had
    /// put it to us or not.
    fn tell_of(&mut self, index: u64, document: &Document) -> Result<(), EngineError> {
        let about = document.proposal().property(about::PROPERTY).and_then(About::from_json);
        let me = self.state.persona()?.persona().id();
        let signers = document.proposal().signers();
        let mine = signers.iter().any(|signer| signer.keys == SignerKeys::Persona(me));
        let told = about.is_some() || *document.payload().kind() == Kind::UNATTRIBUTED;
        if mine || !told {
            return Ok(());
        }
        let mut sides: Vec<String> =
            signers.iter().map(|signer| self.state.name_of(signer.party.0)).collect();
        sides.dedup();
        let (kind, by) = (document.payload().kind(), sides.join(" and "));
        let about = about.map(|about| format!(", about record item no. {}", about.index)).unwrap_or_default();
        self.notice(
            None,
            format!(
                "Record item no. {index} is of kind {kind}{about}, signed by {by}. Read it: `entente log {index}`."
            ),
        )
    }

    /// From the charter on, nobody else comes into a channel without the record's leave.
    pub(crate) fn pin_founders_in(
        &mut self,
        channel: ChannelId,
        replica: &OwnReplica<'_>,
    ) -> Result<(), EngineError> {
        use entente_channel::admission::Founder;
        let Some(roster) = replica.roster_before(1) else { return Ok(()) };
        let founders: Vec<Founder> = roster
            .members()
            .iter()
            .map(|member| Founder {
                persona: member.persona.id().into(),
                party: member.party.0,
                role: member.role.as_str().to_owned(),
            })
            .collect();
        let mut pinned = Ok(());
        self.on_channel(channel, None, |channel, _| {
            pinned = channel.pin(founders);
            Ok::<_, EngineError>(Vec::new())
        })?;
        match pinned {
            Ok(()) => Ok(()),
            Err(error) => self.notice(
                Some(channel),
                format!("The record does not name everybody in this channel: {error}."),
            ),
        }
    }

    /// Stamps the newest checkpoint, once everything was checked. What is stamped is stored first.
    fn stamp(&mut self, mut replica: OwnReplica<'_>) -> Result<(), EngineError> {
        let own = self.state.stamping_key()?.verifier();
        if replica.roster().is_none_or(|roster| roster.stamper(&own).is_none()) {
            // Not in yet at this item, or no longer: nobody counts our stamp.
            return self.in_beacons(&replica);
        }
        let memory = match record::stamp_memory(self.tx, self.state.cosigner_name())? {
            Some(bytes) => StampMemory::from_bytes(&bytes).map_err(EngineError::local)?,
            None => StampMemory::new(KeyName::parse(&self.state.origin).map_err(EngineError::local)?),
        };
        let size = replica.size();
        let prepared = match replica.prepare_stamp(&memory, self.now) {
            Ok(prepared) => prepared,
            Err(why) => {
                let refusal = StampRefusal { size, reason: why.to_string() };
                self.send_everywhere(None, &Message::StampRefusal(refusal), None)?;
                return self
                    .notice(None, format!("Record item {} is not stamped: {why}.", size.saturating_sub(1)));
            }
        };
        let seen = replica.seen();
        record::will_stamp(
            self.tx,
            self.state.cosigner_name(),
            seen.size,
            &seen.root,
            &prepared.memory().to_bytes(),
        )?;
        let stamp = prepared.give(&self.state.stamping_key()?, self.now).map_err(EngineError::local)?;
        replica.add_stamp(&stamp).map_err(EngineError::local)?;
        self.in_beacons(&replica)?;
        let message = StampMessage { size: stamp.size, line: stamp.line.to_string() };
        self.send_everywhere(None, &Message::Stamp(message), None)
    }

    /// Every beacon from now on names our newest checkpoint.
    fn in_beacons(&mut self, replica: &OwnReplica<'_>) -> Result<(), EngineError> {
        let seen = replica.seen();
        for channel in self.channel_ids()? {
            let checkpoint = Checkpoint { size: seen.size, root: seen.root };
            self.on_channel(channel, None, |channel, _| {
                channel.stamp(checkpoint);
                Ok::<_, EngineError>(Vec::new())
            })?;
        }
        Ok(())
    }

    /// A member's stamp; the keeper passes it on to the others.
    pub(crate) fn take_stamp(
        &mut self,
        from: Option<ChannelId>,
        message: &StampMessage,
    ) -> Result<(), EngineError> {
        let line = message.line.parse().map_err(|_| EngineError::refused("the stamp is malformed"))?;
        let stamp = Stamp { size: message.size, line };
        let early =
            |step: &Self| Ok(record::keep_early_stamp(step.tx, step.talks, stamp.size, &stamp.to_bytes())?);
        let Some(mut replica) = self.replica()? else { return early(self) };
        match replica.add_stamp(&stamp) {
            Ok(_) => {}
            Err(StampError::NotYet { .. }) => return early(self),
            Err(why) => return Err(EngineError::refused(why)),
        }
        if self.state.keeper.is_some() {
            self.send_everywhere(from, &Message::Stamp(message.clone()), None)?;
        }
        self.carry_out_changes()
    }
}

impl DocumentRow {
    fn has_signature_of(&self, signature: &Signature) -> bool {
        let signers = self.signatures.iter().filter_map(|bytes| Signature::parse(bytes).ok());
        signers.into_iter().any(|known| known.signer() == signature.signer())
    }
}

fn refusal(why: Refusal) -> EngineError {
    EngineError::refused(why)
}
