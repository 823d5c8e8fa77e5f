//! The simulator of test C13: what Agnes holds of North's talk, she can make alone.
//!
//! Agnes has everything a recipient ever has: her own secrets, North's card with every other
//! object that North's persona signed, and all that came through the channel. She makes a leaf
//! for North out of nothing but North's card, and a channel in which that leaf says whatever she
//! likes. The code that takes in what North says takes this in too, frame by frame; so nothing
//! that comes through a channel shows a third person that North said it. What a persona signed
//! is the same in both, and covers neither.

use std::collections::BTreeMap;

use entente_log::cosignature::Cosigner;
use entente_log::ed25519::SecretKey;
use entente_log::signed_note::KeyName;
use entente_record::card::Card;
use entente_record::origin::Origin;
use entente_record::persona::PersonaSecret;
use entente_wire::grant::{Capability, SealKey};
use entente_wire::{DepositAddress, Grant, RelayAddress, RelayKey};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use openmls::prelude::{MlsMessageBodyIn, MlsMessageIn, StagedWelcome};
use openmls_rust_crypto::MemoryStorage;
use tls_codec::DeserializeBytes as _;

use super::codec;
use super::message::Message;
use super::non_paper::NonPaper;
use crate::beacon::Epoch;
use crate::binding::{Binding, Side};
use crate::channel::{Channel, Founding, Peer};
use crate::context::{BindingSecret, Context, Own};
use crate::effect::{Delivered, Effect};
use crate::group::{self, Commit};
use crate::leaf::{LeafSecret, Place, read_key_package};
use crate::member::{AdmissionId, ChannelId};
use crate::provider::{Provider, join_config};
use crate::secret::random;

const NOW: u64 = 1_803_859_200;

fn card(origin: &Origin, secret: &PersonaSecret, binding: &BindingSecret) -> Vec<u8> {
    let cosigner = SecretKey::from_seed(&random(&mut UnwrapErr(SysRng)));
    let name = KeyName::parse("entente-cosigner").unwrap();
    let cosigner = Cosigner::new(name, cosigner);
    Card::issue(origin, secret, binding.public(), cosigner.verifier()).unwrap().to_bytes()
}

fn grant() -> Grant {
    let key = SecretKey::from_seed(&[7; 32]).public();
    let relay = RelayAddress::new(RelayKey(*key.as_bytes()), "relay.example", 4433).unwrap();
    Grant::new(relay, DepositAddress([1; 32]), Capability::new([2; 32]), SealKey::new([3; 32]))
}

/// Agnes's end and the made-up North's, each with its MLS storage.
struct Simulation {
    own: Own,
    here: (MemoryStorage, Channel),
    there: (MemoryStorage, Channel),
}

/// The same key seen from the other side: both hold it, and all that is derived from it.
fn turned(binding: &Binding) -> Binding {
    let bytes = codec::encode(binding).unwrap();
    let (rest, refs) = bytes.split_at(bytes.len() - 2 * 56);
    let (own, peer) = refs.split_at(56);
    codec::decode(&[rest, peer, own].concat()).unwrap()
}

impl Simulation {
    /// All that goes in is Agnes's own and North's card.
    fn new(origin: &Origin, own: Own, norths_card: &[u8]) -> Self {
        let mut rng = UnwrapErr(SysRng);
        let (storage, theirs) = (MemoryStorage::default(), MemoryStorage::default());
        let founding = Founding {
            channel: ChannelId([5; 32]),
            term: 1,
            origin: origin.clone(),
            party: 0,
            role: "intermediary".into(),
        };
        let mut cx = Context { storage: &storage, own: &own, now: NOW, rng: &mut rng };
        let mut here = Channel::found(&mut cx, founding).unwrap();

        // A leaf for North: fresh keys, North's card, which anybody has.
        let secret = LeafSecret::generate(&mut rng);
        let place = || Place { card: norths_card.to_vec(), party: 1, role: "head".into() };
        let (leaf, package) = secret.key_package(&Provider::new(&theirs), place()).unwrap();
        let facts = leaf.card_facts(origin).unwrap();
        let persona = facts.persona;
        let d = facts.d;
        let north = leaf.member(facts, None, NOW);

        // The group, with that leaf in it.
        let provider = Provider::new(&storage);
        let (_, package) = read_key_package(&package, &provider, place()).unwrap();
        let mut group = group::load(&storage, &here.setting).unwrap();
        let add = Commit::Add(Box::new(package));
        let (_, welcome) = group::commit(&mut group, &provider, &here.secret, add).unwrap();
        group.merge_pending_commit(&provider).unwrap();
        here.epochs = vec![Epoch {
            number: group.epoch().as_u64(),
            authenticator: group.epoch_authenticator().as_slice().to_vec(),
            superseded_at: None,
        }];
        let welcome = MlsMessageIn::tls_deserialize_exact_bytes(&welcome.unwrap()).unwrap();
        let MlsMessageBodyIn::Welcome(welcome) = welcome.extract() else { panic!("a Welcome") };
        let provider = Provider::new(&theirs);
        StagedWelcome::new_from_welcome(&provider, &join_config(), welcome, None)
            .unwrap()
            .into_group(&provider)
            .unwrap();

        // The binding, from Agnes's secrets d and e and public keys: North's d is in its card.
        let sides = (
            Side { persona: &here.me.persona, d: &here.d, leaf: &here.me.leaf },
            Side { persona: &persona, d: &d, leaf: &leaf },
        );
        let (d_agnes, e_agnes) = (own.binding.exchange(), here.secret.exchange());
        let binding = Binding::derive(&here.setting, &d_agnes, &e_agnes, sides.0, sides.1).unwrap();

        let mut there = here.clone();
        let agnes = here.me.clone();
        there.peers = bound(&agnes, turned(&binding));
        (there.secret, there.me, there.d) = (secret, north.clone(), d);
        here.peers = bound(&north, binding);
        Self { own, here: (storage, here), there: (theirs, there) }
    }

    /// The made-up North says something; gives what Agnes's client takes in.
    fn says(&mut self, message: &Message) -> Delivered {
        let mut rng = UnwrapErr(SysRng);
        let mut cx = Context { storage: &self.there.0, own: &self.own, now: NOW, rng: &mut rng };
        let (_, effects) = self.there.1.send(&mut cx, &message.encode().unwrap()).unwrap();
        let [Effect::Send(frame)] = effects.as_slice() else { panic!("one frame") };
        let mut cx = Context { storage: &self.here.0, own: &self.own, now: NOW, rng: &mut rng };
        let effects = self.here.1.receive(&mut cx, &frame.bytes).unwrap();
        let delivered = effects.into_iter().find_map(|effect| match effect {
            Effect::Delivered(delivered) => Some(delivered),
            _ => None,
        });
        delivered.unwrap()
    }
}

fn bound(member: &crate::member::Member, binding: Binding) -> BTreeMap<crate::member::MemberId, Peer> {
    let peer = Peer { grant: Some(grant()), ..Peer::new(member.clone(), binding, false) };
    BTreeMap::from([(member.id(), peer)])
}

fn said(text: &str) -> Message {
    Message::NonPaper(NonPaper { text: text.into(), written: NOW, expires: NOW + 60 })
}

#[test]
fn c13_agnes_alone_makes_all_that_she_holds_of_norths_talk() {
    let mut rng = UnwrapErr(SysRng);
    let origin = Origin::random(&mut rng);
    let [north, agnes] = [(), ()].map(|()| PersonaSecret::generate(&mut rng));
    let norths_card = card(&origin, &north, &BindingSecret::generate(&mut rng));
    let norths = north.persona().id().into();
    drop(north); // From here on nobody has North's secrets.
    let binding = BindingSecret::generate(&mut rng);
    let own = Own { card: card(&origin, &agnes, &binding), binding };

    let mut made = Simulation::new(&origin, own, &norths_card);
    let admission = AdmissionId([9; 16]);
    let ends = (&made.here.1, &made.there.1);
    let at_agnes = ends.0.peers.values().next().unwrap().binding.clone();
    let at_north = ends.1.peers.values().next().unwrap().binding.clone();
    assert!(at_agnes.verifies_tag(admission, &at_north.tag(admission)), "the tag");
    for (number, text) in ["South must not hear of the bridge.", "Sixty would do."].iter().enumerate() {
        let heard = made.says(&said(text));
        assert_eq!(Message::decode(&heard.message), Ok(said(text)));
        assert_eq!((heard.persona, heard.party), (norths, 1), "it is North's by all that Agnes can show");
        assert_eq!(heard.serial, number as u64 + 1);
    }
}
