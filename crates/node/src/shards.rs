//! The shards whose replicas are on this node: started as the topology says, each with the actor that decides when it leads.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use baton_actors::{ActorsConfig, Arbiters, ShardHandle, ShardPorts};
use baton_consensus::group::Group;
use baton_consensus::group::candidacy::Standing;
use baton_consensus::group::groups::{Beginning, GroupSpec, Groups};
use baton_consensus::state_machine::generations::{GroupId, ReplicaStore};
use baton_model::ids::{NodeId, ReplicaId, ShardId};
use baton_ports::replica::Replica;
use baton_storage::records::ShardRecord;
use baton_telemetry::Metrics;

use crate::observer::{ShardObserver, apply_lag};
use crate::start_error::StartError;
use crate::system::SystemGroup;
use crate::system::tending::member_of;
use crate::system::topology::Topology;

/// The shards of this node.
pub(crate) struct Shards {
    node: NodeId,
    groups: Groups,
    records: Arc<ReplicaStore>,
    arbiters: Arc<Arbiters>,
    config: ActorsConfig,
    /// What every shard needs, but its replica and its observer.
    world: Box<dyn Fn(ShardReplica) -> ShardPorts + Send + Sync>,
    metrics: Arc<Metrics>,
    served: RwLock<BTreeMap<ShardId, Arc<ServedShard>>>,
}

/// What differs from shard to shard in its ports.
pub(crate) struct ShardReplica {
    pub(crate) replica: Arc<dyn Replica>,
    pub(crate) observer: Arc<ShardObserver>,
}

/// One shard with a replica on this node.
pub(crate) struct ServedShard {
    pub(crate) shard: ShardId,
    pub(crate) handle: ShardHandle,
    pub(crate) group: Group,
    pub(crate) replica: Arc<dyn Replica>,
}

impl ServedShard {
    /// Entries that are committed and not applied here.
    pub(crate) fn lag(&self) -> u64 {
        apply_lag(&self.group)
    }
}

/// What a node's shards are started with.
pub(crate) struct ShardsConfig {
    pub(crate) node: NodeId,
    pub(crate) groups: Groups,
    pub(crate) records: Arc<ReplicaStore>,
    pub(crate) arbiters: Arc<Arbiters>,
    pub(crate) config: ActorsConfig,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) world: Box<dyn Fn(ShardReplica) -> ShardPorts + Send + Sync>,
}

impl Shards {
    pub(crate) fn new(config: ShardsConfig) -> Arc<Self> {
        let ShardsConfig { node, groups, records, arbiters, config, metrics, world } = config;
        Arc::new(Self { node, groups, records, arbiters, config, world, metrics, served: RwLock::default() })
    }

    /// A shard that has a replica here.
    pub(crate) fn get(&self, shard: ShardId) -> Option<Arc<ServedShard>> {
        self.served.read().unwrap_or_else(PoisonError::into_inner).get(&shard).cloned()
    }

    /// Every shard that has a replica here, in order.
    pub(crate) fn all(&self) -> Vec<Arc<ServedShard>> {
        self.served.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Starts every replica that the topology places here, as it changes, until the system group's replica stops.
    pub(crate) async fn follow(self: Arc<Self>, system: Arc<SystemGroup>) {
        let mut topology = system.watch_topology();
        loop {
            let now = Arc::clone(&topology.borrow_and_update());
            if let Err(error) = self.start_missing(&now).await {
                tracing::error!(%error, "a shard's replica does not start on this node");
            }
            if topology.changed().await.is_err() {
                return;
            }
        }
    }

    /// Starts the replicas that are placed here and do not run yet.
    pub(crate) async fn start_missing(&self, topology: &Topology) -> Result<(), StartError> {
        for record in topology.shards.values() {
            let replica = topology.replica_on(record.shard, self.node);
            if let Some(replica) = replica.filter(|_| self.get(record.shard).is_none()) {
                self.start(record, replica, topology).await?;
            }
        }
        Ok(())
    }

    async fn start(&self, record: &ShardRecord, replica: ReplicaId, topology: &Topology) -> Result<(), StartError> {
        let shard = record.shard;
        let member = |node| topology.nodes.get(&node).map(member_of);
        let members =
            record.replicas.iter().filter_map(|placed| Some((placed.replica, member(placed.node)?))).collect();
        let first = record.replicas.first().map_or(replica, |placed| placed.replica);
        let beginning = Beginning::Founding { members, first };
        let records = Arc::clone(&self.records);
        let (group, standing) = (group_of(shard), Standing::WhenAllowed);
        let group = self.groups.create_group(GroupSpec { group, replica, beginning, standing, records }).await?;
        let replica: Arc<dyn Replica> = Arc::new(group.clone());
        let observer = ShardObserver { shard, metrics: Arc::clone(&self.metrics), group: group.clone() };
        let ports = (self.world)(ShardReplica { replica: Arc::clone(&replica), observer: Arc::new(observer) });
        let handle = ShardHandle::start(shard, &self.arbiters.next(), self.config.clone(), ports);
        let served = Arc::new(ServedShard { shard, handle, group, replica });
        self.served.write().unwrap_or_else(PoisonError::into_inner).insert(shard, served);
        Ok(())
    }
}

/// The Raft group of a shard: group 0 is the system group.
fn group_of(shard: ShardId) -> GroupId {
    GroupId(shard.0 + 1)
}
