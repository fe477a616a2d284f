//! What to send next, to whom, and when to give up. Pure: the clock, the routes and chance come in as arguments, calls are
//! made by somebody else.
//!
//! * A customer's events go in the order in which they were given. Those of one customer are in at most one call at a
//!   time, so no event is ever under way twice, and none is overtaken by a later one.
//! * What is not answered for good is sent again after a pause, before anything later of that customer.
//! * Should a node take a later event of a customer although an earlier one was not taken, the earlier one is never sent
//!   again: it would be decided out of order. It is given back unanswered.
//! * At the end of the time everything that is open is given back, also what is under way.

mod batches;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use baton_wire::limits::REQUEST_BYTES_MAX;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answered;
use tonic::Status;

use crate::address::Address;
use crate::answer::Answer;
use crate::backoff;
use batches::Batches;

/// The events of one call of [`Client::ingest`](crate::Client::ingest), until each is answered.
#[derive(Debug)]
pub(super) struct Delivery {
    bounds: Bounds,
    sizes: Vec<usize>,
    owner: Vec<usize>,
    answers: Vec<Option<Answer>>,
    unanswered: usize,
    /// In the order of their first events.
    customers: Vec<Customer>,
    /// Those with open events that are not under way.
    idle: BTreeSet<usize>,
    calls: BTreeMap<u64, Call>,
    next_call: u64,
}

/// The bounds of a delivery.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// When it ends at the latest.
    pub(super) give_up_at: Duration,
    /// How long a call may take.
    pub(super) call_wait_max: Duration,
    /// Calls under way in all, at least 1. One node gets at most half of them, rounded up, so that one that hangs does not
    /// hold the others' events back.
    pub(super) calls_in_flight_max: usize,
}

/// A call to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    /// Its number.
    pub(super) id: u64,
    /// The node to ask.
    pub(super) to: Address,
    /// Which events, in this order.
    pub(super) events: Vec<usize>,
    /// How long it may take.
    pub(super) timeout: Duration,
}

/// How a call ended.
#[derive(Debug)]
pub(super) enum CallEnd {
    /// Each event is answered.
    Answered(Vec<pb::EventResult>),
    /// It failed as a whole, and may work later.
    Failed {
        /// Why.
        reason: String,
        /// When it makes sense to try again.
        after: Duration,
    },
    /// It would fail again.
    Refused(Status),
}

#[derive(Debug, Default)]
struct Customer {
    id: String,
    /// In order.
    open: BTreeSet<usize>,
    not_before: Duration,
    /// Calls since one had an answer for good about this customer.
    tries: u32,
    /// Why the last one gave none.
    reason: String,
}

/// What a call means for the next one about the same customer.
#[derive(Debug, Default)]
struct Pause {
    has_accepted: bool,
    has_progress: bool,
    /// Some of its events are to be sent again.
    has_failed: bool,
    /// At least so long.
    after: Duration,
}

impl Delivery {
    /// Events of customers, each with its size in a request.
    pub(super) fn new<'a>(events: impl IntoIterator<Item = (&'a str, usize)>, bounds: Bounds) -> Self {
        let mut delivery = Self {
            bounds,
            sizes: Vec::new(),
            owner: Vec::new(),
            answers: Vec::new(),
            unanswered: 0,
            customers: Vec::new(),
            idle: BTreeSet::new(),
            calls: BTreeMap::new(),
            next_call: 0,
        };
        let mut numbers = BTreeMap::new();
        for (event, (customer, size)) in events.into_iter().enumerate() {
            let number = *numbers.entry(customer).or_insert_with(|| {
                delivery.customers.push(Customer { id: customer.to_owned(), ..Customer::default() });
                delivery.customers.len() - 1
            });
            delivery.sizes.push(size);
            delivery.owner.push(number);
            delivery.unanswered += 1;
            delivery.answers.push(None);
            delivery.customers[number].open.insert(event);
            delivery.idle.insert(number);
            if size > REQUEST_BYTES_MAX {
                delivery.settle(event, too_large(size));
            }
        }
        delivery
    }

    /// Whether every event is answered.
    pub(super) fn is_done(&self) -> bool {
        self.unanswered == 0
    }

    /// One answer per event, in their order. Only when it is done.
    pub(super) fn into_answers(self) -> Vec<Answer> {
        let given_back = || Answer::Unanswered(String::new());
        self.answers.into_iter().map(|answer| answer.unwrap_or_else(given_back)).collect()
    }

    /// The calls to make now.
    pub(super) fn plan(&mut self, now: Duration, route: impl Fn(&str) -> Address) -> Vec<Call> {
        self.give_up(now);
        let timeout = self.bounds.call_wait_max.min(self.bounds.give_up_at.saturating_sub(now));
        let mut batches = Batches::new(self.bounds.calls_in_flight_max, self.calls.values().map(|call| &call.to));
        for number in &self.idle {
            if batches.are_full() {
                break;
            }
            let customer = &self.customers[*number];
            if customer.not_before <= now {
                let open = customer.open.iter().map(|event| (*event, self.sizes[*event]));
                batches.add(&route(&customer.id), open);
            }
        }
        let planned = batches.into_calls().into_iter().map(|(to, events)| {
            self.next_call += 1;
            Call { id: self.next_call, to, events, timeout }
        });
        let planned: Vec<Call> = planned.collect();
        for call in &planned {
            for event in &call.events {
                self.idle.remove(&self.owner[*event]);
            }
            self.calls.insert(call.id, call.clone());
        }
        planned
    }

    /// When to plan again if no call ends before.
    pub(super) fn next_plan(&self, now: Duration) -> Duration {
        let pauses = self.idle.iter().map(|number| self.customers[*number].not_before).filter(|at| *at > now);
        pauses.min().unwrap_or(self.bounds.give_up_at).min(self.bounds.give_up_at)
    }

    /// A call ended. `chance` spreads the repetitions of many clients.
    pub(super) fn conclude(&mut self, id: u64, end: CallEnd, now: Duration, chance: u128) {
        let Some(call) = self.calls.remove(&id) else { return };
        let mut pauses: BTreeMap<usize, Pause> = BTreeMap::new();
        for event in &call.events {
            pauses.entry(self.owner[*event]).or_default();
        }
        match end {
            CallEnd::Answered(results) if results.len() == call.events.len() => {
                self.take(&call.events, results, &mut pauses);
            }
            CallEnd::Answered(results) => {
                let fault = format!("{} events were given {} answers", call.events.len(), results.len());
                self.refuse(&call.events, &Status::internal(fault));
            }
            CallEnd::Refused(status) => self.refuse(&call.events, &status),
            CallEnd::Failed { reason, after } => {
                for (number, pause) in &mut pauses {
                    (pause.has_failed, pause.after) = (true, after);
                    self.customers[*number].reason.clone_from(&reason);
                }
            }
        }
        for (number, pause) in pauses {
            self.pause(number, &pause, now, chance);
        }
    }

    /// Takes the answers of one call, the last first: so a later event that was taken is seen before an earlier one that was
    /// not.
    fn take(&mut self, events: &[usize], results: Vec<pb::EventResult>, pauses: &mut BTreeMap<usize, Pause>) {
        for (event, result) in events.iter().zip(results).rev() {
            let number = self.owner[*event];
            let pause = pauses.entry(number).or_default();
            let (reason, after) = match settled(result) {
                Ok(answer) => {
                    pause.has_progress = true;
                    pause.has_accepted |= matches!(answer, Answer::Accepted(_));
                    self.settle(*event, answer);
                    continue;
                }
                Err(again) => again,
            };
            if pause.has_accepted {
                self.settle(*event, Answer::Unanswered("overtaken".to_owned()));
                continue;
            }
            (pause.has_failed, pause.after) = (true, pause.after.max(after));
            self.customers[number].reason = reason;
        }
    }

    fn refuse(&mut self, events: &[usize], status: &Status) {
        for event in events {
            self.settle(*event, Answer::Refused(Box::new(status.clone())));
        }
    }

    /// What is to be sent again waits, and with it what is later; if it would wait beyond the end, it is given back at once.
    fn pause(&mut self, number: usize, pause: &Pause, now: Duration, chance: u128) {
        let give_up_at = self.bounds.give_up_at;
        let customer = &mut self.customers[number];
        if customer.open.is_empty() {
            return;
        }
        self.idle.insert(number);
        if pause.has_progress {
            customer.tries = 0;
        }
        if pause.has_failed {
            customer.not_before = now + backoff::wait(customer.tries, pause.after, chance);
            customer.tries = customer.tries.saturating_add(1);
        }
        if customer.not_before >= give_up_at {
            self.give_back(number);
        }
    }

    /// At the end of the time.
    fn give_up(&mut self, now: Duration) {
        if now >= self.bounds.give_up_at {
            self.calls.clear();
            for number in 0..self.customers.len() {
                self.give_back(number);
            }
        }
    }

    fn give_back(&mut self, number: usize) {
        let customer = &mut self.customers[number];
        let reason = if customer.reason.is_empty() { "no answer in time" } else { &customer.reason }.to_owned();
        for event in std::mem::take(&mut customer.open) {
            self.settle(event, Answer::Unanswered(reason.clone()));
        }
        self.idle.remove(&number);
    }

    /// The one place where an event is answered.
    fn settle(&mut self, event: usize, answer: Answer) {
        let number = self.owner[event];
        debug_assert!(self.answers[event].is_none(), "an event is answered once");
        self.answers[event] = Some(answer);
        self.unanswered -= 1;
        let customer = &mut self.customers[number];
        customer.open.remove(&event);
        if customer.open.is_empty() {
            self.idle.remove(&number);
        }
    }
}

/// An answer for good, or why there is none and when to send the event again.
fn settled(result: pb::EventResult) -> Result<Answer, (String, Duration)> {
    match result.result {
        Some(Answered::Accepted(accepted)) => Ok(Answer::Accepted(accepted)),
        Some(Answered::Duplicate(_)) => Ok(Answer::Duplicate),
        Some(Answered::Rejected(rejected)) => Ok(Answer::Rejected(rejected)),
        Some(Answered::Retry(retry)) => {
            let after = retry.after.and_then(|after| Duration::try_from(after).ok());
            Err((retry.reason, after.unwrap_or_default()))
        }
        Some(Answered::Unknown(_)) | None => Err(("unknown".to_owned(), Duration::ZERO)),
    }
}

fn too_large(size: usize) -> Answer {
    let message = format!("the event has {size} bytes: a request may have at most {REQUEST_BYTES_MAX}");
    Answer::Rejected(pb::Rejected { reason: "too_large".to_owned(), field: String::new(), message })
}

#[cfg(test)]
mod tests;
