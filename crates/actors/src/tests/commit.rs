//! Decide, replicate, act: nothing leaves before its batch is applied, and nothing stays of a batch that is not.

use baton_ports::gateway::{EventAnswer, RetryReason};

use super::replica::Fare;
use super::world::{World, a_while};
use crate::shard::retry;

#[test]
fn neither_answer_nor_attempt_leaves_before_the_batch_is_applied() {
    let world = World::new();
    world.replica.hold();
    let call = world.call(&[("ana", "m1")]);
    world.until("the batch is proposed", || world.replica.proposals() == 2);
    a_while();
    assert!(!call.is_finished() && world.courier.log().is_empty() && world.stored("ana").is_none());
    world.replica.release();
    assert!(matches!(world.wait(call).unwrap()[..], [EventAnswer::Accepted(_)]));
    assert_eq!(world.until_attempts(1)[0].epoch, world.shard.status().epoch);
}

#[test]
fn an_attempt_waits_for_its_permit_to_be_applied() {
    let world = World::new();
    world.replica.hold();
    let call = world.call(&[("ana", "m1")]);
    world.until("the batch is proposed", || world.replica.proposals() == 2);
    world.replica.release();
    world.replica.hold();
    world.wait(call).unwrap();
    world.until("the permit is proposed", || world.replica.proposals() == 3);
    a_while();
    assert!(world.courier.log().is_empty());
    world.replica.release();
    assert_eq!(world.until_attempts(1)[0].attempt, 1);
}

#[test]
fn a_duplicate_is_answered_with_the_batch_of_its_original() {
    let world = World::new();
    world.replica.hold();
    let original = world.call(&[("ana", "m1")]);
    world.until("the original is proposed", || world.replica.proposals() == 2);
    let again = world.call(&[("ana", "m1")]);
    a_while();
    assert!(!again.is_finished());
    world.replica.release();
    assert!(matches!(world.wait(original).unwrap()[..], [EventAnswer::Accepted(_)]));
    assert_eq!(world.wait(again).unwrap(), [EventAnswer::Duplicate]);
}

#[test]
fn what_is_refused_or_waits_behind_it_is_answered_retry_and_the_next_epoch_goes_on() {
    let world = World::new();
    let first = world.shard.status().epoch;
    world.replica.fares([Fare::NotAppended]);
    world.replica.hold();
    let refused = world.call(&[("ana", "m1")]);
    world.until("the batch is proposed", || world.replica.proposals() == 2);
    let behind = world.call(&[("ana", "m1"), ("bob", "m2")]);
    a_while();
    world.replica.release();
    assert_eq!(world.wait(refused).unwrap(), [retry(RetryReason::NoLeader)]);
    assert_eq!(world.wait(behind).unwrap(), vec![retry(RetryReason::NoLeader); 2]);
    assert!(world.replica.batches().is_empty() && world.courier.log().is_empty());

    world.until_epoch_after(first);
    let answers = world.ingest(&[("ana", "m1"), ("bob", "m2")]);
    assert!(
        answers.iter().all(|answer| matches!(answer, EventAnswer::Accepted(at) if at.epoch > first)),
        "{answers:?}"
    );
}

#[test]
fn what_may_have_been_applied_is_unknown_and_told_apart_by_sending_it_again() {
    for (fare, again_is_duplicate) in [(Fare::AppliedUnheard, true), (Fare::LostUnheard, false)] {
        let world = World::new();
        world.replica.fares([fare]);
        let old = world.shard.status().epoch;
        assert_eq!(world.ingest(&[("ana", "m1")]), [EventAnswer::Unknown]);
        world.until_epoch_after(old);
        let again = world.ingest(&[("ana", "m1")]);
        assert_eq!(again == [EventAnswer::Duplicate], again_is_duplicate, "{fare:?}: {again:?}");
        let sends = world.until_attempts(1);
        assert!(sends.iter().all(|delivery| delivery.send_id == sends[0].send_id));
    }
}
