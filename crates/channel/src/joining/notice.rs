//! The messages of a joining.
//!
//! Outermost a version byte, then a [`JoiningMessage`]. Answer and reveal stand alone; everything
//! after the reveal is a [`crate::frame`] under K_AB.

use entente_wire::grant::Grant;
use openmls_rust_crypto::RustCrypto;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::types::HpkeCiphertext;
use serde::{Deserialize, Serialize};

use crate::binding::{Binding, Mac, Purpose, push};
use crate::error::{Local, Refusal};
use crate::frame::VERSION;
use crate::joining::invite::Invite;
use crate::leaf::Leaf;
use crate::member::{AdmissionId, ChannelId, MemberId};
use crate::provider::SUITE;
use crate::secret::Secret;
use crate::text::codec;
use crate::text::digest::Digest;

/// What goes through the one-time mailboxes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum JoiningMessage {
    /// The joiner's answer, sealed to the invite's key.
    Answer(Vec<u8>),
    /// The convener's reveal, as the invite committed to it.
    Reveal(Vec<u8>),
    /// Anything later.
    Frame(Vec<u8>),
    /// To whoever answered second: the invite was used. Names the answer that it speaks of.
    Used(Digest),
}

impl JoiningMessage {
    pub(crate) fn write(&self) -> Result<Vec<u8>, Local> {
        let mut bytes = vec![VERSION];
        bytes.extend(codec::encode(self).map_err(Local::mls)?);
        Ok(bytes)
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        match bytes.split_first() {
            Some((&VERSION, rest)) => codec::decode(rest).map_err(|_| Refusal::Malformed),
            Some((version, _)) => Err(Refusal::Version(*version)),
            None => Err(Refusal::Malformed),
        }
    }
}

/// The joiner's keys.
#[derive(Serialize, Deserialize)]
pub(crate) struct Answer {
    /// r_B: makes every answer another.
    pub(crate) random: [u8; 32],
    /// The persona's card.
    pub(crate) card: Vec<u8>,
    /// The MLS key package, which holds leaf key and `e`.
    pub(crate) key_package: Vec<u8>,
    /// A one-time mailbox to reply to.
    pub(crate) mailbox: Grant,
}

/// The convener's keys and the place it offers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Reveal {
    /// r_A: the commitment hides what it commits to.
    pub(crate) random: [u8; 32],
    pub(crate) channel: ChannelId,
    pub(crate) term: u32,
    pub(crate) group: [u8; 32],
    /// The joiner's party; 0 = no side.
    pub(crate) party: u16,
    /// The joiner's role code.
    pub(crate) role: String,
    /// The convener's leaf.
    pub(crate) convener: Leaf,
}

/// `H(r_A || keys_A)`: over the reveal's bytes, `r_A` first.
pub(crate) fn commitment(reveal: &[u8]) -> [u8; 32] {
    Digest::labelled("entente reveal v1", reveal).0
}

/// One side's word that the words match, its binding tag and its permanent grant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Match {
    /// Purpose words, over admission, "match" and the transcript.
    pub(crate) mac: Mac,
    /// The binding tag.
    pub(crate) tag: Mac,
    /// The grant, wrapped under K_AB.
    pub(crate) grant: Vec<u8>,
}

/// The members that the joiner must bind to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Company {
    /// The convener's match, in case its own message is late.
    pub(crate) matched: Match,
    /// Every member but the convener.
    pub(crate) members: Vec<Leaf>,
}

/// The joiner's tag for each of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tags(pub(crate) Vec<(MemberId, Mac)>);

/// The group, with every member's tag for the joiner and the approvers' MACs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WelcomeNotice {
    pub(crate) matched: Match,
    /// The MLS Welcome, ratchet tree inside.
    pub(crate) welcome: Vec<u8>,
    pub(crate) tags: Vec<(MemberId, Mac)>,
    /// Whether the record's founders were not fixed yet, or the joiner is one of them.
    pub(crate) founder: bool,
    pub(crate) approvals: Vec<(MemberId, Mac)>,
}

/// SHA-256 over every byte of invite, answer and reveal, each behind its length.
pub(crate) fn transcript(invite: &[u8], answer: &[u8], reveal: &[u8]) -> Digest {
    let mut bytes = Vec::new();
    for part in [invite, answer, reveal] {
        push(&mut bytes, part);
    }
    Digest::labelled("entente joining v1", &bytes)
}

pub(crate) fn verdict_mac(b: &Binding, admission: AdmissionId, verdict: &str, over: Digest) -> Mac {
    b.mac(Purpose::Words, &[&admission.0, verdict.as_bytes(), &over.0])
}

pub(crate) fn verdict_verifies(
    binding: &Binding,
    admission: AdmissionId,
    verdict: &str,
    over: Digest,
    mac: &Mac,
) -> bool {
    binding.verifies(Purpose::Words, &[&admission.0, verdict.as_bytes(), &over.0], mac)
}

pub(crate) const MATCH: &str = "match";
pub(crate) const DIFFER: &str = "differ";

impl Match {
    pub(crate) fn make<R: rand_core::CryptoRng + ?Sized>(
        binding: &Binding,
        admission: AdmissionId,
        over: Digest,
        grant: &Grant,
        rng: &mut R,
    ) -> Result<Self, Local> {
        Ok(Self {
            mac: verdict_mac(binding, admission, MATCH, over),
            tag: binding.tag(admission),
            grant: binding.wrap(&grant.to_bytes(), rng).map_err(Local::mls)?,
        })
    }

    /// The peer's grant, if the peer says that the words match and its tag verifies.
    pub(crate) fn check(
        &self,
        binding: &Binding,
        admission: AdmissionId,
        over: Digest,
    ) -> Result<Grant, Refusal> {
        if !verdict_verifies(binding, admission, MATCH, over, &self.mac) {
            return Err(Refusal::BadMac);
        }
        if !binding.verifies_tag(admission, &self.tag) {
            return Err(Refusal::BadTag);
        }
        Grant::from_bytes(&binding.unwrap(&self.grant)?).map_err(|_| Refusal::BadGrant)
    }
}

#[derive(Serialize, Deserialize)]
struct SealedAnswer {
    kem: Vec<u8>,
    ciphertext: Vec<u8>,
}

const ANSWER_INFO: &[u8] = b"entente answer v1";

/// HPKE (RFC 9180, base mode) to the invite's X-Wing key, bound to every byte of the invite.
pub(crate) fn seal_answer(answer: &Answer, invite: &Invite) -> Result<Vec<u8>, Local> {
    let plain = zeroize::Zeroizing::new(codec::encode(answer).map_err(Local::mls)?);
    let sealed = RustCrypto::default()
        .hpke_seal(SUITE.hpke_config(), invite.key(), ANSWER_INFO, invite.as_bytes(), &plain)
        .map_err(Local::mls)?;
    codec::encode(&SealedAnswer {
        kem: sealed.kem_output.as_slice().to_vec(),
        ciphertext: sealed.ciphertext.as_slice().to_vec(),
    })
    .map_err(Local::mls)
}

pub(crate) fn open_answer(sealed: &[u8], invite: &[u8], secret: &Secret) -> Result<Answer, Refusal> {
    let sealed: SealedAnswer = codec::decode(sealed).map_err(|_| Refusal::Malformed)?;
    let input = HpkeCiphertext { kem_output: sealed.kem.into(), ciphertext: sealed.ciphertext.into() };
    let plain = RustCrypto::default()
        .hpke_open(SUITE.hpke_config(), &input, secret.bytes(), ANSWER_INFO, invite)
        .map_err(|_| Refusal::NotAuthentic)?;
    codec::decode(&zeroize::Zeroizing::new(plain)).map_err(|_| Refusal::Malformed)
}
