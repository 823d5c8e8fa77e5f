//! The rows that a replica keeps, in the transaction of the step that uses them.

use entente_record::replica::Replica;
use entente_record::rows::{Row, Rows, Space};
use entente_store::Transaction;
use entente_store::rows::record;
use entente_store::rows::talks::TalksId;

/// The replica, in the transaction of the step.
pub(crate) type OwnReplica<'a> = Replica<ReplicaRows<'a>>;

/// The rows of one record. What the database cannot do keeps the transaction from being committed.
#[derive(Clone, Copy)]
pub struct ReplicaRows<'a> {
    tx: &'a Transaction<'a>,
    talks: TalksId,
}

impl<'a> ReplicaRows<'a> {
    /// The rows of these talks.
    #[must_use]
    pub fn new(tx: &'a Transaction<'a>, talks: TalksId) -> Self {
        Self { tx, talks }
    }
}

impl Rows for ReplicaRows<'_> {
    fn get(&self, space: Space, key: &[u8]) -> Option<Vec<u8>> {
        self.tx.must(record::replica_row(self.tx, self.talks, space as u8, key))
    }

    fn first_from(&self, space: Space, from: &[u8]) -> Option<Row> {
        self.tx.must(record::first_replica_row(self.tx, self.talks, space as u8, from))
    }

    fn last_below(&self, space: Space, below: &[u8]) -> Option<Row> {
        self.tx.must(record::last_replica_row(self.tx, self.talks, space as u8, below))
    }

    fn put(&mut self, space: Space, key: &[u8], value: &[u8]) {
        self.tx.must(record::write_replica_row(self.tx, self.talks, space as u8, key, value));
    }

    fn remove(&mut self, space: Space, key: &[u8]) {
        self.tx.must(record::remove_replica_row(self.tx, self.talks, space as u8, key));
    }
}
