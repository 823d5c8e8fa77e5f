//! The **binding** of two members: K_AB, its purpose keys, and the MACs under them.
//!
//! `K_AB = HKDF-SHA-256(salt = none, ikm = DH(d_A, e_B) || DH(e_A, d_B) || DH(e_A, e_B), info)`,
//! A being the member with the smaller ref, `info` label and version, suite, channel, term, group
//! id and both sides' (persona, d, leaf key, e, ref). Each field is preceded by its length (8 bytes, big
//! endian). K_AB derives purpose keys and nothing else:
//! `HKDF-Expand(K_AB, "entente purpose v1", purpose, sender ref, receiver ref)`, 32 bytes.
//!
//! Either member can make any MAC of the pair: a MAC convinces its receiver and proves nothing to
//! anybody else.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac as _};
use openmls_rust_crypto::RustCrypto;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::types::AeadType;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::leaf::Leaf;
use crate::member::{AdmissionId, ChannelId, MemberId};
use crate::provider::SUITE_ID;
use crate::secret::{Secret, random};
use crate::text::persona_ref::PersonaRef;

/// The group that a binding is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// The channel.
    pub channel: ChannelId,
    /// Its term.
    pub term: u32,
    /// The MLS group id of that term, 32 random bytes.
    pub group: [u8; 32],
}

/// The public half of one side of a binding.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The persona of its card.
    pub persona: &'a PersonaRef,
    /// The binding key `d` of its card.
    pub d: &'a [u8; 32],
    /// Its leaf: leaf key, `e` and ref.
    pub leaf: &'a Leaf,
}

/// What a key derived from K_AB is for. One purpose, one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The binding tag.
    Tag,
    /// Both said that the check words match, or that they do not.
    Words,
    /// An approval of a joiner's ref.
    Approve,
    /// An approval of a removal.
    Remove,
    /// The beacon of every frame.
    Beacon,
    /// Wraps a mailbox grant.
    Grant,
    /// The convener's sequencing of a commit.
    Sequence,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Tag => b"tag",
            Self::Words => b"words",
            Self::Approve => b"approve",
            Self::Remove => b"remove",
            Self::Beacon => b"beacon",
            Self::Grant => b"grant",
            Self::Sequence => b"sequence",
        }
    }
}

/// A MAC of 32 bytes. Comparing is in constant time.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Mac(pub [u8; 32]);

impl PartialEq for Mac {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Mac {}

/// The two leaves cannot be bound. The peer misbehaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    /// A Diffie-Hellman value is all zero: a key of small order.
    #[error("a binding key of small order")]
    SmallOrder,
    /// Both sides have one ref.
    #[error("both sides of the binding have the same ref")]
    SameRef,
    /// A wrapped grant that does not open.
    #[error("a wrapped grant does not open")]
    Sealed,
}

/// K_AB of two members of one group, as one of them holds it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Binding {
    key: Secret,
    setting: Setting,
    own: MemberId,
    peer: MemberId,
}

impl Binding {
    /// Derives K_AB from this side's secrets `d` and `e` and both sides' public halves.
    ///
    /// # Errors
    /// [`BindingError::SmallOrder`], [`BindingError::SameRef`].
    pub fn derive(
        setting: &Setting,
        d: &StaticSecret,
        e: &StaticSecret,
        own: Side<'_>,
        peer: Side<'_>,
    ) -> Result<Self, BindingError> {
        let own_d_peer_e = exchange(d, &peer.leaf.e)?;
        let own_e_peer_d = exchange(e, peer.d)?;
        let both_e = exchange(e, &peer.leaf.e)?;
        let own_first = match own.leaf.reference.cmp(&peer.leaf.reference) {
            core::cmp::Ordering::Less => true,
            core::cmp::Ordering::Greater => false,
            core::cmp::Ordering::Equal => return Err(BindingError::SameRef),
        };
        let (first, second, low, high) = if own_first {
            (own_d_peer_e, own_e_peer_d, own, peer)
        } else {
            (own_e_peer_d, own_d_peer_e, peer, own)
        };
        let mut input = Zeroizing::new(Vec::with_capacity(96));
        for part in [&first, &second, &both_e] {
            input.extend_from_slice(part.as_slice());
        }
        let mut key = Zeroizing::new([0; 32]);
        let expanded = Hkdf::<Sha256>::new(None, &input).expand(&info(setting, low, high), key.as_mut());
        debug_assert!(expanded.is_ok(), "32 bytes are within what HKDF gives");
        Ok(Self {
            key: Secret::new(key.to_vec()),
            setting: setting.clone(),
            own: own.leaf.reference,
            peer: peer.leaf.reference,
        })
    }

    /// The other side's ref.
    #[must_use]
    pub fn peer(&self) -> MemberId {
        self.peer
    }

    /// A MAC from this side to the peer, over channel, term, who, whom and `fields`.
    #[must_use]
    pub fn mac(&self, purpose: Purpose, fields: &[&[u8]]) -> Mac {
        self.directed(purpose, &self.own, &self.peer, fields)
    }

    /// Whether `mac` is the peer's to this side over the same.
    #[must_use]
    pub fn verifies(&self, purpose: Purpose, fields: &[&[u8]], mac: &Mac) -> bool {
        self.directed(purpose, &self.peer, &self.own, fields) == *mac
    }

    /// This side's binding tag for the peer.
    #[must_use]
    pub fn tag(&self, admission: AdmissionId) -> Mac {
        self.mac(Purpose::Tag, &[&admission.0])
    }

    /// Whether `mac` is the peer's binding tag for this side.
    #[must_use]
    pub fn verifies_tag(&self, admission: AdmissionId, mac: &Mac) -> bool {
        self.verifies(Purpose::Tag, &[&admission.0], mac)
    }

    /// Wraps a grant for the peer: nonce of 12 bytes, then AES-256-GCM.
    pub(crate) fn wrap<R: rand_core::CryptoRng + ?Sized>(
        &self,
        grant: &[u8],
        rng: &mut R,
    ) -> Result<Vec<u8>, BindingError> {
        let nonce: [u8; 12] = random(rng);
        let sealed = RustCrypto::default()
            .aead_encrypt(
                AeadType::Aes256Gcm,
                self.purpose_key(Purpose::Grant, &self.own, &self.peer).as_slice(),
                grant,
                &nonce,
                &self.head(&self.own, &self.peer),
            )
            .map_err(|_| BindingError::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Unwraps a grant of the peer.
    pub(crate) fn unwrap(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, BindingError> {
        let (nonce, sealed) = sealed.split_at_checked(12).ok_or(BindingError::Sealed)?;
        RustCrypto::default()
            .aead_decrypt(
                AeadType::Aes256Gcm,
                self.purpose_key(Purpose::Grant, &self.peer, &self.own).as_slice(),
                sealed,
                nonce,
                &self.head(&self.peer, &self.own),
            )
            .map(Zeroizing::new)
            .map_err(|_| BindingError::Sealed)
    }

    fn directed(&self, purpose: Purpose, from: &MemberId, to: &MemberId, fields: &[&[u8]]) -> Mac {
        let mut message = self.head(from, to);
        for field in fields {
            push(&mut message, field);
        }
        let key = self.purpose_key(purpose, from, to);
        let mut mac = hmac_sha256(key.as_slice());
        mac.update(&message);
        Mac(mac.finalize().into_bytes().into())
    }

    /// Channel, term, who and whom: under every MAC.
    fn head(&self, from: &MemberId, to: &MemberId) -> Vec<u8> {
        let mut head = Vec::new();
        push(&mut head, &self.setting.channel.0);
        push(&mut head, &self.setting.term.to_be_bytes());
        push(&mut head, &from.0);
        push(&mut head, &to.0);
        head
    }

    fn purpose_key(&self, purpose: Purpose, from: &MemberId, to: &MemberId) -> Zeroizing<[u8; 32]> {
        let mut info = Vec::new();
        push(&mut info, b"entente purpose v1");
        push(&mut info, purpose.label());
        push(&mut info, &from.0);
        push(&mut info, &to.0);
        let mut key = Zeroizing::new([0; 32]);
        let expanded = Hkdf::<Sha256>::from_prk(self.key.bytes())
            .ok()
            .and_then(|prk| prk.expand(&info, key.as_mut()).ok());
        debug_assert!(expanded.is_some(), "K_AB has the length of a hash");
        key
    }

    /// K_AB itself, for vectors.
    #[cfg(test)]
    pub(crate) fn key(&self) -> &[u8] {
        self.key.bytes()
    }
}

fn hmac_sha256(key: &[u8]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    Hmac::new(&block.into())
}

fn exchange(secret: &StaticSecret, public: &[u8; 32]) -> Result<Zeroizing<[u8; 32]>, BindingError> {
    let shared = secret.diffie_hellman(&PublicKey::from(*public));
    if shared.was_contributory() {
        Ok(Zeroizing::new(shared.to_bytes()))
    } else {
        Err(BindingError::SmallOrder)
    }
}

fn info(setting: &Setting, low: Side<'_>, high: Side<'_>) -> Vec<u8> {
    let mut info = Vec::new();
    push(&mut info, b"entente binding v1");
    push(&mut info, &SUITE_ID.to_be_bytes());
    push(&mut info, &setting.channel.0);
    push(&mut info, &setting.term.to_be_bytes());
    push(&mut info, &setting.group);
    for side in [low, high] {
        push(&mut info, &side.persona.ed25519);
        push(&mut info, &side.persona.ml_dsa_65);
        push(&mut info, side.d);
        push(&mut info, &side.leaf.key);
        push(&mut info, &side.leaf.e);
        push(&mut info, &side.leaf.reference.0);
    }
    info
}

/// Appends a field behind its length: 8 bytes, big endian.
pub(crate) fn push(to: &mut Vec<u8>, field: &[u8]) {
    to.extend_from_slice(&(field.len() as u64).to_be_bytes());
    to.extend_from_slice(field);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::ChannelId;

    struct Fixed {
        persona: PersonaRef,
        d: StaticSecret,
        e: StaticSecret,
        leaf: Leaf,
        d_public: [u8; 32],
    }

    /// Keys of one byte each, as docs/channel.md has them in its vectors.
    fn fixed(first: u8) -> Fixed {
        let d = StaticSecret::from([first; 32]);
        let e = StaticSecret::from([first + 1; 32]);
        let leaf = Leaf {
            card: Vec::new(),
            party: 1,
            role: "head".into(),
            e: PublicKey::from(&e).to_bytes(),
            key: [first + 2; 32],
            reference: MemberId([first + 3; 48]),
        };
        let persona = PersonaRef { ed25519: [first + 4; 32], ml_dsa_65: [first + 5; 32] };
        Fixed { persona, d_public: PublicKey::from(&d).to_bytes(), d, e, leaf }
    }

    fn derive(own: &Fixed, peer: &Fixed) -> Result<Binding, BindingError> {
        let setting = Setting { channel: ChannelId([0x21; 32]), term: 1, group: [0x22; 32] };
        Binding::derive(
            &setting,
            &own.d,
            &own.e,
            Side { persona: &own.persona, d: &own.d_public, leaf: &own.leaf },
            Side { persona: &peer.persona, d: &peer.d_public, leaf: &peer.leaf },
        )
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn both_sides_derive_one_key_and_verify_each_other() {
        let (a, b) = (fixed(0x41), fixed(0x51));
        let (ab, ba) = (derive(&a, &b).unwrap(), derive(&b, &a).unwrap());
        assert_eq!(ab.key(), ba.key());
        let admission = AdmissionId([0x23; 16]);
        assert!(ba.verifies_tag(admission, &ab.tag(admission)));
        assert!(ab.verifies_tag(admission, &ba.tag(admission)));
        assert!(!ba.verifies_tag(admission, &ba.tag(admission)), "a tag is not its own answer");
        assert!(!ba.verifies_tag(AdmissionId([0; 16]), &ab.tag(admission)));
        assert!(!ba.verifies(Purpose::Words, &[&admission.0], &ab.tag(admission)));
    }

    /// K_AB, tag and wrapped grant, as docs/channel.md lists them.
    #[test]
    fn vectors() {
        let (a, b) = (fixed(0x41), fixed(0x51));
        let (ab, ba) = (derive(&a, &b).unwrap(), derive(&b, &a).unwrap());
        let admission = AdmissionId([0x23; 16]);
        let found = format!(
            "d_A.public {}\ne_A.public {}\nd_B.public {}\ne_B.public {}\nK_AB {}\ntag A to B {}\ntag B to A {}\n",
            hex(&a.d_public),
            hex(&a.leaf.e),
            hex(&b.d_public),
            hex(&b.leaf.e),
            hex(ab.key()),
            hex(&ab.tag(admission).0),
            hex(&ba.tag(admission).0),
        );
        assert_eq!(found, include_str!("../tests/vectors/binding.txt"));
        assert!(include_str!("../../../docs/channel.md").contains(&found), "the specification shows them");
    }

    #[test]
    fn a_key_of_small_order_is_refused() {
        let (a, mut b) = (fixed(0x41), fixed(0x51));
        b.leaf.e = [0; 32];
        assert_eq!(derive(&a, &b).err(), Some(BindingError::SmallOrder));
        let (a, mut b) = (fixed(0x41), fixed(0x51));
        b.d_public = [0; 32];
        assert_eq!(derive(&a, &b).err(), Some(BindingError::SmallOrder));
    }

    #[test]
    fn two_leaves_of_one_ref_are_not_bound() {
        let (a, mut b) = (fixed(0x41), fixed(0x51));
        b.leaf.reference = a.leaf.reference;
        assert_eq!(derive(&a, &b).err(), Some(BindingError::SameRef));
    }

    #[test]
    fn a_wrapped_grant_opens_for_its_receiver_alone() {
        let (a, b) = (fixed(0x41), fixed(0x51));
        let (ab, ba) = (derive(&a, &b).unwrap(), derive(&b, &a).unwrap());
        let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
        let mut sealed = ab.wrap(b"a grant", &mut rng).unwrap();
        assert_eq!(ba.unwrap(&sealed).unwrap().as_slice(), b"a grant");
        assert!(ab.unwrap(&sealed).is_err(), "not for its own writer");
        sealed[12] ^= 1;
        assert!(ba.unwrap(&sealed).is_err());
        assert!(ba.unwrap(&sealed[..5]).is_err());
    }
}
