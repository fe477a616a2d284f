//! One item of `steps`: what every step has, and exactly one key that says what it does.

use baton_model::span::Span;
use baton_model::text_id::StepId;

pub mod branch;
pub mod delay;
pub mod exit;
pub mod goto;
pub mod message;
pub mod split;
pub mod time_window;
pub mod update_profile;
pub mod wait_for;

use branch::BranchDocument;
use delay::DelayDocument;
use exit::ExitDocument;
use goto::GotoDocument;
use message::MessageDocument;
use split::SplitDocument;
use time_window::TimeWindowDocument;
use update_profile::UpdateProfileDocument;
use wait_for::WaitForDocument;

/// The keys that say what a step does.
pub const TYPE_KEYS: [&str; 9] =
    ["message", "delay", "time_window", "wait_for", "branch", "split", "update_profile", "goto", "exit"];

/// One step.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepDocument {
    /// Its id.
    pub id: StepId,
    /// What people call it.
    #[serde(default)]
    pub name: Option<String>,
    /// Where it goes on, if not to the following step.
    #[serde(default)]
    pub next: Option<StepId>,
    /// What happens when it cannot do its work.
    #[serde(default)]
    pub on_error: Option<OnErrorDocument>,
    /// When it is tried again.
    #[serde(default)]
    pub retry: Option<RetryDocument>,
    /// Beside `wait_for`: the longest wait.
    #[serde(default)]
    pub timeout: Option<Span>,
    /// Beside `wait_for`: where it goes then.
    #[serde(default)]
    pub on_timeout: Option<StepId>,
    /// Beside `wait_for`: how late an event may arrive.
    #[serde(default)]
    pub grace: Option<Span>,
    /// Asks for a message.
    #[serde(default)]
    pub message: Option<MessageDocument>,
    /// Waits for an instant.
    #[serde(default)]
    pub delay: Option<DelayDocument>,
    /// Waits for a window of the week.
    #[serde(default)]
    pub time_window: Option<TimeWindowDocument>,
    /// Waits for something to happen.
    #[serde(default)]
    pub wait_for: Option<WaitForDocument>,
    /// Chooses by rules.
    #[serde(default)]
    pub branch: Option<BranchDocument>,
    /// Chooses by an experiment.
    #[serde(default)]
    pub split: Option<SplitDocument>,
    /// Changes the profile.
    #[serde(default)]
    pub update_profile: Option<UpdateProfileDocument>,
    /// Goes elsewhere.
    #[serde(default)]
    pub goto: Option<GotoDocument>,
    /// Ends the enrolment.
    #[serde(default)]
    pub exit: Option<ExitDocument>,
}

/// `on_error`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnErrorDocument {
    /// Try again, as `retry` says.
    Retry,
    /// Go on.
    Continue,
    /// End.
    Exit,
    /// Go there.
    Goto(StepId),
}

/// `retry`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetryDocument {
    /// The most tries after the first.
    pub max: u32,
    /// The time before the first of them.
    pub backoff: Span,
    /// What each further wait is multiplied by.
    #[serde(default)]
    pub factor: Option<f64>,
    /// The longest wait.
    #[serde(default)]
    pub max_backoff: Option<Span>,
}
