//! One decision in the making: the customer as it will be, and what is to be written.
//!
//! Nothing here touches the customer: a turn that is given up is dropped.

pub(crate) mod evaluate;
pub(crate) mod governance;
pub(crate) mod record;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use baton_governance::{Intent, OutboxChange};
use baton_journey::definitions::Definitions;
use baton_journey::journey::Journey;
use baton_model::decision::Cause;
use baton_model::history::InputNumber;
use baton_model::ids::EnrolmentId;
use baton_model::reason::Reason;
use baton_model::text_id::CustomerId;
use baton_rules::Budget;
use jiff::Timestamp;

use crate::event_log::EventLog;
use crate::failures::Failures;
use crate::state::State;
use crate::step_messages::StepMessages;
use crate::stimulus::Stimulus;
use crate::touched::Touched;
use crate::{Enrolment, Environment, HistoryRow, Input, Membership, Rejection};

/// One decision in the making.
pub(crate) struct Turn<'a> {
    /// Who.
    pub id: &'a CustomerId,
    /// The world.
    pub environment: &'a Environment<'a>,
    /// The instant of every part of it.
    pub at: Timestamp,
    /// The message steps of all versions.
    pub messages: StepMessages<'a>,
    /// The newest documents.
    pub current: Arc<Definitions>,
    /// The customer as it will be.
    pub state: State,
    /// The events; those added in this turn are removed again if it is given up.
    pub log: &'a mut EventLog,
    /// The failed decisions that count, those of this turn with them.
    pub failures: Failures,
    /// Work left.
    pub budget: Budget,
    /// The input at hand.
    pub input: InputNumber,
    /// What the input at hand is.
    pub cause: Cause,
    /// The documents are others than those of the last decision.
    pub adopted: bool,
    /// Facts that changed since rules were last looked at.
    pub touched: Touched,
    /// Inner inputs that wait for the input at hand.
    pub inner: VecDeque<Stimulus>,
    /// Steps that each enrolment took in this decision.
    pub steps_taken: BTreeMap<EnrolmentId, u32>,
    /// Message steps that were come to and not yet decided.
    pub intents: Vec<Intent>,
    /// Why message steps of this decision found no send to make.
    pub no_send: BTreeMap<EnrolmentId, Reason>,
    /// What is to be written.
    pub output: Output,
}

/// What a turn is to write, beside the sections.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub rows: Vec<HistoryRow>,
    pub records: Vec<baton_model::decision::DecisionRecord>,
    pub memberships: Vec<Membership>,
    pub outbox: Vec<OutboxChange>,
}

/// Why a turn is given up, and the customer left as it was.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum GivenUp {
    /// The event is refused.
    Rejected(Rejection),
    /// The event was taken before.
    Repeat,
    /// It is about something the customer does not know.
    Unknown,
    /// There is nothing to do.
    Nothing,
    /// It took more work than one decision may.
    Budget,
    /// The customer is parked.
    Parked,
}

impl Turn<'_> {
    /// Opens the next input: it gets a number and a row, and records name it until the next one.
    pub fn open_input(&mut self, cause: Cause, input: impl FnOnce(InputNumber) -> Input) {
        let number = self.state.head.next_input;
        self.state.head.next_input = InputNumber(number.0 + 1);
        self.input = number;
        self.cause = cause;
        let input = input(number);
        let row = HistoryRow { number, at: self.at, version: self.current.version, input };
        self.failures.note(&row);
        self.output.rows.push(row);
    }

    /// The documents of an enrolment; `None` if its version or journey is gone, which parks it.
    pub fn journey_of(&self, enrolment: &Enrolment) -> Option<Arc<Journey>> {
        let version = self.environment.library.version(enrolment.version)?;
        version.journeys.get(&enrolment.journey).cloned()
    }

    /// A live enrolment.
    pub fn enrolment(&self, id: EnrolmentId) -> Option<&Enrolment> {
        self.state.enrolments.live.get(&id)
    }

    /// A live enrolment, to be changed.
    pub fn enrolment_mut(&mut self, id: EnrolmentId) -> Option<&mut Enrolment> {
        Arc::make_mut(&mut self.state.enrolments).live.get_mut(&id)
    }

    /// Whether failed decisions have parked the customer.
    pub fn is_parked(&self) -> bool {
        self.failures.parked_under(self.current.version).is_some()
    }

    /// Whether somebody holds the step changes of an enrolment. The kill switch of the cluster holds sends only.
    pub fn is_held(&self, enrolment: &Enrolment) -> bool {
        let settings = self.environment.settings;
        let journey = settings.journey_holds.get(&enrolment.journey);
        let holds = [self.state.profile.pause.as_ref(), journey];
        holds.into_iter().flatten().any(|hold| hold.until.is_none_or(|until| self.at < until))
    }
}
