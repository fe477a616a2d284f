//! One batch: what is no event is answered at once, the rest goes to whoever decides, and the answers keep the order.

use baton_ports::gateway::{EventAnswer, IngestEvent};
use baton_wire::event::{CustomerEvent, EventError};
use baton_wire::pb::v1 as pb;

use super::answer;
use super::router::{Router, Taken};
use crate::deadline::Deadline;

/// An event, or why it is none.
pub(super) type Parsed = Result<IngestEvent, EventError>;

/// Parses a message.
pub(super) fn parse(message: pb::Event) -> Parsed {
    let CustomerEvent { customer, event } = message.try_into()?;
    Ok(IngestEvent { customer, event })
}

/// Takes a batch and answers each event in its order. Events that were not answered within the deadline may have been taken.
pub(super) async fn take(router: &Router, batch: Vec<Parsed>, deadline: Deadline) -> Taken {
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
    let Taken { answers: taken, hints } = router.take(events, deadline).await;
    let mut taken = taken.into_iter();
    let answer = |edge: Option<EventAnswer>| edge.or_else(|| taken.next()).unwrap_or(EventAnswer::Unknown);
    Taken { answers: answers.into_iter().map(answer).collect(), hints }
}
