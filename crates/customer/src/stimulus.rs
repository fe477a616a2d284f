//! What a pass over the enrolments is about.

use std::sync::Arc;

use baton_model::history::StoredEvent;
use baton_model::text_id::SegmentId;

use crate::TimerKey;

/// One input, or one inner input of a decision.
#[derive(Debug, Clone)]
pub(crate) enum Stimulus {
    /// An event that may trigger.
    Event(Arc<StoredEvent>),
    /// A timer became due.
    Timer(TimerKey),
    /// The customer entered or left a segment.
    Segment {
        /// Which.
        segment: SegmentId,
        /// In or out.
        entered: bool,
    },
    /// Some fact changed; which, [`Touched`](crate::touched::Touched) says.
    Fact,
}

impl Stimulus {
    /// The event, if it is one.
    pub fn event(&self) -> Option<&Arc<StoredEvent>> {
        match self {
            Self::Event(event) => Some(event),
            _ => None,
        }
    }

    /// Whether it is that timer.
    pub fn is_timer(&self, timer: TimerKey) -> bool {
        matches!(self, Self::Timer(fired) if *fired == timer)
    }
}
