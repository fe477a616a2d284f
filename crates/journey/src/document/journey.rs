//! `kind: Journey`.

use baton_model::send::Category;
use baton_model::span::Span;
use baton_model::text_id::{EventName, JourneyId, Owner, PolicyId, PurposeId, TopicId};
use baton_rules::RuleDocument;

use crate::document::instant::Instant;
use crate::document::step::StepDocument;
use crate::journey::{OnDuplicateKey, ReentryPolicy};

/// A journey, without its steps: they are read one by one, so that each tells its own errors.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JourneyDocument {
    /// Its id.
    pub id: JourneyId,
    /// Who answers for it.
    #[serde(default)]
    pub owner: Option<Owner>,
    /// Which checks apply to its messages.
    pub category: Category,
    /// The topic of its messages.
    #[serde(default)]
    pub topic: Option<TopicId>,
    /// The purpose of its messages.
    #[serde(default)]
    pub purpose: Option<PurposeId>,
    /// 0–100.
    #[serde(default)]
    pub priority: Option<u8>,
    /// What lets a customer in.
    pub entry: EntryDocument,
    /// Who may enter at all.
    #[serde(default)]
    pub audience: Option<RuleDocument>,
    /// Who may come back.
    #[serde(default)]
    pub reentry: ReentryDocument,
    /// What ends an enrolment early.
    #[serde(default)]
    pub exit: Vec<ExitRuleDocument>,
    /// What the journey is for.
    #[serde(default)]
    pub goal: Option<GoalDocument>,
    /// Policies on top of those that apply to all.
    #[serde(default)]
    pub policies: Vec<PolicyId>,
    /// How long and how often.
    #[serde(default)]
    pub limits: LimitsDocument,
    /// When customers may enter.
    #[serde(default)]
    pub valid: ValidityDocument,
    /// The zone of customers whose own is not known.
    #[serde(default)]
    pub timezone: Option<String>,
    /// How long a message may wait.
    #[serde(default)]
    pub max_defer: Option<Span>,
    /// The steps.
    #[serde(skip)]
    pub steps: Vec<StepDocument>,
}

/// `entry`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryDocument {
    /// The event.
    pub event: EventName,
    /// Which of its events.
    #[serde(rename = "where", default)]
    pub filter: Option<RuleDocument>,
    /// The correlation key, in CEL.
    #[serde(default)]
    pub key: Option<String>,
}

/// `reentry`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReentryDocument {
    /// Whether a key may enter again.
    #[serde(default)]
    pub policy: ReentryPolicy,
    /// The least time between two entries of one key.
    #[serde(default)]
    pub min_interval: Option<Span>,
    /// The most live enrolments of one customer.
    #[serde(default)]
    pub max_concurrent: Option<u32>,
    /// What an entry does while one with its key is live.
    #[serde(default)]
    pub on_duplicate_key: OnDuplicateKey,
}

/// One item of `exit`: an event, or a rule.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExitRuleDocument {
    /// The event.
    #[serde(default)]
    pub event: Option<EventName>,
    /// Which of its events.
    #[serde(rename = "where", default)]
    pub filter: Option<RuleDocument>,
    /// Whose.
    #[serde(rename = "match", default)]
    pub matching: Option<Matching>,
    /// The rule.
    #[serde(default)]
    pub when: Option<RuleDocument>,
    /// What the end is called.
    #[serde(default)]
    pub reason: Option<String>,
    /// What the end means.
    #[serde(rename = "as", default)]
    pub meaning: Option<Meaning>,
}

/// Which events a pattern takes where a journey has a correlation key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// Those with the enrolment's key.
    Key,
    /// All.
    Any,
}

/// What an end means: `as: goal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// The journey reached what it is for.
    Goal,
}

/// `goal`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalDocument {
    /// The event.
    pub event: EventName,
    /// Which of its events.
    #[serde(rename = "where", default)]
    pub filter: Option<RuleDocument>,
    /// Whose.
    #[serde(rename = "match", default)]
    pub matching: Option<Matching>,
    /// How long after the entry it still counts.
    #[serde(default)]
    pub within: Option<Span>,
    /// What it is worth, in CEL.
    #[serde(default)]
    pub value: Option<String>,
}

/// `limits`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsDocument {
    /// The most visits to one step.
    #[serde(default)]
    pub max_visits: Option<u32>,
    /// The longest life of an enrolment.
    #[serde(default)]
    pub max_age: Option<Span>,
}

/// `valid`.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidityDocument {
    /// Not before.
    #[serde(default)]
    pub from: Option<Instant>,
    /// No longer from here on.
    #[serde(default)]
    pub until: Option<Instant>,
}
