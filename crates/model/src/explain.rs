//! Why a rule had the value it had: the rule as a tree with every operand that was seen.
//!
//! The same tree is stored with decisions and segment transitions and shown to whoever asks.

use jiff::Timestamp;

use crate::text_id::MessageId;
use crate::value::Value;

/// One node of an evaluated rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Explain {
    /// The rule as its author would recognise it, such as `did: Order Completed within 60d`.
    pub rule: String,
    /// What it came to.
    pub value: bool,
    /// What it looked at, by name.
    pub operands: Vec<(String, Value)>,
    /// The newest events that contributed, at most [`Explain::EVENTS_MAX`].
    pub events: Vec<MessageId>,
    /// When this part can change without new input.
    pub next_flip: Option<Timestamp>,
    /// The parts it was made of. A part that did not have to be looked at is not there.
    pub parts: Vec<Explain>,
}

impl Explain {
    /// The most events named by one node: enough to recognise the cause, few enough to store with every decision.
    pub const EVENTS_MAX: usize = 10;

    /// A leaf with nothing but its value.
    pub fn leaf(rule: impl Into<String>, value: bool) -> Self {
        Self { rule: rule.into(), value, operands: Vec::new(), events: Vec::new(), next_flip: None, parts: Vec::new() }
    }

    /// Adds an operand that was seen.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.operands.push((name.into(), value.into()));
        self
    }
}
