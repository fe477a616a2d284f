//! A client that lives through crashes and remembers what it was told.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use baton_ctl::Connection;
use baton_testkit::seeded::Seeded;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answer;
use serde_json::json;
use tonic::Status;

use crate::harness::{ingest, track};

/// Events of one batch.
const BATCH: usize = 6;

/// The customers of one client; few, so that several events of one are in a batch.
const CUSTOMERS: usize = 8;

/// Between two batches, so that 20 rounds are a few thousand events.
const PAUSE: Duration = Duration::from_millis(15);

/// One client: its own customers, and every message id it ever sent.
pub(super) struct Client {
    number: usize,
    choices: Seeded,
    sent: usize,
    /// By customer, the message ids that may be there.
    pub(super) sent_ids: BTreeMap<String, BTreeSet<String>>,
    /// The message ids that were answered `accepted` or `duplicate`.
    pub(super) acknowledged: BTreeSet<String>,
    /// What to send again.
    again: VecDeque<pb::Event>,
}

impl Client {
    pub(super) fn new(number: usize, seed: usize) -> Self {
        let choices = Seeded::new(u64::try_from(seed + number + 1).unwrap());
        Self {
            number,
            choices,
            sent: 0,
            sent_ids: BTreeMap::new(),
            acknowledged: BTreeSet::new(),
            again: VecDeque::new(),
        }
    }

    /// Sends until the connection is gone.
    pub(super) async fn run(mut self, connection: Connection, another: Connection) -> Self {
        loop {
            let batch = self.batch();
            // Two tries in flight at once: whichever is acknowledged, the events must be there once.
            let answers = if self.choices.once_in(3) {
                tokio::join!(ingest(&connection, batch.clone()), ingest(&another, batch.clone()))
            } else {
                (ingest(&connection, batch.clone()).await, Ok(Vec::new()))
            };
            let alive = answers.0.is_ok() && answers.1.is_ok();
            for answers in [answers.0, answers.1] {
                self.remember(&batch, answers);
            }
            self.keep_for_later(batch);
            if !alive {
                return self;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// What is to be sent again, filled up with new events.
    fn batch(&mut self) -> Vec<pb::Event> {
        let mut batch: Vec<pb::Event> = self.again.drain(..self.again.len().min(BATCH)).collect();
        while batch.len() < BATCH {
            self.sent += 1;
            let customer = format!("client-{}-customer-{}", self.number, self.choices.below(CUSTOMERS));
            let message_id = format!("event-{}-{}", self.number, self.sent);
            self.sent_ids.entry(customer.clone()).or_default().insert(message_id.clone());
            batch.push(track(&customer, &message_id, "Asked", &json!({"number": self.sent})));
        }
        batch
    }

    fn remember(&mut self, batch: &[pb::Event], answers: Result<Vec<Answer>, Status>) {
        for (event, answer) in batch.iter().zip(answers.unwrap_or_default()) {
            match answer {
                Answer::Accepted(_) | Answer::Duplicate(_) => {
                    self.acknowledged.insert(event.message_id.clone());
                }
                Answer::Retry(_) | Answer::Unknown(_) => {}
                Answer::Rejected(rejected) => panic!("{rejected:?}"),
            }
        }
    }

    /// Half of what was not acknowledged is sent again.
    fn keep_for_later(&mut self, batch: Vec<pb::Event>) {
        for event in batch {
            if !self.acknowledged.contains(&event.message_id) && self.choices.once_in(2) {
                self.again.push_back(event);
            }
        }
    }
}
