//! Answers to events: [`EventAnswer`] → `baton.v1.EventResult`, and their names in metrics.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_model::ids::{Epoch, Seq, ShardId};
use baton_model::reason::{Reason, ReasonCode};
use baton_ports::gateway::{EventAnswer, Position, RetryReason};
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

/// The answer as another node gave it. A word that this version does not know keeps what it means for the client.
pub(super) fn from_pb(result: pb::EventResult) -> EventAnswer {
    match result.result {
        Some(Kind::Accepted(pb::Accepted { position: Some(position) })) => {
            EventAnswer::Accepted(position_from_pb(position))
        }
        Some(Kind::Duplicate(_)) => EventAnswer::Duplicate,
        Some(Kind::Rejected(pb::Rejected { reason, field, message })) => {
            let code = reason.parse().unwrap_or(ReasonCode::InvalidEvent);
            EventAnswer::Rejected { reason: Reason::new(code, message), field: (!field.is_empty()).then_some(field) }
        }
        Some(Kind::Retry(pb::Retry { reason, after })) => {
            let known = RetryReason::ALL.into_iter().find(|known| known.as_str() == reason);
            EventAnswer::Retry {
                reason: known.unwrap_or(RetryReason::NoLeader),
                after: after.and_then(|after| after.try_into().ok()).unwrap_or_default(),
            }
        }
        Some(Kind::Accepted(pb::Accepted { position: None }) | Kind::Unknown(_)) | None => EventAnswer::Unknown,
    }
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

fn position_from_pb(position: pb::ShardPosition) -> Position {
    let pb::ShardPosition { shard, epoch, seq } = position;
    Position { shard: ShardId(shard), epoch: Epoch(epoch), seq: Seq(seq) }
}

fn duration(duration: Duration) -> google::Duration {
    google::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(duration.subsec_nanos()).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_comes_back_from_another_node_as_it_was_given() {
        let position = Position { shard: ShardId(3), epoch: Epoch(9), seq: Seq(27) };
        let retries = RetryReason::ALL.map(|reason| EventAnswer::Retry { reason, after: Duration::from_millis(1_250) });
        let rejections = ReasonCode::ALL.iter().flat_map(|&code| {
            [None, Some("timestamp".to_owned())]
                .map(|field| EventAnswer::Rejected { reason: Reason::new(code, "why"), field })
        });
        let others = [EventAnswer::Accepted(position), EventAnswer::Duplicate, EventAnswer::Unknown];
        for answer in others.into_iter().chain(retries).chain(rejections) {
            assert_eq!(from_pb(to_pb(&answer)), answer);
        }
    }

    #[test]
    fn what_another_version_says_is_never_taken_for_more_than_it_is() {
        let nothing = pb::EventResult { result: None };
        let nowhere = pb::EventResult { result: Some(Kind::Accepted(pb::Accepted { position: None })) };
        for result in [nothing, nowhere] {
            assert_eq!(from_pb(result), EventAnswer::Unknown);
        }
        let retry = pb::Retry { reason: "moon_phase".to_owned(), after: None };
        let retry = from_pb(pb::EventResult { result: Some(Kind::Retry(retry)) });
        assert_eq!(retry, EventAnswer::Retry { reason: RetryReason::NoLeader, after: Duration::ZERO });
    }
}
