//! Whether this node should get traffic.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use baton_consensus::group::leadership::Leadership;
use baton_ports::readiness::{Obstacle, Readiness};
use baton_storage::log::RaftLog;
use baton_storage::log::disk_guard::{DiskGuard, DiskSpace};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::Verdict;
use crate::leaders::Leads;
use crate::shards::Shards;
use crate::system::SystemGroup;

/// How often the disk is asked for its free space.
const DISK_LOOK_EVERY: Duration = Duration::from_secs(1);

/// What stands in the way of a node.
pub(crate) struct NodeReadiness {
    log: RaftLog,
    disk: watch::Receiver<DiskSpace>,
    /// Set once this node knows the cluster.
    leads: OnceLock<Leads>,
    stopping: AtomicBool,
}

impl NodeReadiness {
    /// Looks at the disk now, and from then on every second until `stop`.
    pub(crate) fn new(log: RaftLog, guard: DiskGuard, stop: CancellationToken) -> io::Result<Arc<Self>> {
        let (looked, disk) = watch::channel(guard.check()?);
        tokio::spawn(watch_disk(guard, looked, stop));
        Ok(Arc::new(Self { log, disk, leads: OnceLock::new(), stopping: AtomicBool::new(false) }))
    }

    /// This node knows the cluster, and starts its shards.
    pub(crate) fn started(&self, leads: Leads) {
        if self.leads.set(leads).is_err() {
            tracing::error!("the node was started twice");
        }
    }

    /// The node is about to stop: traffic should go elsewhere.
    pub(crate) fn stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether new work must be refused, because the log may soon find no room.
    pub(crate) fn disk_is_low(&self) -> bool {
        matches!(*self.disk.borrow(), DiskSpace::Low { .. })
    }
}

async fn watch_disk(guard: DiskGuard, looked: watch::Sender<DiskSpace>, stop: CancellationToken) {
    let guard = Arc::new(guard);
    while stop.run_until_cancelled(tokio::time::sleep(DISK_LOOK_EVERY)).await.is_some() {
        let looking = Arc::clone(&guard);
        let space = match tokio::task::spawn_blocking(move || looking.check()).await {
            Ok(Ok(space)) => space,
            Ok(Err(error)) => {
                tracing::error!(%error, "the disk's free space cannot be asked");
                DiskSpace::Low { free_bytes: 0 }
            }
            Err(_) => return,
        };
        let was_low = matches!(looked.send_replace(space), DiskSpace::Low { .. });
        match space {
            DiskSpace::Low { free_bytes } if !was_low => {
                tracing::error!(free_bytes, "the disk is almost full: writes are refused");
            }
            DiskSpace::Enough { free_bytes } if was_low => tracing::info!(free_bytes, "the disk has room again"),
            _ => {}
        }
    }
}

impl Readiness for NodeReadiness {
    fn obstacles(&self) -> Vec<Obstacle> {
        let mut obstacles = Vec::new();
        if self.stopping.load(Ordering::Relaxed) {
            obstacles.push(Obstacle { reason: "stopping", detail: "the node is being stopped".to_owned() });
        }
        if let Some(failure) = self.log.failed().borrow().as_ref() {
            let detail = format!("the Raft log has failed: {failure}; restart the node after freeing space");
            obstacles.push(Obstacle { reason: "log_failed", detail });
        }
        if let DiskSpace::Low { free_bytes } = *self.disk.borrow() {
            let detail = format!("the disk has {free_bytes} bytes free: free some; writes are refused meanwhile");
            obstacles.push(Obstacle { reason: "disk_full", detail });
        }
        match self.leads.get() {
            None => obstacles.push(Obstacle { reason: "starting", detail: "the node is being started".to_owned() }),
            Some(leads) => {
                obstacles.extend(clock_obstacle(leads.clocks.borrow().verdict));
                obstacles.extend(cluster_obstacles(&leads.system, &leads.shards));
            }
        }
        obstacles
    }
}

/// What is wrong with the clock.
fn clock_obstacle(verdict: Verdict) -> Option<Obstacle> {
    let detail = match verdict {
        Verdict::Agrees => return None,
        Verdict::NotCompared => {
            "the clock was not compared with those of a majority of the nodes yet: if this stays, see \
                                 whether this node reaches their peer ports"
                .to_owned()
        }
        Verdict::Differs(by) => {
            let (by, side) = (by.unsigned_abs().as_millis(), if by.is_positive() { "ahead of" } else { "behind" });
            format!(
                "the clock is {by} ms {side} the median of the cluster's clocks, and 500 ms are allowed: check NTP on this \
                 node; it leads no shard until the clock is right"
            )
        }
    };
    Some(Obstacle { reason: "clock", detail })
}

/// What is missing of the cluster, as this node sees it.
fn cluster_obstacles(system: &SystemGroup, shards: &Shards) -> Vec<Obstacle> {
    let topology = system.topology();
    if topology.shards.is_empty() {
        let wanted = topology.cluster.as_ref().map_or(0, |cluster| cluster.nodes_wanted);
        let detail = format!("waiting for nodes {}/{wanted}", topology.nodes.len());
        return vec![Obstacle { reason: "waiting_for_nodes", detail }];
    }
    let mut obstacles = Vec::new();
    let (mut stopped, mut leaderless) = (0, 0);
    for served in shards.all() {
        match &*served.group.leadership().borrow() {
            Leadership::Stopped => stopped += 1,
            Leadership::Leading { .. } if !served.handle.status().leading => leaderless += 1,
            Leadership::Following { leader: None } => leaderless += 1,
            Leadership::Leading { .. } | Leadership::Following { .. } => {}
        }
    }
    if matches!(*system.group().leadership().borrow(), Leadership::Stopped) {
        stopped += 1;
    }
    if stopped > 0 {
        let detail = format!("{stopped} groups have stopped on this node, as the log says: restart the node");
        obstacles.push(Obstacle { reason: "groups_stopped", detail });
    }
    let placed = topology.shards.values().filter(|shard| topology.replica_on(shard.shard, system.node()).is_some());
    let placed = placed.count();
    leaderless += placed.saturating_sub(shards.all().len());
    if leaderless > 0 {
        let detail = format!("{leaderless} of {placed} shards have no leader that decides");
        obstacles.push(Obstacle { reason: "shards_without_leader", detail });
    }
    obstacles
}
