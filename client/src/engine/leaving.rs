//! Somebody is out of a channel, or we are: nobody writes where it may no longer.

use entente_channel::member::Member;
use entente_store::rows::channels::ChannelId;
use entente_store::rows::mailboxes;
use entente_store::rows::outbox::{self, OutboxNumber};
use entente_wire::grant::Grant;

use super::error::EngineError;
use super::state::{MailboxRow, RelayRequest};
use super::step::Step;

/// Waiting parcels looked through at a time.
const BATCH: u32 = 256;

impl Step<'_> {
    /// Takes back what a member who left may write to our mailbox of the channel. What it left there
    /// before is still read.
    pub(crate) fn shut_out(&mut self, channel: ChannelId, member: &Member) -> Result<(), EngineError> {
        let given = self.channel(channel)?.given_to(&member.id());
        let Some(mailbox) = self.mailbox_of(channel)? else { return Ok(()) };
        let mut row: MailboxRow = mailboxes::read(self.tx, mailbox)?.state;
        for capability in given {
            if let Some(slot) = row.revoke(&capability, self.now) {
                mailboxes::request(self.tx, mailbox, &RelayRequest::Revoke { slot: slot.0 })?;
            }
        }
        Ok(mailboxes::write(self.tx, mailbox, &row)?)
    }

    /// We were removed from a channel: its mailbox ends, and what still waits for its members is let go.
    pub(crate) fn out_of(&mut self, channel: ChannelId) -> Result<(), EngineError> {
        self.state.left.push(channel);
        if let Some(mailbox) = self.mailbox_of(channel)? {
            self.close_mailbox(mailbox)?;
        }
        let theirs: Vec<Grant> = self.channel(channel)?.grants().cloned().collect();
        let mut after = OutboxNumber(0);
        loop {
            let waiting = outbox::waiting::<Grant>(self.tx, after, BATCH)?;
            let Some(last) = waiting.last() else { break };
            after = last.number;
            for parcel in &waiting {
                if theirs.iter().any(|grant| grant.address() == parcel.address.address()) {
                    outbox::refused(self.tx, &parcel.digest, "we are no longer in the channel")?;
                }
            }
        }
        let text = "You are no longer in these talks: the record says so. What you signed before stands; nothing \
                    you sign from now on counts.";
        self.notice(Some(channel), text.to_owned())
    }

    /// Whether we were removed from every channel of these talks.
    pub(crate) fn is_out(&self) -> Result<bool, EngineError> {
        Ok(!self.state.left.is_empty() && self.channel_ids()?.is_empty())
    }
}
