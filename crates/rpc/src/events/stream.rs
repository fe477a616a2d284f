//! One ingest stream: numbered events in, cumulative answers and credits out.
//!
//! ```text
//! requests ─► waiting (≤ CREDITS) ─► one call of the router (≤ a batch) ─► response: ack, not accepted, credits
//! ```
//!
//! One call is under way at a time, so the events of a customer are tried in order; what arrives meanwhile is collected and
//! goes together into the next call. The response stream drives everything: a client that does not read its answers is not
//! read from either.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use baton_model::text_id::{CustomerId, MessageId};
use baton_ports::gateway::{EventAnswer, IngestEvent, RetryReason};
use baton_wire::limits::BATCH_EVENTS_MAX;
use baton_wire::pb::v1 as pb;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use tokio::sync::watch;
use tonic::Status;

use super::batch::{self, Parsed};
use super::broken::{BROKEN_CUSTOMERS_MAX, Broken};
use super::router::{Router, Taken};
use super::{answer, check_batch};
use crate::deadline::Deadline;
use crate::observer::Observer;
use crate::request::{RequestError, check_workspace, wrong};
use crate::status::Failure;

/// How many events of one stream may be unanswered: two batches keep the next call full while one is under way. A client
/// that sends more is refused and its stream ends.
const CREDITS: u32 = 2_000;

const _: () = assert!(CREDITS as usize == 2 * BATCH_EVENTS_MAX);

/// Within this time of its receipt every event is answered. It outlives an election; the contract names it.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// When to send an event again that waited too long to be tried.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// One stream.
pub(super) struct Session {
    router: Arc<Router>,
    observer: Arc<dyn Observer>,
    requests: BoxStream<'static, Result<pb::IngestStreamRequest, Status>>,
    ending: watch::Receiver<bool>,
    answer_within: Duration,
    phase: Phase,
    /// The number of the last event received.
    received: u64,
    /// The number of the last event answered.
    acknowledged: u64,
    waiting: VecDeque<Waiting>,
    call: Option<Call>,
    broken: Broken,
}

/// How far the stream is.
enum Phase {
    /// The first credits are not granted.
    New,
    /// Requests are read.
    Open,
    /// Nothing is read any more; what was received is answered, then the stream ends so.
    Closing(Result<(), Box<Status>>),
    /// Over.
    Ended,
}

/// An event that was received and is not tried.
struct Waiting {
    event: Parsed,
    answer_by: Deadline,
}

/// A call of the gateway that is under way.
struct Call {
    /// The events it answers, in order of their numbers.
    slots: Vec<Slot>,
    /// The gateway's answers to those that it was asked about.
    answers: BoxFuture<'static, Taken>,
}

/// What is known of an event while its call is under way.
enum Slot {
    /// It was not tried, and this is its answer.
    Answered(EventAnswer),
    /// The gateway was asked.
    Asked(CustomerId, MessageId),
}

/// What woke the stream.
enum Woken {
    Answers(Taken),
    Request(Option<Result<pb::IngestStreamRequest, Status>>),
    Ending,
}

impl Session {
    /// A stream at its beginning. It ends early when `ending` becomes true, and answers each event within `answer_within`
    /// of its receipt.
    pub(super) fn new(
        router: Arc<Router>,
        observer: Arc<dyn Observer>,
        requests: BoxStream<'static, Result<pb::IngestStreamRequest, Status>>,
        ending: watch::Receiver<bool>,
        answer_within: Duration,
    ) -> Self {
        Self {
            router,
            observer,
            requests,
            ending,
            answer_within,
            phase: Phase::New,
            received: 0,
            acknowledged: 0,
            waiting: VecDeque::new(),
            call: None,
            broken: Broken::default(),
        }
    }

    /// The answers, until the client has sent all and everything is answered.
    pub(super) fn responses(self) -> impl Stream<Item = Result<pb::IngestStreamResponse, Status>> {
        futures::stream::unfold(self, |mut session| async move { Some((session.next().await?, session)) })
    }

    async fn next(&mut self) -> Option<Result<pb::IngestStreamResponse, Status>> {
        if matches!(self.phase, Phase::New) {
            self.phase = Phase::Open;
            return Some(Ok(self.response(&[], Vec::new())));
        }
        loop {
            if self.call.is_none() && !self.waiting.is_empty() {
                self.call = Some(self.start_call());
            }
            if self.call.is_none() && !matches!(self.phase, Phase::Open) {
                return self.end();
            }
            match self.wake().await {
                Woken::Answers(taken) => return Some(Ok(self.finish_call(taken))),
                Woken::Request(Some(Ok(request))) => {
                    if let Err(error) = self.receive(request) {
                        self.close(Err(error));
                    }
                }
                Woken::Request(Some(Err(status))) => self.phase = Phase::Closing(Err(Box::new(status))),
                Woken::Request(None) => self.close(Ok(())),
                Woken::Ending => self.close(Err(RequestError::ShuttingDown)),
            }
        }
    }

    /// Waits for whatever comes first. Each branch can be dropped without loss.
    async fn wake(&mut self) -> Woken {
        let open = matches!(self.phase, Phase::Open);
        let answers = async {
            match &mut self.call {
                Some(call) => (&mut call.answers).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            answers = answers => Woken::Answers(answers),
            request = self.requests.next(), if open => Woken::Request(request),
            _ = self.ending.wait_for(|ending| *ending), if open => Woken::Ending,
        }
    }

    /// Takes the events of a request, if their numbers go on where the last ended and the client had the credits.
    fn receive(&mut self, request: pb::IngestStreamRequest) -> Result<(), RequestError> {
        check_workspace(request.workspace)?;
        check_batch(request.events.len())?;
        let expected = self.received + 1;
        if request.first_sequence != expected {
            let message = format!("is {}: the next event of this stream has number {expected}", request.first_sequence);
            return Err(wrong("first_sequence", message));
        }
        let received = self.received + request.events.len() as u64;
        let granted = self.acknowledged + u64::from(CREDITS);
        if received > granted {
            let message =
                format!("go up to number {received}: credits are granted up to {granted}, wait for the next response");
            return Err(wrong("events", message));
        }
        self.received = received;
        let answer_by = Deadline::after(self.answer_within);
        let events = request.events.into_iter().map(batch::parse);
        self.waiting.extend(events.map(|event| Waiting { event, answer_by }));
        Ok(())
    }

    /// Asks the gateway about as many waiting events as one batch holds.
    fn start_call(&mut self) -> Call {
        let count = self.waiting.len().min(BATCH_EVENTS_MAX);
        let batch: Vec<_> = self.waiting.drain(..count).collect();
        let answer_by = batch.first().map_or_else(|| Deadline::after(self.answer_within), |oldest| oldest.answer_by);
        let mut asked = Vec::with_capacity(count);
        let slots = batch.into_iter().map(|waiting| self.slot(waiting, &mut asked)).collect();
        let router = Arc::clone(&self.router);
        let answers = async move { router.take(asked, answer_by).await };
        Call { slots, answers: Box::pin(answers) }
    }

    /// Decides whether the gateway is asked about an event.
    fn slot(&mut self, waiting: Waiting, asked: &mut Vec<IngestEvent>) -> Slot {
        let event = match waiting.event {
            Ok(event) => event,
            Err(error) => return Slot::Answered(answer::rejected(error)),
        };
        if !self.broken.admits(&event) {
            return Slot::Answered(retry(RetryReason::Predecessor));
        }
        let (customer, message) = (event.customer.clone(), event.event.message_id.clone());
        if waiting.answer_by.has_passed() {
            let answer = retry(RetryReason::ShardBusy);
            self.broken.note(&customer, &message, &answer);
            return Slot::Answered(answer);
        }
        asked.push(event);
        Slot::Asked(customer, message)
    }

    /// Puts the answers of a call in order and tells them.
    fn finish_call(&mut self, Taken { answers, hints }: Taken) -> pb::IngestStreamResponse {
        let slots = self.call.take().map(|call| call.slots).unwrap_or_default();
        let mut taken = answers.into_iter();
        let mut answers = Vec::with_capacity(slots.len());
        for slot in slots {
            answers.push(match slot {
                Slot::Answered(answer) => answer,
                Slot::Asked(customer, message) => {
                    let answer = taken.next().unwrap_or(EventAnswer::Unknown);
                    self.broken.note(&customer, &message, &answer);
                    answer
                }
            });
        }
        answer::count(&*self.observer, &answers);
        if self.broken.is_over_full() {
            let message = format!(
                "events of more than {BROKEN_CUSTOMERS_MAX} customers were not taken: open a new stream and send all that \
                 was not taken again, in order"
            );
            self.close(Err(RequestError::StreamBound { message }));
        }
        self.response(&answers, hints)
    }

    /// Acknowledges the next `answers`.
    fn response(&mut self, answers: &[EventAnswer], hints: Vec<pb::RoutingHint>) -> pb::IngestStreamResponse {
        let numbered = (self.acknowledged + 1..).zip(answers);
        let not_accepted = numbered
            .filter(|(_, answer)| !matches!(answer, EventAnswer::Accepted(_)))
            .map(|(sequence, answer)| pb::SequencedResult { sequence, result: Some(answer::to_pb(answer)) })
            .collect();
        self.acknowledged += answers.len() as u64;
        debug_assert!(self.acknowledged <= self.received, "nothing is answered that was not received");
        pb::IngestStreamResponse { acknowledged_sequence: self.acknowledged, not_accepted, credits: CREDITS, hints }
    }

    /// Reads no more; the stream ends so once everything received is answered.
    fn close(&mut self, end: Result<(), RequestError>) {
        if matches!(self.phase, Phase::Open) {
            self.phase = Phase::Closing(end.map_err(|error| Box::new(Failure::from(error).into())));
        }
    }

    /// The end, told once.
    fn end(&mut self) -> Option<Result<pb::IngestStreamResponse, Status>> {
        match std::mem::replace(&mut self.phase, Phase::Ended) {
            Phase::Closing(Err(status)) => Some(Err(*status)),
            Phase::New | Phase::Open | Phase::Closing(Ok(())) | Phase::Ended => None,
        }
    }
}

fn retry(reason: RetryReason) -> EventAnswer {
    EventAnswer::Retry { reason, after: RETRY_AFTER }
}

#[cfg(test)]
mod tests;
