//! The ids of a set, gathered before anything is compiled, so that documents may name each other in any order.

use std::collections::{BTreeMap, BTreeSet};

use baton_model::text_id::{JourneyId, PolicyId, SegmentId, StepId};

use crate::document::{Body, Document};

/// Ids by kind; topics, purposes and channels are in the catalogue.
#[derive(Debug, Default)]
pub(crate) struct AllNames {
    pub(crate) segments: BTreeSet<SegmentId>,
    pub(crate) journeys: BTreeMap<JourneyId, BTreeSet<StepId>>,
    pub(crate) policies: BTreeSet<PolicyId>,
}

impl AllNames {
    /// The ids of these documents.
    pub(crate) fn of(documents: &[Document]) -> Self {
        let mut names = Self::default();
        for document in documents {
            match &document.body {
                Body::Segment(segment) => {
                    names.segments.insert(segment.id.clone());
                }
                Body::Journey(journey) => {
                    let steps = journey.steps.iter().map(|step| step.id.clone()).collect();
                    names.journeys.insert(journey.id.clone(), steps);
                }
                Body::Policy(policy) => {
                    names.policies.insert(policy.id.clone());
                }
                Body::Template(_) | Body::Topic(_) | Body::Purpose(_) | Body::Channel(_) => (),
            }
        }
        names
    }
}
