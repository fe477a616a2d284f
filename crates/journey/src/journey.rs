//! A compiled journey: who enters, who leaves, and the steps between.
//!
//! Every target is the index of a step of the same journey, every rule is compiled, every id names something that was
//! published with it.

use baton_model::send::Category;
use baton_model::span::Span;
use baton_model::text_id::{EventName, JourneyId, Owner, PolicyId, PurposeId, StepId, TopicId};
use baton_rules::{Expression, Rule};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::step::{Step, StepIndex};

/// One journey of one version.
#[derive(Debug, Clone)]
pub struct Journey {
    /// Its id.
    pub id: JourneyId,
    /// Who answers for it.
    pub owner: Option<Owner>,
    /// Which checks its messages pass.
    pub category: Category,
    /// The topic of its messages, unless a step names another.
    pub topic: Option<TopicId>,
    /// The purpose of its messages.
    pub purpose: Option<PurposeId>,
    /// 0–100; higher wins.
    pub priority: u8,
    /// What lets a customer in.
    pub entry: Entry,
    /// Who may enter at all, tested at entry.
    pub audience: Option<Rule>,
    /// Who may come back.
    pub reentry: Reentry,
    /// What ends an enrolment early, tested on every input, in order.
    pub exits: Vec<ExitRule>,
    /// What the journey is for.
    pub goal: Option<Goal>,
    /// The policies its messages pass besides those that apply to all.
    pub policies: Vec<PolicyId>,
    /// How long and how often.
    pub limits: Limits,
    /// When customers may enter.
    pub valid: Validity,
    /// The zone of customers whose own is not known.
    pub timezone: Option<TimeZone>,
    /// How long a message may wait, from its first decision.
    pub max_defer: Span,
    /// The steps, in list order; never empty. The first is where an enrolment starts.
    pub steps: Vec<Step>,
}

impl Journey {
    /// Where an enrolment starts.
    pub const FIRST_STEP: StepIndex = StepIndex(0);

    /// The step at `index`; `None` only for an index of another journey or version.
    pub fn step(&self, index: StepIndex) -> Option<&Step> {
        self.steps.get(usize::from(index.0))
    }

    /// The step of that id.
    pub fn find(&self, id: &StepId) -> Option<(StepIndex, &Step)> {
        let place = self.steps.iter().position(|step| step.id == *id)?;
        Some((StepIndex(u16::try_from(place).ok()?), &self.steps[place]))
    }
}

/// What lets a customer in.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The event.
    pub event: EventName,
    /// Which of its events; all without one.
    pub filter: Option<Rule>,
    /// Tells the enrolments of one customer apart: computed from the event. Without one, one enrolment per customer.
    pub key: Option<Expression>,
}

/// An event that a wait, an exit or a goal looks for.
#[derive(Debug, Clone)]
pub struct EventPattern {
    /// The event.
    pub event: EventName,
    /// Which of its events; all without one.
    pub filter: Option<Rule>,
    /// Only an event whose value at the entry's key equals the enrolment's key. True only if the entry has a key.
    pub match_key: bool,
}

/// Who may come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reentry {
    /// Whether a key may enter again.
    pub policy: ReentryPolicy,
    /// The least time between two entries of one key.
    pub min_interval: Option<Span>,
    /// The most live enrolments of this journey one customer may have, over all keys.
    pub max_concurrent: Option<u32>,
    /// What an entry does while one with its key is live.
    pub on_duplicate_key: OnDuplicateKey,
}

/// Whether a key may enter again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReentryPolicy {
    /// One run for ever.
    Never,
    /// A new run when none is live.
    #[default]
    AfterExit,
}

/// What an entry does while an enrolment with its key is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDuplicateKey {
    /// Nothing; the refusal is recorded.
    #[default]
    Ignore,
    /// The live one exits `restarted`, and a new run starts.
    Restart,
    /// The live one takes the new event as its context and keeps its position.
    Update,
}

/// One way out, open at every step.
#[derive(Debug, Clone)]
pub struct ExitRule {
    /// What opens it.
    pub trigger: ExitTrigger,
    /// What the enrolment's end is called.
    pub reason: String,
    /// Leaving by it is the goal.
    pub goal: bool,
}

/// What opens a way out.
#[derive(Debug, Clone)]
pub enum ExitTrigger {
    /// An event arrives.
    Event(EventPattern),
    /// A rule holds. One that holds at entry refuses the entry.
    When(Rule),
}

/// What the journey is for.
#[derive(Debug, Clone)]
pub struct Goal {
    /// The event that reaches it.
    pub pattern: EventPattern,
    /// Only within that time of the entry, also after the enrolment's end; without one, only while it is live.
    pub within: Option<Span>,
    /// What it is worth, computed from the event.
    pub value: Option<Expression>,
}

/// How long and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The most visits to one step; one more exits `max_visits`.
    pub max_visits: Option<u32>,
    /// The longest life of an enrolment, from its entry; then it exits `max_age`.
    pub max_age: Option<Span>,
}

/// When customers may enter: `[from, until)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Validity {
    /// Not before.
    pub from: Option<Timestamp>,
    /// No longer from here on.
    pub until: Option<Timestamp>,
}

impl Validity {
    /// Whether an entry at that instant is in time.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}
