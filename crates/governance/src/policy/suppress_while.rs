//! `suppress_while`: messages keep silent while a rule holds, such as an open ticket, and a cool-down after it.

use baton_model::span::Span;
use baton_rules::{Rule, RuleDocument};
use serde::Deserialize;

use super::exempt::Exempt;
use crate::message::OnRefusal;

/// A suppression, as written.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppressWhileDocument {
    /// The rule.
    pub(crate) when: RuleDocument,
    /// What goes out all the same.
    #[serde(default)]
    pub(crate) exempt: Exempt,
    /// What a message does meanwhile; by default what its step's `on_suppressed` says.
    #[serde(default)]
    pub(crate) action: Option<OnRefusal>,
    /// How long it stays silent after the rule held last; by default not at all.
    #[serde(default)]
    pub(crate) resume: Option<Span>,
}

/// A suppression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SuppressWhile {
    pub when: Rule,
    pub exempt: Exempt,
    pub action: Option<OnRefusal>,
    pub resume: Option<Span>,
}
