//! How long to wait before an attempt is repeated, and when to stop repeating.
//!
//! The wait grows by a factor up to a ceiling. Of each wait the second half is drawn by chance ("equal jitter"), so that
//! sends which failed together do not come back together, and none comes back at once.

use std::time::Duration;

/// The waits between the attempts of one send.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    first: Duration,
    factor: f64,
    wait_max: Duration,
    attempts_max: u32,
}

/// Numbers that give no backoff.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BackoffError {
    /// The first wait is nothing, or longer than the longest.
    #[error("first_wait {first:?} is not between 1 ms and max_wait {wait_max:?}")]
    First {
        /// As given.
        first: Duration,
        /// As given.
        wait_max: Duration,
    },
    /// Waits would shrink or explode.
    #[error("factor {0} is not between 1 and 10")]
    Factor(f64),
    /// There would be no attempt.
    #[error("attempts_max is 0: write at least 1")]
    Attempts,
}

impl Backoff {
    /// Waits from `first`, each `factor` times the one before, none above `wait_max`; `attempts_max` attempts in all.
    pub fn new(first: Duration, factor: f64, wait_max: Duration, attempts_max: u32) -> Result<Self, BackoffError> {
        if first < Duration::from_millis(1) || first > wait_max {
            return Err(BackoffError::First { first, wait_max });
        }
        if !(1.0..=10.0).contains(&factor) {
            return Err(BackoffError::Factor(factor));
        }
        if attempts_max == 0 {
            return Err(BackoffError::Attempts);
        }
        Ok(Self { first, factor, wait_max, attempts_max })
    }

    /// The wait after attempt number `attempt` (from 1) has failed, or `None` when that was the last: the send is then for
    /// an operator. `asked` is what the provider asked for, the least we wait. `jitter` is drawn uniformly from 0 to 1.
    pub fn wait(&self, attempt: u32, asked: Option<Duration>, jitter: f64) -> Option<Duration> {
        if attempt >= self.attempts_max {
            return None;
        }
        let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = self.first.as_secs_f64() * self.factor.powi(exponent);
        let whole = seconds.min(self.wait_max.as_secs_f64());
        let wait = Duration::from_secs_f64(whole / 2.0 * (1.0 + jitter.clamp(0.0, 1.0)));
        Some(asked.map_or(wait, |asked| asked.max(wait)))
    }
}

#[cfg(test)]
mod tests {
    //! Waits as a table.

    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn waits_grow_to_the_ceiling_and_end() {
        let backoff = Backoff::new(seconds(2), 3.0, seconds(30), 6).unwrap();
        let waits = |jitter| [1, 2, 3, 4, 5, 6, u32::MAX].map(|attempt| backoff.wait(attempt, None, jitter));
        assert_eq!(
            waits(1.0),
            [Some(seconds(2)), Some(seconds(6)), Some(seconds(18)), Some(seconds(30)), Some(seconds(30)), None, None]
        );
        assert_eq!(
            waits(0.0),
            [Some(seconds(1)), Some(seconds(3)), Some(seconds(9)), Some(seconds(15)), Some(seconds(15)), None, None]
        );
        assert_eq!(backoff.wait(1, None, f64::MAX), Some(seconds(2)));
    }

    #[test]
    fn a_provider_that_asks_for_more_gets_it_and_for_less_does_not() {
        let backoff = Backoff::new(seconds(4), 2.0, seconds(60), u32::MAX).unwrap();
        assert_eq!(backoff.wait(1, Some(seconds(120)), 0.5), Some(seconds(120)));
        assert_eq!(backoff.wait(1, Some(seconds(1)), 0.5), Some(seconds(3)));
        assert_eq!(backoff.wait(u32::MAX - 1, None, 1.0), Some(seconds(60)));
    }

    #[test]
    fn numbers_that_give_no_backoff_are_refused() {
        let new = |first, factor, attempts| Backoff::new(first, factor, seconds(9), attempts).unwrap_err().to_string();
        assert_eq!(new(seconds(0), 2.0, 3), "first_wait 0ns is not between 1 ms and max_wait 9s");
        assert_eq!(new(seconds(10), 2.0, 3), "first_wait 10s is not between 1 ms and max_wait 9s");
        assert_eq!(new(seconds(1), 0.5, 3), "factor 0.5 is not between 1 and 10");
        assert_eq!(new(seconds(1), f64::NAN, 3), "factor NaN is not between 1 and 10");
        assert_eq!(new(seconds(1), 2.0, 0), "attempts_max is 0: write at least 1");
    }
}
