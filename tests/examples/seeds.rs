//! Writes the seeds of the fuzz corpora anew: run by hand after a format has changed.
//!
//! usage: cargo run --release -p entente-tests --example seeds
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

#[path = "../../crates/channel/tests/endpoints/mod.rs"]
mod endpoints;
#[allow(unreachable_pub, dead_code, reason = "the fuzz targets link it as a library")]
#[path = "../fuzz/src/parsers/mod.rs"]
mod parsers;

use std::fs;

use ed25519_dalek::SigningKey;
use endpoints::{AGNES, Box_, NORTH, SOUTH, World, fresh_grant};
use entente_channel::admission::Act;
use entente_channel::forms;
use entente_channel::joining::invite::Invite;
use entente_channel::member::AdmissionId;
use entente_channel::text::codec;
use entente_channel::text::digest::Digest;
use entente_channel::text::knowledge::KeyBook;
use entente_channel::text::leaf_item::LeafItem;
use entente_channel::text::message::Message;
use entente_channel::text::non_paper::NonPaper;
use entente_channel::text::notice::Heartbeat;
use entente_channel::text::persona_chains::PersonaChains;
use entente_channel::text::persona_ref::PersonaRef;
use entente_channel::text::proposal::Proposal;
use entente_channel::text::record_cargo::{RecordEntry, Signature, Stamp};
use entente_channel::text::versions::{Answerer, Versions};
use entente_client::engine::{KeyParameters, Passphrase};
use entente_log::add_checkpoint::AddCheckpoint;
use entente_log::checkpoint::{Checkpoint, SignedCheckpoint};
use entente_log::cosignature::Cosigner;
use entente_log::ed25519::SecretKey;
use entente_log::hash::Hash;
use entente_log::signed_note::{KeyName, KnownKeys, Signer};
use entente_log::tlog_proof::TlogProof;
use entente_log::tree::Tree;
use entente_log::witness::Memory;
use entente_record::card::Card;
use entente_record::document::{
    Draft, Kind as DocumentKind, Selection, Signer as DocumentSigner, SignerKeys,
};
use entente_record::full_powers::Powers;
use entente_record::json::Value;
use entente_record::origin::Origin;
use entente_record::party::{Capacity, Party};
use entente_record::persona::PersonaSecret;
use entente_record::principal::PrincipalSecret;
use entente_record::roster::{Member, RoleCode, Scope};
use entente_record::stamp::StampMemory;
use entente_tests::folders::root;
use entente_tests::random::Repeatable;
use entente_tests::record::{NOW, RecordScene};
use entente_wire::answer::{Answer, Refusal, Welcome};
use entente_wire::authority::Binding;
use entente_wire::grant::SealKey;
use entente_wire::parcel::{Kind, open};
use entente_wire::push::{Delivery, GapCause, GapMark, Push};
use entente_wire::reassembly::Reassembly;
use entente_wire::request::{
    Authority, Close, Deposit, Digests, Erase, GrantSlot, Hello, Open, Request, RevokeSlot, Watch,
};
use entente_wire::{AdmissionToken, Mailbox, Receipt, RelayAddress, RelayKey, Slot, cut};
use rand_core::Rng as _;

fn seed(parser: &str, name: &str, bytes: impl AsRef<[u8]>) {
    let folder = root().join("tests/fuzz/corpus").join(parser);
    assert!(parsers::named(parser)(bytes.as_ref()), "{parser} does not take {name}");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

/// A seed with random keys in it: one that is there and still taken stays as it is.
fn keep(parser: &str, name: &str, bytes: impl AsRef<[u8]>) {
    let there = fs::read(root().join("tests/fuzz/corpus").join(parser).join(name));
    if !there.is_ok_and(|there| parsers::named(parser)(&there)) {
        seed(parser, name, bytes);
    }
}

fn main() {
    log();
    record();
    wire();
    channel();
    joining();
    stored();
    relay();
    drafting();
    principal();
}

fn name(text: &str) -> KeyName {
    KeyName::parse(text).unwrap()
}

fn log() {
    let log = Signer::new(name("record.example/7"), SecretKey::from_seed(&[1; 32]));
    let cosigner = Cosigner::new(name("member-2.example"), SecretKey::from_seed(&[2; 32]));
    let mut tree = Tree::new();
    for leaf in ["North", "South", "Agnes"] {
        tree.append_leaf(leaf.as_bytes());
    }
    let origin = name("record.example/7");
    let state = Checkpoint { origin: origin.clone(), size: 3, root: tree.root() };
    let mut signed = SignedCheckpoint::sign(state, &log).unwrap();
    let known = KnownKeys::new([log.verifier().clone()]).unwrap();
    let advance = Memory::new(origin).advance(&signed.open(&known).unwrap(), &[]).unwrap();
    let stamp = cosigner.cosign(&advance, 1_772_496_000).unwrap();
    seed("cosignature", "stamp", stamp.to_string());
    seed("checkpoint", "unstamped", signed.to_string());
    let request =
        AddCheckpoint { old_size: 1, proof: tree.consistency(1, 3).unwrap(), checkpoint: signed.clone() };
    seed("add-checkpoint", "from-1-to-3", request.to_string());
    signed.add(stamp).unwrap();
    seed("checkpoint", "stamped", signed.to_string());
    seed("note", "stamped-checkpoint", signed.to_string());
    seed("note", "empty-lines-in-the-text", signed.to_string().replace("\n3\n", "\n\n\n3\n"));
    seed("vkey", "log", log.verifier().to_string());
    seed("vkey", "cosigner", cosigner.verifier().to_string());
    let path = tree.inclusion(1, 3).unwrap();
    let proof = TlogProof { extra: None, index: 1, path, checkpoint: signed };
    seed("tlog-proof", "leaf-1-of-3", proof.to_string());
    let with_extra = TlogProof { extra: Some(b"extra".to_vec()), ..proof };
    seed("tlog-proof", "with-extra", with_extra.to_string());
    let (log, witness) = (log.verifier(), cosigner.verifier());
    seed(
        "policy",
        "one-of-one",
        format!("# a policy\nlog {log}\nwitness w {witness} https://w.example/\ngroup g any w\nquorum g\n"),
    );
    seed("policy", "none", format!("log {log}\nquorum none\n"));
}

fn record() {
    let scene = RecordScene::play();
    let document = &scene.document;
    seed(
        "json",
        "every-kind-of-value",
        br#"{"a":[0,-1,9007199254740991,true,null],"b":{"c":"\u00e9\ud83d\ude00"}}"#,
    );
    seed("json", "payload", document.payload().bytes());
    seed("payload", "ceasefire", document.payload().bytes());
    seed("proposal", "ceasefire", scene.proposal.to_bytes());
    seed("signature", "north", scene.signature.to_bytes());
    seed("document", "ceasefire", document.to_bytes());
    let shown = Selection { clauses: vec![1, 4], properties: vec!["title".into()], decoys: true };
    seed("presentation", "two-clauses", document.present(&shown).unwrap().to_bytes());
    seed("roster", "three-members", scene.roster.to_text());
    for (number, entry) in scene.entries.iter().enumerate() {
        let bytes = entry.to_bytes();
        seed("entry-bundle", &format!("entry-{number}"), &bytes);
        let entry: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        seed("leaf", &format!("entry-{number}"), entry["leaf"].as_str().unwrap());
        seed("body", &format!("entry-{number}"), entry["body"].as_str().unwrap());
        let state_leaf = entry["changes"][0]["leaf"].as_str().unwrap();
        seed("state-leaf", &format!("entry-{number}"), state_leaf);
    }
    seed("stamp", "first", scene.stamps[0].to_bytes());
    let origin = Origin::parse("entente/test").unwrap();
    let persona = PersonaSecret::generate(&mut Repeatable::default());
    let cosigner = Cosigner::new(name("member-2.example"), SecretKey::from_seed(&[2; 32]));
    let card = Card::issue(&origin, &persona, [9; 32], cosigner.verifier()).unwrap();
    seed("card", "one", card.to_bytes());
    let disclosed = scene.disclose();
    seed("trust", "fingerprint-alone", format!("record {}\nquorum none\n", scene.replica.fingerprint()));
    seed("trust", "whole", scene.replica.trust_policy());
    seed("disclosure", "clauses-2-and-5", disclosed.to_json());
    let two_histories = include_str!("../../crates/record/tests/vectors/two-histories.json");
    seed("equivocation", "roots", two_histories);
}

fn channel() {
    let scene = RecordScene::play();
    let version = LeafItem::digest(b"any bytes");
    let non_paper = NonPaper { text: "Up to forty.".into(), written: NOW, expires: NOW + 3600 };
    let proposal = Proposal {
        document: scene.proposal.to_bytes(),
        replaces: None,
        report_of: None,
        note: "As agreed.".into(),
    };
    let (name, secret) = (name("member-2.example"), SecretKey::from_seed(&[2; 32]));
    let line = format!("— {name} {}", Hash::from(*secret.seed()).to_base64());
    let messages = [
        ("non-paper", Message::NonPaper(non_paper)),
        ("proposal", Message::Proposal(proposal)),
        ("signature", Message::Signature(Signature { version, signature: scene.signature.to_bytes() })),
        ("record-entry", Message::RecordEntry(RecordEntry { bundle: scene.entries[1].to_bytes() })),
        ("stamp", Message::Stamp(Stamp { size: 1, line })),
        ("heartbeat", Message::Heartbeat(Heartbeat { at: NOW })),
    ];
    for (kind, message) in messages {
        let bytes = message.encode().unwrap();
        seed("message", kind, &bytes);
        let item = LeafItem { serial: 1, previous: Digest::NONE, message: bytes };
        if kind == "heartbeat" {
            seed("leaf-item", kind, item.encode().unwrap());
        }
    }
    let rng = &mut Repeatable::default();
    let key = RelayKey(SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes());
    let mailbox = Mailbox::generate(RelayAddress::new(key, "relay.example", 4433).unwrap(), rng);
    // The fields of an invite in their order: version, suite, origin, admission, expiry, mailbox,
    // key, commitment.
    let fields = (
        1_u8,
        0x004e_u16,
        "entente/test",
        [4_u8; 16],
        NOW,
        mailbox.new_grant(rng),
        vec![5_u8; 1216],
        [6_u8; 32],
    );
    let invite = Invite::from_bytes(&codec::encode(&fields).unwrap()).unwrap();
    seed("invite", "one", invite.as_bytes());
    seed("invite-text", "one", invite.to_text());
}

/// Agnes, North and South come together and speak; what travels between them is kept.
fn joining() {
    let mut world = World::new(["Agnes", "North", "South"]);
    world.found(AGNES, 0);
    for (who, party) in [(NORTH, 1), (SOUTH, 2)] {
        let invite = world.invite(AGNES, party, None);
        world.answer(who, &invite).unwrap();
        let of = move |name: &str| format!("{name}-of-{party}");
        keep("stored-joining", &of("answered"), world.people[who].joining.as_ref().unwrap());
        carry(&mut world);
        keep("stored-joining", &of("words"), world.people[who].joining.as_ref().unwrap());
        keep("stored-channel", &of("words"), world.people[AGNES].channel.as_ref().unwrap());
        world.joiner_matches(who);
        world.inviter_matches(AGNES, invite.admission());
        carry(&mut world);
    }
    world.pin(&[(AGNES, 0), (NORTH, 1), (SOUTH, 2)]);
    world.say(NORTH, "Up to forty.");
    world.update(SOUTH);
    let removal = AdmissionId([7; 16]);
    for at in [AGNES, NORTH] {
        world.authorise(at, world.authority(Act::Remove, removal, SOUTH, 2));
    }
    carry(&mut world);
    keep("stored-channel", "of-three", world.people[AGNES].channel.as_ref().unwrap());
    let answer = ([1_u8; 32], vec![2_u8; 40], vec![3_u8; 40], fresh_grant());
    keep("joining-answer", "plain", codec::encode(&answer).unwrap());
}

/// Delivers all there is, and keeps one of each kind.
fn carry(world: &mut World) {
    while let Some(letter) = world.post.pop_front() {
        if letter.route == Box_::Channel && world.people[letter.to].channel.is_none() {
            world.post.push_back(letter);
            continue;
        }
        let mut frame = letter.bytes.as_slice();
        if letter.route != Box_::Channel {
            // Version, kind, and what is inside behind its length.
            let kind = ["answer", "reveal", "frame"][usize::from(letter.bytes[4])];
            keep("joining-message", kind, &letter.bytes);
            frame = &letter.bytes[13..];
            if kind == "reveal" {
                keep("joining-reveal", "one", frame);
            }
        }
        if forms::frame(frame) {
            bodies(frame);
        }
        if world.people[letter.to].joining.is_some() || letter.route != Box_::Joining {
            world.deliver(&letter).unwrap();
        }
    }
}

fn bodies(frame: &[u8]) {
    // The body ends the frame, behind its length.
    let rest = |at: usize| u64::from_be_bytes(frame[at..at + 8].try_into().unwrap());
    let at = (0..frame.len() - 8).find(|at| rest(*at) == (frame.len() - at - 8) as u64).unwrap();
    let body = &frame[at + 8..];
    let kind = format!("kind-{:02}", body[3]);
    keep("frame", &kind, frame);
    keep("frame-body", &kind, body);
    // A message or an update is MLS's behind its length; a sequenced commit has its epoch before that.
    let mls = match body[3] {
        0 | 1 => &body[12..],
        2 => &body[20..20 + usize::from_be_bytes(body[12..20].try_into().unwrap())],
        _ => return,
    };
    keep("mls-message", &kind, mls);
}

fn stored() {
    let rng = &mut Repeatable::default();
    let origin = Origin::parse("entente/test").unwrap();
    let key = RelayKey(SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes());
    let mailbox = Mailbox::generate(RelayAddress::new(key, "relay.example", 4433).unwrap(), rng);
    let own = PersonaSecret::generate(rng);
    let other = PersonaSecret::generate(rng);
    let by: PersonaRef = other.persona().id().into();
    let mut book = KeyBook::new(&origin, own.persona(), 1);
    book.introduce(other.persona(), 2, by).unwrap();
    let mut versions = Versions::default();
    versions.propose(Digest([6; 32]), None, Answerer::Person(by)).unwrap();
    let chains = PersonaChains::default();
    let mut unfinished = Reassembly::default();
    let long = cut(Kind(1), &[9; 17_000], &SealKey::new([7; 32]), rng).unwrap().remove(0);
    unfinished.add(open(&long, &SealKey::new([7; 32])).unwrap(), NOW).unwrap();
    let grant = Some(mailbox.new_grant(rng));
    let row = (book, versions, chains, mailbox, grant, unfinished);
    seed("store-row", "all", entente_store::codec::encode(&row).unwrap().as_slice());
    let memory = StampMemory::new(name("entente/test"));
    seed("stamp-memory", "nothing-stamped", memory.to_bytes());
}

fn relay() {
    let row = |place: u8, key: &[u8], value: &[u8]| {
        [[place, key.len() as u8, value.len() as u8].as_slice(), key, value].concat()
    };
    let (mailbox, slot, position) = (1_u64.to_be_bytes(), 3_u32.to_be_bytes(), 7_u64.to_be_bytes());
    let (reader, address, digest) = ([0xaa; 32], [0xbb; 32], [0xcc; 32]);
    let made = [reader.as_slice(), &address, &3_600_u32.to_be_bytes(), &NOW.to_be_bytes()].concat();
    let let_in = [[0xdd; 32].as_slice(), &32_u32.to_be_bytes()].concat();
    let replaced = [let_in.as_slice(), &[0xee; 32], &NOW.to_be_bytes()].concat();
    let parcel = [[1].as_slice(), &digest, &NOW.to_be_bytes(), &slot].concat();
    let gap = [[3].as_slice(), &NOW.to_be_bytes(), &9_u32.to_be_bytes()].concat();
    let all = [
        row(0, &mailbox, &made),
        row(1, &[mailbox.as_slice(), &slot].concat(), &let_in),
        row(1, &[mailbox.as_slice(), &4_u32.to_be_bytes()].concat(), &replaced),
        row(2, &[mailbox.as_slice(), &position].concat(), &parcel),
        row(2, &[mailbox.as_slice(), &8_u64.to_be_bytes()].concat(), &gap),
        row(3, &[mailbox.as_slice(), &[0xff; 32]].concat(), &[NOW.to_be_bytes(), NOW.to_be_bytes()].concat()),
    ];
    seed("relay-rows", "one-of-each", all.concat());
    let written = "listen = \"127.0.0.1:4433\"\nname = \"relay.example\"\n\n[limits]\nparcels = 9\n\n\
                   [connections]\na_prefix = 3\n";
    seed("relay-config", "some-entries", written);
}

fn wire() {
    let rng = &mut Repeatable::default();
    let relay_key = SigningKey::from_bytes(&[1; 32]);
    let key = RelayKey(relay_key.verifying_key().to_bytes());
    let relay = RelayAddress::new(key, "relay.example", 4433).unwrap();
    seed("relay-address", "named", relay.to_string());
    let numbered = RelayAddress::new(key, "127.0.0.1", 1).unwrap();
    seed("relay-address", "numbered", numbered.to_string());
    let mailbox = Mailbox::generate(relay, rng);
    let grant = mailbox.new_grant(rng);
    seed("admission-token", "one", AdmissionToken::new([5; 32]).to_text().as_bytes());
    seed("mailbox", "one", mailbox.to_bytes());
    seed("grant", "one", grant.to_bytes());

    let parcel = cut(Kind(1), b"forty", &SealKey::new([7; 32]), rng).unwrap().remove(0);
    seed("parcel", "one-part", parcel.as_bytes());
    let receipt = Receipt::sign(&relay_key, mailbox.address().hash(), parcel.digest(), 1_790_000_000);
    seed("receipt", "one", receipt.to_bytes().unwrap());

    let reader = mailbox.id();
    let capability = grant.capability().clone();
    let digests = Digests::new(&[parcel.digest()]).unwrap();
    let (slot, address) = (Slot(3), mailbox.address());
    let deposit = Deposit { address, capability: capability.clone(), parcel: parcel.clone() };
    let open = Open { reader, address, keep: 86_400, admission: Some(AdmissionToken::new([5; 32])) };
    let signed = [
        ("open", Request::Open(open)),
        ("grant", Request::Grant(GrantSlot { reader, slot, capability: capability.hash(), quota: 32 })),
        ("revoke", Request::Revoke(RevokeSlot { reader, slot })),
        ("watch", Request::Watch(Watch { reader })),
        ("erase", Request::Erase(Erase { reader, digests })),
        ("close", Request::Close(Close { reader })),
    ];
    let binding = Binding { exporter: [3; 32], relay: key };
    let authority = Authority::Reader(mailbox.reader(), &binding);
    for (name, request) in signed {
        seed("request", name, request.to_frame(9, authority).unwrap());
    }
    let hello = Request::Hello(Hello { oldest: 1, newest: 1 });
    seed("request", "hello", hello.to_frame(0, Authority::None).unwrap());
    let deposit = Request::Deposit(deposit);
    seed("request", "deposit", deposit.to_frame(9, Authority::None).unwrap());

    let welcome = Welcome { version: 1, requests_in_flight: 64, deliveries_in_flight: 32 };
    let answers = [
        ("welcome", Answer::Welcome(welcome)),
        ("done", Answer::Done),
        ("receipt", Answer::Receipt(receipt)),
        ("quota", Answer::Refusal(Refusal::Quota)),
        ("admission", Answer::Refusal(Refusal::Admission)),
        ("incompatible", Answer::Refusal(Refusal::Incompatible { oldest: 2, newest: 3 })),
    ];
    for (name, answer) in answers {
        seed("from-relay", name, answer.to_frame(9).unwrap());
    }
    let digest = parcel.digest();
    let gap = GapMark { position: 4, digest, cause: GapCause::Quota, at: 1_790_000_000, parcels: 2 };
    seed("from-relay", "gap", Push::Gap(gap).to_frame(9).unwrap());
    let delivery = Push::Delivery(Delivery { position: 3, at: 1_790_000_000 }, parcel);
    seed("from-relay", "delivery", delivery.to_frame(9).unwrap());
}

/// A principal's key, a letter and a succession that it is asked for.
fn principal() {
    let rng = &mut Repeatable::default();
    // The scene's people have the first numbers.
    rng.fill_bytes(&mut [0; 1 << 14]);
    let scene = RecordScene::play();
    let (origin, secret) = (scene.roster.origin().clone(), PrincipalSecret::generate(rng));
    let key = entente_client::principal::make_key(rng, &Passphrase::new("of seeds"), KeyParameters::STANDARD);
    keep("principal-key", "one", key.unwrap().0);
    let persona = PersonaSecret::generate(rng);
    let by = SignerKeys::Principal(secret.public().thumbprint());
    let powers = Powers {
        delegate: persona.persona().id(),
        scope: Scope::Commit,
        from: 0,
        until: Some(9),
        expires: Some(NOW),
        may_delegate: true,
    };
    let letter = powers.draft(origin.clone(), Party(1), by, Some("Karim Haddad")).propose(rng).unwrap();
    seed("principal-request", "letter", letter.to_bytes());
    let cosigner = Cosigner::new(name("new.example"), SecretKey::from_seed(&[8; 32]));
    let card = Card::issue(&origin, &persona, [9; 32], cosigner.verifier()).unwrap();
    let member = Member {
        party: Party(1),
        role: RoleCode::parse("head").unwrap(),
        persona: persona.persona().clone(),
        cosigner: cosigner.verifier().clone(),
        scope: Scope::Commit,
    };
    let lost = scene.roster.members().iter().find(|member| member.party == Party(1)).unwrap();
    let roster = scene.roster.without(&lost.persona.id()).unwrap().with_member(member).unwrap();
    let cards = vec![card.to_bytes()];
    let draft = Draft::new(DocumentKind::SUCCESSION, origin, scene.replica.seen());
    let draft = draft.property("roster", Value::from(roster.to_text()));
    let draft =
        draft.not_after(NOW).signer(DocumentSigner { party: Party(1), capacity: Capacity::Binds, keys: by });
    let succession = draft.propose(rng).unwrap().to_bytes();
    let request = entente_client::principal::succession_request(&cards, &succession);
    seed("principal-request", "succession", request);
}

fn drafting() {
    let file = fs::read(root().join("client/src/demo/limited-ceasefire.md")).unwrap();
    seed("understanding-file", "limited-ceasefire", file);
}
