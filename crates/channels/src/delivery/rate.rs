//! How many attempts per second a provider takes: a token bucket, kept as one instant.
//!
//! The generic cell rate algorithm (ITU-T I.371): `full_at` is when the bucket would be full again. Each attempt moves it
//! one interval on; an attempt may go while the bucket holds a token, that is while `full_at` is at most the burst ahead.

use std::time::Duration;

use baton_ports::clock::MachineTime;

/// A rate that a provider allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    interval: Duration,
    burst: u32,
}

/// Numbers that give no rate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RateError {
    /// Too slow or too fast to keep.
    #[error("per_second {0} is not between 0.001 and 1,000,000")]
    PerSecond(f64),
    /// Nothing could ever go.
    #[error("burst is 0: write at least 1")]
    Burst,
}

impl Rate {
    /// `per_second` attempts in the long run, up to `burst` at once.
    pub fn new(per_second: f64, burst: u32) -> Result<Self, RateError> {
        if !(0.001..=1_000_000.0).contains(&per_second) {
            return Err(RateError::PerSecond(per_second));
        }
        if burst == 0 {
            return Err(RateError::Burst);
        }
        Ok(Self { interval: Duration::from_secs_f64(1.0 / per_second), burst })
    }
}

/// The state of one bucket; it starts full.
#[derive(Debug, Clone)]
pub struct RateLimit {
    rate: Rate,
    full_at: MachineTime,
}

impl RateLimit {
    /// A full bucket.
    pub fn new(rate: Rate) -> Self {
        Self { rate, full_at: MachineTime::default() }
    }

    /// Takes a token, or says when there will be one.
    pub fn take(&mut self, now: MachineTime) -> Result<(), MachineTime> {
        let room = self.rate.interval.saturating_mul(self.rate.burst - 1);
        let next_at = MachineTime(self.full_at.0.saturating_sub(room));
        if now < next_at {
            return Err(next_at);
        }
        self.full_at = MachineTime(self.full_at.max(now).0.saturating_add(self.rate.interval));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    //! The bucket against a clock in the test's hand.

    use super::*;

    fn at(millis: u64) -> MachineTime {
        MachineTime(Duration::from_millis(millis))
    }

    #[test]
    fn a_burst_goes_at_once_and_then_the_rate_holds() {
        let mut limit = RateLimit::new(Rate::new(10.0, 3).unwrap());
        let took = |limit: &mut RateLimit, millis| limit.take(at(millis));
        assert_eq!([0, 0, 0].map(|now| took(&mut limit, now)), [Ok(()), Ok(()), Ok(())]);
        assert_eq!(took(&mut limit, 0), Err(at(100)));
        assert_eq!(took(&mut limit, 99), Err(at(100)));
        assert_eq!([100, 200].map(|now| took(&mut limit, now)), [Ok(()), Ok(())]);
        assert_eq!(took(&mut limit, 200), Err(at(300)));
        assert_eq!([10_000, 10_000, 10_000].map(|now| took(&mut limit, now)), [Ok(()), Ok(()), Ok(())]);
        assert_eq!(took(&mut limit, 10_000), Err(at(10_100)));
    }

    #[test]
    fn no_window_holds_more_than_burst_and_rate_allow() {
        let mut limit = RateLimit::new(Rate::new(50.0, 7).unwrap());
        let mut taken = Vec::new();
        let mut now = 0;
        for step in 0..20_000_u64 {
            now += step * 7919 % 5;
            if limit.take(at(now)).is_ok() {
                taken.push(now);
            }
        }
        for (i, start) in taken.iter().enumerate() {
            let within = taken[i..].iter().take_while(|instant| **instant < start + 1000).count();
            assert!(within <= 50 + 7, "{within} within the second from {start} ms");
        }
        assert!(taken.len() as u64 >= now / 20, "{} taken in {now} ms", taken.len());
    }

    #[test]
    fn numbers_that_give_no_rate_are_refused() {
        assert_eq!(Rate::new(0.0, 1).unwrap_err().to_string(), "per_second 0 is not between 0.001 and 1,000,000");
        assert_eq!(
            Rate::new(f64::NAN, 1).unwrap_err().to_string(),
            "per_second NaN is not between 0.001 and 1,000,000"
        );
        assert_eq!(Rate::new(1.0, 0).unwrap_err().to_string(), "burst is 0: write at least 1");
    }
}
