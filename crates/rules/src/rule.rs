//! A compiled rule.

use baton_model::explain::Explain;

use crate::budget::Budget;
use crate::document::RuleDocument;
use crate::error::RuleError;
use crate::facts::{Facts, Scope};
use crate::names::Names;
use crate::outcome::Outcome;
use crate::place::RulePlace;
use crate::reads::Reads;

/// A rule that was checked and can be evaluated any number of times.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    reads: Reads,
}

impl Rule {
    /// Checks and compiles a rule of that place; every fault is listed.
    pub fn compile(_document: &RuleDocument, _place: RulePlace, _names: &Names<'_>) -> Result<Self, Vec<RuleError>> {
        Ok(Self { reads: Reads::default() })
    }

    /// Its value at `scope.at` and until when it stays. False once the budget is exhausted.
    pub fn evaluate(&self, _facts: &Facts<'_>, _scope: &Scope<'_>, budget: &mut Budget) -> Outcome {
        Outcome::steady(budget.charge(1))
    }

    /// The same value and flip, with every operand that was seen.
    pub fn explain(&self, _facts: &Facts<'_>, _scope: &Scope<'_>, _budget: &mut Budget) -> Explain {
        Explain::leaf("", true)
    }

    /// What it looks at.
    pub fn reads(&self) -> &Reads {
        &self.reads
    }
}
