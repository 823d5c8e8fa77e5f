//! Who is in the talks, and how we know them.

use entente_channel::channel::Channel;
use entente_channel::member::Member;
use entente_channel::text::knowledge::{Authority, Knowledge};
use entente_channel::text::persona_ref::PersonaRef;

use crate::engine::error::EngineError;
use crate::engine::replica_rows::OwnReplica;
use crate::engine::step::Step;

/// Somebody in the talks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What the charter calls its party, or a stand-in.
    pub name: String,
    /// The party; 0 is no side.
    pub party: u16,
    /// The role, once known.
    pub role: String,
    /// It is us.
    pub me: bool,
    /// We share a channel with it.
    pub in_channel: bool,
    /// How we know that its key is its own.
    pub knowledge: Knowledge,
    /// The one person through whom alone we know the key: sentence 13.
    pub introduced_only_by: Option<String>,
    /// What the record lets it do.
    pub authority: Authority,
    /// When it was last heard, Unix seconds.
    pub heard: Option<u64>,
    /// Messages of it that did not come, though later ones did.
    pub missing: u64,
    /// It says that it is in another group than we: the channel has been split.
    pub other_group: bool,
    /// It says that it has verified another record than ours: two are being shown.
    pub other_record: bool,
    /// Since when our own renewal of keys waits, Unix seconds.
    pub renewing_since: Option<u64>,
}

/// What a channel tells of one of its members.
struct Met {
    person: PersonaRef,
    role: String,
    heard: u64,
    missing: u64,
    other_group: bool,
    other_record: bool,
}

impl Step<'_> {
    /// Everybody in the talks, ourselves first.
    pub(crate) fn people(&mut self) -> Result<Vec<Person>, EngineError> {
        let replica = self.replica()?;
        let (mut met, mut renewing_since) = (Vec::new(), None);
        for id in self.channel_ids()? {
            let channel = self.channel(id)?;
            renewing_since = [renewing_since, channel.renewing_since()].into_iter().flatten().min();
            met.extend(channel.members().map(|member| self::met(channel, member, replica.as_ref())));
        }
        let me = self.state.me();
        let mut people: Vec<Person> = Vec::new();
        for (person, key) in self.state.book.iter() {
            let met = met.iter().find(|met| met.person == *person);
            let role = replica.as_ref().and_then(|replica| replica.last_line_of(&(*person).into()));
            let role = role.map(|member| member.role.as_str().to_owned());
            let own = (*person == me).then(|| self.state.role.clone());
            let knowledge = self.state.book.knowledge(person).unwrap_or(Knowledge::IntroducedOnlyBy(*person));
            people.push(Person {
                name: self.state.name_of(key.party()),
                party: key.party(),
                role: own.or(role).or_else(|| met.map(|met| met.role.clone())).unwrap_or_default(),
                me: *person == me,
                in_channel: met.is_some(),
                introduced_only_by: knowledge.introduced_only_by().map(|by| self.name_of_person(&by)),
                knowledge,
                authority: key.authority(),
                heard: met.map(|met| met.heard),
                missing: met.map_or(0, |met| met.missing),
                other_group: met.is_some_and(|met| met.other_group),
                other_record: met.is_some_and(|met| met.other_record),
                renewing_since: renewing_since.filter(|_| *person == me),
            });
        }
        people.sort_by_key(|person| (!person.me, person.party, person.role.clone()));
        Ok(people)
    }

    pub(crate) fn name_of_person(&self, person: &PersonaRef) -> String {
        match self.state.book.get(person) {
            Some(key) => self.state.name_of(key.party()),
            None => "somebody unknown".to_owned(),
        }
    }
}

fn met(channel: &Channel, member: &Member, replica: Option<&OwnReplica<'_>>) -> Met {
    let id = member.id();
    let said = channel.checkpoint_of(&id);
    let ours = said.and_then(|said| replica?.root_at(said.size).ok());
    Met {
        person: member.persona,
        role: member.leaf.role.clone(),
        heard: member.last_heard,
        missing: channel.missing(&id),
        other_group: channel.in_another_group(&id),
        other_record: said.zip(ours).is_some_and(|(said, ours)| *ours.as_bytes() != said.root),
    }
}
