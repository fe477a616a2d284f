//! `frequency_cap`: at most so many messages within a window. Exact: one customer's actor counts them, and a message that
//! is in the outbox holds its place from its decision on.

use baton_model::send::{Category, Send};
use baton_model::span::Span;
use serde::Deserialize;

use super::scope::{Scope, counts};
use super::window::Window;

/// One cap.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrequencyCap {
    /// Which messages are counted together.
    pub(crate) scope: Scope,
    /// The most of them within the window.
    pub(crate) limit: u32,
    /// The window.
    pub(crate) window: Window,
    /// A place is kept free for a message of higher priority that is due within that time; by default none is.
    #[serde(default)]
    pub(crate) look_ahead: Option<Span>,
    /// Categories that count besides marketing.
    #[serde(default)]
    pub(crate) count: Vec<Category>,
}

impl FrequencyCap {
    /// Whether `other` takes a place that `send`, which is concerned, could need.
    pub(crate) fn joins(&self, send: &Send, other: &Send) -> bool {
        other.id != send.id && counts(other.category, &self.count) && self.scope.joins(send, other)
    }
}
