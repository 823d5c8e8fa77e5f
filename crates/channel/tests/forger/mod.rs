//! A modified client: a member's own secrets, taken out of its stored channel, and the frame format
//! written by hand. What it sends is what the documented format allows, not what the library would.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

use ed25519_dalek::{Signer as _, SigningKey};
use entente_channel::beacon::Beacon;
use entente_channel::binding::{Binding, Mac, Purpose, Setting, Side};
use entente_channel::leaf::Leaf;
use entente_channel::member::{AdmissionId, ChannelId, Member, MemberId};
use entente_channel::text::codec;
use entente_channel::text::digest::Digest;
use entente_record::card::Card;
use entente_record::origin::Origin;
use openmls::prelude::{
    Capabilities, Ciphersuite, Credential, CredentialType, CredentialWithKey, Extension, ExtensionType,
    Extensions, GroupId, KeyPackage, Lifetime, MlsGroup, MlsMessageIn, OpenMlsCrypto as _, OpenMlsProvider,
    ProtocolMessage, ProtocolVersion, UnknownExtension,
};
use openmls_rust_crypto::{MemoryStorage, RustCrypto};
use openmls_traits::signatures::{Signer, SignerError};
use openmls_traits::types::SignatureScheme;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use tls_codec::{DeserializeBytes as _, Serialize as _};
use x25519_dalek::{PublicKey, StaticSecret};

use crate::endpoints::{Person, World, random};

pub const SUITE: Ciphersuite = Ciphersuite::MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519;

/// A frame, as docs/channel.md has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Frame {
    pub version: u8,
    pub from: MemberId,
    pub to: MemberId,
    pub beacon: Beacon,
    pub mac: Mac,
    pub body: Vec<u8>,
}

/// A body, as docs/channel.md numbers them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Body {
    Text(Vec<u8>),
    Update(Vec<u8>),
    Sequenced(Sequenced),
    Candidate(AdmissionId, Leaf, Mac),
    Bound(AdmissionId, Mac),
    Dropped(AdmissionId),
    Approval(AdmissionId, Vec<(MemberId, Mac)>),
    RemovalProposed(AdmissionId, MemberId),
    RemovalApproval(AdmissionId, Vec<(MemberId, Mac)>),
    Grant(Vec<u8>),
    PassOn(MemberId, Vec<u8>),
    Beacon,
    Match(Match),
    Differ(Mac),
    Company(Match, Vec<Leaf>),
    Tags(Vec<(MemberId, Mac)>),
    Welcome(Match, Vec<u8>, Vec<(MemberId, Mac)>, bool, Vec<(MemberId, Mac)>),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sequenced {
    pub epoch: u64,
    pub commit: Vec<u8>,
    pub mac: Mac,
    pub change: Change,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Change {
    Update(MemberId),
    Add(AdmissionId, Vec<(MemberId, Mac)>),
    Remove(AdmissionId, Vec<(MemberId, Mac)>, MemberId),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Match {
    pub mac: Mac,
    pub tag: Mac,
    pub grant: Vec<u8>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum JoiningMessage {
    Answer(Vec<u8>),
    Reveal(Vec<u8>),
    Frame(Vec<u8>),
    Used(Digest),
}

impl JoiningMessage {
    pub fn write(&self) -> Vec<u8> {
        [vec![1], codec::encode(self).unwrap()].concat()
    }

    pub fn read(bytes: &[u8]) -> Self {
        codec::decode(&bytes[1..]).unwrap()
    }
}

pub fn frame(bytes: &[u8]) -> Frame {
    codec::decode(bytes).unwrap()
}

pub fn body(bytes: &[u8]) -> Body {
    codec::decode(&frame(bytes).body).unwrap()
}

/// A member's secrets in other hands, or its own in a modified client.
pub struct Forger<'a> {
    pub person: &'a Person,
    pub me: Member,
    pub setting: Setting,
    pub signing: SigningKey,
    pub e: StaticSecret,
}

impl<'a> Forger<'a> {
    /// Reads the secrets out of somebody's stored channel.
    pub fn of(world: &'a World, who: usize) -> Self {
        let person = &world.people[who];
        let stored = person.channel.as_ref().unwrap();
        let me = person.channel().me().clone();
        let array = |at: usize| -> [u8; 32] { stored[at..at + 32].try_into().unwrap() };
        let term = u32::from_be_bytes(stored[36..40].try_into().unwrap());
        let setting = Setting { channel: ChannelId(array(4)), term, group: array(40) };
        let windows = || (72..stored.len() - 32).map(array);
        let signing = windows()
            .map(|seed| SigningKey::from_bytes(&seed))
            .find(|key| key.verifying_key().to_bytes() == me.leaf.key)
            .unwrap();
        let e = windows()
            .map(StaticSecret::from)
            .find(|key| PublicKey::from(key).to_bytes() == me.leaf.e)
            .unwrap();
        Self { person, me, setting, signing, e }
    }

    /// K_AB with a leaf, from this member's secrets.
    pub fn binding(&self, origin: &Origin, leaf: &Leaf) -> Binding {
        let mine = Card::parse(&self.me.leaf.card, origin).unwrap();
        let theirs = Card::parse(&leaf.card, origin).unwrap();
        Binding::derive(
            &self.setting,
            &StaticSecret::from(*self.person.own.binding.to_bytes()),
            &self.e,
            Side { persona: &mine.persona().id().into(), d: mine.binding(), leaf: &self.me.leaf },
            Side { persona: &theirs.persona().id().into(), d: theirs.binding(), leaf },
        )
        .unwrap()
    }

    pub fn binding_with(&self, world: &World, who: usize) -> Binding {
        self.binding(&world.origin, &world.people[who].channel().me().leaf)
    }

    pub fn group(&self) -> MlsGroup {
        MlsGroup::load(&self.person.storage, &GroupId::from_slice(&self.setting.group)).unwrap().unwrap()
    }

    pub fn provider(&self) -> Provider<'a> {
        Provider { crypto: RustCrypto::default(), storage: &self.person.storage }
    }

    /// A frame with a body of this member's choice, rightly authenticated.
    pub fn write(&self, binding: &Binding, body: &Body) -> Vec<u8> {
        let group = self.group();
        let beacon = Beacon {
            term: self.setting.term,
            epoch: group.epoch().as_u64(),
            authenticator: group.epoch_authenticator().as_slice().to_vec(),
            checkpoint: None,
            serial: 0,
        };
        let body = codec::encode(body).unwrap();
        let mac = binding.mac(Purpose::Beacon, &[&codec::encode(&beacon).unwrap(), &body]);
        let frame = Frame { version: 1, from: self.me.id(), to: binding.peer(), beacon, mac, body };
        codec::encode(&frame).unwrap()
    }

    /// A commit of this member's, sequenced by it for the peer of a binding.
    pub fn sequenced(&self, binding: &Binding, commit: &[u8], change: Change) -> Body {
        let epoch = self.group().epoch().as_u64();
        let mac = binding.mac(Purpose::Sequence, &[&epoch.to_be_bytes(), &commit_digest(commit)]);
        Body::Sequenced(Sequenced { epoch, commit: commit.to_vec(), mac, change })
    }

    /// A leaf with somebody's card and keys of this forger's making.
    pub fn false_leaf(&self, card: &[u8], party: u16) -> (Leaf, KeyPackage, StaticSecret) {
        let (signing, e) = (SigningKey::from_bytes(&random()), StaticSecret::from(random::<32>()));
        let provider = self.provider();
        let package = key_package(&provider, &signing, &PublicKey::from(&e).to_bytes(), card);
        let reference = package.hash_ref(provider.crypto()).unwrap();
        let leaf = Leaf {
            card: card.to_vec(),
            party,
            role: "head".into(),
            e: PublicKey::from(&e).to_bytes(),
            key: signing.verifying_key().to_bytes(),
            reference: MemberId::from_slice(reference.as_slice()).unwrap(),
        };
        (leaf, package, e)
    }
}

pub fn commit_digest(commit: &[u8]) -> [u8; 32] {
    labelled("entente commit v1", commit)
}

pub fn labelled(label: &str, bytes: &[u8]) -> [u8; 32] {
    let mut hash = sha2::Sha256::new();
    hash.update(label.as_bytes());
    hash.update([0]);
    hash.update(bytes);
    Digest(hash.finalize().into()).0
}

pub fn key_package(provider: &Provider<'_>, signing: &SigningKey, e: &[u8; 32], card: &[u8]) -> KeyPackage {
    let extension = Extension::Unknown(0xF0E1, UnknownExtension(e.to_vec()));
    let content = labelled("entente card v1", card).to_vec();
    let credential = CredentialWithKey {
        credential: Credential::new(CredentialType::Other(0xF0E0), content),
        signature_key: signing.verifying_key().to_bytes().to_vec().into(),
    };
    KeyPackage::builder()
        .key_package_lifetime(Lifetime::init(0, u64::MAX))
        .leaf_node_capabilities(capabilities())
        .leaf_node_extensions(Extensions::single(extension).unwrap())
        .build(SUITE, provider, &Keys(signing.clone()), credential)
        .unwrap()
        .into_key_package()
}

pub fn capabilities() -> Capabilities {
    Capabilities::builder()
        .versions(vec![ProtocolVersion::Mls10])
        .ciphersuites(vec![SUITE])
        .extensions(vec![ExtensionType::Unknown(0xF0E1), ExtensionType::Unknown(0xF0E2)])
        .proposals(vec![])
        .credentials(vec![CredentialType::Other(0xF0E0)])
        .build()
}

pub fn mls_message(bytes: &[u8]) -> ProtocolMessage {
    MlsMessageIn::tls_deserialize_exact_bytes(bytes).unwrap().try_into_protocol_message().unwrap()
}

pub fn encode_package(package: &KeyPackage) -> Vec<u8> {
    package.tls_serialize_detached().unwrap()
}

/// HPKE as the invite's answer uses it.
pub fn hpke_open(private: &[u8], kem: Vec<u8>, ciphertext: Vec<u8>, aad: &[u8]) -> Vec<u8> {
    let input =
        openmls_traits::types::HpkeCiphertext { kem_output: kem.into(), ciphertext: ciphertext.into() };
    RustCrypto::default().hpke_open(SUITE.hpke_config(), &input, private, b"entente answer v1", aad).unwrap()
}

pub struct Keys(pub SigningKey);

impl Signer for Keys {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.0.sign(payload).to_bytes().to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

pub struct Provider<'a> {
    crypto: RustCrypto,
    storage: &'a MemoryStorage,
}

impl<'a> OpenMlsProvider for Provider<'a> {
    type CryptoProvider = RustCrypto;
    type RandProvider = RustCrypto;
    type StorageProvider = MemoryStorage;

    fn storage(&self) -> &MemoryStorage {
        self.storage
    }

    fn crypto(&self) -> &RustCrypto {
        &self.crypto
    }

    fn rand(&self) -> &RustCrypto {
        &self.crypto
    }
}
