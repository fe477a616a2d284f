//! `wait_for`.

use std::collections::BTreeMap;

use baton_model::send::MessageStatus;
use baton_model::span::Span;
use baton_model::text_id::{EventName, SegmentId, StepId};
use baton_rules::{OneOrMany, RuleDocument};

use crate::document::journey::Matching;
use crate::step::wait_for::{Edge, OnRepeat};

/// Waits for something: one condition written here, or several in `branches`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitForDocument {
    /// Several conditions.
    #[serde(default)]
    pub branches: Option<Vec<WaitBranchDocument>>,
    /// The longest wait; may also stand beside `wait_for`.
    #[serde(default)]
    pub timeout: Option<Span>,
    /// Where it goes then; may also stand beside `wait_for`.
    #[serde(default)]
    pub on_timeout: Option<StepId>,
    /// How late an event may arrive; may also stand beside `wait_for`.
    #[serde(default)]
    pub grace: Option<Span>,
    /// An event.
    #[serde(default)]
    pub event: Option<EventName>,
    /// Which of its events.
    #[serde(rename = "where", default)]
    pub filter: Option<RuleDocument>,
    /// Whose.
    #[serde(rename = "match", default)]
    pub matching: Option<Matching>,
    /// A rule.
    #[serde(default)]
    pub when: Option<RuleDocument>,
    /// A message step.
    #[serde(default)]
    pub message: Option<StepId>,
    /// What its message must reach.
    #[serde(default)]
    pub status: Option<OneOrMany<MessageStatus>>,
    /// A segment.
    #[serde(default)]
    pub segment: Option<SegmentChange>,
    /// Where it goes then.
    #[serde(default)]
    pub then: Option<StepId>,
    /// What is kept of the event, in CEL.
    #[serde(default)]
    pub capture: Option<BTreeMap<String, String>>,
    /// What the event does.
    #[serde(default)]
    pub on_repeat: Option<OnRepeat>,
    /// Whether what already holds counts.
    #[serde(default)]
    pub edge: Option<Edge>,
}

/// One of several conditions.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitBranchDocument {
    /// An event.
    #[serde(default)]
    pub event: Option<EventName>,
    /// Which of its events.
    #[serde(rename = "where", default)]
    pub filter: Option<RuleDocument>,
    /// Whose.
    #[serde(rename = "match", default)]
    pub matching: Option<Matching>,
    /// A rule.
    #[serde(default)]
    pub when: Option<RuleDocument>,
    /// A message step.
    #[serde(default)]
    pub message: Option<StepId>,
    /// What its message must reach.
    #[serde(default)]
    pub status: Option<OneOrMany<MessageStatus>>,
    /// A segment.
    #[serde(default)]
    pub segment: Option<SegmentChange>,
    /// Where it goes then.
    #[serde(default)]
    pub then: Option<StepId>,
    /// What is kept of the event, in CEL.
    #[serde(default)]
    pub capture: Option<BTreeMap<String, String>>,
    /// What the event does.
    #[serde(default)]
    pub on_repeat: Option<OnRepeat>,
    /// Whether what already holds counts.
    #[serde(default)]
    pub edge: Option<Edge>,
}

impl WaitBranchDocument {
    /// Whether any field of it was written.
    pub fn says_something(&self) -> bool {
        let Self { event, filter, matching, when, message, status, segment, then, capture, on_repeat, edge } = self;
        let condition = event.is_some() || when.is_some() || message.is_some() || segment.is_some();
        let detail = filter.is_some() || matching.is_some() || status.is_some() || capture.is_some();
        condition || detail || then.is_some() || on_repeat.is_some() || edge.is_some()
    }
}

/// `segment: {enters: id}` or `{exits: id}`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentChange {
    /// The customer enters it.
    Enters(SegmentId),
    /// The customer leaves it.
    Exits(SegmentId),
}
