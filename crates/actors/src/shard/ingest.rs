//! Taking events: each is a command to its customer; the call is answered when the last of them is.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use actix::{Context, Handler, Message};
use baton_customer::{Answer, Command, IngestAnswer, Rejection};
use baton_model::reason::{Reason, ReasonCode};
use baton_model::text_id::CustomerId;
use baton_ports::gateway::{EventAnswer, IngestEvent, RetryReason};
use tokio::sync::oneshot;

use crate::shard::ShardActor;
use crate::shard::decided::{Fate, Reply};

/// When a client may try again after a bound was full: by then a batch or two have been applied.
const RETRY_AFTER_BUSY: Duration = Duration::from_millis(20);

/// When a client may try again after the shard had no leader: about an election.
const RETRY_AFTER_NO_LEADER: Duration = Duration::from_millis(250);

/// When a client may try again while a customer is parked: a person must act first.
const RETRY_AFTER_PARKED: Duration = Duration::from_secs(30);

/// Events of this shard, in order.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Ingest {
    pub(crate) events: Vec<IngestEvent>,
    pub(crate) done: oneshot::Sender<Vec<EventAnswer>>,
}

/// A call whose answers come in one by one.
struct Call {
    answers: Vec<Option<EventAnswer>>,
    open: usize,
    done: Option<oneshot::Sender<Vec<EventAnswer>>>,
    /// Customers of whom an event was not taken: their later ones must wait until it is sent again.
    broken: BTreeSet<CustomerId>,
}

impl Call {
    fn answer(&mut self, index: usize, customer: &CustomerId, answer: EventAnswer) {
        if matches!(answer, EventAnswer::Retry { .. } | EventAnswer::Unknown) {
            self.broken.insert(customer.clone());
        }
        self.answers[index] = Some(answer);
        self.open -= 1;
        if self.open == 0
            && let Some(done) = self.done.take()
        {
            let answers = self.answers.drain(..).map(|answer| answer.unwrap_or(EventAnswer::Unknown)).collect();
            // The caller may have given up; its events are taken all the same.
            let _ = done.send(answers);
        }
    }
}

/// `retry` with the wait that fits the reason.
pub(crate) fn retry(reason: RetryReason) -> EventAnswer {
    let after = match reason {
        RetryReason::NoLeader | RetryReason::DiskFull | RetryReason::ClockStepping => RETRY_AFTER_NO_LEADER,
        RetryReason::CustomerBusy | RetryReason::ShardBusy | RetryReason::Predecessor => RETRY_AFTER_BUSY,
        RetryReason::CustomerParked => RETRY_AFTER_PARKED,
    };
    EventAnswer::Retry { reason, after }
}

impl Handler<Ingest> for ShardActor {
    type Result = ();

    fn handle(&mut self, ingest: Ingest, ctx: &mut Context<Self>) {
        let Ingest { events, done } = ingest;
        let refused = match (&self.walk, self.deciding()) {
            (Some(_), _) => Some(RetryReason::ClockStepping),
            (None, None) => Some(RetryReason::NoLeader),
            (None, Some(_)) if self.is_full() => Some(RetryReason::ShardBusy),
            (None, Some(_)) => None,
        };
        if let Some(reason) = refused {
            let _ = done.send(vec![retry(reason); events.len()]);
            return;
        }
        self.take_events(events, done, ctx);
    }
}

impl ShardActor {
    fn take_events(
        &mut self,
        events: Vec<IngestEvent>,
        done: oneshot::Sender<Vec<EventAnswer>>,
        ctx: &mut Context<Self>,
    ) {
        let Some(context) = self.leading() else { return };
        let open = events.len();
        let call = Call { answers: vec![None; open], open, done: Some(done), broken: BTreeSet::new() };
        let call = Rc::new(RefCell::new(call));
        for (index, IngestEvent { customer, event }) in events.into_iter().enumerate() {
            if call.borrow().broken.contains(&customer) {
                call.borrow_mut().answer(index, &customer, retry(RetryReason::Predecessor));
                continue;
            }
            let (reply_call, reply_customer) = (Rc::clone(&call), customer.clone());
            let reply: Reply = Box::new(move |_, _, fate| {
                reply_call.borrow_mut().answer(index, &reply_customer, event_answer(fate));
            });
            self.send(&context, &customer, Command::Ingest(Box::new(event)), reply, ctx);
        }
        self.residents.start_loads(&context);
        self.take_given_back(&context, ctx);
        self.propose_waiting(&context, ctx);
    }
}

/// What the client is told.
fn event_answer(fate: Fate) -> EventAnswer {
    match fate {
        Fate::Applied(Answer::Ingest(answer), position) => match answer {
            IngestAnswer::Accepted => EventAnswer::Accepted(position),
            IngestAnswer::Duplicate => EventAnswer::Duplicate,
            IngestAnswer::Rejected(rejection) => rejected(rejection),
        },
        Fate::Applied(other, _) => internal(format!("an event was answered {other:?}")),
        Fate::Retry(reason) => retry(reason),
        Fate::Unknown => EventAnswer::Unknown,
        Fate::Failed(detail) => internal(detail),
    }
}

fn rejected(rejection: Rejection) -> EventAnswer {
    let Rejection { reason, field, detail } = rejection;
    EventAnswer::Rejected { reason: Reason::new(reason, detail), field: Some(field).filter(|field| !field.is_empty()) }
}

fn internal(detail: String) -> EventAnswer {
    EventAnswer::Rejected { reason: Reason::new(ReasonCode::Internal, detail), field: None }
}
