//! One node's wall clock is wrong, at its start and later: nobody decides by it, and it comes back by itself.

use std::time::Duration;

use baton_client::Answer;
use baton_wire::instant;
use baton_wire::pb::v1 as pb;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tests::events::track;
use tests::life::Life;
use tests::waiting::eventually;

use crate::arena::{Arena, READY_MAX};
use crate::verdict::now;

/// The file, in the folder of a node, that says by how much its clock is wrong.
const OFFSET: &str = "clock-offset";

/// Ten minutes ahead: by such a clock all timers of this test are long due.
const AHEAD_MS: &str = "600000";

/// How long the clock stays wrong: the median is asked several times, and leads would be given back.
const WRONG: Duration = Duration::from_secs(6);

/// How exact customer time is.
const EXACT: SignedDuration = SignedDuration::from_millis(500);

/// Timers that are not due before the end of a fault, on customers of all shards.
const CUSTOMERS: usize = 30;
const WAIT: SignedDuration = SignedDuration::from_secs(20);
const DOCUMENTS: &str = "
kind: Journey
id: long
category: transactional
entry: {event: Began}
reentry: {policy: never, max_concurrent: 10}
steps:
  - {id: wait, delay: {for: PT20S}}
  - {id: done, exit: waited}
";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_by_a_wrong_clock() {
    let flags = ["--test-clock-offset", OFFSET].map(str::to_owned);
    let mut arena = Arena::start_with(|config| config.every_node.flags = flags.to_vec()).await;
    publish(&arena).await;
    for (name, fault) in
        [("a clock steps ahead", Fault::Steps), ("a clock is ahead at the start", Fault::IsWrongAtStart)]
    {
        let began = now();
        begin_timers(&arena, name).await;
        arena.phase(name, async |arena: &mut Arena| a_clock_is_wrong(arena, fault).await).await;
        for number in 0..CUSTOMERS {
            let life = ended(&arena, &customer(name, number)).await;
            judge(&life, began);
        }
    }
    // Not the verdict about the sink: it refuses what the node signs at a wrong time, and gets it again.
    arena.cluster.stop().await.unwrap();
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Steps,
    IsWrongAtStart,
}

/// Of the node that leads most.
async fn a_clock_is_wrong(arena: &mut Arena, fault: Fault) {
    let (wrong, _) = arena.everybody_agrees().await.busiest();
    let node = arena.cluster.node_mut(wrong);
    let file = node.home().join(OFFSET);
    if fault == Fault::IsWrongAtStart {
        node.stop().await.unwrap();
    }
    std::fs::write(&file, AHEAD_MS).unwrap();
    node.start().unwrap();

    eventually("the node leads nothing", async || {
        (arena.everybody_agrees().await.of(wrong) == 0 && !arena.cluster.node(wrong).is_ready().await).then_some(())
    })
    .await;
    let waited = arena.cluster.node_mut(wrong).wait_until_ready(WRONG).await;
    let said = waited.expect_err("a node whose clock is wrong is not ready").to_string();
    assert!(said.contains("ahead of the median") && said.contains("NTP"), "{said}");
    assert_eq!(arena.everybody_agrees().await.of(wrong), 0, "it was given no lead back");

    std::fs::remove_file(&file).unwrap();
    arena.cluster.node_mut(wrong).wait_until_ready(READY_MAX).await.unwrap();
    eventually("the node leads again", async || (arena.everybody_agrees().await.of(wrong) > 0).then_some(())).await;
}

async fn publish(arena: &Arena) {
    let files = vec![pb::DocumentFile { name: "long.yaml".to_owned(), text: DOCUMENTS.to_owned() }];
    let request = pb::ApplyRequest { files, ..Default::default() };
    let apply = arena.client.ask(request, async |node, request| node.definitions().apply(request).await);
    let applied = apply.await.unwrap();
    assert!(applied.pending_shards.is_empty(), "every shard adopts: {:?}", applied.pending_shards);
}

fn customer(phase: &str, number: usize) -> String {
    format!("{}-{number}", phase.replace(' ', "-"))
}

async fn begin_timers(arena: &Arena, phase: &str) {
    let begin = |number| track(&customer(phase, number), "began", "Began", &json!({}));
    let answers = arena.client.ingest((0..CUSTOMERS).map(begin).collect()).await;
    assert!(answers.iter().all(|answer| matches!(answer, Answer::Accepted(_))), "{answers:?}");
}

/// The life of a customer whose timer has fired.
async fn ended(arena: &Arena, customer: &str) -> Life {
    eventually("the timer fires", async || {
        let read = async |request: pb::TimelineRequest| {
            let asked = arena
                .client
                .ask_about(customer, request, async |node, request| node.customers().timeline(request).await);
            asked.await.unwrap()
        };
        let life = Life::read(customer, read).await;
        (!life.verdicts("exited").is_empty()).then_some(life)
    })
    .await
}

/// The timer fired once, after its time, and nothing was decided by a clock that was ahead.
fn judge(life: &Life, began: Timestamp) {
    let mut left = life.verdicts("step_left");
    left.retain(|record| record.step == "wait");
    let (entered, exited) = (life.verdicts("entered"), life.verdicts("exited"));
    assert_eq!((entered.len(), left.len(), exited.len()), (1, 1, 1), "once each: {life:?}");
    let waited = at(left[0]).duration_since(at(entered[0]));
    assert!(waited >= WAIT, "it waited {waited} only");
    let (earliest, latest) = (began - EXACT, now() + EXACT);
    for record in life.records() {
        assert!((earliest..=latest).contains(&at(record)), "decided by a wrong clock: {record:?}");
    }
}

fn at(record: &pb::DecisionRecord) -> Timestamp {
    instant::from_pb(record.at.unwrap()).unwrap()
}
