//! Decisions that panic, for real: a compiled journey is damaged as no publish would ever leave it, and the core runs into it.
//! The third of one customer within a minute parks that customer, and nobody else notices.

use std::time::Duration;

use baton_customer::{Answer, Command, Waiting};
use baton_journey::step::StepKind;
use baton_model::ids::DefinitionsVersion;
use baton_model::reason::ReasonCode;
use baton_model::text_id::{CustomerId, JourneyId, Owner};
use baton_ports::gateway::{EventAnswer, RetryReason};
use baton_ports::replica::Leadership;
use baton_storage::records;
use jiff::Timestamp;

use super::world::{DOCUMENTS, World, a_while, compile, config, named};
use crate::CommandError;
use crate::shard::retry;

/// Who enters `risky` comes to a split at once, who enters `later` after an hour.
const SPLITS: &str = "---
kind: Journey
id: risky
category: transactional
entry: {event: Risk Taken}
steps:
  - {id: split, split: {experiment: e, variants: [{id: a, weight: 0.5, then: a}, {id: b, weight: 0.5, then: b}]}}
  - {id: a, exit: a}
  - {id: b, exit: b}
---
kind: Journey
id: later
category: transactional
entry: {event: Risk Planned}
steps:
  - {id: wait, delay: {for: 1h}}
  - {id: split, split: {experiment: e, variants: [{id: a, weight: 0.5, then: a}, {id: b, weight: 0.5, then: b}]}}
  - {id: a, exit: a}
  - {id: b, exit: b}
";

const NEXT_DAY: &str = "2024-01-09T09:00:01Z";

/// A shard whose splits have no variants.
fn damaged_world() -> World {
    let world = World::with(config(), DOCUMENTS);
    publish_damaged(&world, DefinitionsVersion(2));
    world
}

fn publish_damaged(world: &World, version: DefinitionsVersion) {
    let mut definitions = compile(&format!("{DOCUMENTS}{SPLITS}"), version);
    for journey in ["risky", "later"] {
        let journey = definitions.journeys.get_mut(&JourneyId::new(journey).unwrap()).unwrap();
        let mut damaged = journey.as_ref().clone();
        let splits = damaged.steps.iter_mut().filter_map(|step| match &mut step.kind {
            StepKind::Split(split) => Some(split),
            _ => None,
        });
        splits.for_each(|split| split.variants.clear());
        *journey = damaged.into();
    }
    world.publish_compiled(definitions);
}

/// Takes a risk and says how it was answered.
fn risk(world: &World, customer: &str, id: &str) -> EventAnswer {
    world.ingest_all(vec![named(customer, id, "Risk Taken")]).remove(0)
}

#[track_caller]
fn park(world: &World, customer: &str) {
    for id in ["r1", "r2", "r3"] {
        let EventAnswer::Rejected { reason, .. } = risk(world, customer, id) else { panic!("{id} was decided") };
        assert_eq!(reason.code, ReasonCode::Internal);
        assert!(reason.detail.contains("dead letter"), "{}", reason.detail);
        assert_eq!(reason.detail.contains("parked"), id == "r3", "{}", reason.detail);
    }
}

#[track_caller]
fn assert_parked(world: &World, customer: &str) {
    assert_eq!(risk(world, customer, "r4"), retry(RetryReason::CustomerParked));
}

fn resume(world: &World, customer: &str) -> Result<Answer, CommandError> {
    let command = Command::Resume { by: Owner::new("eve").unwrap(), reason: String::new() };
    let asked = world.shard.command(CustomerId::new(customer).unwrap(), command);
    world.wait(asked).map(|(answer, _)| answer)
}

#[test]
fn the_third_panic_parks_the_customer_and_nobody_else() {
    let world = damaged_world();
    park(&world, "ana");
    assert_parked(&world, "ana");
    assert_eq!(risk(&world, "ana", "r1"), EventAnswer::Duplicate, "what was set aside is a repeat all the same");
    assert!(matches!(risk(&world, "bob", "r1"), EventAnswer::Rejected { .. }), "one panic parks nobody");
    assert!(matches!(
        world.ingest(&[("bob", "m1"), ("cid", "m1")])[..],
        [EventAnswer::Accepted(_), EventAnswer::Accepted(_)]
    ));
    assert_eq!(world.inputs("ana"), 3, "a parked customer writes nothing");
}

#[test]
fn the_next_leader_knows_who_is_parked() {
    let world = damaged_world();
    park(&world, "ana");
    let old = world.shard.status().epoch;
    world.replica.tell(Leadership::Leading { term: old.0 + 1 });
    world.until_epoch_after(old);
    assert_parked(&world, "ana");
}

#[test]
fn panics_that_are_more_than_a_minute_apart_park_nobody() {
    let world = damaged_world();
    for (id, at) in [("r1", "09:00:00"), ("r2", "09:00:50"), ("r3", "09:01:01"), ("r4", "09:02:30")] {
        world.clock.step_to(&format!("2024-01-08T{at}Z"));
        assert!(matches!(risk(&world, "ana", id), EventAnswer::Rejected { .. }), "{id}");
    }
}

#[test]
fn timers_of_a_parked_customer_stay_armed_and_nothing_spins() {
    let world = damaged_world();
    world.ingest(&[("ana", "m1")]);
    world.until_attempts(1);
    world.until_settled();
    park(&world, "ana");
    world.clock.step_to(NEXT_DAY);
    // Two rounds of housekeeping; then whoever is still at it is at it for ever.
    std::thread::sleep(Duration::from_millis(1_200));
    let decided = world.observer.decided_count();
    std::thread::sleep(Duration::from_millis(1_200));
    assert_eq!(world.observer.decided_count(), decided, "a parked customer is left alone");
    let due: Timestamp = NEXT_DAY.parse().unwrap();
    assert_eq!(records::timers_between(&world.replica.rows(), Timestamp::MIN, due, 10).unwrap().len(), 1);
    assert_eq!(world.courier.log().len(), 1);

    assert_eq!(resume(&world, "ana"), Ok(Answer::Done));
    world.until_attempts(2);
    world.until_settled();
    assert!(matches!(world.ingest(&[("ana", "m2")])[..], [EventAnswer::Accepted(_)]));
}

#[test]
fn a_publish_lifts_it_and_what_came_due_meanwhile_happens() {
    let world = damaged_world();
    world.ingest(&[("ana", "m1")]);
    world.until_attempts(1);
    world.until_settled();
    park(&world, "ana");
    world.clock.step_to(NEXT_DAY);
    a_while();
    world.publish(DOCUMENTS, DefinitionsVersion(3));
    world.until_attempts(2);
    assert!(matches!(risk(&world, "ana", "r4"), EventAnswer::Accepted(_)));
}

#[test]
fn a_send_released_before_waits_for_the_resume() {
    let world = damaged_world();
    world.courier.open(false);
    world.ingest(&[("ana", "m1")]);
    world.until_attempts(1);
    park(&world, "ana");
    // Its outcome cannot be taken now, so that it is attempted again later, under its id.
    world.courier.open(true);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(world.courier.log().len(), 1);
    assert_eq!(resume(&world, "ana"), Ok(Answer::Done));
    let attempts = world.until_attempts(2);
    assert_eq!(attempts[0].send_id, attempts[1].send_id);
    world.until_settled();
}

#[test]
fn commands_to_a_parked_customer_are_refused_with_the_reason() {
    let world = damaged_world();
    park(&world, "ana");
    let wake = world.wait(world.shard.command(CustomerId::new("ana").unwrap(), Command::Wake));
    assert_eq!(wake.unwrap_err(), CommandError::Retry(RetryReason::CustomerParked));
}

#[test]
fn a_timer_whose_firing_panics_is_gone_and_its_enrolment_is_parked() {
    let world = damaged_world();
    world.ingest_all(vec![named("ana", "p1", "Risk Planned"), named("bob", "m1", "Signed Up")]);
    world.until_settled();
    let waiting = || {
        let ana = world.stored("ana").unwrap();
        let live = ana.sections().enrolments.live.values();
        live.map(|enrolment| enrolment.position.waiting.clone()).collect::<Vec<_>>()
    };
    world.clock.step_to(NEXT_DAY);
    world.until("it is parked", || matches!(waiting()[..], [Waiting::Faulted { .. }]));
    world.until_attempts(2);
    let due: Timestamp = NEXT_DAY.parse().unwrap();
    world.until("every due timer's row is gone", || {
        records::timers_between(&world.replica.rows(), Timestamp::MIN, due, 10).unwrap().is_empty()
    });
    assert!(matches!(world.ingest(&[("ana", "m1")])[..], [EventAnswer::Accepted(_)]));
}
