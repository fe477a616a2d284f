//! One writer per shard: an event, its acknowledgement, the next event; and when the last one came.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;
use baton_client::{Answer, Client};
use baton_local_cluster::Node;
use baton_model::ids::{ShardId, Slot, WorkspaceId};
use baton_model::text_id::CustomerId;
use baton_wire::pb::admin::v1 as admin;
use baton_wire::pb::v1 as pb;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// Between an acknowledgement and the next event: 32 writers leave the machine to the nodes.
const PAUSE: Duration = Duration::from_millis(10);
/// A shard that takes nothing for so long never will.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// The acknowledgements of each shard.
type Acks = Arc<Mutex<BTreeMap<ShardId, Vec<Instant>>>>;

/// Running writers.
pub struct Writers {
    acks: Acks,
    ended: Arc<AtomicBool>,
    failed: Arc<AtomicU64>,
    tasks: JoinSet<()>,
}

impl Writers {
    pub fn start(client: &Client, shards: u32) -> Self {
        let (acks, ended, failed) = (Acks::default(), Arc::default(), Arc::default());
        let mut writers = Self { acks, ended, failed, tasks: JoinSet::new() };
        for shard in (0..shards).map(ShardId) {
            let (client, acks) = (client.clone(), Arc::clone(&writers.acks));
            let (ended, failed) = (Arc::clone(&writers.ended), Arc::clone(&writers.failed));
            writers.tasks.spawn(async move {
                let customer = customer_of(shard, shards);
                for number in 0_u64.. {
                    if ended.load(Ordering::Relaxed) {
                        return;
                    }
                    let answers = client.ingest(vec![event(&customer, number)]).await;
                    if matches!(answers.as_slice(), [Answer::Accepted(_) | Answer::Duplicate]) {
                        let now = Instant::now();
                        acks.lock().expect("no writer panics").entry(shard).or_default().push(now);
                    } else {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                    sleep(PAUSE).await;
                }
            });
        }
        writers
    }

    /// The longest time in which one of those shards acknowledged nothing, from before a fault began until after it was over.
    pub async fn silence(&self, shards: &[ShardId], fault: (Instant, Instant)) -> anyhow::Result<Duration> {
        let mut longest = Duration::ZERO;
        for shard in shards {
            let around = async {
                loop {
                    if let Some(silence) = self.around(*shard, fault) {
                        return silence;
                    }
                    sleep(PAUSE).await;
                }
            };
            let silence = timeout(SILENCE_MAX, around).await.with_context(|| format!("shard {shard} takes nothing"))?;
            longest = longest.max(silence);
        }
        Ok(longest)
    }

    /// The longest gap between acknowledgements from the last one before the fault to the second one after it: the first may
    /// have been on its way already.
    fn around(&self, shard: ShardId, (began, over): (Instant, Instant)) -> Option<Duration> {
        let acks = self.acks.lock().expect("no writer panics");
        let acks = acks.get(&shard)?;
        let first = acks.partition_point(|ack| *ack <= began).saturating_sub(1);
        let last = acks.partition_point(|ack| *ack <= over) + 1;
        let window = acks.get(first..=last)?;
        window.windows(2).map(|pair| pair[1] - pair[0]).max()
    }

    /// Ends the writers; returns how many events were not taken in the end.
    pub async fn end(self) -> u64 {
        self.ended.store(true, Ordering::Relaxed);
        self.tasks.join_all().await;
        self.failed.load(Ordering::Relaxed)
    }
}

/// The shards that a node leads.
pub async fn led_by(client: &Client, node: &Node) -> anyhow::Result<Vec<ShardId>> {
    let asked =
        client.ask(admin::GetClusterRequest {}, async |node, request| node.cluster().get_cluster(request).await);
    let cluster = asked.await?;
    let address = node.grpc().to_string();
    let id = cluster.nodes.iter().find(|known| known.address == address).map(|known| known.id);
    let id = id.with_context(|| format!("no node listens on {address}"))?;
    Ok(cluster.shards.iter().filter(|shard| shard.leader == id).map(|shard| ShardId(shard.id)).collect())
}

/// A customer of that shard.
fn customer_of(shard: ShardId, shards: u32) -> CustomerId {
    let mut names = (0_u64..).filter_map(|number| CustomerId::new(&format!("writer-{number}")).ok());
    let customer = names.find(|customer| Slot::of(WorkspaceId(0), customer).shard(shards) == shard);
    customer.expect("every shard has customers")
}

fn event(customer: &CustomerId, number: u64) -> pb::Event {
    pb::Event {
        customer_id: customer.to_string(),
        message_id: format!("{customer}-{number}"),
        r#type: pb::EventType::Track.into(),
        name: "Written".to_owned(),
        ..pb::Event::default()
    }
}
