//! `kind: Segment`.

use baton_model::text_id::{Owner, SegmentId};
use baton_rules::RuleDocument;

/// The customers for whom a rule holds.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentDocument {
    /// Its id.
    pub id: SegmentId,
    /// Who answers for it.
    #[serde(default)]
    pub owner: Option<Owner>,
    /// Who is in it.
    pub rule: RuleDocument,
}
