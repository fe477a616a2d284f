//! The window as a sequence of operations.

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn timer(second: i64, customer: &str) -> ArmedTimer {
    (at(second), CustomerId::new(customer).unwrap(), TimerKey::Sends)
}

#[test]
fn only_near_timers_are_held_and_fire_in_order() {
    let mut timers = NearTimers::default();
    timers.arm(timer(5, "a"));
    assert_eq!(timers.len(), 0, "nothing is near before the window was read");
    timers.extend_to(at(100));
    for armed in [timer(50, "b"), timer(5, "a"), timer(101, "c"), timer(5, "0")] {
        timers.arm(armed);
    }
    assert_eq!((timers.len(), timers.earliest()), (3, Some(at(5))));
    timers.disarm(&timer(5, "0"));
    assert_eq!(timers.pop_due(at(4)), None);
    assert_eq!(timers.pop_due(at(60)), Some(timer(5, "a")));
    assert_eq!(timers.pop_due(at(60)), Some(timer(50, "b")));
    assert_eq!(timers.pop_due(at(60)), None);
}

#[test]
fn a_window_that_is_cut_forgets_what_lies_beyond() {
    let mut timers = NearTimers::default();
    timers.extend_to(at(100));
    timers.arm(timer(10, "a"));
    timers.arm(timer(90, "b"));
    timers.cut_at(at(50));
    timers.arm(timer(60, "c"));
    assert_eq!((timers.len(), timers.horizon()), (1, at(50)));
}

#[test]
fn too_many_timers_bring_the_horizon_nearer_and_an_instant_stays_whole() {
    let mut timers = NearTimers::default();
    timers.extend_to(at(100));
    for armed in [timer(10, "a"), timer(20, "b"), timer(20, "c"), timer(30, "d")] {
        timers.arm(armed);
    }
    timers.keep_at_most(4);
    assert_eq!((timers.len(), timers.horizon()), (4, at(100)));
    timers.keep_at_most(1);
    assert_eq!((timers.len(), timers.horizon()), (3, at(20)));
}
