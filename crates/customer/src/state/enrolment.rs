//! One run of a customer through a journey.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_model::history::StoredEvent;
use baton_model::ids::{DefinitionsVersion, EnrolmentId, Run, Visit};
use baton_model::text_id::{CorrelationKey, JourneyId, StepId};
use baton_model::value::Fields;
use jiff::Timestamp;

use crate::Waiting;

/// A live enrolment. It names its journey, version and step, and never copies them.
#[derive(Debug, Clone, PartialEq)]
pub struct Enrolment {
    /// Fixed at entry.
    pub id: EnrolmentId,
    /// The journey.
    pub journey: JourneyId,
    /// The version it runs on.
    pub version: DefinitionsVersion,
    /// What tells it from the other enrolments of the journey.
    pub key: Option<CorrelationKey>,
    /// Which entry of that key it is.
    pub run: Run,
    /// When it entered.
    pub entered_at: Timestamp,
    /// When `limits.max_age` ends it.
    pub expires_at: Option<Timestamp>,
    /// The event that started it, or replaced its context since.
    pub event: Arc<StoredEvent>,
    /// What was captured on the way, over the event's properties; `None` while nothing was.
    pub context: Option<Fields>,
    /// Where it stands.
    pub position: Position,
    /// How often it came to each step.
    pub visits: BTreeMap<StepId, Visit>,
    /// When its exit rules can change by themselves.
    pub exit_flip: Option<Timestamp>,
    /// It reached the journey's goal already.
    pub goal_reached: bool,
    /// The way on that was taken while a pause held it; it goes when the pause ends.
    pub held: Option<Departure>,
}

/// Where an enrolment stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// The step.
    pub step: StepId,
    /// Which visit to it.
    pub visit: Visit,
    /// When it came there.
    pub entered_at: Timestamp,
    /// From where the step's deadlines count: the deadline that ended the step before, else [`Position::entered_at`].
    pub base: Timestamp,
    /// How often the step failed on this visit and was put off.
    pub tries: u32,
    /// What it waits for.
    pub waiting: Waiting,
}

/// A way out of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The step to go to; `None` is the end of the journey.
    pub to: Option<StepId>,
    /// By which way, for the record: `elapsed`, `timeout`, `branch 2`, …
    pub by: String,
    /// From where the next step counts.
    pub base: Timestamp,
}

impl Enrolment {
    /// What rules and templates call `context`.
    pub fn context(&self) -> &Fields {
        self.context.as_ref().unwrap_or(&self.event.properties)
    }
}
