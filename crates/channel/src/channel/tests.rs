//! The stored form is pinned: a later program must read what this one wrote.

use std::collections::BTreeMap;

use super::*;
use crate::admission::Act;
use crate::leaf::Leaf;
use crate::secret::Secret;
use crate::text::persona_ref::PersonaRef;
use x25519_dalek::{PublicKey, StaticSecret};

fn member(first: u8) -> (Member, StaticSecret, StaticSecret) {
    let (d, e) = (StaticSecret::from([first; 32]), StaticSecret::from([first + 1; 32]));
    let leaf = Leaf {
        card: vec![first; 4],
        party: u16::from(first & 3),
        role: "head".into(),
        e: PublicKey::from(&e).to_bytes(),
        key: [first + 2; 32],
        reference: MemberId([first + 3; 48]),
    };
    let persona = PersonaRef { ed25519: [first + 4; 32], ml_dsa_65: [first + 5; 32] };
    let member = Member { leaf, persona, cosigner: "cosigner".into(), introduced_by: None, last_heard: 7 };
    (member, d, e)
}

/// A channel of two with something of everything, of fixed bytes.
fn channel() -> Channel {
    let setting = Setting { channel: ChannelId([0x21; 32]), term: 1, group: [0x22; 32] };
    let ((me, d, e), (other, theirs, _)) = (member(0x41), member(0x52));
    let (d_public, their_d) = (PublicKey::from(&d).to_bytes(), PublicKey::from(&theirs).to_bytes());
    let binding = Binding::derive(
        &setting,
        &d,
        &e,
        crate::binding::Side { persona: &me.persona, d: &d_public, leaf: &me.leaf },
        crate::binding::Side { persona: &other.persona, d: &their_d, leaf: &other.leaf },
    )
    .unwrap();
    let (id, admission) = (other.id(), AdmissionId([0x23; 16]));
    let authority = Authority {
        act: Act::Admit,
        admission,
        persona: other.persona,
        party: 2,
        role: "head".into(),
        roster_version: 3,
        expires: 9,
    };
    let founder = Founder { persona: me.persona, party: 1, role: "head".into() };
    let removal = Removal { member: id, approved: true, approvals: BTreeMap::new() };
    Channel {
        suite: SUITE_ID,
        setting,
        origin: "entente/example".into(),
        secret: LeafSecret::fixed(Secret::new(vec![1; 32]), Secret::new(vec![2; 32])),
        convener: me.id(),
        me,
        d: d_public,
        peers: BTreeMap::from([(id, Peer::new(other, binding, true))]),
        departed: Vec::new(),
        candidates: BTreeMap::new(),
        removals: BTreeMap::from([(admission, removal)]),
        invitations: BTreeMap::from([(admission, Invitation::Ended)]),
        founders: Some(vec![founder]),
        authorities: vec![authority],
        chain: OwnChain::default().advanced(Digest([8; 32])),
        epochs: vec![Epoch { number: 5, authenticator: vec![6; 48], superseded_at: Some(4) }],
        waiting: vec![Waiting { from: id, epoch: 6, frame: vec![1, 2, 3] }],
        update: Some(PendingUpdate { digest: Digest([9; 32]), since: 10 }),
        checkpoint: Some(Checkpoint { size: 11, root: [12; 32] }),
        given: BTreeMap::from([([13; 32], id)]),
        closed: false,
        used: BTreeMap::new(),
    }
}

#[test]
fn the_stored_form_is_pinned() {
    let bytes = channel().to_bytes().unwrap();
    let lines: Vec<String> =
        bytes.chunks(32).map(|line| line.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
    insta::assert_snapshot!("stored_channel", lines.join("\n"));
}

#[test]
fn what_is_stored_is_read_back_to_the_byte() {
    let bytes = channel().to_bytes().unwrap();
    let again = Channel::from_bytes(&bytes).unwrap();
    assert_eq!(again.to_bytes().unwrap().as_slice(), bytes.as_slice());
}

/// What the release before stored: it ended with `closed`.
#[test]
fn a_channel_of_version_1_is_read() {
    let now = channel().to_bytes().unwrap();
    let mut before = now[..now.len() - NO_USED_INVITES.len()].to_vec();
    before[1] = 1;
    let read = Channel::from_bytes(&before).unwrap();
    assert_eq!(read.to_bytes().unwrap().as_slice(), now.as_slice());
}

#[test]
fn a_newer_a_damaged_and_another_suites_value_are_told_apart() {
    let bytes = channel().to_bytes().unwrap().to_vec();
    let mut newer = bytes.clone();
    newer[1] = 3;
    assert_eq!(Channel::from_bytes(&newer).err(), Some(StateError::Newer(3)));
    let mut other = bytes.clone();
    other[3] = 0x52;
    assert_eq!(Channel::from_bytes(&other).err(), Some(StateError::Suite(0x52)));
    let cut = &bytes[..bytes.len() - 1];
    assert_eq!(Channel::from_bytes(cut).err(), Some(StateError::Damaged));
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(Channel::from_bytes(&longer).err(), Some(StateError::Damaged));
    assert_eq!(Channel::from_bytes(&[]).err(), Some(StateError::Damaged));
}
