//! Sends events until each is answered for good.
//!
//! `retry` and `unknown` are sent again with the same `message_id`, so nothing happens twice. The order of one customer's
//! events is kept: what comes again comes before what has not been tried, and the server holds successors back
//! (`retry: predecessor`).

mod backoff;

use std::time::Duration;

use baton_wire::limits::BATCH_EVENTS_MAX;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answered;
use baton_wire::pb::v1::event_service_client::EventServiceClient;
use tokio::time::{Instant, sleep};
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::Failure;
use backoff::Backoff;

/// How long a batch is sent again and again before its unanswered events are given back: longer than a cluster takes to
/// elect leaders, shorter than a person waits without a word.
const TOTAL_WAIT_MAX: Duration = Duration::from_secs(30);

/// How long one call may take.
const CALL_WAIT_MAX: Duration = Duration::from_secs(10);

/// What became of one event.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is decided, durable and applied.
    Accepted(pb::Accepted),
    /// It had been taken before.
    Duplicate,
    /// It never will be taken.
    Rejected(pb::Rejected),
    /// No answer for good within the time; why the last try gave none.
    Unanswered(String),
}

/// Sends the events, at most [`BATCH_EVENTS_MAX`] in a call. Gives one outcome per event, in their order.
pub async fn deliver(client: &EventServiceClient<Channel>, events: Vec<pb::Event>) -> Result<Vec<Outcome>, Failure> {
    let mut outcomes = Vec::with_capacity(events.len());
    let mut rest = events;
    while !rest.is_empty() {
        let later = rest.split_off(rest.len().min(BATCH_EVENTS_MAX));
        outcomes.extend(deliver_batch(client.clone(), rest).await?);
        rest = later;
    }
    Ok(outcomes)
}

async fn deliver_batch(
    mut client: EventServiceClient<Channel>,
    events: Vec<pb::Event>,
) -> Result<Vec<Outcome>, Failure> {
    let mut outcomes = vec![Outcome::Unanswered(String::new()); events.len()];
    let mut pending: Vec<(usize, pb::Event)> = events.into_iter().enumerate().collect();
    let give_up = Instant::now() + TOTAL_WAIT_MAX;
    let mut backoff = Backoff::default();
    loop {
        let asked = match call(&mut client, &pending).await {
            Ok(results) => settle(&mut pending, results, &mut outcomes),
            Err(status) if is_passing(status.code()) => {
                for (at, _) in &pending {
                    outcomes[*at] = Outcome::Unanswered(status.message().to_owned());
                }
                Duration::ZERO
            }
            Err(status) => return Err(status.into()),
        };
        let pause = backoff.next(asked, uuid::Uuid::new_v4().as_u128());
        if pending.is_empty() || Instant::now() + pause > give_up {
            return Ok(outcomes);
        }
        sleep(pause).await;
    }
}

async fn call(
    client: &mut EventServiceClient<Channel>,
    pending: &[(usize, pb::Event)],
) -> Result<Vec<pb::EventResult>, Status> {
    let events = pending.iter().map(|(_, event)| event.clone()).collect();
    let mut request = tonic::Request::new(pb::IngestRequest { workspace: 0, events });
    request.set_timeout(CALL_WAIT_MAX);
    let results = client.ingest(request).await?.into_inner().results;
    if results.len() != pending.len() {
        return Err(Status::internal(format!("{} events were given {} answers", pending.len(), results.len())));
    }
    Ok(results)
}

/// Takes the answers; what stays in `pending` must be sent again, after the returned time at the earliest.
fn settle(pending: &mut Vec<(usize, pb::Event)>, results: Vec<pb::EventResult>, outcomes: &mut [Outcome]) -> Duration {
    let mut after = Duration::ZERO;
    let tried = std::mem::take(pending);
    for ((at, event), answer) in tried.into_iter().zip(results) {
        outcomes[at] = match answer.result {
            Some(Answered::Accepted(accepted)) => Outcome::Accepted(accepted),
            Some(Answered::Duplicate(_)) => Outcome::Duplicate,
            Some(Answered::Rejected(rejected)) => Outcome::Rejected(rejected),
            Some(Answered::Retry(retry)) => {
                let wished = retry.after.and_then(|wait| Duration::try_from(wait).ok());
                after = after.max(wished.unwrap_or_default());
                pending.push((at, event));
                Outcome::Unanswered(retry.reason)
            }
            Some(Answered::Unknown(_)) | None => {
                pending.push((at, event));
                Outcome::Unanswered("unknown".to_owned())
            }
        };
    }
    after
}

/// Whether the same call may succeed later.
fn is_passing(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable
            | Code::ResourceExhausted
            | Code::DeadlineExceeded
            | Code::Aborted
            | Code::Cancelled
            | Code::Unknown
    )
}

#[cfg(test)]
mod tests;
