//! `delay`.

use baton_model::span::Span;
use baton_model::text_id::StepId;
use baton_model::weekdays::Weekdays;

use crate::document::clock_time::ClockTime;

/// Waits for an instant: exactly one of `for`, `until`, `random`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelayDocument {
    /// That long.
    #[serde(rename = "for", default)]
    pub length: Option<Span>,
    /// Until then.
    #[serde(default)]
    pub until: Option<UntilDocument>,
    /// A length between two.
    #[serde(default)]
    pub random: Option<RandomDocument>,
    /// What happens when it has passed already.
    #[serde(default)]
    pub past: Option<PastDocument>,
}

/// `until`: exactly one of `at`, `local_time`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UntilDocument {
    /// An instant, in CEL.
    #[serde(default)]
    pub at: Option<String>,
    /// Added to `at`.
    #[serde(default)]
    pub offset: Option<Span>,
    /// A time on the customer's clock.
    #[serde(default)]
    pub local_time: Option<ClockTime>,
    /// The days on which `local_time` counts.
    #[serde(default)]
    pub days: Option<Weekdays>,
}

/// `random`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomDocument {
    /// The shortest.
    pub min: Span,
    /// The longest.
    pub max: Span,
}

/// `past`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PastDocument {
    /// Go on.
    Continue,
    /// Go there.
    Goto(StepId),
    /// End.
    Exit,
}
