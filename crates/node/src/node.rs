//! A node: everything wired together, started in order and stopped in the reverse order.
//!
//! ```text
//! identity ─▶ disk guard ─▶ Raft log ─▶ record stores ─▶ groups ─▶ documents ─▶ shards ─▶ gRPC and HTTP
//! ```

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use baton_actors::{Arbiters, ShardHandle, ShardPorts};
use baton_consensus::config::Config as GroupConfig;
use baton_consensus::group::Group;
use baton_consensus::group::groups::{Beginning, GroupSpec, Groups};
use baton_consensus::network::transport::Alone;
use baton_consensus::snapshot::local::LocalSnapshots;
use baton_consensus::state_machine::generations::{GroupId, ReplicaStore};
use baton_consensus::type_config::Member;
use baton_customer::Settings;
use baton_http::HttpServer;
use baton_model::ids::{ClusterId, NodeId, ReplicaId, ShardId};
use baton_ports::clock::Clock;
use baton_ports::readiness::Readiness;
use baton_ports::replica::Replica;
use baton_rpc::{Server as RpcServer, Services};
use baton_storage::engine::Engine;
use baton_storage::log::RaftLog;
use baton_storage::log::config::LogConfig;
use baton_storage::log::disk::FolderDisk;
use baton_storage::log::disk_guard::{DiskGuard, DiskGuardConfig};
use baton_telemetry::Metrics;
use jiff::SignedDuration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::{ScaledClock, TestClock, WallClock};
use crate::config::{ClusterConfig, Config, RecordEngine, StorageConfig};
use crate::definitions::DefinitionStore;
use crate::gateway::{Gateway, ServedShard};
use crate::identity::Identity;
use crate::observer::{EventsObserver, GroupsObserver, ShardObserver, apply_lag};
use crate::providers::courier;
use crate::readiness::NodeReadiness;
use crate::start_error::StartError;
use crate::timed_disk::TimedDisk;

/// The one node of a cluster of one.
const NODE: NodeId = NodeId(1);

/// The system group; shard *n* is group *n* + 1.
const SYSTEM_GROUP: GroupId = GroupId(0);

/// A group writes a local snapshot when it has applied at least this much since the last one: seldom enough to cost little
/// beside the log itself, and what it holds back of the log stays small.
const SNAPSHOT_LOG_BYTES_MIN: u64 = 16 << 20;

/// Bytes of a record store's cache.
const CACHE_BYTES: u64 = 128 << 20;

/// Whether a cluster may be born on an empty disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Birth {
    /// It may: `--init`, `dev`, `demo`.
    Allowed,
    /// The disk must hold a node.
    Refused,
}

/// A node that serves.
pub struct Node {
    grpc: SocketAddr,
    http: SocketAddr,
    cluster: ClusterId,
    metrics: Arc<Metrics>,
    shards: Vec<ShardHandle>,
    groups: Groups,
    arbiters: Option<Arbiters>,
    stop: CancellationToken,
    servers: Vec<JoinHandle<()>>,
}

impl Node {
    /// Starts a node and returns when its servers listen. Must be called within a multi-thread tokio runtime.
    pub async fn start(config: Config, birth: Birth) -> Result<Self, StartError> {
        let identity = identity(&config, birth)?;
        let cluster = identity.cluster().unwrap_or_default();
        let (clock, test_clock) = clocks(&config);
        let metrics = Arc::new(Metrics::new());
        let disk = disk_guard(&config.storage)?;
        let log = open_log(&config.storage.dir, &clock, &metrics).await?;
        let stop = CancellationToken::new();
        let folder = |source| StartError::Folder { folder: config.storage.dir.clone(), source };
        let readiness = NodeReadiness::new(log.clone(), disk, stop.clone()).map_err(folder)?;
        let observer = Arc::new(GroupsObserver { clock: Arc::clone(&clock) });
        let groups = Groups::open(group_config(&config), log, Arc::new(Alone), observer)?;
        let stores = Stores::open(&config.storage).await?;

        let system = open_group(&groups, SYSTEM_GROUP, &stores.system, &config).await?;
        let definitions = open_definitions(system, &clock, &config.cluster).await?;
        let arbiters = Arbiters::start(threads(&config))?;
        let courier = Arc::new(courier(&config.delivery, Arc::clone(&clock))?);
        let settings = Arc::new(settings(&config.cluster)?);
        let mut shards = BTreeMap::new();
        for shard in (0..identity.shard_count).map(ShardId) {
            let group = open_group(&groups, GroupId(shard.0 + 1), &stores.customers, &config).await?;
            let replica: Arc<dyn Replica> = Arc::new(group.clone());
            let observer = ShardObserver { shard, metrics: Arc::clone(&metrics), group: group.clone() };
            let ports = ShardPorts {
                node: NODE,
                cluster,
                replica: Arc::clone(&replica),
                clock: Arc::clone(&clock),
                renderer: definitions.templates(),
                courier: Arc::clone(&courier) as _,
                library: definitions.library(),
                settings: Arc::clone(&settings),
                runtime: tokio::runtime::Handle::current(),
                observer: Arc::new(observer),
            };
            let handle = ShardHandle::start(shard, &arbiters.next(), config.actors(), ports);
            let lag = Box::new(move || apply_lag(&group));
            shards.insert(shard, ServedShard { handle, replica, lag });
        }
        let handles: Vec<ShardHandle> = shards.values().map(|served| served.handle.clone()).collect();
        readiness.started(handles.clone());

        let gateway = Gateway {
            cluster,
            node: NODE,
            settings: ClusterConfig { shard_count: identity.shard_count, ..config.cluster.clone() },
            decision_settings: settings,
            shards,
            definitions,
            clock,
            test_clock,
            readiness: Arc::clone(&readiness),
            address: config.node.grpc.to_string(),
            stepping: tokio::sync::Mutex::new(()),
        };
        let serving = serve(&config, Arc::new(gateway), readiness, &metrics, &stop).await?;
        let Serving { grpc, http, servers } = serving;
        tracing::info!(%cluster, %grpc, %http, shards = handles.len(), "the node serves");
        Ok(Self { grpc, http, cluster, metrics, shards: handles, groups, arbiters: Some(arbiters), stop, servers })
    }

    /// Where services and operators call.
    pub fn grpc(&self) -> SocketAddr {
        self.grpc
    }

    /// Where load balancers and Prometheus ask.
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// The cluster.
    pub fn cluster(&self) -> ClusterId {
        self.cluster
    }

    /// What the node measured.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Waits until every shard decides.
    pub async fn ready(&self) {
        while !self.shards.iter().all(|shard| shard.status().leading) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Stops serving, lets what is under way end, makes everything durable and releases the disk.
    pub async fn stop(mut self) {
        self.stop.cancel();
        for server in self.servers {
            if let Err(error) = server.await {
                tracing::error!(%error, "a server did not end in order");
            }
        }
        for shard in &self.shards {
            shard.stop().await;
        }
        self.groups.shutdown().await;
        if let Some(arbiters) = self.arbiters.take() {
            // Joins threads, so not here. A panic in it would already have been told.
            let _ = tokio::task::spawn_blocking(|| arbiters.stop()).await;
        }
    }
}

/// The servers of a node.
struct Serving {
    grpc: SocketAddr,
    http: SocketAddr,
    servers: Vec<JoinHandle<()>>,
}

async fn serve(
    config: &Config,
    gateway: Arc<Gateway>,
    readiness: Arc<dyn Readiness>,
    metrics: &Arc<Metrics>,
    stop: &CancellationToken,
) -> Result<Serving, StartError> {
    let services = Services {
        events: Arc::clone(&gateway) as _,
        definitions: Arc::clone(&gateway) as _,
        customers: Arc::clone(&gateway) as _,
        messages: Arc::clone(&gateway) as _,
        cluster: gateway as _,
        readiness: Arc::clone(&readiness),
        observer: Arc::new(EventsObserver { metrics: Arc::clone(metrics) }),
    };
    let rpc = RpcServer::bind(config.node.grpc, services)?;
    let web = HttpServer::bind(config.node.http, readiness, Arc::clone(metrics)).await?;
    let (grpc, http) = (rpc.local_addr(), web.address());
    let (rpc_stop, web_stop) = (stop.clone(), stop.clone());
    let rpc = tokio::spawn(async move {
        if let Err(error) = rpc.run(rpc_stop.cancelled_owned()).await {
            tracing::error!(%error, "the gRPC server ended");
        }
    });
    let web = tokio::spawn(async move {
        if let Err(error) = web.run(web_stop.cancelled_owned()).await {
            tracing::error!(%error, "the HTTP server ended");
        }
    });
    Ok(Serving { grpc, http, servers: vec![rpc, web] })
}

/// The record stores of a node: the system group's, small and ordered, and the customers'.
struct Stores {
    system: Arc<ReplicaStore>,
    customers: Arc<ReplicaStore>,
}

impl Stores {
    async fn open(config: &StorageConfig) -> Result<Self, StartError> {
        let engine = match config.customers {
            RecordEngine::Fjall => Engine::Fjall,
            RecordEngine::Sled => Engine::Sled,
        };
        let (system, customers) = (config.dir.join("system"), config.dir.join("customers"));
        let open = move || {
            let system = ReplicaStore::open(Engine::Sled.open(&system, CACHE_BYTES / 16)?)?;
            let customers = ReplicaStore::open(engine.open(&customers, CACHE_BYTES)?)?;
            Ok(Self { system: Arc::new(system), customers: Arc::new(customers) })
        };
        blocking(open).await
    }
}

/// Runs what blocks on the disk off the async workers.
async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, StartError> + Send + 'static,
) -> Result<T, StartError> {
    tokio::task::spawn_blocking(job).await.map_err(|error| StartError::Ended { reason: error.to_string() })?
}

fn identity(config: &Config, birth: Birth) -> Result<Identity, StartError> {
    let folder = &config.storage.dir;
    let configured = &config.cluster;
    let Some(identity) = Identity::read(folder)? else {
        if birth == Birth::Refused {
            return Err(crate::identity::IdentityError::Empty { folder: folder.clone() }.into());
        }
        let cluster = configured.id.parse().unwrap_or_else(|_| ClusterId(uuid::Uuid::new_v4().as_u128()));
        let identity = Identity::new(cluster, NODE, configured.shard_count);
        identity.write(folder)?;
        return Ok(identity);
    };
    identity.check(configured)?;
    Ok(identity)
}

fn clocks(config: &Config) -> (Arc<dyn Clock>, Option<Arc<TestClock>>) {
    match config.clock.test_start {
        Some(start) => {
            let clock = Arc::new(TestClock::new(start));
            (Arc::clone(&clock) as _, Some(clock))
        }
        None if config.clock.time_scale == 1 => (Arc::new(WallClock::default()), None),
        None => (Arc::new(ScaledClock::new(Arc::new(WallClock::default()), config.clock.time_scale)), None),
    }
}

fn disk_guard(config: &StorageConfig) -> Result<DiskGuard, StartError> {
    let watermark_bytes = config.free_min_mib << 20;
    let guard = DiskGuardConfig { watermark_bytes, ..DiskGuardConfig::new(config.dir.clone()) };
    DiskGuard::new(guard).map_err(|source| StartError::Folder { folder: config.dir.clone(), source })
}

async fn open_log(folder: &Path, clock: &Arc<dyn Clock>, metrics: &Arc<Metrics>) -> Result<RaftLog, StartError> {
    let (folder, clock, metrics) = (folder.join("log"), Arc::clone(clock), Arc::clone(metrics));
    let open = move || {
        let failed = |source| StartError::Folder { folder: folder.clone(), source };
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let disk = FolderDisk::open(&folder).map_err(failed)?;
        Ok(RaftLog::open(LogConfig::default(), Arc::new(TimedDisk::new(disk, clock, metrics)))?)
    };
    blocking(open).await
}

fn group_config(config: &Config) -> GroupConfig {
    GroupConfig {
        heartbeat_ms: config.raft.heartbeat_ms,
        election_timeout_min_ms: config.raft.election_min_ms,
        election_timeout_max_ms: config.raft.election_max_ms,
        checkpoint_interval_s: config.storage.checkpoint_seconds,
        local_snapshots: Some(LocalSnapshots::new(config.storage.dir.join("snapshots"), SNAPSHOT_LOG_BYTES_MIN)),
        ..GroupConfig::default()
    }
}

async fn open_group(
    groups: &Groups,
    group: GroupId,
    records: &Arc<ReplicaStore>,
    config: &Config,
) -> Result<Group, StartError> {
    // With one node, a group's only replica has the group's number: each is given out once.
    let replica = ReplicaId(u64::from(group.0) + 1);
    let member = Member { node: NODE, address: config.node.grpc.to_string(), zone: config.node.zone.clone() };
    let beginning = Beginning::Founding { members: BTreeMap::from([(replica, member)]), first: replica };
    Ok(groups.create_group(GroupSpec { group, replica, beginning, records: Arc::clone(records) }).await?)
}

async fn open_definitions(
    system: Group,
    clock: &Arc<dyn Clock>,
    cluster: &ClusterConfig,
) -> Result<Arc<DefinitionStore>, StartError> {
    let history =
        format!("{}d", cluster.history_days).parse().map_err(|_| StartError::Ended { reason: "history".to_owned() })?;
    let definitions = DefinitionStore::new(Arc::new(system), Arc::clone(clock), NODE, history);
    definitions.activated().await;
    definitions.load().await?;
    tokio::spawn(Arc::clone(&definitions).follow());
    Ok(definitions)
}

fn threads(config: &Config) -> usize {
    match config.actors.threads {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        threads => threads,
    }
}

fn settings(cluster: &ClusterConfig) -> Result<Settings, StartError> {
    let zone = baton_model::time::zone(&cluster.fallback_zone);
    let fallback_zone = zone.ok_or_else(|| StartError::Zone { name: cluster.fallback_zone.clone() })?;
    let days = |days: u32| SignedDuration::from_hours(24 * i64::from(days));
    Ok(Settings {
        fallback_zone,
        fallback_zone_name: cluster.fallback_zone.clone(),
        trigger_max_age: SignedDuration::from_hours(i64::from(cluster.trigger_max_age_hours)),
        dedup_retention: days(cluster.dedup_days),
        history_retention: days(cluster.history_days),
        records_retention: days(cluster.records_days),
        ..Settings::default()
    })
}
