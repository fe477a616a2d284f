//! A branch step: the first case whose rule holds, at once.

use baton_rules::Rule;

use crate::step::Target;

/// Chooses by rules.
#[derive(Debug, Clone)]
pub struct Branch {
    /// The cases in order; never empty.
    pub cases: Vec<Case>,
    /// Where an enrolment goes for whom no case holds.
    pub otherwise: Target,
}

/// One case of a branch.
#[derive(Debug, Clone)]
pub struct Case {
    /// When it is taken.
    pub when: Rule,
    /// Where an enrolment goes then.
    pub then: Target,
}
