//! A value computed from what is known: `event.properties.total * 2`.

use baton_model::value::Value;
use jiff::Timestamp;

use crate::budget::Budget;
use crate::error::RuleError;
use crate::facts::{Facts, Scope};
use crate::place::RulePlace;
use crate::reads::Reads;

/// A compiled CEL expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    source: String,
    reads: Reads,
}

impl Expression {
    /// Checks and compiles an expression of that place; every fault is listed.
    pub fn compile(source: &str, _place: RulePlace) -> Result<Self, Vec<RuleError>> {
        Ok(Self { source: source.to_owned(), reads: Reads::default() })
    }

    /// Its value; `None` if a field is missing, a type does not fit, or the budget is exhausted. An instant is its RFC 3339
    /// text, a duration its ISO 8601 text.
    pub fn evaluate(&self, _facts: &Facts<'_>, _scope: &Scope<'_>, _budget: &mut Budget) -> Option<Value> {
        None
    }

    /// Its value as an instant: what is one, or the RFC 3339 text of one.
    pub fn instant(&self, _facts: &Facts<'_>, _scope: &Scope<'_>, _budget: &mut Budget) -> Option<Timestamp> {
        None
    }

    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What it looks at.
    pub fn reads(&self) -> &Reads {
        &self.reads
    }
}
