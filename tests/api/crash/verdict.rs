//! What must hold after the last restart, between what clients were told, what the node says, and what the sink received.

use std::collections::{BTreeMap, BTreeSet};

use baton_channels::file::Attempts;
use baton_ctl::Connection;
use baton_wire::instant;
use baton_wire::pb::v1 as pb;
use jiff::{SignedDuration, Timestamp};
use tonic::Code;

use super::clients::Client;
use crate::harness::{Life, Node, eventually, life};

/// How long each enrolment waits after its message, as its journey says.
const WAIT: SignedDuration = SignedDuration::from_secs(1);

/// What was found so far.
#[derive(Default)]
pub(super) struct Verdict {
    acknowledged: usize,
    unacknowledged: usize,
    enrolments: usize,
    /// Whose each send is.
    sends: BTreeMap<String, String>,
    attempts: usize,
}

impl Verdict {
    /// Every acknowledged event of a client is there once, no other event more than once, and each led to what it should.
    pub(super) async fn judge_client(&mut self, node: &Node, client: Client) {
        for (customer, sent_ids) in &client.sent_ids {
            let life = if settled(node.connection(), customer).await {
                life(node.connection(), customer).await
            } else {
                Life { entries: Vec::new() }
            };
            let mut there = BTreeSet::new();
            for message_id in life.message_ids() {
                assert!(sent_ids.contains(message_id), "{message_id} of {customer} was never sent");
                assert!(there.insert(message_id), "{message_id} of {customer} is there twice");
            }
            for message_id in sent_ids.iter().filter(|id| client.acknowledged.contains(*id)) {
                assert!(
                    there.contains(message_id.as_str()),
                    "{message_id} of {customer} was acknowledged and is missing"
                );
                self.acknowledged += 1;
            }
            self.unacknowledged += sent_ids.iter().filter(|id| !client.acknowledged.contains(*id)).count();
            self.judge_decisions(customer, &life, there.len());
        }
    }

    /// Each event began one enrolment, whose one message was accepted, whose timer fired once, and which ended.
    fn judge_decisions(&mut self, customer: &str, life: &Life, events: usize) {
        let enrolments = |records: Vec<&pb::DecisionRecord>, what: &str| {
            let distinct: BTreeSet<String> = records.iter().map(|record| record.enrolment.clone()).collect();
            assert_eq!(distinct.len(), records.len(), "{customer}: an enrolment {what} twice");
            distinct
        };
        let entered = enrolments(life.verdicts("entered"), "began");
        assert_eq!(entered.len(), events, "{customer}: one enrolment per event");
        let mut left = life.verdicts("step_left");
        left.retain(|record| record.step == "wait");
        let fired: BTreeMap<String, Timestamp> =
            left.iter().map(|record| (record.enrolment.clone(), at(record))).collect();
        assert_eq!(enrolments(left, "had its timer fire"), entered, "{customer}: every timer fires");
        assert_eq!(enrolments(life.verdicts("exited"), "ended"), entered, "{customer}: every enrolment ends");
        let released = life.fates("released");
        let accepted = life.fates("accepted");
        for record in &accepted {
            let waited = fired[&record.enrolment].duration_since(at(record));
            assert!(waited >= WAIT, "{customer}: a timer of {WAIT} fired after {waited}");
        }
        assert_eq!(enrolments(accepted, "had its message accepted"), entered, "{customer}");
        for record in released {
            let other = self.sends.insert(record.send.clone(), customer.to_owned());
            assert_eq!(other, None, "{customer}: send {} was decided twice", record.send);
        }
        self.enrolments += entered.len();
    }

    /// The sink received exactly the sends that were decided, each to its customer, and no attempt twice.
    pub(super) fn judge_sink(&mut self, sink: &Attempts) {
        let received: BTreeSet<String> = sink.send_ids().iter().map(ToString::to_string).collect();
        let decided: BTreeSet<String> = self.sends.keys().cloned().collect();
        assert_eq!(received, decided, "the sends that arrived are those that were decided");
        assert_eq!(self.sends.len(), self.enrolments, "each enrolment has one send");
        let mut attempts = BTreeSet::new();
        for attempt in &sink.attempts {
            let send = attempt.send_id.to_string();
            assert_eq!(attempt.json["customer_id"].as_str(), Some(self.sends[&send].as_str()), "{send}");
            let permit = (attempt.send_id, attempt.epoch, attempt.attempt);
            assert!(attempts.insert(permit), "{permit:?} was used twice");
        }
        self.attempts = attempts.len();
    }

    /// The run had enough work, and the kills interrupted some of it; otherwise it would show nothing. Gives a line for people.
    pub(super) fn judge_run(&self, enrolments_min: usize) -> String {
        let Self { acknowledged, unacknowledged, enrolments, attempts, sends } = self;
        let summary = format!(
            "{acknowledged} events acknowledged, {unacknowledged} not; {enrolments} enrolments, {} sends in {attempts} attempts",
            sends.len()
        );
        assert!(*enrolments >= enrolments_min && *unacknowledged > 0, "too little happened: {summary}");
        summary
    }
}

fn at(record: &pb::DecisionRecord) -> Timestamp {
    instant::from_pb(record.at.unwrap()).unwrap()
}

/// Waits until nothing is left to happen to a customer. False if the node has never heard of them.
async fn settled(connection: &Connection, customer: &str) -> bool {
    let request = pb::GetCustomerRequest { workspace: 0, customer_id: customer.to_owned() };
    eventually(&format!("{customer} has nothing left to wait for"), async || {
        match connection.customers().get(request.clone()).await {
            Ok(answer) => {
                let customer = answer.into_inner();
                (customer.enrolments.is_empty() && customer.pending_messages.is_empty()).then_some(true)
            }
            Err(status) if status.code() == Code::NotFound => Some(false),
            Err(status) => panic!("{status:?}"),
        }
    })
    .await
}
