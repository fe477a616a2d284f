//! What the one who sent a command is told once its decision is committed.

use baton_model::ids::{DefinitionsVersion, SendId, Visit};
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::Category;
use baton_model::text_id::{ChannelId, JourneyId, StepId, TemplateId};
use baton_model::value::Fields;
use jiff::Timestamp;

/// The answer to a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// To an event.
    Ingest(IngestAnswer),
    /// To a sender's request to attempt.
    Permit(PermitAnswer),
    /// The command was carried out.
    Done,
    /// A command that failed was set aside.
    SetAside {
        /// It was one too many: the customer is parked.
        parked: bool,
    },
    /// The customer is parked: nothing was decided, nothing was written. See [`Customer::parked`](crate::Customer::parked).
    Parked,
    /// The command was about something the customer does not know (any more); nothing was written.
    Unknown,
    /// The decision took more than its budget of work. Nothing was changed: record the command with
    /// [`Command::SetAside`](crate::Command::SetAside).
    DecisionBudget,
}

/// The answer to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IngestAnswer {
    /// It was taken.
    Accepted,
    /// It had been taken before; nothing was written.
    Duplicate,
    /// It was refused; nothing was written.
    Rejected(Rejection),
}

/// Why an event was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The stable word.
    pub reason: ReasonCode,
    /// The field at fault, as the API names it; empty if none.
    pub field: String,
    /// What to do about it, for reading.
    pub detail: String,
}

/// The answer to a sender that wants to make an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum PermitAnswer {
    /// It may make one attempt.
    Given(Box<Permitted>),
    /// Not now, or never. If it may go out later, its outbox row comes back by itself.
    Refused(Reason),
    /// There is no such send, or it has ended.
    Gone,
}

/// A permit for one attempt, with all that is needed to render and deliver.
#[derive(Debug, Clone, PartialEq)]
pub struct Permitted {
    /// The send; the provider's idempotency key.
    pub send: SendId,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// The channel is at most once: the attempt begins only when this decision is durable.
    pub record_first: bool,
    /// The journey that sends.
    pub journey: JourneyId,
    /// The step that sends.
    pub step: StepId,
    /// Which visit to it.
    pub visit: Visit,
    /// Where it goes.
    pub channel: ChannelId,
    /// The customer's address there; empty where the receiver knows the customer by id.
    pub address: String,
    /// The set of documents whose template counts.
    pub version: DefinitionsVersion,
    /// The template.
    pub template: TemplateId,
    /// Which checks applied.
    pub category: Category,
    /// The message's role.
    pub role: Option<String>,
    /// The providers to try, in order; empty means the channel's.
    pub providers: Vec<String>,
    /// The customer's traits.
    pub customer: Fields,
    /// The event that started the enrolment: `name`, `timestamp`, `properties`, `context`.
    pub event: Fields,
    /// The enrolment's context: the starting event's properties and what was captured on the way.
    pub context: Fields,
    /// The `vars` of the step.
    pub vars: Fields,
    /// Customer time of the permit.
    pub at: Timestamp,
}
