//! Two providers, a preferred one and a stand-in.

use std::time::Duration;

use super::super::breaker::BreakerConfig;
use super::super::rate::Rate;
use super::*;

fn at(millis: u64) -> MachineTime {
    MachineTime(Duration::from_millis(millis))
}

fn gates(in_flight_max: u32, per_second: f64, burst: u32) -> Gates {
    let breaker = BreakerConfig { failures_max: 2, open_for: Duration::from_secs(10) };
    let gate = GateConfig { breaker, in_flight_max, rate: Rate::new(per_second, burst).unwrap() };
    Gates::new([gate, gate])
}

const BOTH: &[usize] = &[0, 1];

fn retry() -> Outcome {
    Outcome::RetryLater { reason: String::new(), after: None }
}

fn accepted() -> Outcome {
    Outcome::Accepted { provider_message_id: None }
}

#[test]
fn the_stand_in_works_while_the_preferred_one_is_broken_and_hands_back() {
    let mut gates = gates(8, 1000.0, 100);
    for now in [0, 1] {
        let permit = gates.enter(BOTH, at(now)).unwrap();
        assert_eq!(permit.provider, 0);
        gates.settle(permit, &retry(), at(now));
    }
    for now in [2, 9_000] {
        let permit = gates.enter(BOTH, at(now)).unwrap();
        assert_eq!(permit.provider, 1, "at {now}");
        gates.settle(permit, &accepted(), at(now));
    }
    let probe = gates.enter(BOTH, at(10_001)).unwrap();
    let beside_the_probe = gates.enter(BOTH, at(10_002)).unwrap();
    assert_eq!((probe.provider, beside_the_probe.provider), (0, 1));
    gates.settle(probe, &accepted(), at(10_003));
    gates.settle(beside_the_probe, &accepted(), at(10_003));
    assert_eq!(gates.enter(BOTH, at(10_004)).unwrap().provider, 0);
}

#[test]
fn when_all_are_broken_the_first_to_be_probed_is_waited_for() {
    let mut gates = gates(8, 1000.0, 100);
    for now in [0, 1, 500, 501] {
        let permit = gates.enter(BOTH, at(now)).unwrap();
        gates.settle(permit, &retry(), at(now));
    }
    assert!(gates.all().iter().all(Gate::is_broken));
    assert_eq!(gates.enter(BOTH, at(600)), Err(Wait::AllBroken(at(10_001))));
    assert_eq!(gates.enter(BOTH, at(10_001)).unwrap().provider, 0);
}

#[test]
fn a_busy_or_throttled_provider_is_waited_for_and_nothing_is_used_up() {
    let mut busy = gates(2, 1000.0, 100);
    let first = busy.enter(BOTH, at(0)).unwrap();
    let _second = busy.enter(BOTH, at(0)).unwrap();
    assert_eq!(busy.enter(BOTH, at(0)), Err(Wait::Busy));
    busy.settle(first, &accepted(), at(5));
    assert_eq!(busy.enter(BOTH, at(5)).unwrap().provider, 0);
    assert_eq!(busy.all()[0].in_flight(), 2);

    let mut throttled = gates(8, 10.0, 1);
    let _only = throttled.enter(BOTH, at(0)).unwrap();
    for now in [0, 50, 99] {
        assert_eq!(throttled.enter(BOTH, at(now)), Err(Wait::Throttled(at(100))));
    }
    assert_eq!(throttled.enter(BOTH, at(100)).unwrap().provider, 0);
    assert_eq!(throttled.all()[0].in_flight(), 2);
}

#[test]
fn an_abandoned_attempt_frees_its_slot_and_says_nothing() {
    let mut gates = gates(1, 1000.0, 100);
    for now in 0..5 {
        let permit = gates.enter(BOTH, at(now)).unwrap();
        assert_eq!(permit.provider, 0);
        gates.abandon(permit);
    }
    assert!(!gates.all()[0].is_broken());
}

#[test]
fn without_a_provider_there_is_nothing_to_wait_for() {
    assert_eq!(gates(1, 1.0, 1).enter(&[], at(7)), Err(Wait::AllBroken(at(7))));
}
