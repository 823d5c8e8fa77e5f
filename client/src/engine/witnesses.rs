//! Witnesses that we ask to stamp the record. They are no members: they see sizes and roots alone.

use entente_channel::text::message::Message;
use entente_channel::text::record_cargo::Stamp as StampMessage;
use entente_log::add_checkpoint::AddCheckpoint;
use entente_log::signed_note::{NoteSignature, SignatureType, VerifierKey};
use entente_record::stamp::Stamp;
use serde::{Deserialize, Serialize};

use super::Engine;
use super::error::EngineError;
use super::moment::Moment;
use super::step::Step;

/// The most witnesses of one negotiation.
const WITNESSES: usize = 16;

/// A witness that we ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// Where it is asked: what stands before `/add-checkpoint`.
    pub url: String,
    /// The key that it stamps with.
    pub key: String,
    /// How many items it had stamped when it last answered.
    pub size: u64,
}

/// What is sent to a witness, and for how many items of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessRequest {
    /// The request's body.
    pub body: String,
    /// The number of items that it is to stamp.
    pub size: u64,
}

impl Engine {
    /// Remembers a witness, in place of one with the same key.
    ///
    /// # Errors
    /// [`EngineError::Unacceptable`] for a key that is none, or one too many.
    pub fn use_witness(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        url: &str,
        key: &str,
    ) -> Result<(), EngineError> {
        let key = witness_key(key)?.to_string();
        self.step(at, talks, |step| {
            let witnesses = &mut step.state.witnesses;
            witnesses.retain(|known| known.key != key);
            if witnesses.len() >= WITNESSES {
                return Err(EngineError::unacceptable(format!("{WITNESSES} witnesses are enough")));
            }
            witnesses.push(Witness { url: url.to_owned(), key, size: 0 });
            Ok(())
        })
    }

    /// The witnesses that we ask.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn witnesses(&mut self, talks: &str) -> Result<Vec<Witness>, EngineError> {
        self.look(talks, 0, |step| Ok(step.state.witnesses.clone()))
    }

    /// The key of the record's log, for a witness's operator.
    ///
    /// # Errors
    /// [`EngineError::NotYet`] before the charter is recorded.
    pub fn log_key(&mut self, talks: &str) -> Result<String, EngineError> {
        self.look(talks, 0, |step| {
            let replica = step.begun()?;
            let roster = replica.roster().ok_or_else(|| EngineError::local("the record has no roster"))?;
            Ok(roster.log_key().to_string())
        })
    }

    /// What to send to a witness that has stamped `old` items.
    ///
    /// # Errors
    /// [`EngineError::NotYet`] before the charter is recorded, [`EngineError::Refused`] if the
    /// witness has stamped more than is here.
    pub fn ask_witness(&mut self, talks: &str, old: u64) -> Result<WitnessRequest, EngineError> {
        self.look(talks, 0, |step| {
            let replica = step.begun()?;
            let size = replica.size();
            let beyond = "the witness has stamped more of this record than is here: fetch what is new and ask \
                          again. If that does not help, two histories are being shown";
            let proof = replica.consistency(old, size).map_err(|_| EngineError::refused(beyond))?;
            let missing = || EngineError::local("the checkpoint is missing");
            let checkpoint = replica.checkpoint().ok_or_else(missing)?;
            Ok(WitnessRequest { body: AddCheckpoint { old_size: old, proof, checkpoint }.to_string(), size })
        })
    }

    /// What a witness answered: its stamp is verified, kept and, if the charter names it, passed on
    /// to everybody.
    ///
    /// # Errors
    /// [`EngineError::Refused`] if it is no stamp of that witness on that state of the record.
    pub fn witness_answered(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        key: &str,
        size: u64,
        answer: &str,
    ) -> Result<(), EngineError> {
        let witness = witness_key(key)?;
        self.step(at, talks, |step| step.take_witness(&witness, size, answer))
    }
}

impl Step<'_> {
    fn take_witness(&mut self, witness: &VerifierKey, size: u64, answer: &str) -> Result<(), EngineError> {
        let lines = answer.lines().filter_map(|line| line.parse::<NoteSignature>().ok());
        let mut ours = lines.filter(|line| line.name() == witness.name() && line.id() == witness.id());
        let line = ours.next().ok_or_else(|| EngineError::refused("the witness has not stamped"))?;
        let stamp = Stamp { size, line };
        let mut replica = self.begun()?;
        let named = replica.roster().is_some_and(|roster| roster.witness(witness).is_some());
        if named {
            replica.add_stamp(&stamp).map_err(EngineError::refused)?;
            let message = StampMessage { size, line: stamp.line.to_string() };
            self.send_everywhere(None, &Message::Stamp(message), None)?;
        } else {
            replica.add_outside_stamp(witness, &stamp).map_err(EngineError::refused)?;
        }
        let key = witness.to_string();
        if let Some(known) = self.state.witnesses.iter_mut().find(|known| known.key == key) {
            known.size = known.size.max(size);
        }
        // A witness may complete the quorum that an admission or a removal waits for.
        self.carry_out_changes()
    }
}

/// Reads the key of a witness.
pub(crate) fn witness_key(text: &str) -> Result<VerifierKey, EngineError> {
    let none =
        || EngineError::unacceptable("this is no key of a witness: name+id+key, of the type that stamps");
    let key: VerifierKey = text.parse().map_err(|_| none())?;
    if key.signature_type() == SignatureType::Cosignature { Ok(key) } else { Err(none()) }
}
