//! Answers to events: [`EventAnswer`] → `baton.v1.EventResult`, and their names in metrics.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_model::reason::{Reason, ReasonCode};
use baton_ports::gateway::{EventAnswer, Position};
use baton_wire::event::EventError;
use baton_wire::pb::google;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Kind;

use crate::observer::Observer;

/// The answer as a message.
pub(super) fn to_pb(answer: &EventAnswer) -> pb::EventResult {
    let result = match answer {
        EventAnswer::Accepted(position) => Kind::Accepted(pb::Accepted { position: Some(position_to_pb(*position)) }),
        EventAnswer::Duplicate => Kind::Duplicate(pb::Duplicate {}),
        EventAnswer::Rejected { reason, field } => Kind::Rejected(pb::Rejected {
            reason: reason.code.as_str().to_owned(),
            field: field.clone().unwrap_or_default(),
            message: reason.detail.clone(),
        }),
        EventAnswer::Retry { reason, after } => {
            Kind::Retry(pb::Retry { reason: reason.as_str().to_owned(), after: Some(duration(*after)) })
        }
        EventAnswer::Unknown => Kind::Unknown(pb::Unknown {}),
    };
    pb::EventResult { result: Some(result) }
}

/// The answer to a message that is no event.
pub(super) fn rejected(error: EventError) -> EventAnswer {
    let reason = Reason::new(ReasonCode::InvalidEvent, error.message);
    EventAnswer::Rejected { reason, field: Some(error.field) }
}

/// Tells the observer how many answers there are of each kind.
pub(super) fn count(observer: &dyn Observer, answers: &[EventAnswer]) {
    let mut counts = BTreeMap::<_, u64>::new();
    for answer in answers {
        *counts.entry(name(answer)).or_default() += 1;
    }
    for (result, count) in counts {
        observer.events(result, count);
    }
}

fn name(answer: &EventAnswer) -> &'static str {
    match answer {
        EventAnswer::Accepted(_) => "accepted",
        EventAnswer::Duplicate => "duplicate",
        EventAnswer::Rejected { .. } => "rejected",
        EventAnswer::Retry { .. } => "retry",
        EventAnswer::Unknown => "unknown",
    }
}

fn position_to_pb(position: Position) -> pb::ShardPosition {
    pb::ShardPosition { shard: position.shard.0, epoch: position.epoch.0, seq: position.seq.0 }
}

fn duration(duration: Duration) -> google::Duration {
    google::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(duration.subsec_nanos()).unwrap_or(0),
    }
}
