//! The handle of the log: what consensus asks of it.
//!
//! Nothing here waits for the disk on an async worker: changes go to the log thread, entries that are no longer in memory
//! are read on tokio's blocking threads.

use std::ops::Range;
use std::sync::Arc;
use std::thread::JoinHandle;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

use super::command::{Change, Checkpointed, Command, Done, Write};
use super::config::{CHECKPOINT_BYTES, LogConfig, QUEUE_KIB_MAX, QUEUE_WRITES_MAX};
use super::disk::{LogDisk, LogFile};
use super::durable::DurableWatch;
use super::error::{AppendError, LogFailed, OpenLogError, ReadError};
use super::frame::FRAME_HEADER_LEN;
use super::group::{Group, Purged};
use super::read::{Found, read_found};
use super::record::Row;
use super::replay::replay;
use super::state::{Shared, State};
use super::synced::Position;
use super::writer::Writer;

/// The Raft log of all groups of a node. Clones share it; when the last one is dropped, the log thread ends what it has
/// begun and is joined.
#[derive(Clone)]
pub struct RaftLog {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    room: Arc<Semaphore>,
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
}

/// What a group's log holds: entries `first..end`, and the mark of what was purged before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The first entry; `end` if there is none.
    pub first: u64,
    /// One past the last entry.
    pub end: u64,
    /// The last entry that was purged.
    pub purged: Option<Purged>,
}

/// One entry as consensus encoded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its index.
    pub index: u64,
    /// Its bytes.
    pub bytes: Bytes,
}

impl RaftLog {
    /// Reads and checks the whole log of `disk` and starts the log thread. Blocks while it reads.
    pub fn open(config: LogConfig, disk: Arc<dyn LogDisk>) -> Result<Self, OpenLogError> {
        let replayed = replay(disk.as_ref())?;
        let folder = disk.describe();
        let failed = |source| OpenLogError::Disk { folder: folder.clone(), source };
        let (end, leftovers) = (replayed.end, replayed.leftovers);
        let shared = Arc::new(Shared::new(State { groups: replayed.groups, segments: replayed.segments }, 0));
        if let Some(end) = end {
            let noted = replayed.noted.filter(|noted| noted.segment == end.segment);
            make_durable(&shared, noted.map_or(0, |noted| noted.offset), end).map_err(failed)?;
        }
        for name in leftovers {
            disk.remove(&name).map_err(failed)?;
        }
        disk.sync_names().map_err(failed)?;
        let writer = Writer::new(config, disk, shared.clone(), end).map_err(failed)?;
        let (commands, queue) = mpsc::channel(QUEUE_WRITES_MAX);
        let thread = std::thread::Builder::new().name("raft-log".to_owned()).spawn(move || writer.run(queue));
        let thread = Some(thread.map_err(failed)?);
        let room = Arc::new(Semaphore::new(QUEUE_KIB_MAX as usize));
        Ok(Self { inner: Arc::new(Inner { shared, room, commands: Some(commands), thread }) })
    }

    /// The groups that the log knows.
    pub fn groups(&self) -> Vec<u32> {
        self.inner.shared.lock().groups.keys().copied().collect()
    }

    /// What the group's log holds, durable or not yet.
    pub fn span(&self, group: u32) -> Span {
        let state = self.inner.shared.lock();
        let (first, end, purged) =
            state.groups.get(&group).map_or((0, 0, None), |g| (g.first(), g.end(), g.purged().cloned()));
        Span { first, end, purged }
    }

    /// A row of the group.
    pub fn row(&self, group: u32, row: Row) -> Option<Bytes> {
        self.inner.shared.lock().groups.get(&group)?.row(row)
    }

    /// Entries of `range` that the log holds, up to about `bytes_max` but at least one. They may begin later than the
    /// range if its start was purged, and have no holes.
    pub async fn entries(&self, group: u32, range: Range<u64>, bytes_max: usize) -> Result<Vec<LogEntry>, ReadError> {
        self.inner.shared.check()?;
        let found = self.inner.shared.lock().find(group, range, bytes_max);
        if found.iter().all(|(_, found)| matches!(found, Found::InMemory(_))) {
            return read_found(group, found);
        }
        let read = tokio::task::spawn_blocking(move || read_found(group, found)).await;
        read.unwrap_or_else(|e| Err(ReadError::Failed(LogFailed { reason: e.to_string().into() })))
    }

    /// Appends entries from index `first` on. They are readable when this returns, durable when `done` is called.
    pub async fn append(&self, group: u32, first: u64, entries: Vec<Bytes>, done: Done) -> Result<(), AppendError> {
        let bytes: usize = entries.iter().map(Bytes::len).sum();
        let room = self.room(bytes).await?;
        let slot = self.slot().await?;
        let mut state = self.inner.shared.lock();
        state.groups.entry(group).or_default().push(group, first, &entries)?;
        // Sent under the lock, so that the log thread sees changes of a group in the order in which they were made.
        slot.send(Command::Write(Write { group, change: Change::Append { first, entries }, done, room: Some(room) }));
        Ok(())
    }

    /// Removes the entries from `end` on; returns when that is durable.
    pub async fn truncate(&self, group: u32, end: u64) -> Result<(), LogFailed> {
        self.change(group, Change::Truncate { end }, |group| group.cut(end)).await
    }

    /// Removes the entries through `purged.through` and remembers the mark; returns when that is durable. The log may be
    /// purged beyond its end, as after a snapshot from a leader; it then goes on behind that index.
    pub async fn purge(&self, group: u32, purged: Purged) -> Result<(), LogFailed> {
        self.change(group, Change::Purge(purged), |_| {}).await
    }

    /// Writes a row; returns when it is durable.
    pub async fn put_row(&self, group: u32, row: Row, value: Bytes) -> Result<(), LogFailed> {
        self.change(group, Change::PutRow { row, value }, |_| {}).await
    }

    /// Sets a row that may be lost in a crash: it is written with the group's next entries, at no cost of its own.
    pub fn put_row_lazily(&self, group: u32, row: Row, value: Bytes) {
        self.inner.shared.lock().groups.entry(group).or_default().put_lazy_row(row, value);
    }

    /// Forgets everything of a group; returns when that is durable.
    pub async fn drop_group(&self, group: u32) -> Result<(), LogFailed> {
        self.change(group, Change::Drop, |_| {}).await
    }

    /// Follows how far the group's log is durable.
    pub fn durable(&self, group: u32) -> DurableWatch {
        let mut state = self.inner.shared.lock();
        let group = state.groups.entry(group).or_default();
        if self.inner.shared.check().is_err() {
            group.publish_stop();
        }
        DurableWatch::new(group.durable(), self.inner.shared.failed())
    }

    /// Becomes `Some` when the log has stopped. Every group of the node ends with it.
    pub fn failed(&self) -> watch::Receiver<Option<LogFailed>> {
        self.inner.shared.failed()
    }

    /// Whether so much was written since the last [`RaftLog::checkpoint`] that one is due
    /// ([`CHECKPOINT_BYTES`]). The caller also makes one every
    /// [`CHECKPOINT_INTERVAL_SECONDS`](super::config::CHECKPOINT_INTERVAL_SECONDS).
    pub fn checkpoint_is_due(&self) -> bool {
        self.inner.shared.bytes_since_checkpoint() >= CHECKPOINT_BYTES
    }

    /// Notes how far the log is durable and lets go of the segments that nobody needs. Call it after the groups' records
    /// were persisted and their logs purged.
    pub async fn checkpoint(&self) -> Result<Checkpointed, LogFailed> {
        let (answer, answered) = oneshot::channel();
        self.slot().await?.send(Command::Checkpoint(answer));
        answered.await.unwrap_or_else(|_| Err(self.inner.stopped()))
    }

    /// Makes a change visible by `visibly`, queues it, and waits until it is durable.
    async fn change(&self, group: u32, change: Change, visibly: impl FnOnce(&mut Group)) -> Result<(), LogFailed> {
        let (answer, answered) = oneshot::channel();
        let done: Done = Box::new(move |result| {
            let _ = answer.send(result);
        });
        let slot = self.slot().await?;
        {
            let mut state = self.inner.shared.lock();
            visibly(state.groups.entry(group).or_default());
            slot.send(Command::Write(Write { group, change, done, room: None }));
        }
        answered.await.unwrap_or_else(|_| Err(self.inner.stopped()))
    }

    async fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit, LogFailed> {
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(QUEUE_KIB_MAX).clamp(1, QUEUE_KIB_MAX);
        self.inner.room.clone().acquire_many_owned(kib).await.map_err(|_| self.inner.stopped())
    }

    async fn slot(&self) -> Result<mpsc::Permit<'_, Command>, LogFailed> {
        self.inner.shared.check()?;
        let commands = self.inner.commands.as_ref().ok_or_else(|| self.inner.stopped())?;
        commands.reserve().await.map_err(|_| self.inner.stopped())
    }
}

impl Inner {
    fn stopped(&self) -> LogFailed {
        let unknown = || LogFailed { reason: "its thread has ended".into() };
        self.shared.check().err().unwrap_or_else(unknown)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.commands = None;
        let Some(thread) = self.thread.take() else { return };
        // A callback may hold the last handle; the log thread cannot wait for itself.
        if thread.thread().id() != std::thread::current().id() {
            let _ = thread.join();
        }
    }
}

/// Makes what was replayed the one truth about the disk before anyone relies on it.
///
/// Writes the last segment from `from` on again and syncs it: a process that was killed may have left it in the page cache
/// only, and after a failed sync the kernel no longer knows that it is not on the disk. And wipes the header of a torn
/// frame behind the end: the next frame, torn in its turn, could otherwise complete it, if they share bytes.
fn make_durable(shared: &Shared, from: u64, end: Position) -> std::io::Result<()> {
    let file: Arc<dyn LogFile> = shared.lock().segments[&end.segment].clone();
    let length = usize::try_from(end.offset - from).map_err(std::io::Error::other)?;
    let mut bytes = vec![0; length];
    file.read_at(&mut bytes, from)?;
    bytes.extend_from_slice(&[0; FRAME_HEADER_LEN]);
    file.write_at(&bytes, from)?;
    file.sync()
}
