//! Checkpoints: records become durable, then the log lets go of what they hold.
//!
//! The order is the promise: (1) note what each group has applied; (2) persist every record store; (3) only then tell
//! openraft of a snapshot up to there and purge the log up to it; (4) the log notes how far it is synced and removes
//! segments. A crash in between leaves more log than needed, never less.
//!
//! A group with peers lets go of what the checkpoint *before* held: a follower that was away for less than the time between
//! two checkpoints, or less than the log that makes one due, catches up from the log; one that was away longer gets a
//! snapshot.

use std::sync::{Arc, Weak};
use std::time::Duration;

use openraft::async_runtime::watch::WatchReceiver;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use baton_ports::record_store::RecordError;
use baton_storage::log::error::LogFailed;

use super::Group;
use super::groups::Inner;
use crate::snapshot::SnapshotMeta;
use crate::state_machine::generations::ReplicaStore;
use crate::state_machine::threads::JobLost;

/// How often the schedule looks whether the log has grown enough for a checkpoint.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long openraft may take to note a snapshot or to purge. It only waits for its own queue; what it did not purge in
/// time is purged at the next checkpoint.
const PURGE_WAIT_MAX: Duration = Duration::from_secs(10);

/// Makes checkpoints until told to stop or the groups are gone.
pub(super) async fn run(groups: Weak<Inner>, mut stop: watch::Receiver<bool>) {
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut since = Duration::ZERO;
    loop {
        tokio::select! {
            _ = looks.tick() => since += LOOK_EVERY,
            _ = stop.wait_for(|stop| *stop) => return,
        }
        let Some(inner) = groups.upgrade() else { return };
        let overdue = since >= Duration::from_secs(inner.config.checkpoint_interval_s);
        if !overdue && !inner.log.checkpoint_is_due() {
            continue;
        }
        since = Duration::ZERO;
        if let Err(error) = checkpoint(&inner).await {
            tracing::error!(%error, "a checkpoint failed: the log is kept");
        }
    }
}

/// Makes one checkpoint.
pub(super) async fn checkpoint(inner: &Inner) -> Result<(), CheckpointError> {
    let began = inner.observer.machine_time();
    let groups = inner.all();
    let standings: Vec<SnapshotMeta> = groups.iter().map(|group| group.inner().replica.standing()).collect();
    inner
        .appliers
        .run({
            let stores = distinct_stores(&groups);
            move || stores.iter().try_for_each(|store| store.store().persist())
        })
        .await??;
    for (group, standing) in groups.iter().zip(standings) {
        let upto = standing.last_log_id.map(|log_id| log_id.index);
        let before = group.inner().replica.made_durable(standing);
        let upto = if group.members().all.len() > 1 { before } else { upto };
        if let Some(upto) = upto.min(log_needed_after(inner, group, upto).await) {
            purge(group, upto).await;
        }
    }
    inner.log.checkpoint().await?;
    inner.observer.checkpointed(inner.observer.machine_time().saturating_sub(began));
    Ok(())
}

/// Up to which entry the log is not needed: all of it, or up to the oldest local snapshot that is kept. When one cannot be
/// written the log stays.
async fn log_needed_after(inner: &Inner, group: &Group, upto: Option<u64>) -> Option<u64> {
    let Some(local) = inner.config.local_snapshots.clone() else { return upto };
    let replica = group.inner().replica.clone();
    // A snapshot is a long read: it takes a reader's thread, so that no apply waits for it.
    match group.inner().readers.run(move || replica.keep_local_snapshot(&local)).await {
        Ok(Ok(oldest)) => oldest,
        Ok(Err(error)) => {
            tracing::error!(group = %group.id(), %error, "no local snapshot: the log is kept");
            None
        }
        Err(lost) => {
            tracing::error!(group = %group.id(), %lost, "no local snapshot: the log is kept");
            None
        }
    }
}

/// Lets openraft purge the group's log up to an entry that the records hold durably.
async fn purge(group: &Group, upto: u64) {
    let raft = &group.inner().raft;
    let purged = raft.data_metrics().borrow_watched().purged.map(|log_id| log_id.index);
    if purged >= Some(upto) {
        return;
    }
    let done = async {
        raft.trigger().snapshot().await.map_err(|fatal| fatal.to_string())?;
        let wait = || raft.wait(Some(PURGE_WAIT_MAX));
        let covers = |log_id: Option<crate::type_config::LogId>| log_id.map(|log_id| log_id.index) >= Some(upto);
        wait().metrics(|m| covers(m.snapshot), "the snapshot of a checkpoint").await.map_err(|e| e.to_string())?;
        raft.trigger().purge_log(upto).await.map_err(|fatal| fatal.to_string())?;
        wait().metrics(|m| covers(m.purged), "the purge of a checkpoint").await.map_err(|e| e.to_string())
    };
    if let Err::<_, String>(reason) = done.await {
        tracing::warn!(group = %group.id(), upto, reason, "the log of a group is not purged");
    }
}

fn distinct_stores(groups: &[Group]) -> Vec<Arc<ReplicaStore>> {
    let mut stores: Vec<Arc<ReplicaStore>> = Vec::new();
    for group in groups {
        let store = group.inner().replica.store();
        if !stores.iter().any(|known| Arc::ptr_eq(known, store)) {
            stores.push(store.clone());
        }
    }
    stores
}

/// Why a checkpoint was not made. The log keeps everything since the one before.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Records did not become durable.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// The log failed.
    #[error(transparent)]
    Log(#[from] LogFailed),
    /// The storage threads did not answer.
    #[error(transparent)]
    Lost(#[from] JobLost),
}
