//! Asking about one customer, and holding one.

use baton_model::decision::DecisionRecord;
use baton_model::history::{InputNumber, StoredEvent};
use baton_model::ids::{DefinitionsVersion, EnrolmentId, Run, SendId, Visit};
use baton_model::profile::Profile;
use baton_model::send::Send as SendRecord;
use baton_model::text_id::{CorrelationKey, CustomerId, JourneyId, Owner, SegmentId, StepId};
use futures::future::BoxFuture;
use jiff::Timestamp;

use super::{Aged, AskError, ReadLevel};

/// Questions about one customer.
pub trait Customers: Send + Sync {
    /// What is known of a customer now.
    fn get(&self, customer: CustomerId, level: ReadLevel) -> BoxFuture<'_, Result<Aged<CustomerView>, AskError>>;

    /// What happened to a customer, newest first: at most `limit` entries older than the entry `before`.
    fn timeline(
        &self,
        customer: CustomerId,
        before: Option<InputNumber>,
        limit: usize,
        level: ReadLevel,
    ) -> BoxFuture<'_, Result<Aged<Timeline>, AskError>>;

    /// Why something is as it is: every record about the subject, oldest first.
    fn explain(
        &self,
        customer: CustomerId,
        subject: ExplainSubject,
        level: ReadLevel,
    ) -> BoxFuture<'_, Result<Aged<Explanation>, AskError>>;

    /// Holds the customer's sends and steps. Holding one that is held replaces who, why and until.
    fn pause(&self, customer: CustomerId, request: PauseRequest) -> BoxFuture<'_, Result<(), AskError>>;

    /// Lets the customer go on, be it held or parked. Any other stays as it is.
    fn resume(&self, customer: CustomerId, by: Owner) -> BoxFuture<'_, Result<(), AskError>>;
}

/// What is known of a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerView {
    /// Who.
    pub customer: CustomerId,
    /// What holds until something says otherwise.
    pub profile: Profile,
    /// The segments they are in, since when.
    pub segments: Vec<(SegmentId, Timestamp)>,
    /// Their live enrolments, oldest first.
    pub enrolments: Vec<EnrolmentView>,
    /// Sends that are not final, oldest first.
    pub pending_sends: Vec<SendRecord>,
    /// When something happens next by itself.
    pub next_deadline: Option<Timestamp>,
    /// Why nothing is decided about them any more, if so.
    pub parking: Option<ParkingView>,
}

/// Decisions about a customer failed again and again: nothing is decided until other documents are published or a person
/// resumes the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkingView {
    /// Since when.
    pub since: Timestamp,
    /// The newest of the commands that were set aside.
    pub dead_letter: String,
    /// The documents under which the decisions failed.
    pub version: DefinitionsVersion,
}

/// One live run through a journey.
#[derive(Debug, Clone, PartialEq)]
pub struct EnrolmentView {
    /// Its id.
    pub enrolment: EnrolmentId,
    /// Its journey.
    pub journey: JourneyId,
    /// The documents it runs under.
    pub version: DefinitionsVersion,
    /// Its correlation key.
    pub key: Option<CorrelationKey>,
    /// Which run of that key it is.
    pub run: Run,
    /// When it started.
    pub started_at: Timestamp,
    /// Where it stands.
    pub step: StepId,
    /// Which visit to that step.
    pub visit: Visit,
    /// Since when.
    pub since: Timestamp,
    /// When it goes on by itself.
    pub deadline: Option<Timestamp>,
}

/// A stretch of a customer's life.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// Newest first.
    pub entries: Vec<TimelineEntry>,
    /// Where to go on; `None` at the beginning of the life.
    pub next: Option<InputNumber>,
}

/// One input and what was decided on it.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEntry {
    /// Its place among the customer's inputs.
    pub number: InputNumber,
    /// When it was taken.
    pub at: Timestamp,
    /// What it was.
    pub fact: TimelineFact,
    /// What was decided on it, in order.
    pub records: Vec<DecisionRecord>,
}

/// What an input was.
#[derive(Debug, Clone, PartialEq)]
pub enum TimelineFact {
    /// An event.
    Event(StoredEvent),
    /// Anything else, in words: a timer, an outcome, a person.
    Other(String),
}

/// What to explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExplainSubject {
    /// A send, or why it was not made.
    Send(SendId),
    /// A segment's membership.
    Segment(SegmentId),
    /// A journey: entries, refusals and exits.
    Journey(JourneyId),
}

/// Why something is as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The send itself, when one was asked for.
    pub send: Option<SendRecord>,
    /// Every record about the subject, oldest first.
    pub records: Vec<DecisionRecord>,
}

/// Holding a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseRequest {
    /// Who holds.
    pub by: Owner,
    /// Why.
    pub reason: String,
    /// Until when; `None` until somebody resumes.
    pub until: Option<Timestamp>,
}
