//! Bounds refuse whom they must and nobody else, and customers come and go unnoticed.

use std::time::Duration;

use baton_ports::gateway::{EventAnswer, RetryReason};
use baton_ports::replica::Leadership;

use super::world::{DOCUMENTS, World, config};
use crate::ActorsConfig;
use crate::shard::retry;

#[test]
fn a_full_customer_refuses_that_customer_only() {
    let world = World::with(ActorsConfig { customer_queue_max: 4, ..config() }, DOCUMENTS);
    let ids: Vec<String> = (0..20).map(|number| format!("m{number}")).collect();
    let mut events: Vec<(&str, &str)> = ids.iter().map(|id| ("hot", id.as_str())).collect();
    events.push(("calm", "m1"));
    let answers = world.ingest(&events);
    let accepted = answers.iter().take_while(|answer| matches!(answer, EventAnswer::Accepted(_))).count();
    assert!((4..=5).contains(&accepted), "{answers:?}");
    assert_eq!(answers[accepted], retry(RetryReason::CustomerBusy));
    assert!(answers[accepted + 1..20].iter().all(|answer| *answer == retry(RetryReason::Predecessor)));
    assert!(matches!(answers[20], EventAnswer::Accepted(_)));
    assert_eq!(world.observer.refused("customer_queue"), 1);
    // In order and whole when sent again.
    let mut sent = accepted;
    while sent < 20 {
        let again = world.ingest(&events[sent..20]);
        sent += again.iter().filter(|answer| matches!(answer, EventAnswer::Accepted(_))).count();
    }
}

#[test]
fn a_customer_takes_as_many_at_once_as_may_wait_from_the_first_call_on() {
    let world = World::new();
    let ids: Vec<String> = (0..40).map(|number| format!("m{number}")).collect();
    let events: Vec<(&str, &str)> = ids.iter().map(|id| ("ana", id.as_str())).collect();
    let answers = world.ingest(&events);
    assert!(answers.iter().all(|answer| matches!(answer, EventAnswer::Accepted(_))), "{answers:?}");
}

#[test]
fn a_wake_that_finds_its_customer_full_fires_later_and_stops_nobody() {
    let world = World::with(ActorsConfig { customer_queue_max: 1, ..config() }, DOCUMENTS);
    world.ingest(&[("ana", "m1")]);
    world.until_attempts(1);
    world.until_settled();
    let old = world.shard.status().epoch;
    world.replica.tell(Leadership::Leading { term: old.0 + 1 });
    world.until_epoch_after(old);
    world.clock.step_to("2024-01-09T08:58:00Z");
    // Two rounds of housekeeping: her timer is near and has been read.
    std::thread::sleep(Duration::from_millis(1_100));
    world.ingest(&[("bob", "m1")]);
    world.until_settled();
    // Now bob is here; ana is being read, and her mailbox is full.
    world.replica.hold_reads();
    let waiting = world.call(&[("ana", "m2"), ("ana", "m3"), ("ana", "m4"), ("ana", "m5"), ("ana", "m6")]);
    world.until("ana is full", || world.observer.refused("customer_queue") == 1);
    world.clock.step_to("2024-01-09T09:00:00.001Z");
    world.until("her wake is refused", || world.observer.refused("customer_queue") >= 2);
    assert!(matches!(world.ingest(&[("bob", "m2")])[..], [EventAnswer::Accepted(_)]), "the shard goes on");
    world.replica.release_reads();
    world.wait(waiting).unwrap();
    world.until("the timer fires", || {
        let ledger = world.stored("ana").map(|ana| format!("{:?}", ana.sections().ledger)).unwrap_or_default();
        ledger.contains("later")
    });
}

#[test]
fn a_full_shard_refuses_the_call() {
    let world = World::with(ActorsConfig { shard_queue_max: 2, ..config() }, DOCUMENTS);
    world.replica.hold();
    let taken = world.call(&[("ana", "m1"), ("bob", "m1")]);
    // On a slow machine each of them has a batch of its own.
    world.until("they are proposed", || world.replica.proposals() >= 2);
    assert_eq!(world.ingest(&[("cid", "m1")]), [retry(RetryReason::ShardBusy)]);
    world.replica.release();
    assert!(world.wait(taken).unwrap().iter().all(|answer| matches!(answer, EventAnswer::Accepted(_))));
}

#[test]
fn customers_are_put_away_when_nothing_is_under_way_and_come_back_as_they_were() {
    let world = World::with(ActorsConfig { idle_max: Duration::ZERO, ..config() }, DOCUMENTS);
    world.replica.hold();
    let call = world.call(&[("ana", "m1")]);
    // Two rounds of housekeeping.
    std::thread::sleep(Duration::from_millis(1_100));
    assert_eq!(world.shard.status().active_customers, 1, "its decision is under way");
    world.replica.release();
    world.wait(call).unwrap();
    world.until("it is put away", || world.shard.status().active_customers == 0);
    assert_eq!(world.ingest(&[("ana", "m1")]), [EventAnswer::Duplicate]);
    assert_eq!(world.courier.log().len(), 1);
}

#[test]
fn a_customer_who_cannot_be_read_is_refused_until_they_can_be() {
    let world = World::new();
    world.replica.unreadable(true);
    assert_eq!(world.ingest(&[("ana", "m1")]), [retry(RetryReason::CustomerBusy)]);
    world.replica.unreadable(false);
    assert!(matches!(world.ingest(&[("ana", "m1")])[..], [EventAnswer::Accepted(_)]));
}
