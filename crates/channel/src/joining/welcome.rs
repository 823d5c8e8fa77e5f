//! The joiner's last steps: binding to every member, then the group.

use openmls::prelude::{MlsGroup, MlsMessageBodyIn, MlsMessageIn, StagedWelcome};
use openmls_traits::storage::{CURRENT_VERSION, StorageProvider};
use rand_core::CryptoRng;
use std::collections::{BTreeMap, BTreeSet};
use tls_codec::DeserializeBytes as _;

use crate::admission::{MAX_MEMBERS, approval_verifies, enough};
use crate::binding::{Binding, Mac};
use crate::channel::{Channel, Peer};
use crate::context::Context;
use crate::effect::Effect;
use crate::error::{Local, ReceiveError, Refusal};
use crate::frame::Body;
use crate::group::{channel_extension_of, same_group};
use crate::joining::joiner::{AwaitingWelcome, JoinError, Joining, Next};
use crate::joining::notice::{Tags, WelcomeNotice};
use crate::leaf::Leaf;
use crate::member::{Member, MemberId};
use crate::provider::{Provider, join_config};

impl AwaitingWelcome {
    /// Binds to the members whom the convener introduces, and tags for each.
    pub(super) fn meet<S, R: ?Sized>(
        mut self,
        cx: &mut Context<'_, S, R>,
        members: Vec<Leaf>,
    ) -> Result<(Next, Vec<Effect>), JoinError> {
        if members.len() > MAX_MEMBERS {
            return Err(Refusal::TooLarge.into());
        }
        let (me, convener) = self.entry.ids();
        let mut seen = BTreeSet::from([me, convener]);
        self.company = Vec::with_capacity(members.len());
        for leaf in &members {
            if !seen.insert(leaf.reference) {
                return Err(Refusal::Malformed.into());
            }
            self.company.push(self.entry.bind(cx.own, leaf, cx.now)?);
        }
        let tag = |(member, binding): &(Member, Binding)| (member.id(), binding.tag(self.entry.admission));
        let tags = Body::Tags(Tags(self.company.iter().map(tag).collect()));
        let effects = vec![self.entry.send(&tags)?];
        Ok((Next::Joining(Joining::Welcome(self)), effects))
    }

    /// Takes the Welcome: only the group that was introduced, only members whose tags verify,
    /// only with the approvals that a joiner who is no founder needs.
    pub(super) fn enter<S: StorageProvider<CURRENT_VERSION>, R: CryptoRng + ?Sized>(
        self,
        cx: &mut Context<'_, S, R>,
        notice: WelcomeNotice,
    ) -> Result<(Next, Vec<Effect>), JoinError> {
        let grant = self.entry.check(&notice.matched)?;
        self.check_tags(&notice.tags)?;
        if !notice.founder {
            self.check_approvals(&notice.approvals)?;
        }
        let provider = Provider::new(cx.storage);
        let staged = staged(&provider, &notice.welcome)?;
        self.check_group(&staged)?;
        let group = staged.into_group(&provider).map_err(Local::mls)?;
        self.check_leaves(&group)?;
        let mut peers = BTreeMap::new();
        let convener = Peer::new(self.entry.convener.clone(), self.entry.binding.clone(), true);
        peers.insert(self.entry.convener.id(), Peer { grant: Some(grant), ..convener });
        for (member, binding) in self.company {
            peers.insert(member.id(), Peer::new(member, binding, true));
        }
        let wanted: Vec<Effect> = peers
            .keys()
            .filter(|id| **id != self.entry.convener.id())
            .map(|id| Effect::GrantWanted(*id))
            .collect();
        let channel = Channel::entered(self.entry, peers, &group);
        let mut effects = vec![Effect::Opened];
        effects.extend(channel.members().cloned().map(Effect::Joined));
        effects.extend(wanted);
        Ok((Next::Channel(Box::new(channel)), effects))
    }

    fn check_tags(&self, tags: &[(MemberId, Mac)]) -> Result<(), Refusal> {
        let tags: BTreeMap<_, _> = tags.iter().copied().collect();
        let bound = self.company.iter().all(|(member, binding)| {
            tags.get(&member.id()).is_some_and(|tag| binding.verifies_tag(self.entry.admission, tag))
        });
        if bound && tags.len() == self.company.len() { Ok(()) } else { Err(Refusal::BadTag) }
    }

    fn check_approvals(&self, approvals: &[(MemberId, Mac)]) -> Result<(), Refusal> {
        let entry = &self.entry;
        let mut approvers = BTreeSet::new();
        for (approver, mac) in approvals {
            let binding =
                self.bindings().find(|binding| binding.peer() == *approver).ok_or(Refusal::NotApproved)?;
            if !approval_verifies(binding, entry.admission, &entry.me.leaf, mac) {
                return Err(Refusal::NotApproved);
            }
            approvers.insert(*approver);
        }
        let present: BTreeMap<MemberId, u16> = self
            .company
            .iter()
            .map(|(member, _)| member)
            .chain([&entry.convener])
            .map(|member| (member.id(), member.party()))
            .collect();
        if enough(&present, &entry.convener.id(), &approvers) { Ok(()) } else { Err(Refusal::NotApproved) }
    }

    fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.company.iter().map(|(_, binding)| binding).chain([&self.entry.binding])
    }

    /// Channel, term, convener and exactly the leaves that we are bound to.
    fn check_group(&self, staged: &StagedWelcome) -> Result<(), Refusal> {
        let entry = &self.entry;
        let context = staged.group_context();
        let ours = channel_extension_of(context.extensions());
        let expected = crate::group::channel_extension(&entry.setting, &entry.convener.leaf.key);
        if !same_group(context.group_id(), &entry.setting)
            || context.ciphersuite() != crate::provider::SUITE
            || ours != Some(expected.as_slice())
        {
            return Err(Refusal::BadWelcome);
        }
        Ok(())
    }

    fn check_leaves(&self, group: &MlsGroup) -> Result<(), Refusal> {
        let mut leaves: Vec<&Leaf> = self.company.iter().map(|(member, _)| &member.leaf).collect();
        leaves.extend([&self.entry.convener.leaf, &self.entry.me.leaf]);
        for member in group.members() {
            let node = group.public_group().leaf(member.index).ok_or(Refusal::BadWelcome)?;
            let place = leaves.iter().position(|leaf| leaf.is(node)).ok_or(Refusal::BadWelcome)?;
            leaves.swap_remove(place);
        }
        if leaves.is_empty() { Ok(()) } else { Err(Refusal::BadWelcome) }
    }
}

fn staged<S: StorageProvider<CURRENT_VERSION>>(
    provider: &Provider<'_, S>,
    welcome: &[u8],
) -> Result<StagedWelcome, ReceiveError> {
    let message = MlsMessageIn::tls_deserialize_exact_bytes(welcome).map_err(|_| Refusal::Malformed)?;
    let MlsMessageBodyIn::Welcome(welcome) = message.extract() else {
        return Err(Refusal::Malformed.into());
    };
    StagedWelcome::build_from_welcome(provider, &join_config(), welcome)
        .map_err(crate::group::welcome_error)?
        .skip_lifetime_validation()
        .build()
        .map_err(crate::group::welcome_error)
}
