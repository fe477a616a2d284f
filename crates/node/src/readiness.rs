//! Whether this node should get traffic.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use baton_actors::ShardHandle;
use baton_ports::readiness::{Obstacle, Readiness};
use baton_storage::log::RaftLog;
use baton_storage::log::disk_guard::{DiskGuard, DiskSpace};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often the disk is asked for its free space.
const DISK_LOOK_EVERY: Duration = Duration::from_secs(1);

/// What stands in the way of a node.
pub(crate) struct NodeReadiness {
    log: RaftLog,
    disk: watch::Receiver<DiskSpace>,
    /// Set once the shards have been started.
    shards: OnceLock<Vec<ShardHandle>>,
}

impl NodeReadiness {
    /// Looks at the disk now, and from then on every second until `stop`.
    pub(crate) fn new(log: RaftLog, guard: DiskGuard, stop: CancellationToken) -> io::Result<Arc<Self>> {
        let (looked, disk) = watch::channel(guard.check()?);
        tokio::spawn(watch_disk(guard, looked, stop));
        Ok(Arc::new(Self { log, disk, shards: OnceLock::new() }))
    }

    /// The shards have been started.
    pub(crate) fn started(&self, shards: Vec<ShardHandle>) {
        if self.shards.set(shards).is_err() {
            tracing::error!("the shards were started twice");
        }
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
        if let Some(failure) = self.log.failed().borrow().as_ref() {
            let detail = format!("the Raft log has failed: {failure}; restart the node after freeing space");
            obstacles.push(Obstacle { reason: "log_failed", detail });
        }
        if let DiskSpace::Low { free_bytes } = *self.disk.borrow() {
            let detail = format!("the disk has {free_bytes} bytes free: free some; writes are refused meanwhile");
            obstacles.push(Obstacle { reason: "disk_full", detail });
        }
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
