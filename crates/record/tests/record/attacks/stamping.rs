//! A depositary or a restored device that shows two histories.

use super::*;

#[test]
fn r15_a_restored_replica_does_not_make_its_member_stamp_a_second_history() {
    let mut world = World::founded();
    let (backup, memory) = (world.people[NORTH].replica().rows().clone(), world.people[NORTH].memory.clone());
    let (first, second) = (world.statement(NORTH), world.statement(SOUTH));
    let mut forked = world.people[AGNES].replica().clone();
    world.record_and_stamp(&first);
    let remembered = world.people[NORTH].memory.clone();
    let mut restored = Replica::load(backup).unwrap().unwrap();
    assert_eq!(
        restored.prepare_stamp(&remembered, NOW).unwrap_err(),
        StampRefusal::Memory(MemoryRefusal::Smaller { stamped: 2, offered: 1 })
    );
    let (other, _) = Depositary::new(&mut forked, &world.log_key).record(&second, NOW, &mut rng()).unwrap();
    restored.accept(&other).unwrap();
    assert_eq!(
        restored.prepare_stamp(&remembered, NOW).unwrap_err(),
        StampRefusal::Memory(MemoryRefusal::Equivocation(2))
    );
    assert!(restored.prepare_stamp(&memory, NOW).is_ok(), "only the memory stands against it");
    assert_eq!(StampMemory::from_bytes(&remembered.to_bytes()).unwrap(), remembered);
}

#[test]
fn r16_a_checkpoint_that_does_not_continue_the_log_is_refused() {
    let mut world = World::founded();
    let [ours, theirs, next] = [NORTH, SOUTH, SOUTH].map(|who| world.statement(who));
    let mut forked = world.people[AGNES].replica().clone();
    world.record_and_stamp(&ours);
    let mut other = |document: &Document| {
        Depositary::new(&mut forked, &world.log_key).record(document, NOW, &mut rng()).unwrap().0
    };
    let (fork, beyond) = (other(&theirs), other(&next));
    let north = world.people[NORTH].replica.as_mut().unwrap();
    let before = north.clone();
    assert_eq!(north.accept(&fork), Err(Refusal::Fork(1)));
    let refused = north.accept(&beyond);
    assert_eq!(refused, Err(Refusal::Inconsistent));
    assert_eq!(*north, before);
}
