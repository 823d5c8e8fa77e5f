//! Who is in the talks, and how we know them.

use entente_channel::text::knowledge::{Authority, Knowledge};
use entente_channel::text::persona_ref::PersonaRef;

use crate::engine::error::EngineError;
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
}

impl Step<'_> {
    /// Everybody in the talks, ourselves first.
    pub(crate) fn people(&mut self) -> Result<Vec<Person>, EngineError> {
        let mut heard = Vec::new();
        for channel in self.channel_ids()? {
            for member in self.others(channel)? {
                heard.push((member.persona, member.leaf.role, member.last_heard));
            }
        }
        let roster = self.replica()?.and_then(|replica| replica.roster().cloned());
        let me = self.state.me();
        let mut people: Vec<Person> = Vec::new();
        for (person, key) in self.state.book.iter() {
            let met = heard.iter().find(|(persona, ..)| persona == person);
            let role = roster.as_ref().and_then(|roster| roster.member(&(*person).into()));
            let role = role.map(|(_, member)| member.role.as_str().to_owned());
            let own = (*person == me).then(|| self.state.role.clone());
            let knowledge = self.state.book.knowledge(person).unwrap_or(Knowledge::IntroducedOnlyBy(*person));
            people.push(Person {
                name: self.state.name_of(key.party()),
                party: key.party(),
                role: own.or(role).or_else(|| met.map(|(_, role, _)| role.clone())).unwrap_or_default(),
                me: *person == me,
                in_channel: met.is_some(),
                introduced_only_by: knowledge.introduced_only_by().map(|by| self.name_of_person(&by)),
                knowledge,
                authority: key.authority(),
                heard: met.map(|(.., at)| *at),
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
