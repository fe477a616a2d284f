//! `min_gap`: two messages of a scope keep a distance.

use baton_model::send::Category;
use serde::Deserialize;

use super::DeferOrDrop;
use super::gap::Gap;
use super::scope::Scope;

/// A gap between messages, as written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinGapDocument {
    /// The distance.
    pub(crate) gap: Gap,
    /// Between which messages; by default all of the customer.
    #[serde(default)]
    pub(crate) scope: Scope,
    /// Categories that count besides marketing.
    #[serde(default)]
    pub(crate) count: Vec<Category>,
    /// What a message does that comes too early.
    #[serde(default)]
    pub(crate) action: DeferOrDrop,
}
