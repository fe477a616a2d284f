//! The segments a customer is in.

use std::collections::BTreeMap;

use baton_model::text_id::SegmentId;
use jiff::Timestamp;

/// The segments section of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Segments {
    /// Since when the customer is in which segment.
    pub members: BTreeMap<SegmentId, Timestamp>,
    /// When a segment's rule can change by itself; segments that cannot are not here.
    pub flips: BTreeMap<SegmentId, Timestamp>,
}

/// A change of one membership, for the index of members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The segment.
    pub segment: SegmentId,
    /// In or out.
    pub entered: bool,
}
