//! `branch`.

use baton_model::text_id::StepId;
use baton_rules::RuleDocument;

/// Chooses by rules.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BranchDocument {
    /// The cases, in order.
    pub cases: Vec<CaseDocument>,
    /// Where it goes when none holds.
    #[serde(rename = "else")]
    pub otherwise: StepId,
}

/// One case.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseDocument {
    /// When it is taken.
    pub when: RuleDocument,
    /// Where it goes then.
    pub then: StepId,
}
