//! What must hold after the last restart, between what clients were told, what the node says, and what the sink received.

use std::collections::{BTreeMap, BTreeSet};

use baton_ctl::Connection;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answer;
use tests::enrolments;

use super::arrivals::Arrivals;
use super::client::{Client, INTRODUCTION, Way};
use crate::harness::{Life, Node, eventually, ingest, life};

/// Fewer events than may wait for one customer at a time.
const QUEUED_MAX: usize = 50;

/// What was found so far.
#[derive(Default)]
pub(super) struct Verdict {
    acknowledged: usize,
    unacknowledged: usize,
    enrolments: usize,
    /// Whose each send is.
    sends: BTreeMap<String, String>,
    /// Every event that is there: its message id, and whose it is.
    events: BTreeMap<String, String>,
    attempts: u64,
}

impl Verdict {
    /// Every acknowledged event of a client is there once, no other event more than once, and each led to what it should.
    pub(super) async fn judge_client(&mut self, node: &Node, client: &Client) {
        for (customer, sent) in &client.sent {
            self.judge_repeats(node.connection(), client, customer).await;
            settled(node.connection(), customer).await;
            let life = life(node.connection(), customer).await;
            let mut there: Vec<&str> = life.message_ids().collect();
            assert_eq!(there.remove(0), INTRODUCTION, "{customer} was introduced first");
            let sent_ids: Vec<String> = sent.iter().map(|number| client.message_id(*number)).collect();
            for message_id in &there {
                assert!(sent_ids.iter().any(|id| id == message_id), "{message_id} of {customer} was never sent");
                let other = self.events.insert((*message_id).to_owned(), customer.clone());
                assert_eq!(other, None, "{message_id} of {customer} is there twice");
            }
            let (acknowledged, other): (Vec<_>, Vec<_>) = sent_ids.iter().partition(|id| client.is_acknowledged(id));
            for message_id in &acknowledged {
                let is_there = self.events.contains_key(*message_id);
                assert!(is_there, "{message_id} of {customer} was acknowledged and is missing");
            }
            if client.way == Way::Stream {
                assert_eq!(there, sent_ids, "{customer}: a stream keeps the order and loses nothing");
            }
            self.acknowledged += acknowledged.len();
            self.unacknowledged += other.len();
            self.judge_decisions(customer, &life, there.len());
        }
    }

    /// Whatever was acknowledged is a repeat when it comes again.
    async fn judge_repeats(&mut self, connection: &Connection, client: &Client, customer: &str) {
        let acknowledged =
            client.sent[customer].iter().filter(|number| client.is_acknowledged(&client.message_id(**number)));
        let again: Vec<pb::Event> = acknowledged.map(|number| client.event(customer, *number)).collect();
        for again in again.chunks(QUEUED_MAX) {
            for (event, answer) in again.iter().zip(ingest(connection, again.to_vec()).await.unwrap()) {
                assert!(matches!(answer, Answer::Duplicate(_)), "{}: {answer:?}", event.message_id);
            }
        }
    }

    fn judge_decisions(&mut self, customer: &str, life: &Life, events: usize) {
        for send in enrolments::judge(customer, life, events) {
            let other = self.sends.insert(send.clone(), customer.to_owned());
            assert_eq!(other, None, "{customer}: send {send} was decided twice");
        }
        self.enrolments += events;
    }

    /// The sinks received exactly the sends that were decided, each to its customer; each event's under one id.
    pub(super) fn judge_arrivals(&mut self, arrivals: &Arrivals) {
        let received: BTreeSet<&String> = arrivals.by_send.keys().collect();
        let decided: BTreeSet<&String> = self.sends.keys().collect();
        assert_eq!(received, decided, "the sends that arrived are those that were decided");
        let mut notes = BTreeSet::new();
        for (send, arrival) in &arrivals.by_send {
            assert!(notes.insert(&arrival.note), "{} arrived under a second id, {send}", arrival.note);
            let customer = &self.sends[send];
            assert_eq!(self.events.get(&arrival.note), Some(customer), "{send}");
            assert!(arrival.customer.as_ref().is_none_or(|told| told == customer), "{send}: {:?}", arrival.customer);
        }
        assert_eq!(notes.len(), self.events.len(), "each event led to a message");
        self.attempts = arrivals.attempts;
    }

    /// The run had enough work, and the kills interrupted some of it; otherwise it would show nothing. Gives a line for people.
    pub(super) fn judge_run(&self, enrolments_min: usize) -> String {
        let Self { acknowledged, unacknowledged, enrolments, attempts, sends, .. } = self;
        let summary = format!(
            "{acknowledged} events acknowledged, {unacknowledged} not; {enrolments} enrolments, {} sends in {attempts} attempts",
            sends.len()
        );
        let is_enough = *enrolments >= enrolments_min && *unacknowledged > 0 && *attempts > sends.len() as u64;
        assert!(is_enough, "too little happened: {summary}");
        summary
    }
}

/// Waits until nothing is left to happen to a customer.
async fn settled(connection: &Connection, customer: &str) {
    let request = pb::GetCustomerRequest { workspace: 0, customer_id: customer.to_owned(), stale: false };
    eventually(&format!("{customer} has nothing left to wait for"), async || {
        let customer = connection.customers().get(request.clone()).await.unwrap().into_inner();
        (customer.enrolments.is_empty() && customer.pending_messages.is_empty()).then_some(())
    })
    .await;
}
