#![allow(clippy::unwrap_used, reason = "tests")]
use entente_record::persona::PersonaSecret;

use super::*;

fn persona(seed: u8) -> Persona {
    let mut seeds = [seed; 64];
    seeds.iter_mut().take(32).for_each(|byte| *byte ^= 0xff);
    PersonaSecret::from_seeds(&seeds).unwrap().persona().clone()
}

fn reference(persona: &Persona) -> PersonaRef {
    persona.id().into()
}

struct People {
    agnes: Persona,
    bela: Persona,
    north: Persona,
    book: KeyBook,
}

/// South's book: Agnes, with whom it compared words, introduced North.
fn people() -> People {
    let [south, agnes, bela, north] = [1, 2, 3, 4].map(persona);
    let mut book = KeyBook::new(&Origin::parse("entente/AAAAAAAAAAAAAAAAAAAAAA").unwrap(), &south, 2);
    book.introduce(&agnes, 0, reference(&agnes)).unwrap();
    book.compared_words(&reference(&agnes)).unwrap();
    book.introduce(&north, 1, reference(&agnes)).unwrap();
    People { agnes, bela, north, book }
}

#[test]
fn a_key_known_through_one_person_says_so() {
    let People { agnes, north, book, .. } = people();
    let known = book.knowledge(&reference(&north)).unwrap();
    assert_eq!(known.introduced_only_by(), Some(reference(&agnes)));
    let known = book.knowledge(&reference(&agnes)).unwrap();
    assert_eq!(known, Knowledge::Anchored(Anchor::Words));
}

#[test]
fn friends_of_the_introducer_are_no_second_path() {
    let People { agnes, bela, north, mut book } = people();
    book.introduce(&bela, 0, reference(&agnes)).unwrap();
    book.introduce(&north, 1, reference(&bela)).unwrap();
    book.introduce(&north, 1, reference(&north)).unwrap();
    let known = book.knowledge(&reference(&north)).unwrap();
    assert_eq!(known, Knowledge::IntroducedOnlyBy(reference(&agnes)));
    book.compared_words(&reference(&bela)).unwrap();
    let known = book.knowledge(&reference(&north)).unwrap();
    assert!(matches!(known, Knowledge::IntroducedBy(paths) if paths.len() == 2));
}

#[test]
fn the_check_code_anchors_only_whom_it_was_compared_with_and_only_if_it_matches() {
    let People { north, bela, mut book, agnes } = people();
    let (code, other) = (Digest([1; 32]), Digest([2; 32]));
    let roster = [reference(&north), reference(&bela), reference(&agnes)];
    let before = book.clone();
    let north = reference(&north);
    assert_eq!(book.compared_code(&north, &code, &other, &roster), Err(BookError::CodesDiffer));
    assert_eq!(book.compared_code(&north, &code, &code, &[]), Err(BookError::NotInRoster));
    assert_eq!(book, before);
    book.introduce(&bela, 2, reference(&agnes)).unwrap();
    book.compared_code(&north, &code, &code, &roster).unwrap();
    assert_eq!(book.knowledge(&north), Some(Knowledge::Anchored(Anchor::CheckCode)));
    let bela = book.knowledge(&reference(&bela)).unwrap();
    assert!(matches!(bela, Knowledge::IntroducedBy(paths) if paths.len() == 2));
}

#[test]
fn a_roster_authorises_but_does_not_anchor() {
    let People { agnes, north, mut book, .. } = people();
    let person = reference(&north);
    book.follow_roster(&[(person, 1, Authority::Commit)]).unwrap();
    assert_eq!(book.get(&person).unwrap().authority(), Authority::Commit);
    assert_eq!(book.knowledge(&person), Some(Knowledge::IntroducedOnlyBy(reference(&agnes))));
    book.follow_roster(&[]).unwrap();
    assert_eq!(book.get(&person).unwrap().authority(), Authority::Ended);
}

#[test]
fn one_key_cannot_be_of_two_sides() {
    let People { agnes, north, mut book, .. } = people();
    let refused = book.introduce(&north, 2, reference(&agnes));
    assert_eq!(refused, Err(BookError::TwoSides { known: 1, said: 2 }));
    let refused = book.follow_roster(&[(reference(&north), 2, Authority::Commit)]);
    assert_eq!(refused, Err(BookError::TwoSides { known: 1, said: 2 }));
}

#[test]
fn a_stored_book_is_read_back_as_it_was() {
    let book = people().book;
    let bytes = super::super::codec::encode(&book).unwrap();
    assert_eq!(super::super::codec::decode(&bytes), Ok(book));
}
