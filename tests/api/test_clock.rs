//! Customer time that is stepped: months pass in a moment, and the decisions are the same on every run.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_channels::file::read;
use baton_channels::sink::Answer as SinkAnswer;
use baton_wire::pb::admin::v1 as admin;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answer;
use baton_wire::{comparable, instant};
use jiff::Timestamp;
use serde_json::json;
use tonic::Code;

use crate::harness::{FILE_SINK, Node, Sinks, accepted, apply, eventually, life, result, track};

/// A test clock, stepped by hand.
const CLOCK: &str = "
[clock]
test_start = \"2024-01-01T09:00:00Z\"
";

/// Messages after one, four and 34 days, and no two within an hour.
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
steps:
  - {id: a-day, delay: {for: 1d}}
  - {id: first, message: {channel: app, template: tip}}
  - {id: some-days, delay: {for: 3d}}
  - {id: second, message: {channel: app, template: tip}}
  - {id: a-month, delay: {for: 30d}}
  - {id: third, message: {channel: app, template: tip}}
  - {id: done, exit: completed}
";

async fn advance(node: &Node, to: &str) -> Result<(), tonic::Status> {
    let to: Timestamp = to.parse().unwrap();
    let request = admin::AdvanceClockRequest { to: Some(instant::to_pb(to)), settle: false };
    node.connection().cluster().advance_clock(request).await.map(|_| ())
}

fn signed_up(customer: &str) -> pb::Event {
    track(customer, "signed-up", "Signed Up", &json!({}))
}

fn customers() -> impl Iterator<Item = String> {
    (0..24).map(|number| format!("customer-{number}"))
}

/// One run over 40 days: every decision of every customer, as comparable bytes and in words.
async fn run() -> (BTreeMap<String, Vec<Vec<u8>>>, BTreeMap<String, Vec<String>>) {
    let node = Node::start_with(&format!("{FILE_SINK}{CLOCK}")).await;
    apply(&node, DOCUMENTS).await;
    accepted(node.connection(), customers().map(|customer| signed_up(&customer)).collect()).await;
    // A step that ends between deadlines, one that spans several, and one into the past, which changes nothing.
    for to in ["2024-01-02T08:59:59Z", "2024-01-05T12:00:00Z", "2024-01-03T00:00:00Z", "2024-02-10T00:00:00Z"] {
        advance(&node, to).await.unwrap();
    }
    let sink = read(&node.sink()).unwrap();
    assert_eq!((sink.send_ids().len(), sink.attempts.len()), (3 * customers().count(), 3 * customers().count()));
    let (mut bytes, mut words) = (BTreeMap::new(), BTreeMap::new());
    for customer in customers() {
        let life = life(node.connection(), &customer).await;
        bytes.insert(customer.clone(), life.records().filter_map(comparable::bytes).collect());
        let lines = life.records().filter(|record| record.fate != "permitted").map(|record| {
            let at = instant::from_pb(record.at.unwrap()).unwrap();
            format!("{at} {} {} {}", record.verdict, record.step, record.fate).trim_end().to_owned()
        });
        words.insert(customer, lines.collect());
    }
    (bytes, words)
}

#[tokio::test(flavor = "multi_thread")]
async fn days_pass_in_order_with_deliveries_and_the_same_way_on_every_run() {
    let ((bytes, words), (bytes_again, words_again)) = tokio::join!(run(), run());
    for (customer, lines) in &words {
        assert_eq!(lines, &LIFE.map(str::to_owned), "{customer}");
    }
    assert_eq!(words, words_again);
    assert!(bytes == bytes_again, "the same words and other bytes");
}

/// The life of each customer. A deadline is due one millisecond after its instant, and the next step counts from the instant
/// at which its message was accepted.
const LIFE: [&str; 14] = [
    "2024-01-01T09:00:00Z entered",
    "2024-01-02T09:00:00.001Z step_left a-day",
    "2024-01-02T09:00:00.001Z send first released",
    "2024-01-02T09:00:00.001Z send first accepted",
    "2024-01-02T09:00:00.001Z step_left first",
    "2024-01-05T09:00:00.002Z step_left some-days",
    "2024-01-05T09:00:00.002Z send second released",
    "2024-01-05T09:00:00.002Z send second accepted",
    "2024-01-05T09:00:00.002Z step_left second",
    "2024-02-04T09:00:00.003Z step_left a-month",
    "2024-02-04T09:00:00.003Z send third released",
    "2024-02-04T09:00:00.003Z send third accepted",
    "2024-02-04T09:00:00.003Z step_left third",
    "2024-02-04T09:00:00.003Z exited done",
];

#[tokio::test(flavor = "multi_thread")]
async fn events_wait_while_the_clock_is_stepped() {
    let sinks = Sinks::start().await;
    let node = Node::start_with(&format!("{}{CLOCK}", sinks.sections("app"))).await;
    apply(&node, DOCUMENTS).await;
    accepted(node.connection(), vec![signed_up("ana")]).await;
    // The walk stands still at the delivery for as long as the receiver keeps silent.
    sinks.hook.script([SinkAnswer::TakeAndStall(Duration::from_secs(2))]);
    let seen = track("ana", "seen", "Seen", &json!({}));
    let (stepped, retry) = tokio::join!(
        advance(&node, "2024-01-03T00:00:00Z"),
        eventually("an event meets the walk", async || match result(node.connection(), seen.clone()).await {
            Answer::Retry(retry) => Some(retry),
            Answer::Accepted(_) | Answer::Duplicate(_) => None,
            other => panic!("{other:?}"),
        })
    );
    stepped.unwrap();
    assert_eq!(retry.reason, "clock_stepping");
    assert!(retry.after.is_some_and(|after| after.seconds > 0 || after.nanos > 0), "{retry:?}");
    accepted(node.connection(), vec![track("ana", "after", "Seen", &json!({}))]).await;
    let life = life(node.connection(), "ana").await;
    let at = instant::from_pb(life.entries.last().unwrap().time.unwrap()).unwrap();
    assert_eq!(at.to_string(), "2024-01-03T00:00:00Z", "time stands where it was stepped to");
}

#[tokio::test(flavor = "multi_thread")]
async fn real_time_is_not_stepped() {
    let node = Node::start().await;
    let status = advance(&node, "2100-01-01T00:00:00Z").await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
}
