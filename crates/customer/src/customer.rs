//! A customer in memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use baton_model::decision::Cause;
use baton_model::history::{History, InputNumber};
use baton_model::ids::DefinitionsVersion;
use baton_model::text_id::CustomerId;
use baton_rules::Budget;

use crate::event_log::EventLog;
use crate::failures::Failures;
use crate::phases::finish::{Finished, finish};
use crate::phases::wake_sources;
use crate::state::State;
use crate::step_messages::StepMessages;
use crate::touched::Touched;
use crate::turn::{GivenUp, Output, Turn};
use crate::{
    Answer, Command, Decision, Environment, IngestAnswer, Parked, SectionSet, Sections, Stored, WakeViolation, commands,
};

/// One customer.
#[derive(Debug, Clone)]
pub struct Customer {
    id: CustomerId,
    state: State,
    log: EventLog,
    failures: Failures,
}

impl Customer {
    /// A customer nothing is known of.
    pub fn new(id: CustomerId) -> Self {
        Self { id, state: State::default(), log: EventLog::default(), failures: Failures::default() }
    }

    /// A customer as stored.
    pub fn restore(id: CustomerId, stored: Stored) -> Self {
        let failures = Failures::of_rows(&stored.history);
        Self { id, log: EventLog::of_rows(stored.history), state: State::of_sections(stored.sections), failures }
    }

    /// Who it is.
    pub fn id(&self) -> &CustomerId {
        &self.id
    }

    /// The events that are kept.
    pub fn history(&self) -> &History {
        self.log.history()
    }

    /// The state, by section, for encoding and for reading.
    pub fn sections(&self) -> Sections<'_> {
        self.state.sections()
    }

    /// Whether failed decisions have parked the customer while documents of that version are the current ones: then every
    /// command but [`Command::Resume`] is answered [`Answer::Parked`].
    pub fn parked(&self, version: DefinitionsVersion) -> Option<&Parked> {
        self.failures.parked_under(version)
    }

    /// The live enrolments that nothing would ever wake; none, unless there is a fault in Baton. Each decision looks by
    /// itself; this is for whoever walks over all customers.
    pub fn wake_violations(&mut self, environment: &Environment<'_>) -> Vec<WakeViolation> {
        wake_sources::violations(&self.turn(environment))
    }

    /// Decides about one command. Total: a refusal is part of the decision. All or nothing: a decision that changes no section
    /// has changed nothing.
    pub fn apply(&mut self, command: Command, environment: &Environment<'_>) -> Decision {
        let first_new = self.state.head.next_input;
        let mut turn = self.turn(environment);
        let decided = commands::run(&mut turn, command).and_then(|answer| Ok((answer, finish(&mut turn)?)));
        match decided {
            Ok((answer, finished)) => {
                let Turn { state, output, budget, at, failures, .. } = turn;
                self.failures = failures;
                self.take(state, output, Written { answer, finished, at, budget })
            }
            Err(given_up) => {
                let (at, work) = (turn.at, work(&turn.budget));
                let added = turn.output.rows.len();
                self.forget_new_events(first_new, added);
                nothing(at, answer(given_up), work)
            }
        }
    }

    fn turn<'a>(&'a mut self, environment: &'a Environment<'a>) -> Turn<'a> {
        let at = baton_model::time::to_millis(environment.at).max(self.state.head.at);
        let current = Arc::clone(environment.library.current());
        let mut state = self.state.clone();
        state.head.at = at;
        Turn {
            id: &self.id,
            environment,
            at,
            messages: StepMessages(environment.library),
            cause: Cause::Publish(current.version),
            current,
            input: state.head.next_input,
            state,
            log: &mut self.log,
            failures: self.failures.clone(),
            budget: Budget::default(),
            adopted: false,
            touched: Touched::default(),
            inner: VecDeque::new(),
            steps_taken: BTreeMap::new(),
            intents: Vec::new(),
            no_send: BTreeMap::new(),
            output: Output::default(),
        }
    }

    /// Takes on the new state.
    fn take(&mut self, state: State, output: Output, written: Written) -> Decision {
        let Written { answer, finished, at, budget } = written;
        let Finished { removed, timers, wake_violations } = finished;
        let sections = state.changed_since(&self.state);
        self.state = state;
        self.log.remove_before(self.state.head.first_input);
        Decision {
            at,
            answer,
            sections,
            history: output.rows,
            history_removed: removed.history,
            records: output.records,
            records_removed: removed.records,
            memberships: output.memberships,
            timers,
            outbox: output.outbox,
            wake_violations,
            work: work(&budget),
        }
    }

    /// Removes the events that a turn added before it was given up.
    fn forget_new_events(&mut self, first_new: InputNumber, rows: usize) {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        for number in first_new.0..first_new.0.saturating_add(rows) {
            self.log.remove(InputNumber(number));
        }
    }
}

/// What belongs to a decision beside the state and its rows.
struct Written {
    answer: Answer,
    finished: Finished,
    at: jiff::Timestamp,
    budget: Budget,
}

/// A decision that changes nothing.
fn nothing(at: jiff::Timestamp, answer: Answer, work: u64) -> Decision {
    Decision {
        at,
        answer,
        sections: SectionSet::default(),
        history: Vec::new(),
        history_removed: 0..0,
        records: Vec::new(),
        records_removed: 0..0,
        memberships: Vec::new(),
        timers: Vec::new(),
        outbox: Vec::new(),
        wake_violations: Vec::new(),
        work,
    }
}

fn answer(given_up: GivenUp) -> Answer {
    match given_up {
        GivenUp::Rejected(rejection) => Answer::Ingest(IngestAnswer::Rejected(rejection)),
        GivenUp::Repeat => Answer::Ingest(IngestAnswer::Duplicate),
        GivenUp::Unknown => Answer::Unknown,
        GivenUp::Nothing => Answer::Done,
        GivenUp::Budget => Answer::DecisionBudget,
        GivenUp::Parked => Answer::Parked,
    }
}

fn work(budget: &Budget) -> u64 {
    Budget::STEPS_MAX - budget.left()
}

#[cfg(test)]
mod tests;
