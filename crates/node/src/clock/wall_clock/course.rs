//! Where customer time stands in relation to the monotonic clock: the rule, without a clock.

use std::time::Duration;

use baton_model::time::{saturating_add, to_millis};
use jiff::{SignedDuration, Timestamp};

use crate::clock::exchange::{Exchange, STEP_MIN, at_start};
use crate::clock::signed;

/// How long a step must have held before it is followed by a node that has nobody else to ask.
const STEP_HELD: Duration = Duration::from_secs(5);

/// How often the wall clock is looked at; in between, customer time is the monotonic clock.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Who can say that a clock is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Witness {
    /// The node alone: what its wall clock shows for long enough.
    Itself,
    /// The median of the cluster.
    Peers,
}

/// How a node's clock stands to those of its cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It may decide.
    Agrees,
    /// It was not compared with others since the node started.
    NotCompared,
    /// It is a step ahead of the median, or behind it where this is negative.
    Differs(SignedDuration),
}

/// Where customer time stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Course {
    /// Customer time at the start of the process, as it looks now.
    base: Timestamp,
    /// The machine time of the last look at the wall clock.
    looked_at: Duration,
    /// Since when the wall clock has been a step away.
    stepped_since: Option<Duration>,
    /// The latest customer time told.
    told: Timestamp,
    witness: Witness,
    /// The last comparison with the cluster.
    exchange: Option<Exchange>,
    /// Whether this clock was ever found right: from then on somebody may have decided by it, and it never goes back.
    relied_on: bool,
}

impl Course {
    /// Begins at machine time zero with what the wall clock says.
    pub(super) fn new(wall: Timestamp, witness: Witness) -> Self {
        Self {
            base: wall,
            looked_at: Duration::ZERO,
            stepped_since: None,
            told: wall,
            witness,
            exchange: None,
            relied_on: witness == Witness::Itself,
        }
    }

    /// From now on this is asked.
    pub(super) fn ask(&mut self, witness: Witness) {
        self.witness = witness;
        self.relied_on |= witness == Witness::Itself;
    }

    /// Customer time at machine time `machine`, when the wall clock says `wall`. `wall` is asked for only when it counts.
    pub(super) fn tell(&mut self, machine: Duration, wall: impl FnOnce() -> Timestamp) -> Timestamp {
        if machine.saturating_sub(self.looked_at) >= LOOK_EVERY {
            self.look(machine, wall());
        }
        self.told = self.told.max(to_millis(self.at(machine)));
        self.told
    }

    /// The cluster was asked.
    pub(super) fn exchanged(&mut self, exchange: Exchange, machine: Duration, wall: Timestamp) {
        self.exchange = Some(exchange);
        self.look(machine, wall);
        self.relied_on |= self.verdict(machine, wall) == Verdict::Agrees;
    }

    /// How the clock stands when the wall clock says `wall`: the wall clock itself, and customer time, which follows later.
    pub(super) fn verdict(&self, machine: Duration, wall: Timestamp) -> Verdict {
        let exchange = match self.witness {
            Witness::Itself => return Verdict::Agrees,
            Witness::Peers => self.exchange,
        };
        let Some(exchange) = exchange else { return Verdict::NotCompared };
        let differs = exchange.differs(at_start(machine, wall)).or_else(|| exchange.differs(self.base));
        differs.map_or(Verdict::Agrees, Verdict::Differs)
    }

    fn look(&mut self, machine: Duration, wall: Timestamp) {
        let passed = machine.saturating_sub(self.looked_at);
        self.looked_at = machine;
        let difference = wall.duration_since(self.at(machine));
        if difference.abs() > STEP_MIN {
            let since = *self.stepped_since.get_or_insert(machine);
            if self.confirmed(since, machine, wall) {
                self.follow(difference, machine);
            }
            return;
        }
        self.stepped_since = None;
        let slew_max = signed(passed) / 10;
        self.base = saturating_add(self.base, difference.clamp(-slew_max, slew_max));
    }

    /// Whether a step that was first seen at `since` is right.
    fn confirmed(&self, since: Duration, machine: Duration, wall: Timestamp) -> bool {
        match self.witness {
            Witness::Itself => machine.saturating_sub(since) >= STEP_HELD,
            Witness::Peers => self
                .exchange
                .is_some_and(|exchange| exchange.began >= since && exchange.differs(at_start(machine, wall)).is_none()),
        }
    }

    fn follow(&mut self, difference: SignedDuration, machine: Duration) {
        self.base = saturating_add(self.base, difference);
        self.stepped_since = None;
        if !self.relied_on {
            self.told = to_millis(self.at(machine));
        }
    }

    fn at(&self, machine: Duration) -> Timestamp {
        saturating_add(self.base, signed(machine))
    }
}

#[cfg(test)]
mod tests;
