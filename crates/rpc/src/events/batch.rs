//! One batch: what is no event is answered at once, the rest goes to the gateway, and the answers keep the order.

use baton_ports::gateway::{EventAnswer, Events, IngestEvent};
use baton_wire::event::{CustomerEvent, EventError};
use baton_wire::pb::v1 as pb;

use super::answer;
use crate::deadline::Deadline;

/// An event, or why it is none.
pub(super) type Parsed = Result<IngestEvent, EventError>;

/// Parses a message.
pub(super) fn parse(message: pb::Event) -> Parsed {
    let CustomerEvent { customer, event } = message.try_into()?;
    Ok(IngestEvent { customer, event })
}

/// Takes a batch and answers each event in its order. Events that the gateway did not answer within the deadline may have
/// been taken.
pub(super) async fn take(gateway: &dyn Events, batch: Vec<Parsed>, deadline: Deadline) -> Vec<EventAnswer> {
    let mut events = Vec::with_capacity(batch.len());
    let mut answers = Vec::with_capacity(batch.len());
    for parsed in batch {
        match parsed {
            Ok(event) => {
                events.push(event);
                answers.push(None);
            }
            Err(error) => answers.push(Some(answer::rejected(error))),
        }
    }
    let mut taken = ask(gateway, events, deadline).await.into_iter();
    let answer = |edge: Option<EventAnswer>| edge.or_else(|| taken.next()).unwrap_or(EventAnswer::Unknown);
    answers.into_iter().map(answer).collect()
}

/// The gateway's answers, one per event; none after the deadline.
pub(super) async fn ask(gateway: &dyn Events, events: Vec<IngestEvent>, deadline: Deadline) -> Vec<EventAnswer> {
    let count = events.len();
    if count == 0 {
        return Vec::new();
    }
    let Ok(answers) = deadline.bound(gateway.ingest(events)).await else {
        return Vec::new();
    };
    debug_assert_eq!(answers.len(), count, "the gateway answers each event");
    answers
}
