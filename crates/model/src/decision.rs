//! Decision records: each entry, exit, step left, send and "no", with every check that led to it.
//!
//! A record is written when something was decided; an event that only updates the profile writes none. `Explain` and the
//! timeline read nothing else, so what people are told is what was decided.

use jiff::Timestamp;

use crate::explain::Explain;
use crate::history::InputNumber;
use crate::ids::{DefinitionsVersion, EnrolmentId, SendId, Visit};
use crate::reason::Reason;
use crate::text_id::{ChannelId, JourneyId, MessageId, SegmentId, StepId};
use crate::value::Value;

/// One decision about one customer.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRecord {
    /// Its place among the customer's records, dense from 1.
    pub number: u64,
    /// Customer time of the decision.
    pub at: Timestamp,
    /// The input that caused it.
    pub input: InputNumber,
    /// What the input was.
    pub cause: Cause,
    /// The documents under which it was decided.
    pub definitions_version: DefinitionsVersion,
    /// The time zone database it was decided with.
    pub tzdb_version: String,
    /// What was decided.
    pub verdict: Verdict,
    /// Each check in the order in which it was made.
    pub checks: Vec<Check>,
    /// When something happens next by itself, if nothing else happens first.
    pub next: Option<Timestamp>,
}

/// What made a customer decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// An event.
    Event(MessageId),
    /// A timer became due at that instant.
    Timer(Timestamp),
    /// A provider answered about a send.
    Outcome(SendId),
    /// A sender asked whether it may attempt a send.
    Permit(SendId),
    /// A person, by name.
    Operator(String),
    /// The documents changed.
    Publish(DefinitionsVersion),
}

/// What was decided.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The customer entered a journey.
    Entered(Enrolled),
    /// An entry was refused.
    EntryRefused {
        /// The journey.
        journey: JourneyId,
        /// Why.
        reason: Reason,
    },
    /// An enrolment left a step for another, or for its end.
    StepLeft {
        /// Whose.
        enrolled: Enrolled,
        /// The step it left.
        step: StepId,
        /// Which visit to it.
        visit: Visit,
        /// Where it went; `None` to the end.
        to: Option<StepId>,
        /// By which way: `elapsed`, `timeout`, `branch 2`, `else`, …
        by: String,
    },
    /// An enrolment ended.
    Exited {
        /// Whose.
        enrolled: Enrolled,
        /// The step it stood on.
        step: Option<StepId>,
        /// Why.
        reason: String,
        /// It reached the journey's goal.
        goal: bool,
    },
    /// The event a journey is for happened, the first time for this enrolment, which may have ended before.
    GoalReached {
        /// Whose.
        enrolled: Enrolled,
        /// What it is worth, if the journey says.
        value: Option<Value>,
    },
    /// Something about a send.
    Send {
        /// The send.
        send: SendId,
        /// Whose.
        enrolled: Enrolled,
        /// The message step.
        step: StepId,
        /// The channel.
        channel: ChannelId,
        /// What became of it.
        fate: SendFate,
    },
    /// A message step found no send to make (no channel reachable).
    NoSend {
        /// Whose.
        enrolled: Enrolled,
        /// The message step.
        step: StepId,
        /// Why.
        reason: Reason,
    },
    /// The customer entered or left a segment.
    Segment {
        /// The segment.
        segment: SegmentId,
        /// In or out.
        entered: bool,
    },
    /// A person held or released the customer.
    Paused {
        /// Held or released.
        held: bool,
        /// Who and why.
        reason: String,
    },
    /// A bound of the customer refused something.
    BoundReached {
        /// Which, by the name of its constant.
        reason: Reason,
    },
}

/// An enrolment, named for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Its id.
    pub enrolment: EnrolmentId,
    /// Its journey.
    pub journey: JourneyId,
}

/// What a decision made of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendFate {
    /// Every check passed; it is in the outbox.
    Released,
    /// A check refused for the moment.
    Deferred(Reason),
    /// A check refused for good.
    Dropped(Reason),
    /// Its enrolment ended or the customer withdrew.
    Cancelled(Reason),
    /// It waited longer than `max_defer`.
    Expired,
    /// A sender may attempt it.
    Permitted,
    /// No further attempt for now.
    Held(Reason),
    /// A provider took it.
    Accepted,
    /// A provider took it after its enrolment had ended.
    AcceptedAfterExit,
    /// A provider refused it for good.
    Failed(Reason),
    /// An attempt may have been delivered.
    Unknown,
    /// Retries are exhausted.
    Dead(Reason),
    /// Its guard was false.
    GuardFalse,
    /// Its template could not be rendered.
    RenderError(Reason),
}

/// One check that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What was checked, such as `consent`, `quiet_hours`, `frequency_cap default-caps`, `entry.where`.
    pub name: String,
    /// Whether it let the subject pass.
    pub passed: bool,
    /// Why not, or what was seen.
    pub detail: String,
    /// The rule behind it, evaluated.
    pub explain: Option<Explain>,
}
