//! The nodes of a compiled rule, and the walk over them.
//!
//! `all` stops at the first part that is false and `any` at the first that is true: the whole cannot change before that
//! part does, so its flip is the flip of the whole.

use std::fmt;

use baton_model::catalogue::ChannelKind;
use baton_model::text_id::{ChannelId, JourneyId, PurposeId, SegmentId, TopicId};

use super::aggregate::Aggregate;
use super::did::Did;
use super::message::Message;
use super::ticket::Ticket;
use crate::budget::Budget;
use crate::expression::Expression;
use crate::facts::{Facts, Scope};
use crate::outcome::{Outcome, earlier};
use crate::trace::Trace;

/// One node.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Expr(Expression),
    Did(Did),
    Aggregate(Aggregate),
    Segment(SegmentId),
    Subscribed(TopicId),
    Consent(PurposeId),
    Reachable(ChannelId, ChannelKind),
    Ticket(Ticket),
    Message(Message),
    InJourney(JourneyId),
}

/// One evaluation of one rule.
pub(super) struct Evaluation<'e, 'f> {
    pub(super) facts: &'e Facts<'f>,
    pub(super) scope: &'e Scope<'f>,
    pub(super) budget: &'e mut Budget,
    /// Somebody waits for the rule: it must be known when it changes. Else no flip is looked for and none is named.
    pub(super) awaited: bool,
}

impl Evaluation<'_, '_> {
    /// The value of a node and when it can change.
    pub(super) fn condition<T: Trace>(&mut self, condition: &Condition, trace: &mut T) -> Outcome {
        if !self.budget.charge(1) {
            return Outcome::steady(false);
        }
        let outcome = match condition {
            Condition::All(parts) => self.parts(parts, false, trace),
            Condition::Any(parts) => self.parts(parts, true, trace),
            Condition::Not(part) => {
                let outcome = trace.part(|| part.to_string(), |trace| self.condition(part, trace));
                Outcome { value: !outcome.value, next_flip: outcome.next_flip }
            }
            Condition::Expr(expression) => expression.holds(self.facts, self.scope, self.budget, trace),
            Condition::Did(did) => self.did(did, trace),
            Condition::Aggregate(aggregate) => self.aggregate(aggregate, trace),
            Condition::Segment(segment) => self.segment(segment, trace),
            Condition::InJourney(journey) => self.in_journey(journey),
            Condition::Subscribed(topic) => self.subscribed(topic, trace),
            Condition::Consent(purpose) => self.consent(purpose, trace),
            Condition::Reachable(channel, kind) => self.reachable(channel, *kind, trace),
            Condition::Ticket(ticket) => self.ticket(ticket, trace),
            Condition::Message(message) => self.message(message, trace),
        };
        if self.budget.is_exhausted() { Outcome::steady(false) } else { outcome }
    }

    /// Whether some part has the value that decides; its flip is then the whole's, else the earliest of all.
    fn parts<T: Trace>(&mut self, parts: &[Condition], decides: bool, trace: &mut T) -> Outcome {
        let mut next_flip = None;
        for part in parts {
            let outcome = trace.part(|| part.to_string(), |trace| self.condition(part, trace));
            if outcome.value == decides {
                return outcome;
            }
            next_flip = earlier(next_flip, outcome.next_flip);
        }
        Outcome { value: !decides, next_flip }
    }
}

impl fmt::Display for Condition {
    /// Prints the node as its author would recognise it; what it is made of is said by its parts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => write!(f, "all of {}", parts.len()),
            Self::Any(parts) => write!(f, "any of {}", parts.len()),
            Self::Not(_) => f.write_str("not"),
            Self::Expr(expression) => write!(f, "expr: {}", expression.source()),
            Self::Did(did) => write!(f, "did: {did}"),
            Self::Aggregate(aggregate) => write!(f, "aggregate: {aggregate}"),
            Self::Segment(segment) => write!(f, "segment: {segment}"),
            Self::Subscribed(topic) => write!(f, "subscribed: {topic}"),
            Self::Consent(purpose) => write!(f, "consent: {purpose}"),
            Self::Reachable(channel, _) => write!(f, "reachable: {channel}"),
            Self::Ticket(ticket) => write!(f, "ticket: {ticket}"),
            Self::Message(message) => write!(f, "message: {message}"),
            Self::InJourney(journey) => write!(f, "in_journey: {journey}"),
        }
    }
}
