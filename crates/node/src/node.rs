//! A node: everything wired together, started in order and stopped in the reverse order.
//!
//! ```text
//! identity ─▶ disk guard ─▶ Raft log ─▶ record stores ─▶ system group ─▶ documents ─▶ shards ─▶ peers, gRPC and HTTP
//! ```
//!
//! What a node knows of the cluster when it starts is what its own rows say. The rest comes with its replica of the
//! system group, and is followed from then on.

mod clocks;
mod servers;
mod storage;
mod waiting;
mod world;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use baton_actors::Arbiters;
use baton_consensus::config::Config as GroupConfig;
use baton_consensus::group::candidacy::Standing;
use baton_consensus::group::groups::{Beginning, GroupSpec, Groups};
use baton_consensus::snapshot::local::LocalSnapshots;
use baton_consensus::state_machine::generations::GroupId;
use baton_model::ids::ClusterId;
use baton_ports::clock::Clock;
use baton_ports::gateway::FoundRequest;
use baton_ports::readiness::Readiness;
use baton_ports::routing::PeerNode;
use baton_rpc::{Caller, PeerChannels, PeerTransport};
use baton_storage::log::RaftLog;
use baton_storage::records::NodeRecord;
use baton_telemetry::Metrics;
use tokio_util::sync::CancellationToken;

use self::clocks::Clocks;
use self::servers::{Doors, Serving};
use self::storage::Stores;
use self::world::World;
use crate::birth::{self, Addresses};
use crate::config::Config;
use crate::definitions::DefinitionStore;
use crate::gateway::Gateway;
use crate::identity::Identity;
use crate::leaders::Leads;
use crate::observer::GroupsObserver;
use crate::providers::courier;
use crate::readiness::NodeReadiness;
use crate::routing::Routes;
use crate::shards::{Shards, ShardsConfig};
use crate::start_error::StartError;
use crate::system::SystemGroup;
use crate::system::tending::member_of;

/// The system group; shard *n* is group *n* + 1.
const SYSTEM_GROUP: GroupId = GroupId(0);

/// A group writes a local snapshot when it has applied at least this much since the last one: seldom enough to cost little
/// beside the log itself, and what it holds back of the log stays small.
const SNAPSHOT_LOG_BYTES_MIN: u64 = 16 << 20;

/// How often a node looks whether it is ready yet, or can write the first rows yet.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// What a node does with an empty disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Birth {
    /// It founds a cluster of itself alone: `--init`, `dev`, `demo`.
    Alone,
    /// It joins the cluster that is configured, or waits for `baton cluster init`.
    AsConfigured,
}

/// A node that serves.
pub struct Node {
    cluster: ClusterId,
    metrics: Arc<Metrics>,
    readiness: Arc<NodeReadiness>,
    leads: Leads,
    groups: Groups,
    arbiters: Arc<Arbiters>,
    stop: CancellationToken,
    serving: Serving,
}

impl Node {
    /// Starts a node and returns when its servers listen. On an empty disk that may wait for a seed, or for somebody who
    /// founds the cluster. Must be called within a multi-thread tokio runtime.
    pub async fn start(mut config: Config, birth: Birth) -> Result<Self, StartError> {
        settle_ports(&mut config)?;
        let addresses = addresses(&config);
        let identity = Box::pin(identity(&config, birth, &addresses)).await?;
        let cluster = identity.cluster().unwrap_or_default();
        let clocks = Clocks::of(&config.clock);
        let clock = Arc::clone(&clocks.clock);
        let metrics = Arc::new(Metrics::new());
        let log = storage::open_log(&config.storage.dir, &clock, &metrics).await?;
        let stop = CancellationToken::new();
        let readiness = watched(&config, &log, &stop)?;
        let peers = PeerChannels::new(Caller { cluster, node: identity.node() }, config.node.dial.clone());
        let transport = Arc::new(PeerTransport::new(peers.clone()));
        let observer = Arc::new(GroupsObserver { clock: Arc::clone(&clock) });
        let groups = Groups::open(group_config(&config, &identity), log, transport, observer)?;
        let stores = Stores::open(&config.storage).await?;

        let first = own_record(&identity, &addresses, &config, &clock);
        let system = open_system(&groups, &stores, &identity, &first, &clock).await?;
        let fitness = clocks.compare(&system, &groups, &peers, &readiness, &stop);
        if let Some(clock) = clocks.test_clock.clone() {
            tokio::spawn(Arc::clone(&system).keep_test_clock(clock));
        }
        let definitions = DefinitionStore::new(Arc::clone(&system), Arc::clone(&clock));
        definitions.load().await?;
        let arbiters = Arc::new(Arbiters::start(threads(&config))?);
        let courier = Arc::new(courier(&config.delivery, Arc::clone(&clock))?);
        let world = World {
            node: identity.node(),
            cluster,
            clock: Arc::clone(&clock),
            system: Arc::clone(&system),
            definitions: Arc::clone(&definitions),
            courier,
            runtime: tokio::runtime::Handle::current(),
        };
        let shards = Shards::new(ShardsConfig {
            node: identity.node(),
            groups: groups.clone(),
            records: Arc::clone(&stores.customers),
            arbiters: Arc::clone(&arbiters),
            config: config.actors(),
            metrics: Arc::clone(&metrics),
            world: Box::new(move |shard| world.ports(shard)),
        });
        shards.start_missing(&system.topology()).await?;
        let leads = Leads { system: Arc::clone(&system), shards: Arc::clone(&shards), clocks: fitness };
        readiness.started(leads.clone());

        let here = PeerNode { node: identity.node(), peer_address: addresses.peer, grpc_address: addresses.grpc };
        let shard_count = identity.shard_count;
        let routes =
            Routes { here: here.clone(), shard_count, system: Arc::clone(&system), shards: Arc::clone(&shards) };
        let gateway = gateway(&identity, here, &leads, &definitions, clocks, &readiness);
        let doors = Doors {
            cluster,
            gateway: Arc::new(gateway),
            routes: Arc::new(routes),
            peers,
            inbox: Arc::new(groups.inbox()),
            readiness: Arc::clone(&readiness) as Arc<dyn Readiness>,
            metrics: Arc::clone(&metrics),
        };
        let serving = doors.open(&config, &stop).await?;
        spawn_founder(&system, &identity, first, &config);
        keep_up(&leads, &definitions, &stop);
        let Serving { grpc, http, .. } = &serving;
        tracing::info!(%cluster, node = %identity.node(), %grpc, %http, "the node serves");
        Ok(Self { cluster, metrics, readiness, leads, groups, arbiters, stop, serving })
    }

    /// Where services and operators call.
    pub fn grpc(&self) -> SocketAddr {
        self.serving.grpc
    }

    /// Where load balancers and Prometheus ask.
    pub fn http(&self) -> SocketAddr {
        self.serving.http
    }

    /// The cluster.
    pub fn cluster(&self) -> ClusterId {
        self.cluster
    }

    /// What the node measured.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Waits until nothing stands in the way of traffic.
    pub async fn ready(&self) {
        while !self.readiness.obstacles().is_empty() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Hands over what this node leads, stops serving, lets what is under way end, makes everything durable and releases
    /// the disk.
    pub async fn stop(self) {
        self.readiness.stopping();
        self.leads.hand_over_all().await;
        self.stop.cancel();
        for server in self.serving.servers {
            if let Err(error) = server.await {
                tracing::error!(%error, "a server did not end in order");
            }
        }
        for shard in self.leads.shards.all() {
            shard.handle.stop().await;
        }
        self.groups.shutdown().await;
        let arbiters = self.arbiters;
        // Joins threads, so not here. A panic in it would already have been told.
        let _ = tokio::task::spawn_blocking(move || arbiters.stop()).await;
    }
}

/// What the outside may ask.
fn gateway(
    identity: &Identity,
    here: PeerNode,
    leads: &Leads,
    definitions: &Arc<DefinitionStore>,
    clocks: Clocks,
    readiness: &Arc<NodeReadiness>,
) -> Gateway {
    Gateway {
        cluster: identity.cluster().unwrap_or_default(),
        here,
        shard_count: identity.shard_count,
        system: Arc::clone(&leads.system),
        shards: Arc::clone(&leads.shards),
        definitions: Arc::clone(definitions),
        clock: clocks.clock,
        test_clock: clocks.test_clock,
        readiness: Arc::clone(readiness),
        stepping: tokio::sync::Mutex::new(()),
    }
}

/// Starts what keeps a node up to date, until `stop` or until its groups end.
fn keep_up(leads: &Leads, definitions: &Arc<DefinitionStore>, stop: &CancellationToken) {
    let (system, shards) = (&leads.system, &leads.shards);
    tokio::spawn(Arc::clone(system).follow());
    tokio::spawn(Arc::clone(system).tend());
    tokio::spawn(Arc::clone(definitions).follow());
    tokio::spawn(Arc::clone(definitions).adopt(Arc::clone(shards)));
    tokio::spawn(Arc::clone(shards).follow(Arc::clone(system)));
    tokio::spawn(leads.clone().settle(stop.clone()));
    tokio::spawn(leads.clone().leave(stop.clone()));
}

/// What stands in the way of the node, with an eye on the log and the disk.
fn watched(config: &Config, log: &RaftLog, stop: &CancellationToken) -> Result<Arc<NodeReadiness>, StartError> {
    let folder = |source| StartError::Folder { folder: config.storage.dir.clone(), source };
    let disk = storage::disk_guard(&config.storage)?;
    NodeReadiness::new(log.clone(), disk, stop.clone()).map_err(folder)
}

/// Who this node is: as its disk says, or as it is born.
async fn identity(config: &Config, birth: Birth, addresses: &Addresses) -> Result<Identity, StartError> {
    if let Some(identity) = Identity::read(&config.storage.dir)? {
        identity.check(&config.cluster)?;
        return Ok(identity);
    }
    match birth {
        Birth::Alone => Ok(birth::found(config, &FoundRequest { nodes: 1, cluster: None })?.0),
        Birth::AsConfigured if config.cluster.join_token.is_some() => {
            Box::pin(waiting::alive(config, birth::join(config, addresses))).await
        }
        Birth::AsConfigured => Box::pin(waiting::founded(config)).await,
    }
}

/// Takes free ports where port 0 is configured, so that they can be told to others before anybody listens.
fn settle_ports(config: &mut Config) -> Result<(), StartError> {
    for address in [&mut config.node.grpc, &mut config.node.peer, &mut config.node.http] {
        if address.port() == 0 {
            let settled = TcpListener::bind(*address).and_then(|listener| listener.local_addr());
            *address = settled.map_err(|source| StartError::Port { address: *address, source })?;
        }
    }
    Ok(())
}

fn addresses(config: &Config) -> Addresses {
    let told = |advertised: &str, bound: SocketAddr| match advertised {
        "" => bound.to_string(),
        address => address.to_owned(),
    };
    let node = &config.node;
    Addresses { peer: told(&node.advertise_peer, node.peer), grpc: told(&node.advertise_grpc, node.grpc) }
}

/// This node as a row of the cluster that it founds.
fn own_record(identity: &Identity, addresses: &Addresses, config: &Config, clock: &Arc<dyn Clock>) -> NodeRecord {
    NodeRecord {
        node: identity.node(),
        system_replica: identity.system_replica(),
        nonce: String::new(),
        peer_address: addresses.peer.clone(),
        grpc_address: addresses.grpc.clone(),
        zone: config.node.zone.clone(),
        joined_at: clock.now(),
    }
}

/// On the node that founded the cluster, writes the first rows as soon as it leads.
fn spawn_founder(system: &Arc<SystemGroup>, identity: &Identity, first: NodeRecord, config: &Config) {
    let (Some(founding), Some(cluster)) = (identity.founding.clone(), identity.cluster()) else { return };
    if system.topology().cluster.is_some() {
        return;
    }
    let (system, shard_count, settings) = (Arc::clone(system), identity.shard_count, config.cluster.clone());
    tokio::spawn(async move {
        while system.topology().cluster.is_none() {
            if let Err(error) = system.found(cluster, shard_count, &founding, first.clone(), &settings).await {
                tracing::debug!(%error, "the first rows are written again later");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    });
}

async fn open_system(
    groups: &Groups,
    stores: &Stores,
    identity: &Identity,
    own: &NodeRecord,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<SystemGroup>, StartError> {
    let replica = identity.system_replica();
    let beginning = match identity.founding {
        Some(_) => Beginning::Founding { members: [(replica, member_of(own))].into(), first: replica },
        None => Beginning::Joining,
    };
    let records = Arc::clone(&stores.system);
    // Who the peers are is known from this group: its leader must not wait for them to have compared their clocks.
    let (group, standing) = (SYSTEM_GROUP, Standing::Always);
    let group = groups.create_group(GroupSpec { group, replica, beginning, standing, records }).await?;
    let system = SystemGroup::new(group, Arc::clone(clock), identity.node());
    system.refresh().await?;
    Ok(system)
}

fn group_config(config: &Config, identity: &Identity) -> GroupConfig {
    let folder = &config.storage.dir;
    // A node with peers fetches what it lost from them.
    let alone = identity.founding.as_ref().is_some_and(|founding| founding.nodes == 1);
    let local_snapshots = alone.then(|| LocalSnapshots::new(folder.join("snapshots"), SNAPSHOT_LOG_BYTES_MIN));
    GroupConfig {
        heartbeat_ms: config.raft.heartbeat_ms,
        election_timeout_min_ms: config.raft.election_min_ms,
        election_timeout_max_ms: config.raft.election_max_ms,
        checkpoint_interval_s: config.storage.checkpoint_seconds,
        incoming_snapshots: folder.join("incoming"),
        snapshot_bytes_per_second: config.raft.snapshot_mib_per_second << 20,
        local_snapshots,
        ..GroupConfig::default()
    }
}

fn threads(config: &Config) -> usize {
    match config.actors.threads {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        threads => threads,
    }
}
