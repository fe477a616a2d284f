//! Stepping the test clock: everything due on the way happens at its instant, the same on every run.

use std::time::Duration;

use baton_model::ids::SendId;
use baton_ports::channel::Outcome;
use baton_ports::gateway::{EventAnswer, RetryReason};
use baton_ports::replica::Leadership;
use baton_storage::records;
use jiff::Timestamp;

use super::replica::Fare;
use super::world::{DOCUMENTS, START, World, config};
use crate::ActorsConfig;
use crate::shard::retry;

fn advance(world: &World, to: &str) -> tokio::task::JoinHandle<bool> {
    let (shard, to) = (world.shard.clone(), to.parse::<Timestamp>().unwrap());
    world.spawn(async move { shard.advance_clock(to).await })
}

fn sign_up_many(world: &World, count: usize) {
    let who: Vec<String> = (0..count).map(|number| format!("c{number:03}")).collect();
    let events: Vec<(&str, &str)> = who.iter().map(|who| (who.as_str(), "m1")).collect();
    world.ingest(&events);
}

#[test]
fn everything_due_on_the_way_happens_and_at_its_instant() {
    let world = World::new();
    world.ingest(&[("ana", "m1")]);
    world.until_settled();
    let (begun, to) = (START.parse().unwrap(), "2024-03-01T00:00:00Z");
    let armed = records::timers_between(&world.replica.rows(), begun, to.parse().unwrap(), 1).unwrap();
    assert!(world.wait(advance(&world, to)).unwrap());
    assert_eq!(world.courier.log().len(), 2);
    let second = world.replica.batches().into_iter().find(|batch| batch.at > begun).unwrap();
    assert_eq!(second.at, armed[0].0, "it was decided at its instant, not when the walk arrived");
}

#[test]
fn events_are_refused_while_the_clock_is_stepped() {
    let world = World::new();
    world.courier.open(false);
    world.ingest(&[("ana", "m1")]);
    world.until_attempts(1);
    let walk = advance(&world, "2024-03-01T00:00:00Z");
    world.until("the walk begins", || world.ingest(&[("bob", "m1")]) == [retry(RetryReason::ClockStepping)]);
    assert!(!world.wait(advance(&world, "2024-03-01T00:00:00Z")).unwrap(), "one walk at a time");
    world.courier.open(true);
    assert!(world.wait(walk).unwrap());
    assert!(matches!(world.ingest(&[("cid", "m1")])[..], [EventAnswer::Accepted(_)]));
}

#[test]
fn more_sends_of_one_instant_than_may_be_attempted_at_once_all_go_out() {
    let world = World::with(ActorsConfig { attempts_in_flight_max: 4, wakes_in_flight_max: 3, ..config() }, DOCUMENTS);
    sign_up_many(&world, 30);
    assert!(world.wait(advance(&world, "2024-01-10T00:00:00Z")).unwrap());
    assert_eq!(world.courier.log().len(), 60);
}

#[test]
fn two_runs_leave_the_same_rows_whatever_the_attempts_did() {
    let run = |outcomes: Vec<Outcome>| {
        let world = World::new();
        sign_up_many(&world, 10);
        world.until_settled();
        world.courier.outcomes(outcomes);
        assert!(world.wait(advance(&world, "2024-01-10T00:00:00Z")).unwrap());
        let mut sends: Vec<SendId> = world.courier.log().iter().map(|delivery| delivery.send_id).collect();
        sends.sort_unstable();
        sends.dedup();
        let instants: Vec<Timestamp> = world.replica.batches().iter().map(|batch| batch.at).collect();
        let decided: Vec<usize> = (0..10).map(|number| world.inputs(&format!("c{number:03}"))).collect();
        (sends, instants.last().copied(), decided, world.courier.log().len())
    };
    let calm = run(Vec::new());
    let busy = || Outcome::RetryLater { reason: "busy".to_owned(), after: Some(Duration::from_millis(5)) };
    let rough = run(vec![busy(), busy(), busy()]);
    assert_eq!((&calm.0, &calm.1), (&rough.0, &rough.1));
    assert_eq!((calm.3, rough.3), (20, 23));
    assert_eq!(calm, run(Vec::new()));
}

#[test]
fn a_walk_whose_epoch_ends_says_so_and_the_next_one_arrives() {
    let world = World::new();
    world.ingest(&[("ana", "m1")]);
    world.until_attempts(1);
    world.until_settled();
    world.replica.fares([Fare::NotAppended]);
    let old = world.shard.status().epoch;
    assert!(!world.wait(advance(&world, "2024-01-10T00:00:00Z")).unwrap());
    world.until_epoch_after(old);
    assert!(world.wait(advance(&world, "2024-01-10T00:00:00Z")).unwrap());
    assert_eq!(world.courier.log().len(), 2);

    world.courier.open(false);
    world.ingest(&[("bob", "m1")]);
    world.until_attempts(3);
    let walk = advance(&world, "2024-01-12T00:00:00Z");
    world.replica.tell(Leadership::Following { leader: None });
    assert!(!world.wait(walk).unwrap());
}
