//! How long to wait between two tries: twice as long each time, with jitter, so that clients do not come back in step.

use std::time::Duration;

/// The wait before the first repetition.
const FIRST: Duration = Duration::from_millis(50);

/// No wait is longer, unless the server asks for it.
const LONGEST: Duration = Duration::from_secs(2);

/// The waits of one batch.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    tries: u32,
}

impl Backoff {
    /// The next wait: half of it certain, half by `chance`, and at least what the server `asked` for.
    pub(super) fn next(&mut self, asked: Duration, chance: u128) -> Duration {
        let whole = FIRST.saturating_mul(2_u32.saturating_pow(self.tries)).min(LONGEST);
        self.tries += 1;
        let half = whole / 2;
        let share = u32::try_from(chance % 1_000).expect("a remainder of 1,000 fits 32 bits");
        asked.max(half + half * share / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_jitter_stays_within() {
        let mut least = Backoff::default();
        let mut most = Backoff::default();
        for whole in [50, 100, 200, 400, 800, 1_600, 2_000, 2_000] {
            assert_eq!(least.next(Duration::ZERO, 0), Duration::from_millis(whole) / 2);
            let wait = most.next(Duration::ZERO, 999);
            assert!(wait <= Duration::from_millis(whole) && wait > Duration::from_millis(whole * 9 / 10), "{wait:?}");
        }
    }

    #[test]
    fn the_server_may_ask_for_longer() {
        assert_eq!(Backoff::default().next(Duration::from_secs(5), 0), Duration::from_secs(5));
    }
}
