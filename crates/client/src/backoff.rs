//! How long to wait between two tries: twice as long each time, with jitter, so that clients do not come back in step.

use std::time::Duration;

/// The wait before the first repetition.
const FIRST: Duration = Duration::from_millis(50);

/// No wait is longer, unless the server asks for it: a cluster that can answer again is found within this time.
const LONGEST: Duration = Duration::from_secs(2);

/// The wait after so many tries without progress: half of it certain, half by `chance`, and at least what the server
/// `asked` for.
pub(crate) fn wait(tries: u32, asked: Duration, chance: u128) -> Duration {
    let whole = FIRST.saturating_mul(2_u32.saturating_pow(tries)).min(LONGEST);
    let half = whole / 2;
    let share = u32::try_from(chance % 1_000).expect("a remainder of 1,000 fits 32 bits");
    asked.max(half + half * share / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_jitter_stays_within() {
        for (tries, whole) in [50, 100, 200, 400, 800, 1_600, 2_000, 2_000].into_iter().enumerate() {
            let tries = u32::try_from(tries).unwrap();
            assert_eq!(wait(tries, Duration::ZERO, 0), Duration::from_millis(whole) / 2);
            let most = wait(tries, Duration::ZERO, 999);
            assert!(most <= Duration::from_millis(whole) && most > Duration::from_millis(whole * 9 / 10), "{most:?}");
        }
        assert!(wait(u32::MAX, Duration::ZERO, 999) <= LONGEST);
    }

    #[test]
    fn the_server_may_ask_for_longer() {
        assert_eq!(wait(0, Duration::from_secs(5), 0), Duration::from_secs(5));
    }
}
