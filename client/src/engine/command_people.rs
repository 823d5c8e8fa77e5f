//! Commands on who is in: approving, declining, removing, renewing keys.

use super::Engine;
use super::error::EngineError;
use super::membership::ruling;
use super::moment::Moment;
use super::step::Step;
use super::texts::hex;
use super::views::ChangeView;
use crate::principal::DeviceCode;

impl Engine {
    /// Admissions and removals, oldest first, with who has approved.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn changes_of_people(&mut self, talks: &str, now: u64) -> Result<Vec<ChangeView>, EngineError> {
        self.look(talks, now, |step| step.change_views())
    }

    /// Approves the admission or removal whose name begins with `change`, for our side. With the last
    /// approval the keeper records it; once it is recorded it is carried out in the channel.
    ///
    /// # Errors
    /// [`EngineError::NoSuchChange`], [`EngineError::AlreadyDone`], [`EngineError::Unacceptable`],
    /// [`EngineError::Refused`] if it would let in somebody else than who is joining.
    pub fn approve(&mut self, at: &mut Moment<'_>, talks: &str, change: &str) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.approve_change(change))
    }

    /// Declines the admission or removal whose name begins with `change`: nothing comes of it.
    ///
    /// # Errors
    /// [`EngineError::NoSuchChange`], [`EngineError::AlreadyDone`].
    pub fn decline_change(
        &mut self,
        at: &mut Moment<'_>,
        talks: &str,
        change: &str,
        reason: &str,
    ) -> Result<(), EngineError> {
        self.step(at, talks, |step| step.decline_change(change, reason))
    }

    /// Renews this device's keys in every channel: whoever copied them before reads nothing that is
    /// written after. A member's own renewal waits for whoever convenes the channel. Gives the number of
    /// channels in which it was begun or done.
    ///
    /// # Errors
    /// [`EngineError::NotYet`] while an earlier one waits in every channel.
    pub fn renew_keys(&mut self, at: &mut Moment<'_>, talks: &str) -> Result<usize, EngineError> {
        self.step(at, talks, |step| step.renew_keys())
    }

    /// The code of this device in these talks, by which a principal knows it.
    ///
    /// # Errors
    /// [`EngineError::NoSuchTalks`].
    pub fn device_code(&mut self, talks: &str) -> Result<String, EngineError> {
        self.look(talks, 0, |step| Ok(DeviceCode::of(&step.state.persona()?.persona().id()).to_string()))
    }

    /// The side and role of somebody the record names.
    ///
    /// # Errors
    /// [`EngineError::NoSuchPerson`], [`EngineError::Several`], [`EngineError::NotYet`].
    pub fn person_named(&mut self, talks: &str, whom: &str) -> Result<(String, String), EngineError> {
        self.look(talks, 0, |step| {
            let replica = step.begun()?;
            let member = step.one_of(ruling(&replica)?, whom)?;
            Ok((step.state.name_of(member.party.0), member.role.as_str().to_owned()))
        })
    }

    /// At the keeper: asks every side to remove somebody; gives the removal's name.
    ///
    /// # Errors
    /// [`EngineError::NotTheKeeper`], [`EngineError::NoSuchPerson`], [`EngineError::Several`],
    /// [`EngineError::NotYet`], [`EngineError::Unacceptable`].
    pub fn remove(&mut self, at: &mut Moment<'_>, talks: &str, whom: &str) -> Result<String, EngineError> {
        self.step(at, talks, |step| Ok(hex(&step.propose_removal(whom)?)))
    }
}

impl Step<'_> {
    fn renew_keys(&mut self) -> Result<usize, EngineError> {
        let (mut begun, mut waits_since) = (0_usize, None);
        for id in self.channel_ids()? {
            let channel = self.channel(id)?;
            if let Some(since) = channel.renewing_since() {
                waits_since = Some(since);
            } else if channel.members().next().is_some() {
                self.on_channel(id, None, |channel, cx| channel.update(cx))?;
                begun = begun.saturating_add(1);
            }
        }
        match (begun, waits_since) {
            (0, Some(_)) => {
                let why =
                    "an earlier renewal is on its way; it is done when whoever convenes the channel syncs";
                Err(EngineError::NotYet(why.into()))
            }
            (0, None) => Err(EngineError::NotYet("nobody shares a channel with you".into())),
            (begun, _) => Ok(begun),
        }
    }
}
