//! How a replica comes to decide, and how it stops.
//!
//! ```text
//!             leadership gained        Activate applied, documents here
//!   Following ─────────────▶ Activating ───────────────────────────▶ Leading
//!       ▲                        │  ▲                                    │
//!       └── leadership lost ─────┘  └── a batch was not taken ───────────┘
//! ```
//!
//! Invariant: nothing is decided before the `Activate` entry of this replica is applied *here*. By then everything an
//! earlier leader could have acknowledged is applied, and nothing of an earlier epoch can be applied any more.

use baton_model::ids::{DefinitionsVersion, Epoch};

use crate::entry::Applied;
use crate::gate::Gate;
use crate::outcome::Outcome;

/// Where a replica stands between following and deciding. `C` is what it keeps for one epoch.
#[derive(Debug)]
pub struct Course<C> {
    phase: Phase<C>,
    round: Round,
}

#[derive(Debug)]
enum Phase<C> {
    /// Another replica leads, or nobody known.
    Following,
    /// This one leads; the epoch is being opened.
    Activating,
    /// This one leads and decides.
    Leading(C),
}

/// A stretch of one phase. What was begun in an older one is ignored when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round(u64);

/// What to do after an `Activate` was heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: things have moved on.
    Nothing,
    /// It opened this epoch. Decide in it once the documents are here; see [`Course::may_open`].
    Open(Epoch),
    /// It opened nothing. Wait a moment, then ask [`Course::again`].
    Wait,
}

impl<C> Default for Course<C> {
    fn default() -> Self {
        Self { phase: Phase::Following, round: Round(0) }
    }
}

impl<C> Course<C> {
    /// What is kept for the current epoch, if the replica decides.
    pub fn leading(&self) -> Option<&C> {
        match &self.phase {
            Phase::Leading(kept) => Some(kept),
            Phase::Following | Phase::Activating => None,
        }
    }

    /// The stretch that has begun last.
    pub fn round(&self) -> Round {
        self.round
    }

    /// Whether nothing has happened since `round` began.
    pub fn is_current(&self, round: Round) -> bool {
        self.round == round
    }

    /// The replica leads: propose an `Activate`, and tell [`Course::activated`] what came of it. Stop before, if it decides.
    #[must_use = "the entry is proposed by the caller"]
    pub fn activate(&mut self) -> Round {
        self.enter(Phase::Activating);
        self.round
    }

    /// Another replica leads. Stop before, if this one decides.
    pub fn follow(&mut self) {
        self.enter(Phase::Following);
    }

    /// Stops deciding, and gives what was kept for the epoch; `None` if the replica does not decide. Wait a moment, then ask
    /// [`Course::again`]: unless leadership is lost by then, a new epoch is opened.
    pub fn stop(&mut self) -> Option<C> {
        if !matches!(self.phase, Phase::Leading(_)) {
            return None;
        }
        match self.enter(Phase::Activating) {
            Phase::Leading(kept) => Some(kept),
            Phase::Following | Phase::Activating => None,
        }
    }

    /// A moment has passed since `round` began: whether to [`Course::activate`] now.
    pub fn again(&self, round: Round) -> bool {
        self.is_current(round) && matches!(self.phase, Phase::Activating)
    }

    /// The `Activate` that was proposed in `round` was heard of.
    pub fn activated(&self, round: Round, outcome: &Outcome) -> Next {
        match outcome {
            _ if !self.again(round) => Next::Nothing,
            Outcome::Applied(Applied::Activated(epoch)) => Next::Open(*epoch),
            _ => Next::Wait,
        }
    }

    /// Whether the epoch may be opened that was activated in `round`: a leader whose documents are older than the shard's
    /// waits for its own replica of them.
    pub fn may_open(&self, round: Round, gate: &Gate, newest: DefinitionsVersion) -> bool {
        self.again(round) && newest >= gate.definitions_version
    }

    /// The replica decides from here on.
    pub fn open(&mut self, kept: C) {
        assert!(matches!(self.phase, Phase::Activating), "an epoch is opened by an activation");
        self.enter(Phase::Leading(kept));
    }

    fn enter(&mut self, phase: Phase<C>) -> Phase<C> {
        self.round = Round(self.round.0 + 1);
        std::mem::replace(&mut self.phase, phase)
    }
}

#[cfg(test)]
mod tests;
