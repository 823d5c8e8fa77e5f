//! R8: the neighbours of what is shown stand in its proofs as hashes, and the last leaf stands there open.
//! The reader knows a neighbour word for word and wants to know whether it is in the record.

use entente_record::base64url;
use entente_record::body::{Body, Salt};
use entente_record::flags::{Mark, Numbering};
use entente_record::leaf::Leaf;
use entente_record::state_tree::StateLeaf;

use super::*;

/// The hashes of a path.
fn hashes(path: &[Value<'static>]) -> Vec<Hash> {
    path.iter().map(|hash| Hash::from(digits(hash.as_str().unwrap()).unwrap())).collect()
}

fn digits(text: &str) -> Option<[u8; 32]> {
    let pairs =
        text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    pairs.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

fn leaf_of(members: &Object<'static>) -> Leaf {
    Leaf::parse(members.get("leaf").unwrap().as_str().unwrap()).unwrap()
}

/// Whatever has 32 bytes in a file, and what a careless writer would take for random.
fn guesses(file: &str) -> Vec<[u8; 32]> {
    let words = file.split(|character: char| !character.is_ascii_alphanumeric() && !"-_".contains(character));
    let mut found: Vec<[u8; 32]> = words
        .filter_map(|word| digits(word).or_else(|| base64url::decode(word).ok()?.try_into().ok()))
        .chain((0..=255).map(|byte| [byte; 32]))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The body of a document, with these salts and this nonce.
fn body(document: &Document, salts: &[Salt], nonce: [u8; 32]) -> Hash {
    let payload = document.payload();
    let digest = Hash::from(payload.digest().0);
    Body::new(payload.kind().clone(), digest, document.raw_signatures(), salts, nonce).digest()
}

#[test]
fn r8_who_knows_a_neighbour_word_for_word_does_not_find_it_in_the_proof() {
    let mut world = World::founded();
    world.record_and_stamp(&world.ceasefire());
    let shown = world.record_and_stamp(&world.ceasefire());
    // The reader was given both of these by somebody who talks, with every signature.
    let (beside, last) = (world.ceasefire(), world.statement(NORTH));
    let at = [world.record_and_stamp(&beside), world.record_and_stamp(&last)];
    let file = world.disclose(vec![slots(shown, &[0])]).unwrap().to_json();
    assert_eq!(world.check(&file).verdict, Verdict::Authentic);

    let Value::Object(mut members) = json::parse(file.as_bytes(), LIMITS).unwrap().into_owned() else {
        panic!()
    };
    let last_leaf = leaf_of(object(&mut members, "last"));
    let own = entry(&mut members, 0);
    let (own_leaf, path) = (leaf_of(own), hashes(array(own, "path")));
    let given: Vec<Salt> = array(own, "salts")
        .iter()
        .map(|salt| base64url::decode(salt.as_str().unwrap()).unwrap().try_into().unwrap())
        .collect();
    // All of the neighbour's leaf but its body is there to be read, and all of the last one.
    let leaf = |body: Hash| Leaf { body, before: own_leaf.after, after: last_leaf.before }.hash();

    let nonces = guesses(&file);
    assert!(nonces.contains(&given[0]) && nonces.len() > 280, "{}", nonces.len());
    for document in [&beside, &last] {
        let count = document.raw_signatures().len();
        let salts = [given[..count].to_vec(), (0..).map(|byte| [byte; 32]).take(count).collect()];
        for salts in salts {
            for nonce in &nonces {
                let guess = body(document, &salts, *nonce);
                assert!(leaf(guess) != path[0] && guess != last_leaf.body);
            }
        }
    }
    // Who has salts and nonce, as every member has, finds both.
    let [first, second] = at.map(|index| {
        let text = String::from_utf8(world.entries[index as usize].to_bytes()).unwrap();
        let Value::Object(bundle) = json::parse(text.as_bytes(), LIMITS).unwrap().into_owned() else {
            panic!()
        };
        let salts = bundle.get("salts").unwrap().as_array().unwrap().iter();
        let salts: Vec<Salt> = salts
            .map(|salt| base64url::decode(salt.as_str().unwrap()).unwrap().try_into().unwrap())
            .collect();
        (salts, Body::parse(bundle.get("body").unwrap().as_str().unwrap()).unwrap().nonce)
    });
    assert_eq!(leaf(body(&beside, &first.0, first.1)), path[0]);
    assert_eq!(body(&last, &second.0, second.1), last_leaf.body);
}

/// The hash of a neighbour's state leaf as the proof for slot 2 has it: slot 3 stands beside it.
fn beside(world: &World, shown: u64) -> Hash {
    let file = world.disclose(vec![slots(shown, &[0])]).unwrap().to_json();
    let Value::Object(mut members) = json::parse(file.as_bytes(), LIMITS).unwrap().into_owned() else {
        panic!()
    };
    hashes(array(object(entry(&mut members, 0), "state"), "path"))[0]
}

#[test]
fn r8_what_became_of_a_neighbour_is_not_found_by_its_earlier_state() {
    let mut world = World::founded();
    let [_, shown, withheld] = [(); 3].map(|()| world.record_and_stamp(&world.ceasefire()));
    // An earlier file showed the state of the one that is withheld now, with its nonce.
    let earlier = world.disclose(vec![slots(withheld, &[0])]).unwrap().to_json();
    let Value::Object(mut members) = json::parse(earlier.as_bytes(), LIMITS).unwrap().into_owned() else {
        panic!()
    };
    let state = object(entry(&mut members, 0), "state");
    let old = StateLeaf::parse(state.get("leaf").unwrap().as_str().unwrap()).unwrap();
    let Content::Item { id, flags, .. } = old.content.clone() else { panic!() };
    // As long as nothing becomes of it, whoever has that file sees that.
    assert_eq!(beside(&world, shown), old.hash());

    let about = world.about(withheld);
    world.record_and_stamp(&world.entry_about(Kind::TERMINATION, &about, &[NORTH]));
    let path = beside(&world, shown);
    let file = world.disclose(vec![slots(shown, &[0])]).unwrap().to_json();
    let mut nonces = guesses(&file);
    nonces.extend(guesses(&earlier));
    nonces.push(old.nonce);
    let all = ["amended", "disputed", "suspended", "terminated", "superseded", "reported-broken"];
    for flag in all.map(|name| Flag::parse(name).unwrap()) {
        assert!(flag.numbering() != Numbering::Party);
        for latest in 0..5 {
            let mut flags = flags.clone();
            flags.insert(Mark::whole(flag));
            let content = Content::Item { id, flags, latest };
            for nonce in &nonces {
                assert_ne!(StateLeaf { content: content.clone(), nonce: *nonce }.hash(), path);
            }
        }
    }
    let text = String::from_utf8(world.entries[4].to_bytes()).unwrap();
    let Value::Object(mut bundle) = json::parse(text.as_bytes(), LIMITS).unwrap().into_owned() else {
        panic!()
    };
    let Value::Object(change) = &array(&mut bundle, "changes")[0] else { panic!() };
    let new = StateLeaf::parse(change.get("leaf").unwrap().as_str().unwrap()).unwrap();
    assert_eq!(new.hash(), path, "members have the fresh nonce");
    assert_ne!(new.nonce, old.nonce);
}
