//! The providers of one channel, in order of preference.
//!
//! A later provider is asked only while the breakers of all earlier ones are open. A provider that is merely busy or
//! throttled is waited for: failing over to shed load would spend the reputation of the stand-in.

use baton_ports::channel::Outcome;
use baton_ports::clock::MachineTime;

use super::breaker::Pass;
use super::gate::{Gate, GateConfig, Hold};

/// Permission for one attempt with one provider of the lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "settle it when the attempt has ended"]
pub struct Permit {
    /// Which provider, by its place in the lane.
    pub provider: usize,
    pass: Pass,
}

/// No provider may be asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Ask again at that instant.
    Until(MachineTime),
    /// Ask again when an attempt of this lane has ended.
    UntilSettled,
}

/// The gates of one channel.
#[derive(Debug, Clone)]
pub struct Lane {
    gates: Vec<Gate>,
}

impl Lane {
    /// A lane over these providers, the preferred one first. `None` without any.
    pub fn new(providers: impl IntoIterator<Item = GateConfig>) -> Option<Self> {
        let gates: Vec<Gate> = providers.into_iter().map(Gate::new).collect();
        (!gates.is_empty()).then_some(Self { gates })
    }

    /// Lets one attempt go, or says when to ask again.
    pub fn enter(&mut self, now: MachineTime) -> Result<Permit, Wait> {
        let mut earliest: Option<MachineTime> = None;
        for (provider, gate) in self.gates.iter_mut().enumerate() {
            match gate.enter(now) {
                Ok(pass) => return Ok(Permit { provider, pass }),
                Err(Hold::Broken(until)) => earliest = Some(earliest.map_or(until, |known| known.min(until))),
                Err(Hold::Busy) => return Err(Wait::UntilSettled),
                Err(Hold::Throttled(until)) => return Err(Wait::Until(until)),
            }
        }
        Err(Wait::Until(earliest.unwrap_or(now)))
    }

    /// Records how an attempt ended.
    pub fn settle(&mut self, permit: Permit, outcome: &Outcome, now: MachineTime) {
        if let Some(gate) = self.gates.get_mut(permit.provider) {
            gate.settle(permit.pass, outcome, now);
        }
    }

    /// The gates, in order of preference.
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }
}

#[cfg(test)]
mod tests;
