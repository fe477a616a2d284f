//! What a rule may name: checked once, when the documents are published.

use std::collections::{BTreeMap, BTreeSet};

use baton_model::catalogue::Catalogue;
use baton_model::text_id::{JourneyId, SegmentId, StepId};

/// Everything that exists under one version of the documents.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// The segments.
    pub segments: &'a BTreeSet<SegmentId>,
    /// The journeys with their steps.
    pub journeys: &'a BTreeMap<JourneyId, BTreeSet<StepId>>,
    /// The topics, purposes and channels.
    pub catalogue: &'a Catalogue,
}
