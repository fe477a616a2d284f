//! A segment: the customers for whom a rule holds.

use baton_model::text_id::SegmentId;
use baton_rules::Rule;

/// One compiled segment.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Its id.
    pub id: SegmentId,
    /// Who is in it.
    pub rule: Rule,
}
