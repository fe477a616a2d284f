//! What the shards of a node have in common.

use std::sync::Arc;

use baton_actors::ShardPorts;
use baton_model::ids::{ClusterId, NodeId};
use baton_ports::clock::Clock;
use baton_ports::courier::Courier;
use tokio::runtime::Handle;

use crate::definitions::DefinitionStore;
use crate::settings::decision_settings;
use crate::shards::ShardReplica;
use crate::system::SystemGroup;

/// The world of every shard of a node.
pub(super) struct World {
    pub(super) node: NodeId,
    pub(super) cluster: ClusterId,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) system: Arc<SystemGroup>,
    pub(super) definitions: Arc<DefinitionStore>,
    pub(super) courier: Arc<dyn Courier>,
    pub(super) runtime: Handle,
}

impl World {
    /// The ports of one shard.
    pub(super) fn ports(&self, shard: ShardReplica) -> ShardPorts {
        ShardPorts {
            node: self.node,
            cluster: self.cluster,
            replica: shard.replica,
            clock: Arc::clone(&self.clock),
            renderer: self.definitions.templates(),
            courier: Arc::clone(&self.courier),
            library: self.definitions.library(),
            settings: Arc::new(decision_settings(self.system.topology().cluster.as_ref())),
            runtime: self.runtime.clone(),
            observer: shard.observer,
        }
    }
}
