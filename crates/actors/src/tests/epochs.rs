//! From one epoch to the next: no command is left without an answer, no timer or send is lost or made twice.

use std::time::Duration;

use baton_ports::channel::Outcome;
use baton_ports::gateway::{EventAnswer, RetryReason};
use baton_ports::replica::Leadership;

use super::replica::Fare;
use super::world::{World, a_while, config};
use crate::ActorsConfig;
use crate::shard::retry;

const NEXT_DAY: &str = "2024-01-09T09:00:01Z";

/// Ends the epoch and waits for the next one.
#[track_caller]
fn change_epoch(world: &World) {
    let old = world.shard.status().epoch;
    world.replica.tell(Leadership::Leading { term: old.0 + 1 });
    world.until_epoch_after(old);
}

#[test]
fn a_timer_fires_once_whatever_the_epoch() {
    let world = World::new();
    world.ingest(&[("ana", "m1")]);
    world.until_settled();
    change_epoch(&world);
    world.clock.step_to(NEXT_DAY);
    world.until_attempts(2);
    world.until_settled();
    change_epoch(&world);
    a_while();
    let sends = world.courier.log();
    assert_eq!(sends.len(), 2, "{sends:?}");
    assert_ne!(sends[0].send_id, sends[1].send_id);
}

#[test]
fn a_timer_whose_batch_was_refused_fires_in_the_next_epoch() {
    let world = World::new();
    world.ingest(&[("ana", "m1")]);
    world.until_attempts(1);
    world.until_settled();
    world.replica.fares([Fare::NotAppended]);
    world.clock.step_to(NEXT_DAY);
    world.until_attempts(2);
    assert_eq!(world.courier.log().len(), 2);
}

#[test]
fn a_send_is_attempted_again_in_the_next_epoch_under_its_id_with_a_new_permit() {
    let world = World::new();
    world.courier.open(false);
    world.ingest(&[("ana", "m1")]);
    world.until_attempts(1);
    change_epoch(&world);
    let attempts = world.until_attempts(2);
    assert_eq!(attempts[0].send_id, attempts[1].send_id);
    assert!(attempts[0].epoch < attempts[1].epoch);
    assert_eq!(attempts[1].epoch, world.shard.status().epoch);
    world.courier.open(true);
    world.until_settled();
    assert_eq!(world.courier.log().len(), 2);
}

#[test]
fn an_outcome_of_an_older_epoch_that_is_heard_of_late_disturbs_nothing() {
    let world = World::new();
    world.courier.open(false);
    world.ingest(&[("ana", "m1")]);
    world.until_attempts(1);
    let proposals = world.replica.proposals();
    world.replica.hold();
    world.courier.open(true);
    world.until("the outcome is proposed", || world.replica.proposals() > proposals);
    let old = world.shard.status().epoch;
    // The new epoch opens, and only then the old one's batch is heard of.
    world.replica.tell(Leadership::Leading { term: 2 });
    a_while();
    world.replica.release();
    world.until_epoch_after(old);
    assert!(matches!(world.ingest(&[("bob", "m2")])[..], [EventAnswer::Accepted(_)]));
    let attempts = world.until_attempts(2);
    assert_ne!(attempts[0].send_id, attempts[1].send_id, "the first was settled");
    assert_eq!(attempts[1].epoch, world.shard.status().epoch);
}

#[test]
fn without_leadership_every_call_is_answered() {
    let world = World::with(ActorsConfig { proposals_in_flight_max: 1, ..config() }, super::world::DOCUMENTS);
    world.replica.hold();
    let in_flight = world.call(&[("ana", "m1")]);
    world.until("a batch is proposed", || world.replica.proposals() == 2);
    let queued = world.call(&[("bob", "m2"), ("cid", "m3")]);
    a_while();
    world.replica.tell(Leadership::Following { leader: None });
    assert_eq!(world.wait(queued).unwrap(), vec![retry(RetryReason::NoLeader); 2]);
    assert_eq!(world.ingest(&[("dan", "m4")]), [retry(RetryReason::NoLeader)]);
    world.replica.release();
    assert!(matches!(world.wait(in_flight).unwrap()[..], [EventAnswer::Accepted(_)]), "it was applied all the same");
}

#[test]
fn a_command_that_waits_in_its_customers_mailbox_is_answered_when_the_epoch_ends() {
    let world = World::new();
    // Call and change reach the actor together: some commands are with their customers, undecided.
    for round in 0..30 {
        let who: Vec<String> = (0..20).map(|number| format!("c{round}-{number}")).collect();
        let events: Vec<(&str, &str)> = who.iter().map(|who| (who.as_str(), who.as_str())).collect();
        let call = world.call(&events);
        world.replica.tell(Leadership::Leading { term: round + 2 });
        assert_eq!(world.wait(call).unwrap().len(), 20);
        world.until("the next epoch", || world.shard.status().leading);
    }
}

#[test]
fn a_proposal_that_does_not_end_ends_the_epoch() {
    let config = ActorsConfig { proposal_timeout: Duration::from_millis(50), ..config() };
    let world = World::with(config, super::world::DOCUMENTS);
    world.replica.hold();
    let call = world.call(&[("ana", "m1")]);
    world.until("the epoch ends", || !world.shard.status().leading);
    assert!(!call.is_finished(), "it may yet be applied");
    world.replica.release();
    assert!(matches!(world.wait(call).unwrap()[..], [EventAnswer::Accepted(_)]));
    world.until("the next epoch", || world.shard.status().leading);
}

#[test]
fn a_send_is_tried_again_until_the_provider_takes_it() {
    let world = World::new();
    let busy = || Outcome::RetryLater { reason: "busy".to_owned(), after: None };
    world.courier.outcomes([busy(), Outcome::Unknown { reason: "cut off".to_owned() }]);
    world.ingest(&[("ana", "m1")]);
    let attempts = world.until_attempts(3);
    assert!(attempts.iter().all(|attempt| attempt.send_id == attempts[0].send_id));
    assert_eq!(attempts.iter().map(|attempt| attempt.attempt).collect::<Vec<_>>(), [1, 2, 3]);
    world.until_settled();
}
