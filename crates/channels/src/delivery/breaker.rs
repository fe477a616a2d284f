//! A circuit breaker: stops asking a provider that keeps failing, and finds out with single attempts when it is back.
//!
//! ```text
//! closed ──failures_max in a row──▶ open ──open_for──▶ probing (one attempt at a time)
//!    ▲                               ▲                    │
//!    └─────────── success ───────────┼────────────────────┤
//!                                    └────── failure ─────┘
//! ```
//!
//! Every state has a number; the result of an attempt counts only in the state that let it go. So a slow attempt from
//! before the opening neither closes nor reopens anything.

use std::time::Duration;

use baton_ports::channel::Outcome;
use baton_ports::clock::MachineTime;

/// When a breaker opens and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerConfig {
    /// How many attempts in a row must fail. 0 counts as 1.
    pub failures_max: u32,
    /// How long it stays open, and how long a probe may take before the next one goes.
    pub open_for: Duration,
}

/// Permission for one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "an attempt's result must be recorded, or a probing breaker waits for it in vain"]
pub struct Pass {
    state: u64,
}

/// The breaker of one provider.
#[derive(Debug, Clone)]
pub struct Breaker {
    config: BreakerConfig,
    state: State,
    number: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: MachineTime },
    Probing { until: MachineTime },
}

impl Breaker {
    /// A closed breaker.
    pub fn new(config: BreakerConfig) -> Self {
        Self { config, state: State::Closed { failures: 0 }, number: 0 }
    }

    /// Whether the provider is not being asked, or only probed.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, State::Closed { .. })
    }

    /// When an attempt may go, if not now.
    pub fn opens_until(&self, now: MachineTime) -> Option<MachineTime> {
        match self.state {
            State::Open { until } | State::Probing { until } if now < until => Some(until),
            _ => None,
        }
    }

    /// Lets an attempt go, or says until when none may.
    pub fn enter(&mut self, now: MachineTime) -> Result<Pass, MachineTime> {
        if let Some(until) = self.opens_until(now) {
            return Err(until);
        }
        if self.is_open() {
            self.become_state(State::Probing { until: self.reopening(now) });
        }
        Ok(Pass { state: self.number })
    }

    /// Records how an attempt ended.
    pub fn record(&mut self, pass: Pass, outcome: &Outcome, now: MachineTime) {
        if pass.state != self.number {
            return;
        }
        match (self.state, is_failure(outcome)) {
            (State::Closed { failures }, true) if failures + 1 < self.config.failures_max => {
                self.state = State::Closed { failures: failures + 1 };
            }
            (State::Closed { .. }, false) => self.state = State::Closed { failures: 0 },
            (State::Probing { .. }, false) => self.become_state(State::Closed { failures: 0 }),
            (_, true) => self.become_state(State::Open { until: self.reopening(now) }),
            (State::Open { .. }, false) => {}
        }
    }

    fn reopening(&self, now: MachineTime) -> MachineTime {
        MachineTime(now.0.saturating_add(self.config.open_for))
    }

    fn become_state(&mut self, state: State) {
        self.state = state;
        self.number += 1;
    }
}

/// Whether an outcome speaks against the provider. A message that fails for good says that the provider works.
fn is_failure(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Accepted { .. } | Outcome::FailedForGood { .. } => false,
        Outcome::RetryLater { .. } | Outcome::Unknown { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    //! The breaker's life, second by second.

    use super::*;

    fn at(seconds: u64) -> MachineTime {
        MachineTime(Duration::from_secs(seconds))
    }

    fn outcome(name: &str) -> Outcome {
        let reason = String::new();
        match name {
            "accepted" => Outcome::Accepted { provider_message_id: None },
            "failed" => Outcome::FailedForGood { reason },
            "retry" => Outcome::RetryLater { reason, after: None },
            "unknown" => Outcome::Unknown { reason },
            _ => panic!("{name}"),
        }
    }

    fn breaker() -> Breaker {
        Breaker::new(BreakerConfig { failures_max: 3, open_for: Duration::from_secs(10) })
    }

    /// Lets one attempt go at each instant and records its outcome at once.
    fn check(attempts: &[(u64, &str)], open_until: Option<u64>) {
        let mut breaker = breaker();
        for (seconds, name) in attempts {
            let pass = breaker.enter(at(*seconds)).unwrap();
            breaker.record(pass, &outcome(name), at(*seconds));
        }
        let last = attempts.last().unwrap().0;
        assert_eq!(breaker.opens_until(at(last)), open_until.map(at), "{attempts:?}");
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_probe_decides() {
        check(&[(0, "retry"), (1, "retry")], None);
        check(&[(0, "retry"), (1, "unknown"), (2, "retry")], Some(12));
        check(&[(0, "retry"), (1, "retry"), (2, "accepted"), (3, "retry"), (4, "retry")], None);
        check(&[(0, "retry"), (1, "retry"), (2, "failed"), (3, "retry"), (4, "retry")], None);
        check(&[(0, "retry"), (1, "retry"), (2, "retry"), (12, "accepted"), (12, "retry"), (12, "retry")], None);
        check(&[(0, "retry"), (1, "retry"), (2, "retry"), (12, "retry")], Some(22));
        check(&[(0, "retry"), (1, "retry"), (2, "retry"), (12, "retry"), (22, "failed")], None);
    }

    #[test]
    fn one_probe_goes_at_a_time_and_a_lost_one_is_replaced() {
        let mut breaker = breaker();
        for _ in 0..3 {
            let pass = breaker.enter(at(0)).unwrap();
            breaker.record(pass, &outcome("retry"), at(0));
        }
        assert_eq!(breaker.enter(at(9)), Err(at(10)));
        let lost = breaker.enter(at(10)).unwrap();
        assert_eq!(breaker.enter(at(11)), Err(at(20)));
        let second = breaker.enter(at(20)).unwrap();
        breaker.record(lost, &outcome("retry"), at(21));
        breaker.record(second, &outcome("accepted"), at(21));
        assert!(!breaker.is_open());
    }

    #[test]
    fn results_from_before_the_opening_do_not_count() {
        let mut breaker = breaker();
        let early: Vec<Pass> = (0..5).map(|_| breaker.enter(at(0)).unwrap()).collect();
        for pass in &early[..3] {
            breaker.record(*pass, &outcome("retry"), at(1));
        }
        breaker.record(early[3], &outcome("accepted"), at(2));
        assert_eq!(breaker.opens_until(at(2)), Some(at(11)));
        let probe = breaker.enter(at(11)).unwrap();
        breaker.record(early[4], &outcome("retry"), at(12));
        breaker.record(probe, &outcome("accepted"), at(12));
        assert!(!breaker.is_open());
    }
}
