//! A disk that becomes full: first slowly, so that the watermark is met, then at once and to the last byte.

use std::collections::BTreeSet;
use std::time::Duration;

use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answer;
use serde_json::json;

use crate::Skipped;
use crate::harness::{FILE_SINK, Node, apply, eventually, get, ingest, life, track};
use crate::small_disk::SmallDisk;

/// Room for two segments of the log, the reserve and the records.
const DISK_MIB: usize = 512;

/// What must stay free.
const WATERMARK_MIB: usize = 96;

/// Between two bites: the node looks at its disk every second, and the watermark is far more than is taken in that time.
const TAKE_EVERY: Duration = Duration::from_millis(100);

/// How long the disk stays full to the last byte: longer than the node takes between two looks at it.
const FULL_FOR: Duration = Duration::from_secs(4);

/// A node that goes on by itself is ready after this time: two looks at the disk.
const RECOVERY_MAX: Duration = Duration::from_secs(2);

/// Events of one batch, and the customers they are of.
const BATCH: usize = 20;
const CUSTOMERS: usize = 10;

/// Each event leads to a message, and to a timer that is due while the disk is full.
const DOCUMENTS: &str = "
kind: Channel
id: app
type: webhook
---
kind: Template
id: note
subject: A note
text: A note
---
kind: Journey
id: round
category: transactional
entry: {event: Asked, key: event.properties.number}
reentry: {policy: never, max_concurrent: 1000}
steps:
  - {id: note, message: {channel: app, template: note}}
  - {id: wait, delay: {for: PT1S}}
  - {id: done, exit: waited}
";

/// A client that remembers what was acknowledged.
#[derive(Default)]
struct Client {
    sent: usize,
    acknowledged: BTreeSet<(String, String)>,
}

pub(crate) async fn a_full_disk_is_refused_in_time() -> Result<String, Skipped> {
    let folder = Node::folder();
    let disk = SmallDisk::mount(&folder.path().join("data"), DISK_MIB).await?;
    let launcher = disk.launcher(folder.path());
    let mut node = Node::start_in(folder, launcher, &format!("free_min_mib = {WATERMARK_MIB}\n{FILE_SINK}")).await;
    apply(&node, DOCUMENTS).await;
    let mut client = Client::default();
    assert_eq!(client.send(&node).await, Vec::<String>::new(), "there is room");

    slowly(&node, &disk, &mut client).await;
    client.all_there(&node).await;

    let is_well = at_once(&node, &disk, &mut client).await;
    if !is_well {
        node.kill().await;
        node.start_again().await;
    }
    for _ in 0..2 {
        client.is_taken(&node).await;
        client.all_there(&node).await;
        node.kill().await;
        node.start_again().await;
    }
    client.all_there(&node).await;
    let way = if is_well { "by itself" } else { "after a restart" };
    Ok(format!("{} of {} events were acknowledged; the node went on {way}", client.acknowledged.len(), client.sent))
}

/// The watermark is met: events are refused with a word that says why, and taken again once there is room, by the same process.
async fn slowly(node: &Node, disk: &SmallDisk, client: &mut Client) {
    let mut balloon = disk.balloon();
    balloon.take(disk.free_mib().await - WATERMARK_MIB - 4);
    eventually("the watermark refuses events", async || {
        balloon.take(1);
        tokio::time::sleep(TAKE_EVERY).await;
        let refused = client.send(node).await;
        (!refused.is_empty()).then(|| assert!(refused.iter().all(|reason| reason == "disk_full"), "{refused:?}"))
    })
    .await;
    says_it_is_full(node).await;
    assert!(disk.free_mib().await > 0, "it was refused in time");
    drop(balloon);
    client.is_taken(node).await;
    eventually("the node is ready again", async || (get(node.http(), "/readyz").await.unwrap().0 == 200).then_some(()))
        .await;
}

/// The disk is full to the last byte, in the middle of the work, and stays so for a while. The node lives; says whether it is
/// ready once there is room, or must be restarted.
async fn at_once(node: &Node, disk: &SmallDisk, client: &mut Client) -> bool {
    let mut balloon = disk.balloon();
    let full_until = tokio::time::Instant::now() + FULL_FOR;
    while tokio::time::Instant::now() < full_until {
        // Also what the node gives up meanwhile.
        assert!(balloon.take(DISK_MIB), "the disk is full");
        client.send(node).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    says_it_is_full(node).await;
    drop(balloon);
    tokio::time::sleep(RECOVERY_MAX).await;
    get(node.http(), "/readyz").await.unwrap().0 == 200
}

async fn says_it_is_full(node: &Node) {
    let (status, told) = get(node.http(), "/readyz").await.unwrap();
    assert_eq!(status, 503, "{told}");
    assert!(told.contains("disk_full"), "{told}");
    assert_eq!(get(node.http(), "/livez").await.unwrap().0, 200);
}

impl Client {
    /// Sends a batch of new events; gives the reasons of those that were not taken.
    async fn send(&mut self, node: &Node) -> Vec<String> {
        let batch: Vec<pb::Event> = (0..BATCH).map(|_| self.event()).collect();
        let mut refused = Vec::new();
        let answers = match ingest(node.connection(), batch.clone()).await {
            Ok(answers) => answers,
            Err(status) => return vec![status.message().to_owned()],
        };
        for (event, answer) in batch.into_iter().zip(answers) {
            match answer {
                Answer::Accepted(_) | Answer::Duplicate(_) => {
                    self.acknowledged.insert((event.customer_id, event.message_id));
                }
                Answer::Retry(retry) => refused.push(retry.reason),
                Answer::Unknown(_) => refused.push("unknown".to_owned()),
                Answer::Rejected(rejected) => panic!("{rejected:?}"),
            }
        }
        refused
    }

    fn event(&mut self) -> pb::Event {
        self.sent += 1;
        let properties = json!({"number": self.sent, "text": "x".repeat(2_000)});
        track(&format!("customer-{}", self.sent % CUSTOMERS), &format!("event-{}", self.sent), "Asked", &properties)
    }

    /// Waits until a batch is taken as a whole.
    async fn is_taken(&mut self, node: &Node) {
        eventually("events are taken again", async || self.send(node).await.is_empty().then_some(())).await;
    }

    /// Whatever was acknowledged is there, once.
    async fn all_there(&self, node: &Node) {
        let mut there = BTreeSet::new();
        for customer in (0..CUSTOMERS).map(|number| format!("customer-{number}")) {
            for message_id in life(node.connection(), &customer).await.message_ids() {
                let is_new = there.insert((customer.clone(), message_id.to_owned()));
                assert!(is_new, "{message_id} of {customer} is there twice");
            }
        }
        let missing: Vec<_> = self.acknowledged.difference(&there).collect();
        assert!(missing.is_empty(), "acknowledged and missing: {missing:?}");
    }
}
