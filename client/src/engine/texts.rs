//! Versions of an understanding: proposed, answered, declined, signed.

use entente_channel::text::answer::AnswerState;
use entente_channel::text::digest::Digest;
use entente_channel::text::message::Message;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::proposal::{Answer, Decline, Proposal as ProposalMessage, Stance};
use entente_channel::text::record_cargo::Signature as SignatureMessage;
use entente_channel::text::versions::Answerer;
use entente_record::about;
use entente_record::document::{
    ClauseChange, Draft as DocumentDraft, Kind, Proposal, Signer, SignerKeys, diff,
};
use entente_record::kind::rule;
use entente_store::rows::channels::ChannelId;
use entente_store::rows::items::{self, ItemId};

use super::error::EngineError;
use super::item::{DocumentRow, ItemBody};
use super::messages::answerer;
use super::step::Step;
use crate::drafting::Draft;

/// Words without a name are put forward by their author, or carried from its side: nobody finds words to
/// sign that somebody else wrote in its name.
fn check_author(
    proposal: &Proposal,
    me: PersonaRef,
    by: PersonaRef,
    report_of: Option<u16>,
) -> Result<(), EngineError> {
    if *proposal.kind() != Kind::UNATTRIBUTED {
        return Ok(());
    }
    let own = |signer: &Signer| {
        let author = match signer.keys {
            SignerKeys::Persona(id) => PersonaRef::from(id),
            SignerKeys::Principal(_) => return false,
        };
        // Nobody brings us our own words.
        report_of.map_or(author == by, |party| signer.party.0 == party && author != me)
    };
    if proposal.signers().iter().all(own) {
        return Ok(());
    }
    Err(EngineError::refused("words without a name are put forward by their author alone"))
}

/// What a text is called.
const TITLE: &str = "title";

impl Step<'_> {
    /// Puts a version of an understanding forward, by every channel of ours.
    pub(crate) fn propose(
        &mut self,
        draft: &Draft,
        replaces: Option<[u8; 32]>,
        note: &str,
    ) -> Result<[u8; 32], EngineError> {
        if let Some(replaced) = &replaces {
            let unknown = || EngineError::NoSuchText(hex(replaced));
            self.document(replaced)?.filter(|(_, row)| row.is_text()).ok_or_else(unknown)?;
        }
        let replica = self.begun()?;
        let document = self.compose(draft, &replica)?;
        self.put_forward(&document, replaces, note)
    }

    /// Puts a document forward that several are to sign, by every channel of ours.
    pub(crate) fn put_forward(
        &mut self,
        document: &DocumentDraft,
        replaces: Option<[u8; 32]>,
        note: &str,
    ) -> Result<[u8; 32], EngineError> {
        let replica = self.begun()?;
        let proposal = document.propose(&mut *self.rng).map_err(EngineError::unacceptable)?;
        replica.check_proposal(&proposal, self.now).map_err(EngineError::unacceptable)?;
        if replaces.is_none() {
            self.check_new(&proposal)?;
        }
        let digest = proposal.digest().0;
        let me = self.state.me();
        let proposed =
            self.state.versions.propose(Digest(digest), replaces.map(Digest), Answerer::Person(me));
        proposed.map_err(EngineError::unacceptable)?;
        let mut row = DocumentRow::new(&proposal, false, replaces, me);
        note.clone_into(&mut row.note);
        let item = self.add_item(None, Some(&digest), &ItemBody::Document(row))?;
        let message = ProposalMessage {
            document: proposal.to_bytes(),
            replaces: replaces.map(Digest),
            report_of: None,
            note: note.to_owned(),
        };
        self.send_everywhere(None, &Message::Proposal(message), Some(item))?;
        Ok(digest)
    }

    /// A text that is not to take another's place is another text: two "version 1" of one name would
    /// be signed for each other. What has no name, an agreement to a release or a report, is told from
    /// others by what it says.
    fn check_new(&self, proposal: &Proposal) -> Result<(), EngineError> {
        if proposal.property(TITLE).is_none() {
            return Ok(());
        }
        let same = |other: &Proposal| {
            other.kind() == proposal.kind()
                && [TITLE, about::PROPERTY].iter().all(|name| other.property(name) == proposal.property(name))
        };
        for item in items::list::<ItemBody>(self.tx, self.talks)? {
            let ItemBody::Document(row) = item.body else { continue };
            let other = row.proposal()?;
            let open = !row.charter
                && row.recorded.is_none()
                && other.payload().not_after().is_none_or(|limit| limit >= self.now)
                && !self.state.versions.is_replaced(&Digest(other.digest().0));
            if open && same(&other) {
                let text = hex(&other.digest().0);
                let text = text.get(..8).unwrap_or(&text);
                return Err(EngineError::NotYet(format!(
                    "a text of this name is proposed already, as {text}. Send this with `--replaces {text}`, or give it another title"
                )));
            }
        }
        Ok(())
    }

    /// A document that was put to us.
    pub(crate) fn take_proposal(
        &mut self,
        channel: ChannelId,
        by: PersonaRef,
        message: &ProposalMessage,
    ) -> Result<Option<ItemId>, EngineError> {
        let proposal = Proposal::parse(&message.document).map_err(EngineError::refused)?;
        let digest = proposal.digest().0;
        if self.document(&digest)?.is_some() {
            return Ok(None);
        }
        let charter = *proposal.kind() == Kind::CHARTER;
        if charter {
            self.take_new_charter(by, &proposal)?;
        } else {
            self.check_understanding(&proposal)?;
            check_author(&proposal, self.state.me(), by, message.report_of)?;
            let who = answerer(by, message.report_of);
            let proposed = self.state.versions.propose(Digest(digest), message.replaces, who);
            proposed.map_err(EngineError::refused)?;
        }
        let replaces = message.replaces.map(|digest| digest.0);
        let mut row = DocumentRow::new(&proposal, charter, replaces, by);
        row.report_of = message.report_of;
        row.note.clone_from(&message.note);
        let item = self.add_item(Some(channel), Some(&digest), &ItemBody::Document(row))?;
        self.take_early_signatures()?;
        Ok(Some(item))
    }

    fn take_new_charter(&mut self, by: PersonaRef, proposal: &Proposal) -> Result<(), EngineError> {
        if let Some(known) = self.state.charter
            && self.document(&known)?.is_some_and(|(_, row)| row.signed_by_me)
        {
            return Err(EngineError::refused("a charter was signed before"));
        }
        self.take_charter(by, proposal)
    }

    fn check_understanding(&self, proposal: &Proposal) -> Result<(), EngineError> {
        let apart = [Kind::CONSENT, Kind::UNATTRIBUTED].contains(proposal.kind());
        if !(apart || rule(proposal.kind()).is_some_and(|row| row.has_item())) {
            return Err(EngineError::refused("documents of this kind are not proposed"));
        }
        if *proposal.payload().origin() != self.state.origin()? {
            return Err(EngineError::refused("the document is of another record"));
        }
        Ok(())
    }

    /// The text whose digest begins with these hexadecimal digits.
    pub(crate) fn text(&self, prefix: &str) -> Result<([u8; 32], ItemId, DocumentRow), EngineError> {
        let prefix = prefix.to_ascii_lowercase();
        let mut found = None;
        for item in items::list::<ItemBody>(self.tx, self.talks)? {
            let ItemBody::Document(row) = item.body else { continue };
            if !row.is_text() {
                continue;
            }
            let digest = row.proposal()?.digest().0;
            if hex(&digest).starts_with(&prefix) {
                if found.is_some() {
                    return Err(EngineError::NoSuchText(prefix));
                }
                found = Some((digest, item.id, row));
            }
        }
        found.filter(|_| !prefix.is_empty()).ok_or(EngineError::NoSuchText(prefix))
    }

    /// What we say of a version without refusing it.
    pub(crate) fn answer(&mut self, text: &str, stance: Stance) -> Result<(), EngineError> {
        let (digest, _, row) = self.text(text)?;
        if let Some(index) = row.recorded {
            return Err(EngineError::NotYet(format!(
                "this text is item {index} of the record; it is answered no more"
            )));
        }
        if row.signed_by_me && stance == Stance::ReadyToSign {
            return Err(EngineError::AlreadyDone("you signed this text"));
        }
        let (version, by) = (Digest(digest), self.state.me());
        let noted = self.state.versions.note(&version, Answerer::Person(by), stance.into(), self.now);
        noted.map_err(EngineError::unacceptable)?;
        let item =
            self.add_item(None, None, &ItemBody::Answer { by, report_of: None, version: digest, stance })?;
        let message = Answer { version, stance, report_of: None };
        self.send_everywhere(None, &Message::Answer(message), Some(item))
    }

    /// We do not sign this version, and say why.
    pub(crate) fn decline(&mut self, text: &str, reason: &str) -> Result<(), EngineError> {
        let (digest, id, mut row) = self.text(text)?;
        if row.signed_by_me {
            return Err(EngineError::AlreadyDone("you signed this text; a signature cannot be taken back"));
        }
        let (version, by) = (Digest(digest), self.state.me());
        let noted = self.state.versions.note(&version, Answerer::Person(by), AnswerState::Declined, self.now);
        noted.map_err(EngineError::unacceptable)?;
        row.declined_by_me = true;
        self.keep_document(id, &row)?;
        let body = ItemBody::Declined { by, report_of: None, version: digest, reason: reason.to_owned() };
        let item = self.add_item(None, None, &body)?;
        let message = Decline { version, reason: reason.to_owned(), report_of: None };
        self.send_everywhere(None, &Message::Decline(message), Some(item))
    }

    /// Signs a version, in the capacity that it gives us.
    pub(crate) fn sign(&mut self, text: &str) -> Result<(), EngineError> {
        let (digest, id, mut row) = self.text(text)?;
        if row.signed_by_me {
            return Err(EngineError::AlreadyDone("you signed this text"));
        }
        if self.state.versions.is_replaced(&Digest(digest)) {
            return Err(EngineError::NotYet(
                "another version took the place of this one; sign that, or none".into(),
            ));
        }
        let proposal = row.proposal()?;
        self.begun()?.check_proposal(&proposal, self.now).map_err(EngineError::unacceptable)?;
        let signature = proposal.sign(&self.state.persona()?, self.now).map_err(EngineError::unacceptable)?;
        row.signed_by_me = true;
        row.signatures.push(signature.to_bytes());
        self.keep_document(id, &row)?;
        let message = SignatureMessage { version: Digest(digest), signature: signature.to_bytes() };
        self.send_everywhere(None, &Message::Signature(message), Some(id))?;
        self.record_if_complete(&digest)
    }

    /// What a version changed against the one whose place it took.
    pub(crate) fn changes(&self, text: &str) -> Result<Vec<ClauseChange>, EngineError> {
        let (_, _, row) = self.text(text)?;
        let Some(replaced) = row.replaces else { return Ok(Vec::new()) };
        let Some((_, before)) = self.document(&replaced)? else { return Ok(Vec::new()) };
        Ok(diff(&before.proposal()?, &row.proposal()?))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
