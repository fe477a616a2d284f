//! Whether this node should get traffic.

use std::sync::OnceLock;

use baton_actors::ShardHandle;
use baton_ports::readiness::{Obstacle, Readiness};
use baton_storage::log::RaftLog;
use baton_storage::log::disk_guard::{DiskGuard, DiskSpace};

/// What stands in the way of a node.
pub(crate) struct NodeReadiness {
    pub(crate) log: RaftLog,
    pub(crate) disk: DiskGuard,
    /// Set once the shards have been started.
    pub(crate) shards: OnceLock<Vec<ShardHandle>>,
}

impl Readiness for NodeReadiness {
    fn obstacles(&self) -> Vec<Obstacle> {
        let mut obstacles = Vec::new();
        if let Some(failure) = self.log.failed().borrow().as_ref() {
            let detail = format!("the Raft log has failed: {failure}; restart the node after freeing space");
            obstacles.push(Obstacle { reason: "log_failed", detail });
        }
        obstacles.extend(self.disk_obstacle());
        match self.shards.get() {
            None => obstacles.push(Obstacle { reason: "starting", detail: "the shards are being started".to_owned() }),
            Some(shards) => {
                let waiting = shards.iter().filter(|shard| !shard.status().leading).count();
                if waiting > 0 {
                    let detail = format!("{waiting} of {} shards have no leader that decides", shards.len());
                    obstacles.push(Obstacle { reason: "shards_without_leader", detail });
                }
            }
        }
        obstacles
    }
}

impl NodeReadiness {
    fn disk_obstacle(&self) -> Option<Obstacle> {
        let detail = match self.disk.check() {
            Ok(DiskSpace::Enough { .. }) => return None,
            Ok(DiskSpace::Low { free_bytes, .. }) => format!("the disk has {free_bytes} bytes free: free some"),
            Err(error) => format!("the disk cannot be asked: {error}"),
        };
        Some(Obstacle { reason: "disk_full", detail })
    }
}
