//! Customer time that runs faster than the clock: a day passes in two seconds, and never comes back.

use baton_wire::instant;
use baton_wire::pb::v1 as pb;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::harness::{FILE_SINK, Node, accepted, apply, eventually, life, track};

const CLOCK: &str = "
[clock]
time_scale = 43200
";

/// A message after a day.
const DOCUMENTS: &str = "
kind: Channel
id: app
type: webhook
---
kind: Template
id: tip
text: A tip
---
kind: Journey
id: tips
category: transactional
entry: {event: Signed Up}
steps:
  - {id: a-day, delay: {for: 24h}}
  - {id: tip, message: {channel: app, template: tip}}
";

fn at(record: &pb::DecisionRecord) -> Timestamp {
    instant::from_pb(record.at.unwrap()).unwrap()
}

fn signed_up(id: &str) -> pb::Event {
    track("ana", id, "Signed Up", &json!({}))
}

/// When the newest thing happened to the customer.
async fn newest(node: &Node) -> Timestamp {
    let life = life(node.connection(), "ana").await;
    life.entries.iter().map(|entry| instant::from_pb(entry.time.unwrap()).unwrap()).max().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_passes_in_two_seconds_and_no_restart_takes_it_back() {
    let mut node = Node::start_with(&format!("{FILE_SINK}{CLOCK}")).await;
    apply(&node, DOCUMENTS).await;
    accepted(node.connection(), vec![signed_up("m-1")]).await;
    let life = eventually("the message of the next day is accepted", async || {
        let life = life(node.connection(), "ana").await;
        (!life.fates("accepted").is_empty()).then_some(life)
    })
    .await;
    let entered = at(life.verdicts("entered")[0]);
    let released = at(life.fates("released")[0]);
    let passed = released.duration_since(entered);
    assert!(passed >= SignedDuration::from_hours(24), "it came early, after {passed:?}");
    // Half a second of the clock is six hours: well within that unless timers slept in customer time.
    assert!(passed < SignedDuration::from_hours(72), "it came late, after {passed:?}");

    let before = newest(&node).await;
    node.stop().await;
    let file = node.sink().with_file_name("node.toml");
    let slower = std::fs::read_to_string(&file).unwrap().replace("time_scale = 43200", "time_scale = 1");
    std::fs::write(&file, slower).unwrap();
    node.start_again().await;
    accepted(node.connection(), vec![signed_up("m-2")]).await;
    assert!(newest(&node).await >= before, "customer time went back");
}
