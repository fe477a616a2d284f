//! `kill -9` while customer time is being stepped: after the restart the walk goes on where it was, every timer fires once,
//! and every message has one id.
//!
//! The lives of the customers must be the same, to the millisecond, as on a node that nobody kills.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use baton_channels::file::read;
use baton_ctl::Connection;
use baton_wire::instant;
use baton_wire::pb::admin::v1 as admin;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tonic::Status;

use super::kills::Kills;
use crate::harness::{FILE_SINK, Node, accepted, apply, life, track};

/// The kills of a run that says nothing else.
const ROUNDS: usize = 5;

/// The longest part of a walk before a kill.
const ROUND_MAX: Duration = Duration::from_millis(500);

/// The kills that must have met a walk; a run with fewer shows nothing.
const INTERRUPTED_MIN: usize = 2;

/// When customer time begins.
const START: &str = "2024-01-01T00:00:00Z";

/// Groups of customers come one after the other, so that their timers are due at different instants.
const GROUPS: u32 = 12;
const GROUP_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// The customers of a group, whose timers are due at the same instant.
const GROUP_CUSTOMERS: u32 = 6;

/// How many messages each customer gets, one a day.
const MESSAGES: usize = 5;

/// A message a day.
const DOCUMENTS: &str = "
kind: Channel
id: app
type: webhook
---
kind: Template
id: tip
subject: Tip
text: A tip
---
kind: Journey
id: tips
category: transactional
entry: {event: Signed Up}
limits: {max_visits: 5}
steps:
  - {id: day, delay: {for: 1d}}
  - {id: tip, message: {channel: app, template: tip}}
  - {id: again, goto: day}
";

/// The life of each customer in words, without permits: a crash may repeat them.
type Lives = BTreeMap<String, Vec<String>>;

#[tokio::test(flavor = "multi_thread")]
async fn kills_while_time_is_stepped_change_nothing_that_is_decided() {
    let mut kills = Kills::planned("kills_while_time", ROUNDS);
    println!("{}", kills.again);
    let mut node = populated().await;
    let mut interrupted = 0;
    for _ in 0..kills.rounds {
        let walk = tokio::spawn(step_to_the_end(node.another_connection().await));
        kills.next(ROUND_MAX).await;
        node.kill().await;
        interrupted += usize::from(walk.await.unwrap().is_err());
        node.start_again().await;
    }
    assert!(interrupted >= INTERRUPTED_MIN.min(kills.rounds), "only {interrupted} kills met a walk");
    step_to_the_end(node.connection().clone()).await.unwrap();
    let undisturbed = populated().await;
    step_to_the_end(undisturbed.connection().clone()).await.unwrap();
    let (lives, expected) = (judge(&node).await, judge(&undisturbed).await);
    for (customer, life) in &expected {
        assert_eq!(&lives[customer], life, "{customer}");
    }
    let checked = node.command(&["cluster", "check"]).await;
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

fn customers(group: u32) -> impl Iterator<Item = String> {
    (0..GROUP_CUSTOMERS).map(move |number| format!("customer-{group}-{number}"))
}

fn start() -> Timestamp {
    START.parse().unwrap()
}

/// A node with all customers at the beginning of their journeys.
async fn populated() -> Node {
    let node = Node::start_with(&format!("{FILE_SINK}[clock]\ntest_start = \"{START}\"\n")).await;
    apply(&node, DOCUMENTS).await;
    for group in 0..GROUPS {
        step(node.connection(), start() + GROUP_EVERY * i32::try_from(group).unwrap()).await.unwrap();
        let signed_up = customers(group).map(|customer| track(&customer, "signed-up", "Signed Up", &json!({})));
        accepted(node.connection(), signed_up.collect()).await;
    }
    node
}

async fn step(connection: &Connection, to: Timestamp) -> Result<(), Status> {
    let request = admin::AdvanceClockRequest { to: Some(instant::to_pb(to)), settle: false };
    connection.cluster().advance_clock(request).await.map(|_| ())
}

/// Steps customer time over everything that will ever be due.
async fn step_to_the_end(connection: Connection) -> Result<(), Status> {
    step(&connection, start() + SignedDuration::from_hours(24 * 30)).await
}

/// Each message was decided once, arrived under its id, and under no other; gives the lives.
async fn judge(node: &Node) -> Lives {
    let (mut lives, mut sends) = (Lives::new(), BTreeSet::new());
    for customer in (0..GROUPS).flat_map(customers) {
        let life = life(node.connection(), &customer).await;
        for released in life.fates("released") {
            assert!(sends.insert(released.send.clone()), "{customer}: send {} was decided twice", released.send);
        }
        assert_eq!(life.fates("accepted").len(), MESSAGES, "{customer}: every message is accepted once");
        let words = life.records().filter(|record| record.fate != "permitted").map(|record| {
            let at = instant::from_pb(record.at.unwrap()).unwrap();
            format!("{at} {} {} {} {}", record.verdict, record.step, record.visit, record.fate)
        });
        lives.insert(customer, words.collect());
    }
    let received: BTreeSet<String> = read(&node.sink()).unwrap().send_ids().iter().map(ToString::to_string).collect();
    assert_eq!(received, sends, "the sends that arrived are those that were decided");
    lives
}
