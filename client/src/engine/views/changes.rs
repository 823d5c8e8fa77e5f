//! Admissions and removals, with who has approved.

use entente_record::document::Kind;
use entente_store::rows::items::ItemId;

use super::SignerView;
use crate::engine::error::EngineError;
use crate::engine::item::DocumentRow;
use crate::engine::replica_rows::OwnReplica;
use crate::engine::roster_change::{Change, May};
use crate::engine::step::Step;
use crate::engine::texts::hex;

/// Somebody let in, put out, or put in the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeView {
    /// Its name: 64 hexadecimal digits, of which the first few will do.
    pub id: String,
    /// The number of its item.
    pub item: i64,
    /// Its kind's name.
    pub kind: String,
    /// The side of the person; empty if the record before it is not here.
    pub side: String,
    /// The person's role.
    pub role: String,
    /// How far the person may go for its side.
    pub may: May,
    /// Who approves, and who has.
    pub approvals: Vec<SignerView>,
    /// It was declined by these.
    pub declined_by: Vec<String>,
    /// Until when it can be approved and recorded, Unix seconds.
    pub not_after: Option<u64>,
    /// The index of its record item.
    pub index: Option<u64>,
    /// The time of its quorum, once recorded, Unix seconds.
    pub recorded: Option<u64>,
    /// It waits for approvals.
    pub open: bool,
}

impl ChangeView {
    /// It waits for our approval.
    #[must_use]
    pub fn asks_us(&self) -> bool {
        self.open && self.approvals.iter().any(|signer| signer.me && !signer.signed)
    }
}

impl Step<'_> {
    /// Every change of who is in, oldest first.
    pub(crate) fn change_views(&self) -> Result<Vec<ChangeView>, EngineError> {
        let replica = self.replica()?;
        let changes = self.roster_changes()?.into_iter();
        changes.map(|(item, row)| self.change_view(item, &row, replica.as_ref())).collect()
    }

    pub(crate) fn change_view(
        &self,
        item: ItemId,
        row: &DocumentRow,
        replica: Option<&OwnReplica<'_>>,
    ) -> Result<ChangeView, EngineError> {
        let proposal = row.proposal()?;
        let before = replica.and_then(|replica| match row.recorded {
            Some(index) => replica.roster_before(index),
            None => replica.roster(),
        });
        let change = before.and_then(|before| Change::read(&proposal, before));
        let subject = change.as_ref().and_then(Change::subject);
        let recorded = row.recorded.and_then(|index| replica?.recorded(index));
        let limit = proposal.payload().not_after();
        let open = self.is_open(row)?;
        Ok(ChangeView {
            id: hex(&proposal.digest().0),
            item: item.0,
            kind: proposal.kind().as_str().to_owned(),
            side: subject.map(|member| self.state.name_of(member.party.0)).unwrap_or_default(),
            role: subject.map(|member| member.role.as_str().to_owned()).unwrap_or_default(),
            may: subject.map(|member| member.scope.into()).unwrap_or_default(),
            approvals: if *proposal.kind() == Kind::SUCCESSION {
                Vec::new()
            } else {
                self.signers(&proposal, row)
            },
            declined_by: row.declined_by.iter().map(|party| self.state.name_of(*party)).collect(),
            not_after: limit,
            index: row.recorded,
            recorded: recorded.map(|recorded| recorded.time),
            open,
        })
    }
}
