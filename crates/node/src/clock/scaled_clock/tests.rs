//! Customer time beside the clock that drives it.

use std::sync::Mutex;

use super::*;

const START: &str = "2024-01-08T09:00:00Z";

/// Stands where it was put; one time for all purposes.
struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn wall_now(&self) -> Timestamp {
        self.now()
    }

    fn machine_now(&self) -> MachineTime {
        MachineTime(Duration::try_from(self.now().duration_since(START.parse().unwrap())).unwrap())
    }

    fn until(&self, instant: Timestamp) -> Option<Duration> {
        Duration::try_from(instant.duration_since(self.now())).ok()
    }
}

/// Lets `millis` pass at `scale`, and says where customer time is and how long until `instant`.
#[track_caller]
fn check(scale: u32, millis: i64, now: &str, instant: &str, until: Duration) {
    let start: Timestamp = START.parse().unwrap();
    let hand = Arc::new(Hand(Mutex::new(start)));
    let clock = ScaledClock::new(Arc::clone(&hand) as _, scale);
    let passed = SignedDuration::from_millis(millis);
    *hand.0.lock().unwrap() = start + passed;
    assert_eq!(clock.now().to_string(), now, "{scale} × {millis} ms");
    assert_eq!(clock.until(instant.parse().unwrap()), Some(until), "{scale} × {millis} ms");
    assert_eq!(clock.machine_now(), hand.machine_now(), "machine time is not touched");
    assert_eq!(clock.wall_now(), hand.now(), "nor is the wall clock");
}

#[test]
fn customer_time_runs_so_much_faster_and_sleeps_are_so_much_shorter() {
    check(1, 1_500, "2024-01-08T09:00:01.5Z", "2024-01-08T09:00:02Z", Duration::from_millis(500));
    check(60, 1_000, "2024-01-08T09:01:00Z", "2024-01-08T09:02:00Z", Duration::from_secs(1));
    check(86_400, 2_000, "2024-01-10T09:00:00Z", "2024-01-11T09:00:00Z", Duration::from_secs(1));
    check(1_000_000, 1, "2024-01-08T09:16:40Z", "2024-01-08T09:16:40.001Z", Duration::from_nanos(1));
    check(7, 0, START, "2024-01-08T09:00:00.001Z", Duration::from_nanos(142_858));
    check(60, 1_000, "2024-01-08T09:01:00Z", START, Duration::ZERO);
}

#[test]
fn the_end_of_time_is_the_end() {
    check(1_000_000, 300_000_000_000, &to_millis(Timestamp::MAX).to_string(), START, Duration::ZERO);
}
