//! A compiled rule.

mod aggregate;
mod compile;
mod condition;
mod did;
mod membership;
mod message;
mod occurrences;
mod permission;
mod reachable;
mod ticket;

use baton_model::explain::Explain;

use self::compile::Compiler;
use self::condition::{Condition, Evaluation};
use crate::budget::Budget;
use crate::document::RuleDocument;
use crate::error::{Faults, RuleError};
use crate::facts::{Facts, Scope};
use crate::names::Names;
use crate::outcome::Outcome;
use crate::place::RulePlace;
use crate::reads::Reads;
use crate::trace::{Recording, Silent};

/// A rule that was checked and can be evaluated any number of times.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    condition: Condition,
    reads: Reads,
    /// It stands where somebody waits for it.
    awaited: bool,
}

impl Rule {
    /// Checks and compiles a rule of that place; every fault is listed.
    pub fn compile(document: &RuleDocument, place: RulePlace, names: &Names<'_>) -> Result<Self, Vec<RuleError>> {
        let mut faults = Faults::default();
        let mut reads = Reads::default();
        let condition = Compiler::new(place, names, &mut faults, &mut reads).condition(document);
        faults.finish(condition.map(|condition| Self { condition, reads, awaited: place.is_awaited() }))
    }

    /// Its value at `scope.at` and until when it stays. False once the budget is exhausted.
    pub fn evaluate(&self, facts: &Facts<'_>, scope: &Scope<'_>, budget: &mut Budget) -> Outcome {
        Evaluation { facts, scope, budget, awaited: self.awaited }.condition(&self.condition, &mut Silent)
    }

    /// The same value and flip, with every operand that was seen.
    pub fn explain(&self, facts: &Facts<'_>, scope: &Scope<'_>, budget: &mut Budget) -> Explain {
        let mut evaluation = Evaluation { facts, scope, budget, awaited: self.awaited };
        Recording::record(self.condition.to_string(), |trace| evaluation.condition(&self.condition, trace))
    }

    /// What it looks at.
    pub fn reads(&self) -> &Reads {
        &self.reads
    }
}

#[cfg(test)]
mod tests;
