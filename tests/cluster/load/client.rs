//! A client that sends events of its own customers and remembers what it was told.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use baton_client::{Answer, Client as Cluster, ClientConfig};
use baton_testkit::seeded::Seeded;
use baton_wire::pb::v1 as pb;
use serde_json::json;
use tests::events::track;
use tokio::sync::watch;

use super::cluster;
use super::progress::Progress;
use crate::arena::EVENT;

/// Events of one batch.
const BATCH: usize = 3;

/// The customers of one client; few, so that several events of one are in a batch, and enough that every shard has some.
const CUSTOMERS: usize = 6;

/// Between two batches, so that three nodes on two slow cores have time left for elections.
const PAUSE: Duration = Duration::from_millis(80);

/// How long an impatient client tries.
const PATIENCE: Duration = Duration::from_millis(700);

/// How a client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As programs do: with the defaults. Whatever is not acknowledged is sent again, in order.
    Patient,
    /// Gives up soon. Part of what was not acknowledged is sent again later, part is never; and some batches are sent twice
    /// at once, as by a program that takes its first try for lost.
    Impatient,
}

/// One client. It numbers its events from 1.
pub(crate) struct Client {
    name: String,
    pub(crate) manner: Manner,
    choices: Seeded,
    last: usize,
    /// By customer, the events that may be there, in the order in which they were first sent.
    pub(crate) sent: BTreeMap<String, Vec<String>>,
    /// The message ids that were answered `accepted` or `duplicate`.
    pub(crate) acknowledged: BTreeSet<String>,
    /// Why the cluster did not take an event within the time of the client.
    pub(crate) failures: Vec<String>,
    again: VecDeque<pb::Event>,
    progress: Arc<Progress>,
}

impl Client {
    pub(super) fn new(load: &str, number: usize, manner: Manner) -> Self {
        let name = format!("{load}-client-{number}");
        Self {
            sent: (0..CUSTOMERS).map(|customer| (format!("{name}-customer-{customer}"), Vec::new())).collect(),
            name,
            manner,
            choices: Seeded::new(u64::try_from(number).unwrap() + 1),
            last: 0,
            acknowledged: BTreeSet::new(),
            failures: Vec::new(),
            again: VecDeque::new(),
            progress: Arc::default(),
        }
    }

    pub(super) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Sends until it is told to stop.
    pub(super) async fn run(mut self, endpoints: Vec<String>, stop: watch::Receiver<bool>) -> Self {
        let patience = match self.manner {
            Manner::Patient => ClientConfig::GIVE_UP_AFTER,
            Manner::Impatient => PATIENCE,
        };
        let one = cluster(endpoints.clone(), patience);
        let other = cluster(endpoints, patience);
        while !*stop.borrow() {
            let batch = self.batch();
            if self.manner == Manner::Impatient && self.choices.once_in(3) {
                let (one, other) = tokio::join!(one.ingest(batch.clone()), other.ingest(batch.clone()));
                self.remember(&batch, one);
                self.remember(&batch, other);
            } else {
                let answers = one.ingest(batch.clone()).await;
                self.remember(&batch, answers);
            }
            self.keep_for_later(batch);
            tokio::time::sleep(PAUSE).await;
        }
        self
    }

    /// What a patient client has left is taken.
    pub(super) async fn finish(&mut self, cluster: &Cluster) {
        if self.manner == Manner::Patient {
            let left: Vec<pb::Event> = self.again.drain(..).collect();
            let answers = cluster.ingest(left.clone()).await;
            self.remember(&left, answers);
            self.keep_for_later(left);
            assert!(self.again.is_empty(), "{}: a healed cluster takes everything: {:?}", self.name, self.failures);
        }
    }

    /// What is to be sent again, filled up with new events.
    fn batch(&mut self) -> Vec<pb::Event> {
        let mut batch: Vec<pb::Event> = self.again.drain(..self.again.len().min(BATCH)).collect();
        while batch.len() < BATCH {
            self.last += 1;
            let customer = format!("{}-customer-{}", self.name, self.choices.below(CUSTOMERS));
            let message_id = format!("{}-event-{}", self.name, self.last);
            batch.push(event(&customer, &message_id));
            self.sent.entry(customer).or_default().push(message_id);
        }
        batch
    }

    fn remember(&mut self, batch: &[pb::Event], answers: Vec<Answer>) {
        for (event, answer) in batch.iter().zip(answers) {
            match answer {
                Answer::Accepted(_) | Answer::Duplicate => {
                    self.acknowledged.insert(event.message_id.clone());
                    self.progress.add(1);
                }
                Answer::Unanswered(reason) => self.failures.push(reason),
                Answer::Refused(status) => self.failures.push(status.to_string()),
                Answer::Rejected(rejected) => panic!("{}: {rejected:?}", event.message_id),
            }
        }
    }

    fn keep_for_later(&mut self, batch: Vec<pb::Event>) {
        let mut kept = Vec::new();
        for event in batch {
            let again = self.manner == Manner::Patient || self.choices.once_in(2);
            if !self.acknowledged.contains(&event.message_id) && again {
                kept.push(event);
            }
        }
        for event in kept.into_iter().rev() {
            self.again.push_front(event);
        }
    }
}

/// An event that leads to a message, which says its message id, and to a timer.
pub(crate) fn event(customer: &str, message_id: &str) -> pb::Event {
    track(customer, message_id, EVENT, &json!({"note": message_id}))
}
