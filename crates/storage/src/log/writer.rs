//! The log thread: the one writer of the log.
//!
//! It takes everything that is queued, writes it as one frame, syncs once, and then tells everyone in the order in which
//! they asked. After a write or a sync that failed, what the disk holds is unknown: the thread fails what waits and what
//! comes, and touches the disk no more.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::command::{Change, Checkpointed, Command, Write};
use super::config::{BATCH_BYTES_MAX, BATCH_WRITES_MAX, LogConfig, SEGMENT_BYTES_MAX, SPARE_SEGMENTS_MAX};
use super::disk::{LogDisk, LogFile};
use super::error::LogFailed;
use super::frame;
use super::group::Location;
use super::record::{Kind, Record, Row};
use super::segment;
use super::state::{Shared, State};
use super::synced::{self, Position};

pub(super) struct Writer {
    config: LogConfig,
    disk: Arc<dyn LogDisk>,
    shared: Arc<Shared>,
    file: Arc<dyn LogFile>,
    position: Position,
    frame: Vec<u8>,
    spares: Vec<String>,
}

impl Writer {
    /// Takes over a log whose last segment ends at `position`; begins the first segment of an empty one.
    pub(super) fn new(
        mut config: LogConfig,
        disk: Arc<dyn LogDisk>,
        shared: Arc<Shared>,
        position: Option<Position>,
    ) -> io::Result<Self> {
        config.segment_bytes = config.segment_bytes.min(SEGMENT_BYTES_MAX);
        let known = position.and_then(|position| {
            let file = shared.lock().segments.get(&position.segment).cloned();
            file.map(|file| (position, file))
        });
        let (position, file) = match known {
            Some(known) => known,
            None => begin_segment(disk.as_ref(), &config, &shared, 1, 0, None)?,
        };
        Ok(Self { config, disk, shared, file, position, frame: Vec::new(), spares: Vec::new() })
    }

    /// Serves commands until every handle is gone.
    pub(super) fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        while let Some(command) = commands.blocking_recv() {
            // A callback that panics stops the log like a failed write: the order of answers is broken.
            let served = catch_unwind(AssertUnwindSafe(|| self.serve(command, &mut commands)));
            if let Err(failure) = served.unwrap_or_else(|_| Err(panicked())) {
                tracing::error!(reason = %failure.reason, "the Raft log has stopped");
                self.shared.fail(&failure);
                fail_rest(&failure, commands);
                return;
            }
        }
        // After an orderly end nothing of the log can be a torn tail.
        if let Err(error) = synced::write(self.disk.as_ref(), self.position) {
            tracing::warn!(%error, "the end of the Raft log was not noted");
        }
    }

    /// Serves `first` and what is queued behind it, up to one batch.
    fn serve(&mut self, first: Command, commands: &mut mpsc::Receiver<Command>) -> Result<(), LogFailed> {
        let mut writes = Vec::new();
        let mut bytes = 0;
        let mut next = Some(first);
        let mut checkpoint = None;
        while let Some(command) = next {
            match command {
                Command::Write(write) => {
                    bytes += write.change.size();
                    writes.push(write);
                }
                Command::Checkpoint(answer) => {
                    checkpoint = Some(answer);
                    break;
                }
            }
            let full = bytes >= BATCH_BYTES_MAX || writes.len() >= BATCH_WRITES_MAX;
            next = if full { None } else { commands.try_recv().ok() };
        }
        let result = stop_on_panic(|| self.write(&writes));
        let located = match result {
            Ok(located) => located,
            Err(failure) => {
                // Whoever learns of the failure must find the log stopped.
                self.shared.fail(&failure);
                for write in writes {
                    (write.done)(Err(failure.clone()));
                }
                if let Some(answer) = checkpoint {
                    let _ = answer.send(Err(failure.clone()));
                }
                return Err(failure);
            }
        };
        self.finish(writes, located);
        let Some(answer) = checkpoint else { return Ok(()) };
        let result = stop_on_panic(|| self.checkpoint());
        if let Err(failure) = &result {
            self.shared.fail(failure);
        }
        let outcome = result.as_ref().map(|_| ()).map_err(LogFailed::clone);
        let _ = answer.send(result);
        outcome
    }

    /// Writes one frame and syncs it. Returns where the entries lie, in order.
    fn write(&mut self, writes: &[Write]) -> io::Result<Vec<Location>> {
        if writes.is_empty() {
            return Ok(Vec::new());
        }
        if self.position.offset >= self.config.segment_bytes {
            self.roll()?;
        }
        let lazy_rows = self.take_lazy_rows(writes);
        frame::begin(&mut self.frame);
        let mut located = Vec::new();
        for write in writes {
            self.encode(write, &mut located)?;
        }
        for (group, rows) in &lazy_rows {
            for (row, value) in rows {
                let record = Record { kind: Kind::Row, group: *group, number: row.number(), bytes: value };
                record.encode(&mut self.frame);
            }
        }
        frame::seal(&mut self.frame, self.position.segment, self.position.offset);
        self.file.write_at(&self.frame, self.position.offset)?;
        self.file.sync()?;
        let length = self.frame.len() as u64;
        self.position.offset += length;
        self.shared.count_written(length);
        self.frame.shrink_to(BATCH_BYTES_MAX);
        Ok(located)
    }

    fn encode(&mut self, write: &Write, located: &mut Vec<Location>) -> io::Result<()> {
        let group = write.group;
        let out = &mut self.frame;
        let nothing: &[u8] = &[];
        let (kind, number, bytes) = match &write.change {
            Change::Append { first, entries } => {
                for (index, entry) in (*first..).zip(entries) {
                    let offset = u32::try_from(self.position.offset + out.len() as u64).map_err(io::Error::other)?;
                    let length = Record { kind: Kind::Entry, group, number: index, bytes: entry }.encode(out);
                    located.push(Location { segment: self.position.segment, offset, length });
                }
                return Ok(());
            }
            Change::Truncate { end } => (Kind::Truncate, *end, nothing),
            Change::Purge(purged) => (Kind::Purge, purged.through, purged.mark.as_ref()),
            Change::PutRow { row, value } => (Kind::Row, row.number(), value.as_ref()),
            Change::Drop => (Kind::Drop, 0, nothing),
        };
        Record { kind, group, number, bytes }.encode(out);
        Ok(())
    }

    /// The rows that waited for a batch with entries of their group.
    fn take_lazy_rows(&self, writes: &[Write]) -> BTreeMap<u32, BTreeMap<Row, Bytes>> {
        let mut state = self.shared.lock();
        let mut rows = BTreeMap::new();
        for write in writes.iter().filter(|write| matches!(write.change, Change::Append { .. })) {
            if let Some(group) = state.groups.get_mut(&write.group) {
                rows.entry(write.group).or_insert_with(|| group.take_lazy_rows());
            }
        }
        rows
    }

    /// Makes what is durable visible, then tells everyone.
    fn finish(&self, writes: Vec<Write>, located: Vec<Location>) {
        let mut located = located.into_iter();
        let mut state = self.shared.lock();
        let mut answers = Vec::with_capacity(writes.len());
        for write in writes {
            state.apply(write.group, write.change, &mut located, self.config.cached_bytes_per_group);
            answers.push((write.done, write.room));
        }
        drop(state);
        for (done, room) in answers {
            done(Ok(()));
            drop(room);
        }
    }

    fn roll(&mut self) -> io::Result<()> {
        let (number, end) = (self.position.segment + 1, self.position.offset);
        let spare = self.spares.pop();
        let begun = begin_segment(self.disk.as_ref(), &self.config, &self.shared, number, end, spare)?;
        (self.position, self.file) = begun;
        Ok(())
    }

    fn checkpoint(&mut self) -> io::Result<Checkpointed> {
        synced::write(self.disk.as_ref(), self.position)?;
        let (removed, pinning_groups) = self.shared.lock().release_segments(self.position.segment);
        let segments_removed = removed.len();
        let mut spares = Vec::new();
        for (number, file) in removed {
            // A file that a reader still holds must keep its bytes.
            let unread = Arc::strong_count(&file) == 1;
            if unread && self.spares.len() + spares.len() < SPARE_SEGMENTS_MAX {
                let spare = segment::spare_name(number);
                self.disk.rename(&segment::name(number), &spare)?;
                spares.push(spare);
            } else {
                self.disk.remove(&segment::name(number))?;
            }
        }
        if segments_removed > 0 {
            // Before a spare is written again: a crash must not find the new bytes under the old name.
            self.disk.sync_names()?;
            self.spares.append(&mut spares);
        }
        self.shared.count_checkpoint();
        Ok(Checkpointed { segments_removed, pinning_groups })
    }
}

impl State {
    /// Follows a change that is durable.
    fn apply(&mut self, id: u32, change: Change, located: &mut impl Iterator<Item = Location>, cached_bytes: usize) {
        if matches!(change, Change::Drop) {
            self.groups.remove(&id);
            return;
        }
        let group = self.groups.entry(id).or_default();
        match change {
            Change::Append { first, entries } => {
                for (index, location) in (first..).zip(located.by_ref().take(entries.len())) {
                    let follows = group.locate(index, location);
                    assert!(follows, "the handle let a hole pass at {index} of group {id}");
                }
            }
            Change::Truncate { end } => {
                group.truncate(end);
                group.cut_is_durable();
            }
            Change::Purge(purged) => group.purge(purged),
            Change::PutRow { row, value } => group.put_row(row, value),
            Change::Drop => {}
        }
        group.shrink_tail(cached_bytes);
        group.publish();
    }

    /// Takes out the segments below every live entry; and says which groups keep older ones than `current`.
    fn release_segments(&mut self, current: u64) -> (BTreeMap<u64, Arc<dyn LogFile>>, Vec<u32>) {
        let oldest = self.groups.values().filter_map(super::group::Group::oldest_segment).min();
        let keep_from = oldest.unwrap_or(current).min(current);
        let kept = self.segments.split_off(&keep_from);
        let released = std::mem::replace(&mut self.segments, kept);
        let pins = |group: &super::group::Group| group.oldest_segment().is_some_and(|segment| segment < current);
        let pinning = self.groups.iter().filter(|(_, group)| pins(group)).map(|(id, _)| *id).collect();
        (released, pinning)
    }
}

impl Change {
    /// What the change takes up in a batch, about.
    fn size(&self) -> usize {
        match self {
            Self::Append { entries, .. } => entries.iter().map(|e| e.len() + super::record::RECORD_HEADER_LEN).sum(),
            Self::PutRow { value, .. } => value.len(),
            Self::Truncate { .. } | Self::Purge(_) | Self::Drop => super::record::RECORD_HEADER_LEN,
        }
    }
}

/// Begins a segment with the table of all groups; returns where its next frame goes once it is durable.
fn begin_segment(
    disk: &dyn LogDisk,
    config: &LogConfig,
    shared: &Shared,
    number: u64,
    previous_end: u64,
    spare: Option<String>,
) -> io::Result<(Position, Arc<dyn LogFile>)> {
    let name = segment::name(number);
    let file = match spare {
        Some(spare) => {
            disk.rename(&spare, &name)?;
            disk.open(&name)?
        }
        None => disk.create(&name)?,
    };
    file.allocate(config.segment_bytes)?;
    let opening = segment::opening(number, previous_end, shared.lock().groups.iter().map(|(id, group)| (*id, group)));
    file.write_at(&opening, 0)?;
    file.sync()?;
    disk.sync_names()?;
    shared.lock().segments.insert(number, file.clone());
    Ok((Position { segment: number, offset: opening.len() as u64 }, file))
}

/// Turns whatever ends a write into the reason for which the log stops.
fn stop_on_panic<T>(work: impl FnOnce() -> io::Result<T>) -> Result<T, LogFailed> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|e| LogFailed { reason: e.to_string().into() }),
        Err(_) => Err(panicked()),
    }
}

fn panicked() -> LogFailed {
    LogFailed { reason: "the log thread panicked".into() }
}

fn fail_rest(failure: &LogFailed, mut commands: mpsc::Receiver<Command>) {
    commands.close();
    while let Some(command) = commands.blocking_recv() {
        match command {
            Command::Write(write) => (write.done)(Err(failure.clone())),
            Command::Checkpoint(answer) => {
                let _ = answer.send(Err(failure.clone()));
            }
        }
    }
}
