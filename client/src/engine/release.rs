//! Letting somebody outside read chosen clauses: agreement to it asked, and the file made.

use entente_record::consent::{self, Release};
use entente_record::disclosure::{Choice, Disclosure, DisclosureError, LetterChoice, Request};
use entente_record::document::{Document, Draft, Kind, Proposal, Signer, SignerKeys};
use entente_record::entry_bundle::EntryBundle;
use entente_record::party::Capacity;
use entente_record::replica::Replica;
use entente_record::report::Report;
use entente_record::roster::{Scope, Side};
use entente_store::rows::record;

use super::error::EngineError;
use super::replica_rows::ReplicaRows;
use super::step::Step;

/// What somebody outside is to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Showing {
    /// Items of the record, each with the clauses of it.
    pub items: Vec<ItemShowing>,
    /// Whether the names of the sides, and of delegates in their letters, are shown.
    pub names: bool,
    /// Whether titles are shown.
    pub title: bool,
    /// Whether it shows how many clauses there are.
    pub decoys: bool,
    /// Letters of full powers, as their principals gave them out.
    pub letters: Vec<Vec<u8>>,
    /// The person insists on showing it though no agreement is recorded.
    pub without_agreement: bool,
}

/// What is shown of one item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemShowing {
    /// Its number in the record.
    pub index: u64,
    /// Numbers of clauses; none for all that may be shown.
    pub clauses: Vec<String>,
}

/// A disclosure, made and not yet given to anybody.
pub struct Disclosed {
    /// The file.
    pub file: String,
    /// What its reader will be told, by the same verifier, with the true check code.
    pub preview: Report,
    /// What a stranger's own tools can read: file names and contents, those of every item but the first
    /// in a folder of its own.
    pub parts: Vec<(String, Vec<u8>)>,
    /// What a reader who trusts us for it can use as a trust file.
    pub trust_policy: String,
}

/// An agreement that is asked for, as whoever is to agree has to see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// For whom.
    pub audience: String,
    /// From when it holds, Unix seconds.
    pub not_before: u64,
    /// The last second in which it holds, Unix seconds.
    pub expires: u64,
    /// What the reader of the file would be told; none if our record does not hold what is asked.
    pub review: Option<Report>,
    /// How many letters of full powers go with it, which are not here and not in `review`.
    pub letters: usize,
}

impl Step<'_> {
    pub(crate) fn disclose(&self, showing: &Showing) -> Result<Disclosed, EngineError> {
        let replica = self.begun()?;
        let request = self.request(&replica, showing)?;
        let disclosure = Disclosure::build(&replica, &request, &self.stored()).map_err(refused)?;
        let mut parts = Vec::new();
        for (place, item) in showing.items.iter().enumerate() {
            let folder = if place == 0 { String::new() } else { format!("item-{}/", item.index) };
            let of_item = disclosure.parts(item.index).map_err(refused)?;
            parts.extend(of_item.into_iter().map(|part| (format!("{folder}{}", part.name), part.bytes)));
        }
        Ok(Disclosed {
            file: disclosure.to_json(),
            preview: disclosure.preview(),
            parts,
            trust_policy: replica.trust_policy(),
        })
    }

    /// A consent for every side to sign: to exactly this, for one audience and a time.
    pub(crate) fn draft_consent(
        &self,
        showing: &Showing,
        audience: &str,
        not_before: u64,
        expires: u64,
    ) -> Result<Draft, EngineError> {
        let replica = self.begun()?;
        let request = self.request(&replica, showing)?;
        let extent = Disclosure::extent(&replica, &request, &self.stored()).map_err(refused)?;
        let release = Release { audience: audience.to_owned(), extent, not_before, expires };
        let roster = replica.roster().ok_or_else(|| EngineError::local("the record has no roster"))?;
        let signer = |side: &Side| {
            let member = self.signer_of(roster, side.party, Scope::Commit, None)?;
            let keys = SignerKeys::Persona(member.persona.id());
            Ok(Signer { party: member.party, capacity: Capacity::Binds, keys })
        };
        let signers = roster.sides().iter().map(signer).collect::<Result<Vec<Signer>, EngineError>>()?;
        Ok(release.draft(roster.origin().clone(), replica.seen(), &signers))
    }

    /// What somebody is asked to agree to.
    pub(crate) fn asked(&self, proposal: &Proposal) -> Option<Asked> {
        let release = proposal.property(consent::PROPERTY).filter(|_| *proposal.kind() == Kind::CONSENT)?;
        let release = Release::from_json(release).ok()?;
        let replica = self.begun().ok()?;
        let review = Disclosure::review(&replica, &release.extent, &self.stored()).ok();
        let Release { audience, not_before, expires, extent } = release;
        Some(Asked { audience, not_before, expires, review, letters: extent.letters.len() })
    }

    fn stored(&self) -> impl Fn(u64) -> Option<Vec<u8>> + '_ {
        |index| record::entry(self.tx, self.talks, index).ok().flatten()
    }

    fn request(&self, replica: &Replica<ReplicaRows<'_>>, showing: &Showing) -> Result<Request, EngineError> {
        let choices = showing.items.iter().map(|item| self.choice(replica, showing, item));
        let letters = showing.letters.iter().map(|bytes| letter(replica, bytes, showing.names));
        Ok(Request {
            choices: choices.collect::<Result<_, _>>()?,
            letters: letters.collect::<Result<_, _>>()?,
            rendering: None,
            now: self.now,
            without_consent: showing.without_agreement,
        })
    }

    fn choice(
        &self,
        replica: &Replica<ReplicaRows<'_>>,
        showing: &Showing,
        item: &ItemShowing,
    ) -> Result<Choice, EngineError> {
        let no_item = || EngineError::Disclosure(format!("the record has no item {}", item.index));
        let bytes = record::entry(self.tx, self.talks, item.index)?.ok_or_else(no_item)?;
        let bundle = EntryBundle::parse(&bytes).map_err(EngineError::local)?;
        let document = replica.stored_document(&bundle).ok_or_else(no_item)?;
        let mut choice = if item.clauses.is_empty() {
            Choice::of_all(item.index, &document)
        } else {
            let numbers: Vec<&str> = item.clauses.iter().map(String::as_str).collect();
            Choice::by_number(item.index, &document, &numbers).map_err(refused)?
        };
        let has = |name| document.proposal().property(name).is_some();
        choice.names = showing.names && has("parties");
        choice.title = showing.title && has("title");
        choice.decoys = showing.decoys;
        Ok(choice)
    }
}

/// A letter that its principal signed, or a member of our record; anything else is refused here and
/// not only at the reader's.
fn letter(replica: &Replica<ReplicaRows<'_>>, bytes: &[u8], name: bool) -> Result<LetterChoice, EngineError> {
    let bad = |why: &str| EngineError::Disclosure(format!("a letter of full powers cannot be used: {why}"));
    let unverified = Document::parse(bytes).map_err(|_| bad("it is not of that form, or was damaged"))?;
    let roster = replica.roster().ok_or_else(|| bad("the record has no roster"))?;
    let letter = unverified.verify(roster).map_err(|_| bad("nobody known to the record signed it"))?;
    let name = name && letter.proposal().property(entente_record::full_powers::NAME).is_some();
    Ok(LetterChoice { letter, name })
}

fn refused(error: DisclosureError) -> EngineError {
    match error {
        DisclosureError::Unagreed => EngineError::Unagreed,
        error => EngineError::Disclosure(error.to_string()),
    }
}
