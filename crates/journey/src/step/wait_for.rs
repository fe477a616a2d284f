//! A wait step: the first branch that something satisfies, else the timeout.

use std::collections::BTreeMap;

use baton_model::send::MessageStatus;
use baton_model::span::Span;
use baton_model::text_id::SegmentId;
use baton_rules::{Expression, Rule};

use crate::journey::EventPattern;
use crate::step::{StepIndex, Target};

/// Waits for something to happen.
#[derive(Debug, Clone)]
pub struct WaitFor {
    /// What it waits for; the first that is satisfied, in this order, wins. Never empty.
    pub branches: Vec<WaitBranch>,
    /// The longest wait, from the base of the step.
    pub timeout: Option<Span>,
    /// Where an enrolment goes then.
    pub on_timeout: Target,
    /// How long before the step was entered an event may have happened that arrives only now.
    pub grace: Option<Span>,
}

/// One thing a step waits for.
#[derive(Debug, Clone)]
pub struct WaitBranch {
    /// What must happen.
    pub condition: Condition,
    /// Where an enrolment goes then.
    pub then: Target,
    /// What is kept in the enrolment's context under these names, computed from the event.
    pub capture: BTreeMap<String, Expression>,
    /// What the event does.
    pub on_repeat: OnRepeat,
    /// Whether what already holds counts.
    pub edge: Edge,
}

/// What must happen.
#[derive(Debug, Clone)]
pub enum Condition {
    /// An event arrives.
    Event(EventPattern),
    /// A rule holds.
    When(Rule),
    /// The message of a step reaches one of the statuses.
    Message {
        /// The message step.
        step: StepIndex,
        /// Any of these; never empty.
        statuses: Vec<MessageStatus>,
    },
    /// The customer enters a segment.
    SegmentEnters(SegmentId),
    /// The customer leaves a segment.
    SegmentExits(SegmentId),
}

/// What an event that satisfies a branch does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRepeat {
    /// The enrolment goes on by the branch.
    #[default]
    Advance,
    /// The timeout starts anew, and the enrolment stays; only the timeout ends the wait. Only for events.
    Reset,
}

/// Whether a condition that already holds on arrival counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// It does: the enrolment passes at once.
    #[default]
    Level,
    /// It must become true after arrival.
    New,
}
