//! Carrying out what a step on a channel asks for.

use entente_channel::effect::{Alarm, Effect};
use entente_channel::member::{Member, MemberId};
use entente_channel::text::knowledge::BookError;
use entente_record::card::Card;
use entente_store::rows::channels::ChannelId;
use entente_store::rows::items::ItemId;

use super::error::EngineError;
use super::item::ItemBody;
use super::state::KnownCard;
use super::step::Step;

/// Cards kept in one negotiation.
const CARD_LIMIT: usize = 512;

impl Step<'_> {
    /// Carries out effects of a channel in their order. What they send belongs to `item`.
    pub(crate) fn apply(
        &mut self,
        channel: ChannelId,
        effects: Vec<Effect>,
        item: Option<ItemId>,
    ) -> Result<(), EngineError> {
        for effect in effects {
            self.apply_one(channel, effect, item)?;
        }
        Ok(())
    }

    fn apply_one(
        &mut self,
        channel: ChannelId,
        effect: Effect,
        item: Option<ItemId>,
    ) -> Result<(), EngineError> {
        match effect {
            Effect::Send(outgoing) => self.post(&outgoing, item),
            Effect::Words { admission, .. } => self.note_joining(admission, &effect),
            Effect::WordsMatch { admission, .. } | Effect::WordsDiffer { admission, .. } => {
                self.note_joining(admission, &effect)?;
                self.propose_admissions()
            }
            Effect::Candidate { member, .. } => {
                self.know_card(&member.leaf.card, None);
                self.approve_in_channel(channel)
            }
            Effect::RemovalProposed { .. } => self.approve_in_channel(channel),
            Effect::SecondAnswer { admission } => self.note_second_answer(channel, admission),
            Effect::Joined(member) => {
                self.meet(channel, &member)?;
                self.joined(channel)?;
                self.send_cards(channel)?;
                self.send_record(channel)
            }
            Effect::Left(member) => {
                self.shut_out(channel, &member)?;
                let who = self.state.name_of(member.party());
                let role = &member.leaf.role;
                self.notice(Some(channel), format!("{who} ({role}) is no longer in this channel."))
            }
            Effect::Removed => self.out_of(channel),
            Effect::GrantWanted(member) => self.grant_to(channel, &member),
            Effect::Delivered(delivered) => self.delivered(channel, delivered),
            Effect::Alarm(alarm) => self.alarm(channel, alarm),
            Effect::Refused { from, refusal } => {
                let who = self.member(channel, &from)?.map_or(0, |member| member.party());
                let who = self.state.name_of(who);
                self.notice(Some(channel), format!("Something from {who} was refused: {refusal}."))
            }
            // What these say stands in the channel, and is looked up there when it is shown.
            Effect::InviteUsed { .. }
            | Effect::Approved { .. }
            | Effect::Opened
            | Effect::Epoch(_)
            | Effect::GrantReceived(_)
            | Effect::Missing { .. }
            | Effect::Checkpoint { .. }
            | Effect::AuthorityWanted(_) => Ok(()),
        }
    }

    fn alarm(&mut self, channel: ChannelId, alarm: Alarm) -> Result<(), EngineError> {
        let who = |step: &mut Self, from: &MemberId| -> Result<String, EngineError> {
            let party = step.member(channel, from)?.map_or(0, |member| member.party());
            Ok(step.state.name_of(party))
        };
        let text = match alarm {
            Alarm::Fork { from, .. } => format!(
                "{} is in another group than you: this channel has been split. Ask by another path before you go on.",
                who(self, &from)?
            ),
            Alarm::RecordFork { from, size } => format!(
                "{} has another record of {size} items than you. Compare the check code by another path, and sign nothing before.",
                who(self, &from)?
            ),
            // Told once for each renewal.
            Alarm::UpdateIgnored { since } if self.state.renewal_ignored == Some(since) => return Ok(()),
            Alarm::UpdateIgnored { since } => {
                self.state.renewal_ignored = Some(since);
                format!(
                    "The renewal of your keys has not been taken up for {} days. Until it is, this channel rests on the \
                     old ones. Ask whoever convenes it, by another path, to sync.",
                    self.now.saturating_sub(since) / 86_400
                )
            }
        };
        self.notice(Some(channel), text)
    }

    /// Makes a grant in this channel's mailbox for a member and hands it over, wrapped.
    fn grant_to(&mut self, channel: ChannelId, member: &MemberId) -> Result<(), EngineError> {
        let Some(mailbox) = self.mailbox_of(channel)? else { return Ok(()) };
        let grant = self.issue_grant(mailbox)?;
        let member = *member;
        self.on_channel(channel, None, |channel, cx| channel.grant(cx, member, &grant))
    }

    /// A channel that we have just entered: everybody in it is known now.
    pub(crate) fn met(&mut self, channel: ChannelId) -> Result<(), EngineError> {
        for member in self.others(channel)? {
            self.meet(channel, &member)?;
        }
        Ok(())
    }

    /// Notes a member's card and how we know it.
    fn meet(&mut self, channel: ChannelId, member: &Member) -> Result<(), EngineError> {
        let origin = self.state.origin()?;
        let card = Card::parse(&member.leaf.card, &origin).map_err(EngineError::refused)?;
        let introducer = match member.introduced_by {
            Some(by) => self.member(channel, &by)?.map_or(member.persona, |by| by.persona),
            None => member.persona,
        };
        let refused = |error: BookError| EngineError::refused(error);
        self.state.book.introduce(card.persona(), member.party(), introducer).map_err(refused)?;
        if member.introduced_by.is_none() {
            self.state.book.compared_words(&member.persona).map_err(refused)?;
        }
        self.know_card(&member.leaf.card, Some((member.party(), member.leaf.role.clone())));
        Ok(())
    }

    /// Keeps a card once; what is said of its holder's place is added when it is known.
    pub(crate) fn know_card(&mut self, card: &[u8], place: Option<(u16, String)>) {
        if card == self.state.card {
            return;
        }
        if let Some(known) = self.state.cards.iter_mut().find(|known| known.card == card) {
            known.place = known.place.take().or(place);
        } else if self.state.cards.len() < CARD_LIMIT {
            self.state.cards.push(KnownCard { card: card.to_vec(), place });
        }
    }

    /// An item that only informs.
    pub(crate) fn notice(&mut self, channel: Option<ChannelId>, text: String) -> Result<(), EngineError> {
        self.add_item(channel, None, &ItemBody::Notice(text)).map(drop)
    }
}
