//! A client that lives through crashes: what it sent, what it was told, and what it will send again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use baton_ctl::Connection;
use baton_testkit::seeded::Seeded;
use baton_wire::pb::v1 as pb;
use serde_json::json;

use super::{EVENTS, batches, streams};
use crate::harness::{identify, track};

/// Events of one batch.
pub(super) const BATCH: usize = 6;

/// The customers of one client; few, so that several events of one are in a batch.
const CUSTOMERS: usize = 8;

/// Between two batches, so that 20 rounds are a few thousand events.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

/// The message id with which each customer is introduced.
pub(super) const INTRODUCTION: &str = "introduction";

/// How a client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Batches. Part is sent twice at once; part of what was not acknowledged is never sent again.
    Batches,
    /// A stream, over which everything is sent until it is acknowledged, each customer's events in order.
    Stream,
}

/// One client with its own customers. It numbers its events from 1.
pub(super) struct Client {
    name: String,
    pub(super) way: Way,
    pub(super) choices: Seeded,
    last: usize,
    /// By customer, the events that may be there, in the order in which they were first sent.
    pub(super) sent: BTreeMap<String, Vec<usize>>,
    /// The message ids that were answered `accepted` or `duplicate`.
    acknowledged: BTreeSet<String>,
    /// What to send again, before anything new.
    pub(super) again: VecDeque<pb::Event>,
}

impl Client {
    pub(super) fn new(number: usize, way: Way, seed: usize) -> Self {
        let name = format!("client-{number}");
        let customers = (0..CUSTOMERS).map(|customer| (format!("{name}-customer-{customer}"), Vec::new())).collect();
        Self {
            name,
            way,
            choices: Seeded::new(u64::try_from(seed + number + 1).unwrap()),
            last: 0,
            sent: customers,
            acknowledged: BTreeSet::new(),
            again: VecDeque::new(),
        }
    }

    /// Tells where each customer can be reached.
    pub(super) fn introductions(&self) -> Vec<pb::Event> {
        let introduce =
            |customer: &String| identify(customer, INTRODUCTION, &json!({"email": format!("{customer}@shop.example")}));
        self.sent.keys().map(introduce).collect()
    }

    /// Sends until the connection is gone.
    pub(super) async fn run(mut self, connection: Connection, another: Connection) -> Self {
        match self.way {
            Way::Batches => batches::run(&mut self, &connection, &another).await,
            Way::Stream => streams::run(&mut self, &connection).await,
        }
        self
    }

    /// Ends its work on a node that nobody kills any more.
    pub(super) async fn finish(&mut self, connection: &Connection) {
        match self.way {
            Way::Batches => {}
            Way::Stream => streams::finish(self, connection).await,
        }
    }

    /// The event of a number. What it is called says over which channel it leads to a message, and its message id is what
    /// that message says.
    pub(super) fn event(&self, customer: &str, number: usize) -> pb::Event {
        let message_id = self.message_id(number);
        let note = json!({"note": message_id});
        track(customer, &message_id, EVENTS[number % EVENTS.len()], &note)
    }

    pub(super) fn message_id(&self, number: usize) -> String {
        format!("{}-event-{number}", self.name)
    }

    /// What is to be sent again, filled up with new events.
    pub(super) fn batch(&mut self) -> Vec<pb::Event> {
        let mut batch: Vec<pb::Event> = self.again.drain(..self.again.len().min(BATCH)).collect();
        while batch.len() < BATCH {
            self.last += 1;
            let customer = format!("{}-customer-{}", self.name, self.choices.below(CUSTOMERS));
            batch.push(self.event(&customer, self.last));
            self.sent.entry(customer).or_default().push(self.last);
        }
        batch
    }

    /// The event was answered `accepted` or `duplicate`.
    pub(super) fn acknowledge(&mut self, event: &pb::Event) {
        self.acknowledged.insert(event.message_id.clone());
    }

    pub(super) fn is_acknowledged(&self, message_id: &str) -> bool {
        self.acknowledged.contains(message_id)
    }
}
