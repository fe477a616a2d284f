//! A compiled step: one of nine kinds, with every target resolved.

use baton_model::span::Span;
use baton_model::text_id::StepId;

pub mod branch;
pub mod delay;
pub mod exit;
pub mod message;
pub mod split;
pub mod time_window;
pub mod update_profile;
pub mod wait_for;

use branch::Branch;
use delay::Delay;
use exit::Exit;
use message::Message;
use split::Split;
use time_window::TimeWindow;
use update_profile::UpdateProfile;
use wait_for::WaitFor;

/// The place of a step in its journey of one version. Never stored: across versions a step is known by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepIndex(pub u16);

/// Where an enrolment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// To a step.
    Step(StepIndex),
    /// To the end: it exits `completed`.
    End,
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its id, stable across versions.
    pub id: StepId,
    /// What people call it.
    pub name: Option<String>,
    /// Where an enrolment goes that leaves it by no other way: the step that `next` names, else the following one.
    pub next: Target,
    /// What happens when it cannot do its work: an expression that gives no value, or one of the wrong type.
    pub on_error: OnError,
    /// What it does.
    pub kind: StepKind,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// Asks for a message.
    Message(Box<Message>),
    /// Waits for an instant.
    Delay(Delay),
    /// Waits until a window of the week is open.
    TimeWindow(TimeWindow),
    /// Waits for something to happen.
    WaitFor(WaitFor),
    /// Chooses by rules.
    Branch(Branch),
    /// Chooses by an experiment.
    Split(Split),
    /// Changes the profile.
    UpdateProfile(UpdateProfile),
    /// Goes elsewhere.
    Goto(Target),
    /// Ends the enrolment.
    Exit(Exit),
}

impl StepKind {
    /// The key that writes it in a document.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Delay(_) => "delay",
            Self::TimeWindow(_) => "time_window",
            Self::WaitFor(_) => "wait_for",
            Self::Branch(_) => "branch",
            Self::Split(_) => "split",
            Self::UpdateProfile(_) => "update_profile",
            Self::Goto(_) => "goto",
            Self::Exit(_) => "exit",
        }
    }
}

/// What happens when a step cannot do its work.
#[derive(Debug, Clone, PartialEq)]
pub enum OnError {
    /// It is tried again later; when the tries are used up, the enrolment exits `step_error`.
    Retry(Retry),
    /// The enrolment goes on to `next`.
    Continue,
    /// The enrolment exits `step_error`.
    Exit,
    /// The enrolment goes there.
    Goto(Target),
}

/// When a step is tried again: after `backoff`, then `backoff × factor`, and so on, at most `max_backoff` apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    /// The most tries after the first.
    pub max: u32,
    /// The time before the first of them.
    pub backoff: Span,
    /// What each further wait is multiplied by; at least 1.
    pub factor: f64,
    /// The longest wait.
    pub max_backoff: Span,
}
