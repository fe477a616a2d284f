//! A cluster to be hurt: three nodes whose links go through relays, and a webhook receiver outside of them.

mod leads;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use baton_channels::Secret;
use baton_channels::sink::HttpSink;
use baton_client::{Answer, Client, ClientConfig};
use baton_local_cluster::{Config, Elections, LocalCluster, binary_of_sources};
use baton_model::ids::{Slot, WorkspaceId};
use baton_model::text_id::CustomerId;
use baton_wire::pb::admin::v1 as admin;
use baton_wire::pb::v1 as pb;
use serde_json::json;
use tests::enrolments::{self, TEMPLATE};
use tests::events::identify;
use tokio::sync::{Mutex, MutexGuard};

use crate::load::Load;
use crate::replicas::Replicas;
use crate::verdict::{Outcome, Verdict};
pub(crate) use leads::Leads;

/// Few, so that a verdict about all of them takes little; and two for each node.
pub(crate) const SHARDS: u32 = 6;

/// What the load sends, and the channel over which its messages go.
pub(crate) const EVENT: &str = "Asked";
const CHANNEL: &str = "push";

/// After a fault ended, each shard must take a write within this.
pub(crate) const SERVING_MAX: Duration = Duration::from_secs(10);

/// How long a probe waits for a node that hangs before it asks another one.
const CALL_MAX: Duration = Duration::from_secs(3);

/// How long a cluster may take until everybody is ready again: a restart, and what it missed.
pub(crate) const READY_MAX: Duration = Duration::from_secs(40);

/// Between two checkpoints: they happen often enough to be interrupted.
pub(crate) const CHECKPOINT: Duration = Duration::from_secs(2);

/// Load before a fault begins and after it ended.
const CALM: Duration = Duration::from_secs(1);

/// What nodes sign with.
const SECRET: &str = "whsec_YmF0b24gdGVzdHMsIG5vdCBhIHNlY3JldCBhdCBhbGw=";

/// Three nodes would fight with three others for a small machine, and lose elections.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// A running cluster, and what is outside of it.
pub(crate) struct Arena {
    pub(crate) cluster: LocalCluster,
    pub(crate) hook: HttpSink,
    pub(crate) client: Client,
    verdict: Verdict,
    probes: usize,
    _turn: MutexGuard<'static, ()>,
}

impl Arena {
    /// A cluster that is ready, with the documents of the load.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same, with settings of its own.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let turn = ONE_AT_A_TIME.lock().await;
        let hook = HttpSink::start(SocketAddr::from(([127, 0, 0, 1], 0)), &Secret::new(SECRET)).await.unwrap();
        let mut config = Config::new(binary(), 3);
        config.shard_count = SHARDS;
        config.elections = Some(Elections::CALM);
        config.relays = true;
        config.every_node.settings = settings(&hook).parse().unwrap();
        change(&mut config);
        let cluster = LocalCluster::start(config).await.unwrap();
        let client = Client::connect(ClientConfig::to(cluster.endpoints())).unwrap();
        let mut arena = Self { cluster, hook, client, verdict: Verdict::default(), probes: 0, _turn: turn };
        arena.everybody_agrees().await;
        arena.publish().await;
        arena
    }

    /// Load, a fault that ends with its heal, and a verdict.
    pub(crate) async fn phase(&mut self, name: &str, fault: impl AsyncFnOnce(&mut Self)) -> Outcome {
        let began = tokio::time::Instant::now();
        let load = Load::start(name, &self.cluster.endpoints());
        load.everyone_is_served().await;
        tokio::time::sleep(CALM).await;
        fault(self).await;
        self.cluster.wait_until_ready(READY_MAX).await.unwrap();
        self.everybody_agrees().await;
        self.every_shard_takes_writes(SERVING_MAX).await;
        load.everyone_is_served().await;
        tokio::time::sleep(CALM).await;
        let loaded = load.stop(&self.client).await;
        let outcome = self.verdict.judge(&self.client, &self.hook, &loaded).await;
        println!("{name}: {outcome} in {:.1} s", began.elapsed().as_secs_f32());
        outcome
    }

    /// The end of a test: nobody finds anything wrong, and the disks of all nodes hold the same rows.
    pub(crate) async fn finish(mut self) -> Replicas {
        self.verdict.judge_sink(&self.hook);
        let check = self.client.ask(admin::CheckRequest {}, async |node, request| node.cluster().check(request).await);
        let check = check.await.unwrap();
        assert_eq!(check.violations, [], "of {} customers", check.customers);
        // Followers hear with the next heartbeats what is committed.
        tokio::time::sleep(Duration::from_millis(4 * Elections::CALM.heartbeat_ms)).await;
        self.cluster.stop().await.unwrap();
        let replicas = Replicas::compare(self.cluster.nodes());
        println!("{replicas}");
        replicas
    }

    /// Waits until every node that runs sees the same leader of every shard.
    pub(crate) async fn everybody_agrees(&mut self) -> Leads {
        leads::agreed(self.cluster.nodes_mut()).await
    }

    /// Every shard takes a write in time.
    pub(crate) async fn every_shard_takes_writes(&mut self, within: Duration) {
        let probe = |shard| identify(&self.customer_of(shard), "probe", &json!({"probe": true}));
        let probes: Vec<pb::Event> = (0..SHARDS).map(probe).collect();
        let endpoints = self.cluster.endpoints();
        let config = ClientConfig { give_up_after: within, call_wait_max: CALL_MAX, ..ClientConfig::to(endpoints) };
        let answers = Client::connect(config).unwrap().ingest(probes).await;
        for (shard, answer) in answers.iter().enumerate() {
            assert!(
                matches!(answer, Answer::Accepted(_) | Answer::Duplicate),
                "shard {shard} after {within:?}: {answer:?}"
            );
        }
    }

    /// A new customer whom that shard decides about.
    pub(crate) fn customer_of(&mut self, shard: u32) -> String {
        loop {
            self.probes += 1;
            let customer = format!("probe-{}", self.probes);
            let slot = Slot::of(WorkspaceId(0), &CustomerId::new(&customer).unwrap());
            if slot.shard(SHARDS).0 == shard {
                return customer;
            }
        }
    }

    async fn publish(&self) {
        let text = [TEMPLATE.to_owned(), enrolments::documents(CHANNEL, "webhook", EVENT)].concat();
        let files = vec![pb::DocumentFile { name: "test.yaml".to_owned(), text }];
        let request = pb::ApplyRequest { files, ..Default::default() };
        let apply = self.client.ask(request, async |node, request| node.definitions().apply(request).await);
        let applied = apply.await.unwrap();
        assert!(applied.pending_shards.is_empty(), "every shard adopts: {:?}", applied.pending_shards);
    }
}

impl Drop for Arena {
    #[expect(clippy::print_stderr, reason = "a failing test says where to look")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.cluster.keep();
            eprintln!("the logs and the data of the nodes are kept: {}", self.cluster.folder().display());
        }
    }
}

/// The space that nodes want to have left, as their settings say it.
pub(crate) const FREE_MIN: &str = "free_min_mib = 64";

/// A message that nobody took is tried again at once.
fn settings(hook: &HttpSink) -> String {
    format!(
        "
[storage]
checkpoint_seconds = {}
{FREE_MIN}
[telemetry]
json = true
[delivery]
retry_wait_ms = 200
[delivery.providers.hook]
type = \"webhook\"
url = \"{}\"
secret = \"{SECRET}\"
[delivery.channels.{CHANNEL}]
providers = [\"hook\"]
",
        CHECKPOINT.as_secs(),
        hook.url()
    )
}

/// Built once for all tests.
pub(crate) fn binary() -> PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| binary_of_sources(std::env::var_os("CARGO").as_deref()).unwrap()).clone()
}
