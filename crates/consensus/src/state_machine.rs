//! The state machine that openraft drives: entries become rows, in order, each exactly once.
//!
//! Invariants: an entry is applied only when the local log holds it durably; the rows, the gate, the position and the
//! membership of the entries applied together are one atomic batch; every proposer gets its answer after that batch is
//! written; no disk is touched on an async worker.
//!
//! ```text
//! openraft ──entries──▶ StateMachine ──durable?──▶ log
//!                           └──storage thread──▶ Replica ──one batch──▶ records
//! ```

pub mod generations;
pub mod replica;
pub mod rows;
pub mod threads;

use std::io;
use std::sync::Arc;

use baton_storage::log::durable::DurableWatch;
use futures::{FutureExt, Stream, StreamExt, TryStreamExt};
use openraft::alias::SnapshotOf;
use openraft::storage::{ApplyResponder, EntryResponder, RaftSnapshotBuilder, RaftStateMachine};
use openraft::{EntryPayload, OptionalSend};
use tokio::sync::watch;

use self::replica::Replica;
use self::rows::StoredMembership;
use self::threads::StorageThreads;
use crate::observer::{ApplyDone, Observer};
use crate::snapshot::{SnapshotData, SnapshotMeta};
use crate::type_config::{LogEntry, LogId, TypeConfig};

/// Entries that are applied as one batch. More that are ready wait for the next one: a larger batch gains nothing and
/// makes the first proposer wait for the last.
const BATCH_ENTRIES_MAX: usize = 256;
/// Payload bytes that are applied as one batch, for the same reason.
const BATCH_BYTES_MAX: usize = 4 << 20;

/// One replica's state machine.
pub struct StateMachine {
    replica: Arc<Replica>,
    log: DurableWatch,
    threads: Threads,
    observer: Arc<dyn Observer>,
    /// Closed when openraft lets go of the state machine, and with it of the records.
    _alive: watch::Sender<()>,
}

/// Where a state machine works.
#[derive(Clone)]
pub struct Threads {
    /// Where entries are applied.
    pub apply: StorageThreads,
    /// Where snapshots are installed, apart because that takes long.
    pub install: StorageThreads,
}

impl StateMachine {
    /// A state machine, and a receiver that ends when openraft has dropped it.
    pub fn new(
        replica: Arc<Replica>,
        log: DurableWatch,
        threads: Threads,
        observer: Arc<dyn Observer>,
    ) -> (Self, watch::Receiver<()>) {
        let (alive, gone) = watch::channel(());
        (Self { replica, log, threads, observer, _alive: alive }, gone)
    }

    async fn apply_batch(&mut self, batch: Batch) -> io::Result<()> {
        let Some(last) = batch.entries.last() else { return Ok(()) };
        let began = self.observer.machine_time();
        self.log.reached(last.log_id.index).await.map_err(io::Error::other)?;
        let durable = self.observer.machine_time();
        let replica = self.replica.clone();
        let entries = batch.entries.len();
        let outcomes = on_thread(&self.threads.apply, move || replica.apply(&batch.entries)).await?;
        self.observer.applied(&ApplyDone {
            group: self.replica.group(),
            entries,
            bytes: batch.bytes,
            waited: durable.saturating_sub(began),
            took: self.observer.machine_time().saturating_sub(durable),
        });
        for (responder, outcome) in batch.responders.into_iter().zip(outcomes) {
            if let Some(responder) = responder {
                responder.send(outcome.into());
            }
        }
        Ok(())
    }
}

async fn on_thread<T, E>(threads: &StorageThreads, job: impl FnOnce() -> Result<T, E> + Send + 'static) -> io::Result<T>
where
    T: Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    threads.run(job).await.map_err(io::Error::other)?.map_err(io::Error::other)
}

/// Entries that are applied together.
#[derive(Default)]
struct Batch {
    entries: Vec<LogEntry>,
    responders: Vec<Option<ApplyResponder<TypeConfig>>>,
    bytes: usize,
}

impl Batch {
    /// The next entry, as soon as there is one, and all that are ready behind it, within the bounds.
    async fn collect<S>(entries: &mut S) -> io::Result<Self>
    where
        S: Stream<Item = Result<EntryResponder<TypeConfig>, io::Error>> + Unpin,
    {
        let mut batch = Self::default();
        if let Some(first) = entries.try_next().await? {
            batch.push(first);
        }
        while !batch.entries.is_empty() && batch.entries.len() < BATCH_ENTRIES_MAX && batch.bytes < BATCH_BYTES_MAX {
            let Some(Some(ready)) = entries.next().now_or_never() else { break };
            batch.push(ready?);
        }
        Ok(batch)
    }

    fn push(&mut self, (entry, responder): EntryResponder<TypeConfig>) {
        if let EntryPayload::Normal(payload) = &entry.payload {
            self.bytes += payload.0.len();
        }
        self.entries.push(entry);
        self.responders.push(responder);
    }
}

impl RaftStateMachine<TypeConfig> for StateMachine {
    type SnapshotData = SnapshotData;
    type SnapshotBuilder = SnapshotBuilder;

    async fn applied_state(&mut self) -> Result<(Option<LogId>, StoredMembership), io::Error> {
        Ok(self.replica.applied_state())
    }

    async fn apply<S>(&mut self, mut entries: S) -> Result<(), io::Error>
    where
        S: Stream<Item = Result<EntryResponder<TypeConfig>, io::Error>> + Unpin + OptionalSend,
    {
        loop {
            let batch = Batch::collect(&mut entries).await?;
            if batch.entries.is_empty() {
                return Ok(());
            }
            self.apply_batch(batch).await?;
        }
    }

    async fn get_snapshot_builder(&mut self) -> Self::SnapshotBuilder {
        SnapshotBuilder { replica: self.replica.clone(), threads: self.threads.apply.clone() }
    }

    async fn install_snapshot(&mut self, meta: &SnapshotMeta, snapshot: SnapshotData) -> Result<(), io::Error> {
        let replica = self.replica.clone();
        let announced = meta.last_log_id;
        on_thread(&self.threads.install, move || replica.install(announced, snapshot)).await
    }

    async fn get_current_snapshot(&mut self) -> Result<Option<SnapshotOf<TypeConfig, SnapshotData>>, io::Error> {
        let replica = self.replica.clone();
        let snapshot = on_thread(&self.threads.apply, move || replica.snapshot()).await?;
        Ok(snapshot.map(|(meta, snapshot)| SnapshotOf::<TypeConfig, SnapshotData> { meta, snapshot }))
    }
}

/// Builds a snapshot by making sure that the disk holds the rows: the rows are the snapshot.
pub struct SnapshotBuilder {
    replica: Arc<Replica>,
    threads: StorageThreads,
}

impl RaftSnapshotBuilder<TypeConfig> for SnapshotBuilder {
    type SnapshotData = SnapshotData;

    async fn build_snapshot(&mut self) -> Result<SnapshotOf<TypeConfig, SnapshotData>, io::Error> {
        let replica = self.replica.clone();
        let built = self.threads.run(move || {
            let meta = replica.durable_standing().map_err(io::Error::other)?;
            let view = replica.view().map_err(io::Error::other)?;
            Ok::<_, io::Error>((meta, SnapshotData::of(&*view)))
        });
        let (meta, snapshot) = built.await.map_err(io::Error::other)??;
        Ok(SnapshotOf::<TypeConfig, SnapshotData> { meta, snapshot })
    }
}
