//! One replica's rows: entries are applied to them, snapshots are taken of them and installed into them.
//!
//! Everything here blocks on the disk: call it on storage threads. openraft applies and installs one at a time; the lock
//! makes that a fact instead of a promise. What the lock guards is always what the rows say.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use baton_model::ids::ReplicaId;
use baton_ports::record_store::{Keyspace, RecordError, Records};
use baton_shard::entry::{Applied, Entry, RowWrite};
use baton_shard::gate::Gate;
use baton_storage::entry::{EntryError, decode};
use openraft::EntryPayload;
use tokio::sync::watch;

use super::generations::{Generation, GenerationError, GroupId, ReplicaStore};
use super::rows::{RESERVED, RowError, Standing, StoredMembership};
use crate::snapshot::local::LocalSnapshots;
use crate::snapshot::{SnapshotData, SnapshotError, SnapshotMeta};
use crate::type_config::{LogEntry, LogId};

/// A replica of a group on this node.
pub struct Replica {
    store: Arc<ReplicaStore>,
    /// The keyspace of the current generation. Readers take a handle and let go of the lock.
    rows: RwLock<Arc<dyn Keyspace>>,
    state: Mutex<State>,
    applied: watch::Sender<Option<u64>>,
    /// Payload bytes applied since the last local snapshot, or since the start.
    applied_bytes: AtomicU64,
}

struct State {
    generation: Generation,
    standing: Standing,
    /// A standing that the disk holds; `None` until the first persist since the start.
    durable: Option<SnapshotMeta>,
}

impl Replica {
    /// Opens the replica's rows, and makes them when it is new.
    pub fn open(store: Arc<ReplicaStore>, group: GroupId, replica: ReplicaId) -> Result<Self, ReplicaError> {
        let generation = store.claim(group, replica)?;
        let rows = store.store().open(&generation.keyspace())?;
        let standing = Standing::read(&*rows)?;
        let applied = watch::Sender::new(index_of(standing.position));
        let state = State { generation, standing, durable: None };
        Ok(Self { store, rows: RwLock::new(rows), state: Mutex::new(state), applied, applied_bytes: AtomicU64::new(0) })
    }

    /// The group it belongs to.
    pub fn group(&self) -> GroupId {
        self.state().generation.group
    }

    /// Where its records are.
    pub fn store(&self) -> &Arc<ReplicaStore> {
        &self.store
    }

    /// The rows as they are now: committed by construction.
    pub fn view(&self) -> Result<Arc<dyn Records>, RecordError> {
        self.keyspace().snapshot()
    }

    /// The last applied entry and membership.
    pub fn applied_state(&self) -> (Option<LogId>, StoredMembership) {
        let state = self.state();
        (state.standing.position, state.standing.membership.clone())
    }

    /// The fence as of the last applied entry.
    pub fn gate(&self) -> Gate {
        self.state().standing.gate
    }

    /// The index of the last applied entry, as it moves.
    pub fn applied(&self) -> watch::Receiver<Option<u64>> {
        self.applied.subscribe()
    }

    /// Applies entries that follow the last applied one, as one batch of rows: all of them or, on an error, none.
    /// Returns what each came to.
    pub fn apply(&self, entries: &[LogEntry]) -> Result<Vec<Applied>, ReplicaError> {
        let mut state = self.state();
        let mut standing = state.standing.clone();
        let mut writes = Vec::new();
        let outcomes = entries
            .iter()
            .map(|entry| apply_one(&mut standing, entry, &mut writes))
            .collect::<Result<Vec<Applied>, ReplicaError>>()?;
        writes.extend(standing.rows());
        self.keyspace().write(&writes)?;
        state.standing = standing;
        self.applied.send_replace(index_of(state.standing.position));
        self.applied_bytes.fetch_add(entries.iter().map(payload_bytes).sum(), Ordering::Relaxed);
        Ok(outcomes)
    }

    /// What the replica has applied now. After a later [`RecordStore::persist`] tell it with [`Self::made_durable`].
    ///
    /// [`RecordStore::persist`]: baton_ports::record_store::RecordStore::persist
    pub fn standing(&self) -> SnapshotMeta {
        meta_of(&self.state().standing)
    }

    /// Notes that the disk holds `standing`. Returns the last entry that it was known to hold before.
    pub fn made_durable(&self, standing: SnapshotMeta) -> Option<u64> {
        let mut state = self.state();
        let before = state.durable.as_ref().and_then(|durable| durable.last_log_id);
        if before.is_none() || before < standing.last_log_id {
            state.durable = Some(standing);
        }
        index_of(before)
    }

    /// A standing that the disk holds: the last one noted, or one persisted now.
    pub fn durable_standing(&self) -> Result<SnapshotMeta, RecordError> {
        if let Some(durable) = self.state().durable.clone() {
            return Ok(durable);
        }
        let standing = self.standing();
        self.store.store().persist()?;
        self.made_durable(standing.clone());
        Ok(standing)
    }

    /// A snapshot of the rows with what they say of themselves; `None` before the first entry.
    pub fn snapshot(&self) -> Result<Option<(SnapshotMeta, SnapshotData)>, ReplicaError> {
        let view = self.view()?;
        let standing = Standing::read(&*view)?;
        if standing.position.is_none() {
            return Ok(None);
        }
        Ok(Some((meta_of(&standing), SnapshotData::of(&*view))))
    }

    /// Writes a local snapshot if one is due. Returns the last entry of the oldest one that is kept: the log above it may
    /// still be needed.
    pub fn keep_local_snapshot(&self, local: &LocalSnapshots) -> Result<Option<u64>, ReplicaError> {
        let group = self.group();
        let applied_bytes = self.applied_bytes.load(Ordering::Relaxed);
        if local.is_due(group, applied_bytes).map_err(SnapshotError::Io)?
            && let Some((meta, snapshot)) = self.snapshot()?
            && let Some(last_log_id) = meta.last_log_id
        {
            local.write(group, last_log_id, snapshot)?;
            self.applied_bytes.fetch_sub(applied_bytes, Ordering::Relaxed);
        }
        let oldest = local.list(group).map_err(SnapshotError::Io)?.pop();
        Ok(oldest.map(|oldest| oldest.last_log_id.index))
    }

    /// Takes the newest local snapshot that can be read and from which the log, which begins after `purged`, goes on.
    /// `false` when there is none.
    pub fn restore(&self, local: &LocalSnapshots, purged: u64) -> Result<bool, ReplicaError> {
        let group = self.group();
        for found in local.list(group).map_err(SnapshotError::Io)? {
            if found.last_log_id.index < purged {
                break;
            }
            match found.read().map_err(Into::into).and_then(|data| self.install(Some(found.last_log_id), data)) {
                Ok(()) => {
                    tracing::warn!(%group, last = %found.last_log_id, "the records were restored from a local snapshot");
                    return Ok(true);
                }
                Err(error) => {
                    tracing::error!(%group, last = %found.last_log_id, %error, "a local snapshot is of no use");
                }
            }
        }
        Ok(false)
    }

    /// Replaces all rows by those of a snapshot, durably. Up to the instant at which the next generation is taken a crash
    /// leaves the old rows, from then on the new ones.
    pub fn install(&self, announced: Option<LogId>, snapshot: SnapshotData) -> Result<(), ReplicaError> {
        let mut state = self.state();
        let next = state.generation.next();
        let keyspaces = self.store.store();
        keyspaces.drop_keyspace(&next.keyspace())?;
        let rows = keyspaces.open(&next.keyspace())?;
        let standing = fill(&*rows, snapshot).and_then(|()| {
            let standing = Standing::read(&*rows)?;
            if standing.position == announced {
                return Ok(standing);
            }
            Err(ReplicaError::OtherSnapshot { announced, found: standing.position })
        });
        let standing = match standing {
            Ok(standing) => standing,
            Err(error) => {
                drop(rows);
                keyspaces.drop_keyspace(&next.keyspace())?;
                return Err(error);
            }
        };
        self.store.take(next)?;
        let old = std::mem::replace(&mut state.generation, next);
        state.durable = Some(meta_of(&standing));
        state.standing = standing;
        *self.rows.write().unwrap_or_else(PoisonError::into_inner) = rows;
        self.applied.send_replace(index_of(state.standing.position));
        // The snapshot counts: should this fail, the old rows go when the store is next opened.
        if let Err(error) = keyspaces.drop_keyspace(&old.keyspace()) {
            tracing::warn!(%error, "the records that a snapshot replaced are still on the disk");
        }
        Ok(())
    }

    fn keyspace(&self) -> Arc<dyn Keyspace> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic under the lock leaves the state as it was before the batch: it changes last, in plain assignments.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes one entry into `standing` and its rows into `writes`.
fn apply_one(standing: &mut Standing, entry: &LogEntry, writes: &mut Vec<RowWrite>) -> Result<Applied, ReplicaError> {
    let index = entry.log_id.index;
    let expected = standing.position.map_or(0, |position| position.index + 1);
    assert_eq!(index, expected, "entries are applied without a gap");
    standing.position = Some(entry.log_id);
    let payload = match &entry.payload {
        EntryPayload::Blank => return Ok(Applied::Internal),
        EntryPayload::Membership(membership) => {
            standing.membership = StoredMembership::new(Some(entry.log_id), membership.clone());
            return Ok(Applied::Internal);
        }
        EntryPayload::Normal(payload) => payload,
    };
    match decode(&payload.0).map_err(|source| ReplicaError::Entry { index, source })? {
        Entry::Activate(activate) => Ok(standing.gate.activate(index, &activate)),
        Entry::Batch(batch) => {
            let applied = standing.gate.admit(&batch);
            if applied == Applied::Taken {
                if batch.writes.iter().any(|row| !is_group_key(&row.key)) {
                    return Err(ReplicaError::ReservedKey { index });
                }
                writes.extend(batch.writes);
            }
            Ok(applied)
        }
    }
}

/// Whether a key is one that the group may write: not empty, and not below the reserved first byte.
pub fn is_group_key(key: &[u8]) -> bool {
    key.first().is_some_and(|first| *first != RESERVED)
}

fn fill(rows: &dyn Keyspace, snapshot: SnapshotData) -> Result<(), ReplicaError> {
    for chunk in snapshot.chunks() {
        rows.write(&chunk?)?;
    }
    Ok(())
}

fn meta_of(standing: &Standing) -> SnapshotMeta {
    SnapshotMeta { last_log_id: standing.position, last_membership: standing.membership.clone() }
}

fn payload_bytes(entry: &LogEntry) -> u64 {
    match &entry.payload {
        EntryPayload::Normal(payload) => payload.0.len() as u64,
        EntryPayload::Blank | EntryPayload::Membership(_) => 0,
    }
}

fn index_of(position: Option<LogId>) -> Option<u64> {
    position.map(|position| position.index)
}

/// Why a replica cannot go on. Each of them stops its Raft instance: a replica that skips an entry is no replica.
#[derive(Debug, thiserror::Error)]
pub enum ReplicaError {
    /// The store failed.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// The table of generations refused.
    #[error(transparent)]
    Generation(#[from] GenerationError),
    /// A row of consensus cannot be read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// A snapshot is damaged or incomplete.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// An entry cannot be read.
    #[error("the log entry at index {index} cannot be applied")]
    Entry {
        /// Its index.
        index: u64,
        /// What is wrong with it.
        #[source]
        source: EntryError,
    },
    /// An entry writes rows that are not the group's.
    #[error("the log entry at index {index} writes a row of consensus itself")]
    ReservedKey {
        /// Its index.
        index: u64,
    },
    /// A snapshot holds something else than it was announced to.
    #[error("a snapshot was announced at {announced:?} and holds the records at {found:?}")]
    OtherSnapshot {
        /// What its sender said.
        announced: Option<LogId>,
        /// What its rows say.
        found: Option<LogId>,
    },
}

#[cfg(test)]
mod tests;
