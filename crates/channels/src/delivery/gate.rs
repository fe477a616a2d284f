//! What one provider allows at this moment: a closed breaker, a free slot, a token.

use baton_ports::channel::Outcome;
use baton_ports::clock::MachineTime;

use super::breaker::{Breaker, BreakerConfig, Pass};
use super::rate::{Rate, RateLimit};

/// The limits of one provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateConfig {
    /// When the breaker opens.
    pub breaker: BreakerConfig,
    /// How many attempts may be under way at once. 0 counts as 1.
    pub in_flight_max: u32,
    /// How many may start per second.
    pub rate: Rate,
}

/// Why an attempt must wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// The breaker is open until then.
    Broken(MachineTime),
    /// Every slot is taken; one is free when an attempt ends.
    Busy,
    /// The rate is used up until then.
    Throttled(MachineTime),
}

/// The gate of one provider.
#[derive(Debug, Clone)]
pub struct Gate {
    breaker: Breaker,
    rate: RateLimit,
    in_flight: u32,
    in_flight_max: u32,
}

impl Gate {
    /// An open gate.
    pub fn new(config: GateConfig) -> Self {
        Self {
            breaker: Breaker::new(config.breaker),
            rate: RateLimit::new(config.rate),
            in_flight: 0,
            in_flight_max: config.in_flight_max.max(1),
        }
    }

    /// Lets one attempt through, which must be settled; or says why not. Nothing is used up by an attempt that is held.
    pub fn enter(&mut self, now: MachineTime) -> Result<Pass, Hold> {
        if let Some(until) = self.breaker.opens_until(now) {
            return Err(Hold::Broken(until));
        }
        if self.in_flight >= self.in_flight_max {
            return Err(Hold::Busy);
        }
        self.rate.take(now).map_err(Hold::Throttled)?;
        let pass = self.breaker.enter(now).map_err(Hold::Broken)?;
        self.in_flight += 1;
        Ok(pass)
    }

    /// Records how an attempt ended and frees its slot.
    pub fn settle(&mut self, pass: Pass, outcome: &Outcome, now: MachineTime) {
        debug_assert!(self.in_flight > 0, "an attempt is settled once");
        self.in_flight = self.in_flight.saturating_sub(1);
        self.breaker.record(pass, outcome, now);
    }

    /// Frees the slot of an attempt whose end nobody saw. It says nothing about the provider.
    pub fn abandon(&mut self, _pass: Pass) {
        debug_assert!(self.in_flight > 0, "an attempt is settled or abandoned once");
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Whether the breaker is open or probing; for people and metrics.
    pub fn is_broken(&self) -> bool {
        self.breaker.is_open()
    }

    /// How many attempts are under way.
    pub fn in_flight(&self) -> u32 {
        self.in_flight
    }
}
