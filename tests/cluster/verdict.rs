//! What must hold once a cluster is whole again, between what the clients were told, what the nodes say, and what the sink
//! received.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use baton_channels::sink::{HttpSink, Receipt};
use baton_client::{Answer, Client as Cluster};
use baton_model::ids::Epoch;
use baton_wire::instant;
use baton_wire::pb::v1 as pb;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tests::enrolments;
use tests::life::Life;
use tests::waiting::eventually;

use crate::load::{Client, Loaded, Manner, event};

/// How wrong the time of a decision may be.
const WRONG_MAX: SignedDuration = SignedDuration::from_millis(500);

/// What was found in all phases so far.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Every send that was decided, and the customer whose it is.
    sends: BTreeMap<String, String>,
    /// Every event that is there, and the customer whose it is.
    events: BTreeMap<String, String>,
}

/// What a phase did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    acknowledged: usize,
    /// Why the cluster did not take events within the time of a patient client.
    pub(crate) failures: Vec<String>,
    /// How often it did not within the time of an impatient one.
    gave_up: usize,
    enrolments: usize,
    attempts: u64,
    /// Attempts that arrived after one of a newer epoch.
    pub(crate) late: usize,
    /// Reads and writes of registers, and how many of them never ended.
    operations: (usize, usize),
}

impl Verdict {
    /// Every acknowledged event is there once, no other event more than once, each led to what it should; and reads and
    /// writes have an order.
    pub(crate) async fn judge(&mut self, cluster: &Cluster, hook: &HttpSink, loaded: &Loaded) -> Outcome {
        let mut outcome = Outcome::default();
        let mut decided = BTreeSet::new();
        for client in &loaded.clients {
            let lives = join_all(client.sent.keys().map(|customer| settled(cluster, customer))).await;
            for ((customer, sent), life) in client.sent.iter().zip(lives) {
                judge_times(customer, &life, loaded.began);
                self.judge_events(client, customer, sent, &life);
                judge_repeats(cluster, client, customer, sent).await;
                let events = life.message_ids().count();
                for send in enrolments::judge(customer, &life, events) {
                    let other = self.sends.insert(send.clone(), customer.clone());
                    assert_eq!(other, None, "{customer}: send {send} was decided twice");
                    decided.insert(send);
                }
                outcome.enrolments += events;
            }
            outcome.acknowledged += client.acknowledged.len();
            match client.manner {
                Manner::Patient => outcome.failures.extend(client.failures.iter().cloned()),
                Manner::Impatient => outcome.gave_up += client.failures.len(),
            }
        }
        for register in &loaded.registers {
            let (operations, open) = register.judge();
            outcome.operations.0 += operations;
            outcome.operations.1 += open;
        }
        self.judge_arrivals(hook, &decided, &mut outcome);
        outcome
    }

    /// The sink received exactly what was decided in all phases.
    pub(crate) fn judge_sink(&self, hook: &HttpSink) {
        let received: BTreeSet<String> = hook.receipts().send_ids().iter().map(ToString::to_string).collect();
        let decided: BTreeSet<String> = self.sends.keys().cloned().collect();
        let unexpected: Vec<&String> = received.difference(&decided).collect();
        let missing: Vec<&String> = decided.difference(&received).collect();
        assert!(unexpected.is_empty() && missing.is_empty(), "arrived: {unexpected:?}; did not: {missing:?}");
        assert_eq!(hook.receipts().rejected(), 0, "everything that came was in order");
        assert_eq!(decided.len(), self.events.len(), "each event led to one message");
    }

    fn judge_events(&mut self, client: &Client, customer: &str, sent: &[String], life: &Life) {
        let there: Vec<&str> = life.message_ids().collect();
        for message_id in &there {
            assert!(sent.iter().any(|id| id == message_id), "{message_id} of {customer} was never sent");
            let other = self.events.insert((*message_id).to_owned(), customer.to_owned());
            assert_eq!(other, None, "{message_id} of {customer} is there twice");
        }
        for message_id in sent.iter().filter(|id| client.acknowledged.contains(*id)) {
            let is_there = self.events.contains_key(message_id);
            assert!(is_there, "{message_id} of {customer} was acknowledged and is missing");
        }
        if client.manner == Manner::Patient && client.failures.is_empty() {
            assert_eq!(there, *sent, "{customer}: a patient client's events keep their order");
        }
    }

    /// Each send arrived under one id, each attempt had a permit of its own.
    fn judge_arrivals(&self, hook: &HttpSink, decided: &BTreeSet<String>, outcome: &mut Outcome) {
        let receipts = hook.receipts();
        let arrived: BTreeMap<String, Receipt> =
            receipts.send_ids().into_iter().filter_map(|id| Some((id.to_string(), receipts.get(id)?))).collect();
        let mut notes = BTreeSet::new();
        for send in decided {
            let receipt = arrived.get(send).unwrap_or_else(|| panic!("{send} of {} never arrived", self.sends[send]));
            let body: Value = serde_json::from_slice(receipt.body.as_ref().unwrap()).unwrap();
            let note = body["data"]["message"]["body"].as_str().unwrap().to_owned();
            assert_eq!(self.events.get(&note), self.sends.get(send), "{send} says {note}");
            assert_eq!(body["data"]["customer_id"].as_str(), self.sends.get(send).map(String::as_str), "{send}");
            let permits: BTreeSet<&(Epoch, u32)> = receipt.permits.iter().collect();
            assert_eq!(permits.len(), receipt.permits.len(), "{send}: a permit was used twice: {:?}", receipt.permits);
            outcome.late += receipt.permits.windows(2).filter(|two| two[1].0 < two[0].0).count();
            outcome.attempts += receipt.attempts;
            assert!(notes.insert(note), "{send} arrived under two ids");
        }
    }
}

/// Waits until nothing is left to happen to a customer, and reads its life.
async fn settled(cluster: &Cluster, customer: &str) -> Life {
    let request = pb::GetCustomerRequest { customer_id: customer.to_owned(), ..Default::default() };
    eventually(&format!("{customer} has nothing left to wait for"), async || {
        let get =
            cluster.ask_about(customer, request.clone(), async |node, request| node.customers().get(request).await);
        let customer = get.await.ok()?;
        (customer.enrolments.is_empty() && customer.pending_messages.is_empty()).then_some(())
    })
    .await;
    Life::read(customer, async |request| {
        let page = cluster.ask_about(customer, request, async |node, request| node.customers().timeline(request).await);
        page.await.unwrap()
    })
    .await
}

/// Everything was decided between the beginning of the load and now.
fn judge_times(customer: &str, life: &Life, began: Timestamp) {
    let (earliest, latest) = (began - WRONG_MAX, now() + WRONG_MAX);
    for record in life.records() {
        let at = instant::from_pb(record.at.unwrap()).unwrap();
        assert!(
            earliest <= at && at <= latest,
            "{customer}: {} was decided at {at}, {began} was the first",
            record.verdict
        );
    }
}

/// The clock of this machine, which those of the nodes are compared with.
#[expect(clippy::disallowed_methods, reason = "the nodes read it through their port; here it is the truth")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Whatever was acknowledged is a repeat when it comes again.
async fn judge_repeats(cluster: &Cluster, client: &Client, customer: &str, sent: &[String]) {
    let acknowledged = sent.iter().filter(|id| client.acknowledged.contains(*id));
    let again: Vec<pb::Event> = acknowledged.map(|message_id| event(customer, message_id)).collect();
    for (event, answer) in again.iter().zip(cluster.ingest(again.clone()).await) {
        assert!(matches!(answer, Answer::Duplicate), "{}: {answer:?}", event.message_id);
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, failures, gave_up, enrolments, attempts, late, operations } = self;
        write!(f, "{acknowledged} events acknowledged, {} given back, {gave_up} given up; ", failures.len())?;
        write!(f, "{enrolments} enrolments, timers and sends in {attempts} attempts, {late} late; ")?;
        write!(f, "{} operations of registers, {} open", operations.0, operations.1)
    }
}
