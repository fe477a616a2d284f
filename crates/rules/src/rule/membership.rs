//! `segment` and `in_journey`: what the customer belongs to at this moment. A segment that is still being built has no
//! members, and rules on it are false.

use baton_model::text_id::{JourneyId, SegmentId};
use baton_model::value::Value;

use super::condition::Evaluation;
use crate::outcome::Outcome;
use crate::trace::Trace;

impl Evaluation<'_, '_> {
    /// Whether the customer is in a segment.
    pub(super) fn segment<T: Trace>(&mut self, segment: &SegmentId, trace: &mut T) -> Outcome {
        let since = self.facts.segments.get(segment);
        if let Some(since) = since {
            trace.operand("since", || Value::String(since.to_string()));
        }
        Outcome::steady(since.is_some())
    }

    /// Whether the customer is in a journey.
    pub(super) fn in_journey(&mut self, journey: &JourneyId) -> Outcome {
        Outcome::steady(self.facts.live_journeys.contains(journey))
    }
}
