//! Two providers, a preferred one and a stand-in.

use std::time::Duration;

use super::super::breaker::BreakerConfig;
use super::super::rate::Rate;
use super::*;

fn at(millis: u64) -> MachineTime {
    MachineTime(Duration::from_millis(millis))
}

fn lane(in_flight_max: u32, per_second: f64, burst: u32) -> Lane {
    let breaker = BreakerConfig { failures_max: 2, open_for: Duration::from_secs(10) };
    let gate = GateConfig { breaker, in_flight_max, rate: Rate::new(per_second, burst).unwrap() };
    Lane::new([gate, gate]).unwrap()
}

fn retry() -> Outcome {
    Outcome::RetryLater { reason: String::new(), after: None }
}

fn accepted() -> Outcome {
    Outcome::Accepted { provider_message_id: None }
}

#[test]
fn the_stand_in_works_while_the_preferred_one_is_broken_and_hands_back() {
    let mut lane = lane(8, 1000.0, 100);
    for now in [0, 1] {
        let permit = lane.enter(at(now)).unwrap();
        assert_eq!(permit.provider, 0);
        lane.settle(permit, &retry(), at(now));
    }
    for now in [2, 9_000] {
        let permit = lane.enter(at(now)).unwrap();
        assert_eq!(permit.provider, 1, "at {now}");
        lane.settle(permit, &accepted(), at(now));
    }
    let probe = lane.enter(at(10_001)).unwrap();
    let beside_the_probe = lane.enter(at(10_002)).unwrap();
    assert_eq!((probe.provider, beside_the_probe.provider), (0, 1));
    lane.settle(probe, &accepted(), at(10_003));
    lane.settle(beside_the_probe, &accepted(), at(10_003));
    assert_eq!(lane.enter(at(10_004)).unwrap().provider, 0);
}

#[test]
fn when_all_are_broken_the_first_to_be_probed_is_waited_for() {
    let mut lane = lane(8, 1000.0, 100);
    for now in [0, 1, 500, 501] {
        let permit = lane.enter(at(now)).unwrap();
        lane.settle(permit, &retry(), at(now));
    }
    assert!(lane.gates().iter().all(Gate::is_broken));
    assert_eq!(lane.enter(at(600)), Err(Wait::Until(at(10_001))));
    assert_eq!(lane.enter(at(10_001)).unwrap().provider, 0);
}

#[test]
fn a_busy_or_throttled_provider_is_waited_for_and_nothing_is_used_up() {
    let mut busy = lane(2, 1000.0, 100);
    let first = busy.enter(at(0)).unwrap();
    let _second = busy.enter(at(0)).unwrap();
    assert_eq!(busy.enter(at(0)), Err(Wait::UntilSettled));
    busy.settle(first, &accepted(), at(5));
    assert_eq!(busy.enter(at(5)).unwrap().provider, 0);
    assert_eq!(busy.gates()[0].in_flight(), 2);

    let mut throttled = lane(8, 10.0, 1);
    let _only = throttled.enter(at(0)).unwrap();
    for now in [0, 50, 99] {
        assert_eq!(throttled.enter(at(now)), Err(Wait::Until(at(100))));
    }
    assert_eq!(throttled.enter(at(100)).unwrap().provider, 0);
    assert_eq!(throttled.gates()[0].in_flight(), 2);
}

#[test]
fn a_lane_needs_a_provider() {
    assert!(Lane::new([]).is_none());
}
