//! A rule as its author writes it: a tree with one word per node, or a bare expression.
//!
//! ```yaml
//! all:
//!   - customer.traits.plan == 'pro'          # the same as {expr: "customer.traits.plan == 'pro'"}
//!   - did: {event: Order Completed, times: {at_least: 2}, within: 60d}
//!   - not: {ticket: {open: true}}
//! ```
//!
//! Unknown words and fields are errors that say what there is.

mod one_or_many;
mod rule;

use baton_model::send::MessageStatus;
use baton_model::span::Span;
use baton_model::text_id::{ChannelId, EventName, JourneyId, PurposeId, SegmentId, StepId, TopicId};
use baton_model::value::Value;
use serde::Deserialize;

pub use one_or_many::OneOrMany;

use crate::moment::Moment;

/// One node of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleDocument {
    /// Every part holds; an empty list holds.
    All(Vec<RuleDocument>),
    /// Some part holds; an empty list does not hold.
    Any(Vec<RuleDocument>),
    /// The part does not hold.
    Not(Box<RuleDocument>),
    /// An expression in CEL.
    Expr(String),
    /// Events of one name were seen so many times.
    Did(DidDocument),
    /// A number computed over events is within bounds.
    Aggregate(AggregateDocument),
    /// The customer is in a segment.
    Segment(SegmentId),
    /// The customer wants a topic.
    Subscribed(TopicId),
    /// The customer allows a purpose.
    Consent(PurposeId),
    /// A channel has an address of the customer, and may use it.
    Reachable(ChannelId),
    /// Support tickets are open, or none is.
    Ticket(TicketDocument),
    /// A message reached a status.
    Message(MessageDocument),
    /// The customer is in a journey.
    InJourney(JourneyId),
}

/// `did`: events of one name, counted in a window. Without a window all of them count.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DidDocument {
    /// The name of the events.
    pub event: EventName,
    /// Which of them count: `expr`, `all`, `any` and `not` over the variable `event`.
    #[serde(rename = "where", default)]
    pub filter: Option<Box<RuleDocument>>,
    /// How many there must be; by default one or more.
    #[serde(default)]
    pub times: Option<Times>,
    /// Those of the last so long: `(at - within, at]`.
    #[serde(default)]
    pub within: Option<Span>,
    /// Those from then on.
    #[serde(default)]
    pub since: Option<Moment>,
    /// Those from the first moment on and before the second.
    #[serde(default)]
    pub between: Option<[Moment; 2]>,
}

/// How many events there must be. Both bounds may stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// So many or more.
    #[serde(default)]
    pub at_least: Option<u32>,
    /// So many or fewer.
    #[serde(default)]
    pub at_most: Option<u32>,
    /// So many and no other number.
    #[serde(default)]
    pub exactly: Option<u32>,
}

/// `aggregate`: one value computed over events, compared with bounds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AggregateDocument {
    /// The name of the events.
    pub event: EventName,
    /// The field of `event.properties` to look at, such as `total` or `cart.total`. Only `count` does without.
    #[serde(default)]
    pub property: Option<String>,
    /// What to compute.
    #[serde(rename = "fn")]
    pub function: Function,
    /// Which of the events count: `expr`, `all`, `any` and `not` over the variable `event`.
    #[serde(rename = "where", default)]
    pub filter: Option<Box<RuleDocument>>,
    /// Those of the last so long: `(at - within, at]`; without it all of them.
    #[serde(default)]
    pub within: Option<Span>,
    /// What the value must be.
    pub is: Bounds,
}

/// What an `aggregate` computes. Events without the property are passed over; what is no number as well, except by
/// `count`, `distinct`, `first` and `last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// How many events there are (that have the property, if one is named).
    Count,
    /// The sum; 0 of nothing.
    Sum,
    /// The mean; of nothing there is none, and the rule is false.
    Avg,
    /// The smallest; of nothing there is none.
    Min,
    /// The largest; of nothing there is none.
    Max,
    /// How many different values there are.
    Distinct,
    /// The value of the oldest event that has it.
    First,
    /// The value of the newest event that has it.
    Last,
}

impl Function {
    /// Its spelling in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::Distinct => "distinct",
            Self::First => "first",
            Self::Last => "last",
        }
    }
}

/// Bounds that must all hold. A value of another type than its bound is outside.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// Greater than.
    #[serde(default)]
    pub gt: Option<f64>,
    /// Greater than or equal to.
    #[serde(default)]
    pub gte: Option<f64>,
    /// Less than.
    #[serde(default)]
    pub lt: Option<f64>,
    /// Less than or equal to.
    #[serde(default)]
    pub lte: Option<f64>,
    /// Equal to: a number, or for `first` and `last` any text, `true` or `false`.
    #[serde(default)]
    pub eq: Option<Value>,
}

/// `ticket`: `{open: true}` holds while some support ticket is open, `{open: false}` while none is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketDocument {
    /// Whether one must be open, or none.
    pub open: bool,
    /// Only tickets of these severities; by default all.
    #[serde(default)]
    pub severity: OneOrMany<String>,
}

/// `message`: some message of the customer that fits all that is said reached one of the statuses in the window.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageDocument {
    /// Of this journey.
    #[serde(default)]
    pub journey: Option<JourneyId>,
    /// Of this step.
    #[serde(default)]
    pub step: Option<StepId>,
    /// On this channel.
    #[serde(default)]
    pub channel: Option<ChannelId>,
    /// The statuses that count; by default `accepted`.
    #[serde(default)]
    pub status: OneOrMany<MessageStatus>,
    /// Reached in the last so long: `(at - within, at]`; by default at any time.
    #[serde(default)]
    pub within: Option<Span>,
}

#[cfg(test)]
mod tests;
