//! The depositary: it orders entries and signs checkpoints, and can forge nothing.
//!
//! It is a member with a replica and the log's key. What it records, its own replica takes in the
//! same step through the checks of every other member.

use alloc::vec::Vec;

use entente_log::checkpoint::SignedCheckpoint;
use entente_log::hash::Hash;
use rand_core::CryptoRng;

use crate::body::{Body, fresh, fresh_salts};
use crate::document::{Document, Kind};
use crate::entry_bundle::EntryBundle;
use crate::leaf::Leaf;
use crate::log_key::LogKey;
use crate::replica::{Accepted, Refusal, Replica};
use crate::rows::{MemoryRows, Rows};
use crate::state_tree::{SlotChange, StateLeaf};

/// One sitting of the depositary: its replica, and the log's key.
pub struct Depositary<'a, R = MemoryRows> {
    replica: &'a mut Replica<R>,
    key: &'a LogKey,
}

impl Depositary<'_> {
    /// As [`Depositary::found_in`], in memory.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn found<R: CryptoRng + ?Sized>(
        key: &LogKey,
        charter: &Document,
        now: u64,
        rng: &mut R,
    ) -> Result<(Replica, EntryBundle), Refusal> {
        Depositary::found_in(MemoryRows::default(), key, charter, now, rng)
    }
}

impl<'a, S: Rows> Depositary<'a, S> {
    /// The depositary of an existing record.
    pub fn new(replica: &'a mut Replica<S>, key: &'a LogKey) -> Self {
        Self { replica, key }
    }

    /// Founds a record: entry 0 from a charter that every founder has signed.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn found_in<R: CryptoRng + ?Sized>(
        rows: S,
        key: &LogKey,
        charter: &Document,
        now: u64,
        rng: &mut R,
    ) -> Result<(Replica<S>, EntryBundle), Refusal> {
        let mut replica = Replica::empty(charter.payload().origin().clone(), rows);
        let (bundle, _) = Depositary::new(&mut replica, key).record(charter, now, rng)?;
        Ok((replica, bundle))
    }

    /// Records a document as the next entry and gives what every member receives. Store the
    /// replica and the entry in one transaction, then send: two entries of one index are the proof
    /// of a dishonest depositary.
    ///
    /// # Errors
    /// [`Refusal`]; the replica is then as it was.
    pub fn record<R: CryptoRng + ?Sized>(
        &mut self,
        document: &Document,
        now: u64,
        rng: &mut R,
    ) -> Result<(EntryBundle, Accepted), Refusal> {
        if let Some(not_after) = document.payload().not_after().filter(|limit| *limit < now) {
            return Err(Refusal::TooLate { not_after });
        }
        self.check_hidden(document)?;
        let bundle = self.compose(document, rng)?;
        let accepted = self.replica.accept(&bundle)?;
        Ok((bundle, accepted))
    }

    /// Words without a name tell of their author by what it had seen, unless all had seen as much.
    fn check_hidden(&self, document: &Document) -> Result<(), Refusal> {
        let hides = *document.payload().kind() == Kind::UNATTRIBUTED;
        let common = self.replica.stamped_by_all(document.payload().seen().size);
        if hides && !common { Err(Refusal::SeenByFew) } else { Ok(()) }
    }

    fn compose<R: CryptoRng + ?Sized>(
        &self,
        document: &Document,
        rng: &mut R,
    ) -> Result<EntryBundle, Refusal> {
        let transition = self.replica.plan(document.proposal())?;
        let kind = document.payload().kind();
        let roster = self.replica.keeping(kind, transition.roster.as_ref());
        if roster.is_some_and(|roster| *roster.log_key() != self.key.verifier()) {
            return Err(Refusal::NotTheLogKey);
        }
        let changes: Vec<SlotChange> = transition
            .changes
            .into_iter()
            .map(|(slot, content)| SlotChange { slot, leaf: StateLeaf { content, nonce: fresh(rng) } })
            .collect();
        let salts = fresh_salts(document.raw_signatures().len(), rng);
        let payload = document.payload();
        let digest = Hash::from(payload.digest().0);
        let body = Body::new(payload.kind().clone(), digest, document.raw_signatures(), &salts, fresh(rng));
        let leaf = self.leaf(&body, &changes)?;
        let (checkpoint, consistency) = self.sign(&leaf)?;
        Ok(EntryBundle {
            index: self.replica.size(),
            document: document.to_bytes(),
            salts,
            leaf,
            body,
            changes,
            checkpoint,
            consistency,
        })
    }

    fn leaf(&self, body: &Body, changes: &[SlotChange]) -> Result<Leaf, Refusal> {
        let mut state = self.replica.state();
        let before = state.head();
        for change in changes {
            state.put(change.clone())?;
        }
        Ok(Leaf { body: body.digest(), before, after: state.head() })
    }

    fn sign(&self, leaf: &Leaf) -> Result<(SignedCheckpoint, Vec<Hash>), Refusal> {
        let (checkpoint, consistency) = self.replica.next_checkpoint(leaf.hash())?;
        Ok((SignedCheckpoint::sign(checkpoint, self.key.signer())?, consistency))
    }
}
