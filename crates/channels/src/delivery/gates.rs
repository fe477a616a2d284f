//! The gates of every provider of a node, and who is asked first.
//!
//! A later provider of an order is asked only while the breakers of all earlier ones are open. A provider that is merely
//! busy or throttled is waited for: failing over to shed load would spend the reputation of the stand-in.

use baton_ports::channel::Outcome;
use baton_ports::clock::MachineTime;

use super::breaker::Pass;
use super::gate::{Gate, GateConfig, Hold};

/// Permission for one attempt with one provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "settle it when the attempt has ended, or abandon it"]
pub struct Permit {
    /// Which provider, by its place among the gates.
    pub provider: usize,
    pass: Pass,
}

/// No provider may be asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The one whose turn it is has used up its rate until then.
    Throttled(MachineTime),
    /// The one whose turn it is has no free slot. Ask again when an attempt has ended.
    Busy,
    /// The breakers of all are open, the first of them until then.
    AllBroken(MachineTime),
}

/// One gate per provider.
#[derive(Debug, Clone)]
pub struct Gates(Vec<Gate>);

impl Gates {
    /// Open gates, in the order of `providers`.
    pub fn new(providers: impl IntoIterator<Item = GateConfig>) -> Self {
        Self(providers.into_iter().map(Gate::new).collect())
    }

    /// Lets one attempt go with the first possible provider of `order`, or says what to wait for. An empty order waits for
    /// nothing that comes: its answer is [`Wait::AllBroken`] until now.
    pub fn enter(&mut self, order: &[usize], now: MachineTime) -> Result<Permit, Wait> {
        let mut earliest: Option<MachineTime> = None;
        for &provider in order {
            let Some(gate) = self.0.get_mut(provider) else { continue };
            match gate.enter(now) {
                Ok(pass) => return Ok(Permit { provider, pass }),
                Err(Hold::Broken(until)) => earliest = Some(earliest.map_or(until, |known| known.min(until))),
                Err(Hold::Busy) => return Err(Wait::Busy),
                Err(Hold::Throttled(until)) => return Err(Wait::Throttled(until)),
            }
        }
        Err(Wait::AllBroken(earliest.unwrap_or(now)))
    }

    /// Records how an attempt ended.
    pub fn settle(&mut self, permit: Permit, outcome: &Outcome, now: MachineTime) {
        if let Some(gate) = self.0.get_mut(permit.provider) {
            gate.settle(permit.pass, outcome, now);
        }
    }

    /// Frees the slot of an attempt whose end nobody saw.
    pub fn abandon(&mut self, permit: Permit) {
        if let Some(gate) = self.0.get_mut(permit.provider) {
            gate.abandon(permit.pass);
        }
    }

    /// The gates, in the order of the providers.
    pub fn all(&self) -> &[Gate] {
        &self.0
    }
}

#[cfg(test)]
mod tests;
