#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use proptest::prelude::*;

use super::*;

/// A chain of `n` items, serials from 1.
fn chain(n: u64, author: &str) -> Vec<Link> {
    let mut own = Own::default();
    (0..n)
        .map(|item| {
            let (serial, previous) = own.next();
            let digest = Digest::labelled(author, &item.to_be_bytes());
            own = own.advanced(digest);
            Link { serial, previous, digest }
        })
        .collect()
}

fn read(items: &[Link]) -> Watched {
    items.iter().fold(Watched::default(), |watched, item| watched.accept(*item).unwrap().0)
}

#[test]
fn items_in_order_leave_no_gap() {
    let items = chain(3, "North");
    let watched = read(&items);
    assert_eq!(watched.missing().count(), 0);
    assert_eq!((watched.newest(), watched.head()), (3, items[2].digest));
}

#[test]
fn a_suppressed_item_shows_as_a_gap_at_the_next_one() {
    let items = chain(3, "North");
    let (watched, step) = read(&items[..1]).accept(items[2]).unwrap();
    assert_eq!(step, Step::Gap(2, 2));
    let (watched, step) = watched.accept(items[1]).unwrap();
    assert_eq!((step, watched.missing().count()), (Step::Filled, 0));
}

#[test]
fn another_item_cannot_fill_a_gap() {
    let items = chain(3, "North");
    let watched = read(&[items[0], items[2]]);
    let other = Link { digest: Digest::labelled("Agnes", b"x"), ..items[1] };
    assert_eq!(watched.accept(other), Err(ChainError::Fork(2)));
    let stray = Link { previous: Digest([7; 32]), ..items[1] };
    assert_eq!(watched.accept(stray), Err(ChainError::Broken(2)));
}

#[test]
fn the_same_item_twice_is_a_replay_and_another_under_its_number_a_fork() {
    let items = chain(3, "North");
    let watched = read(&items);
    assert_eq!(watched.accept(items[1]), Err(ChainError::Replay(2)));
    let other = Link { digest: Digest([7; 32]), ..items[2] };
    assert_eq!(watched.accept(other), Err(ChainError::Fork(3)));
}

#[test]
fn an_item_must_name_the_one_before_it() {
    let items = chain(2, "North");
    let watched = read(&items[..1]);
    let stray = Link { previous: Digest([7; 32]), ..items[1] };
    assert_eq!(watched.accept(stray), Err(ChainError::Broken(2)));
    let first = Link { previous: Digest([7; 32]), ..items[0] };
    assert_eq!(Watched::default().accept(first), Err(ChainError::Broken(1)));
    let zeroth = Link { serial: 0, ..items[0] };
    assert_eq!(Watched::default().accept(zeroth), Err(ChainError::Broken(0)));
}

#[test]
fn what_is_older_than_the_window_is_refused_as_too_old() {
    let items = chain(WINDOW + 2, "North");
    let watched = read(&items);
    assert_eq!(watched.accept(items[0]), Err(ChainError::TooOld(1)));
    assert_eq!(watched.accept(items[2]), Err(ChainError::Replay(3)));
}

#[test]
fn the_number_of_gaps_is_bounded() {
    let items = chain(2 * MAX_GAPS as u64 + 4, "North");
    let (mut watched, mut refused) = (Watched::default(), None);
    for item in items.iter().skip(1).step_by(2) {
        match watched.accept(*item) {
            Ok((next, _)) => watched = next,
            Err(error) => refused = Some(error),
        }
    }
    assert_eq!(refused, Some(ChainError::TooManyGaps));
    assert_eq!(watched.missing().count(), MAX_GAPS);
}

#[test]
fn a_thousand_late_items_are_all_placed() {
    let items = chain(1_001, "North");
    let mut watched = read(&[items[0], items[1_000]]);
    for item in items[1..1_000].iter().rev() {
        watched = watched.accept(*item).unwrap().0;
    }
    assert_eq!(watched.missing().count(), 0);
}

proptest! {
    #[test]
    fn any_order_ends_in_the_same_state(order in Just((0..40_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let items = chain(40, "North");
        let shuffled: Vec<Link> = order.iter().map(|at| items[*at]).collect();
        prop_assert_eq!(read(&shuffled), read(&items));
    }
}

#[test]
fn a_wider_window_still_tells_a_repetition_from_another_text() {
    let items = chain(WINDOW + 2, "North");
    let wide = |watched: Watched, item: &Link| watched.accept_within(*item, 1_000).unwrap().0;
    let watched = items.iter().fold(Watched::default(), wide);
    assert_eq!(watched.accept(items[0]), Err(ChainError::Replay(1)));
    let other = Link { digest: Digest([7; 32]), ..items[0] };
    assert_eq!(watched.accept(other), Err(ChainError::Fork(1)));
}
