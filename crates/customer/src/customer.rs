//! A customer in memory.

use baton_model::text_id::CustomerId;

use crate::state::State;
use crate::{Answer, Command, Decision, Environment, Sections, Stored};

/// One customer.
#[derive(Debug, Clone)]
pub struct Customer {
    id: CustomerId,
    state: State,
}

impl Customer {
    /// A customer nothing is known of.
    pub fn new(id: CustomerId) -> Self {
        Self { id, state: State::default() }
    }

    /// A customer as stored.
    pub fn restore(id: CustomerId, stored: Stored) -> Self {
        let _ = stored;
        Self::new(id)
    }

    /// Who it is.
    pub fn id(&self) -> &CustomerId {
        &self.id
    }

    /// The state, by section, for encoding and for reading.
    pub fn sections(&self) -> Sections<'_> {
        let state = &self.state;
        Sections {
            head: &state.head,
            profile: &state.profile,
            segments: &state.segments,
            enrolments: &state.enrolments,
            ledger: &state.ledger,
            marks: &state.marks,
        }
    }

    /// Decides about one command. Total: a refusal is part of the decision.
    pub fn apply(&mut self, command: Command, environment: &Environment<'_>) -> Decision {
        let _ = command;
        Decision {
            at: environment.at,
            answer: Answer::Done,
            sections: self.state.changed_since(&self.state),
            history: Vec::new(),
            history_from: None,
            records: Vec::new(),
            records_from: None,
            memberships: Vec::new(),
            timers: Vec::new(),
            outbox: Vec::new(),
            wake_violations: Vec::new(),
            work: 0,
        }
    }
}
