//! What a log must hold after a list of operations, written as plainly as possible.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

use super::super::{Done, Purged, RaftLog, Row};

/// One operation on the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Op {
    /// Appends this many entries, not waiting until they are durable.
    Append { group: u32, count: u64 },
    /// Removes this many entries from the end.
    CutBack { group: u32, count: u64 },
    /// Purges through the first index plus this.
    Purge { group: u32, ahead: u64 },
    /// Saves a vote.
    Vote { group: u32 },
    /// Forgets the group.
    Drop { group: u32 },
    /// Checkpoints the log.
    Checkpoint,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Model {
    groups: BTreeMap<u32, Group>,
    /// Makes the bytes of each operation its own, so that a replaced entry is told from the one before.
    operations: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Group {
    entries: BTreeMap<u64, Bytes>,
    purged: Option<u64>,
    vote: Option<Bytes>,
}

/// The model after each operation, and how many operations the log acknowledged.
pub(super) struct Played {
    pub history: Vec<Model>,
    pub acknowledged: usize,
}

impl Model {
    fn next_bytes(&self) -> Bytes {
        Bytes::from(format!("{:-<1$}", self.operations, 20 + usize::try_from(self.operations * 37 % 300).unwrap()))
    }

    fn group(&self, group: u32) -> Group {
        self.groups.get(&group).cloned().unwrap_or_default()
    }

    /// Plays operations until the log fails or they are over.
    pub(super) async fn play(self, log: &RaftLog, ops: &[Op]) -> Played {
        let acknowledged = Arc::new(AtomicUsize::new(0));
        let mut history = vec![self];
        for (at, op) in ops.iter().enumerate() {
            let mut model = history[at].clone();
            model.operations += 1;
            let bytes = model.next_bytes();
            let counter = acknowledged.clone();
            let done: Done = Box::new(move |result| {
                if result.is_ok() {
                    assert!(counter.fetch_max(at + 1, Ordering::SeqCst) <= at, "callbacks out of order");
                }
            });
            let result = model.step(log, op, bytes, done).await;
            history.push(model);
            match result {
                Ok(true) => drop(acknowledged.fetch_max(at + 1, Ordering::SeqCst)),
                Ok(false) => {}
                Err(_) => break,
            }
        }
        // The queue is in order: when this is answered, so is everything before it.
        if log.put_row(u32::MAX, Row::Checkpoint, Bytes::new()).await.is_ok() {
            acknowledged.fetch_max(ops.len(), Ordering::SeqCst);
        }
        Played { history, acknowledged: acknowledged.load(Ordering::SeqCst) }
    }

    /// Does one operation to the model and asks the log for the same. `true` if it is durable when this returns.
    async fn step(&mut self, log: &RaftLog, op: &Op, bytes: Bytes, done: Done) -> Result<bool, String> {
        let before = self.clone();
        self.follow(op, &bytes);
        let result = match *op {
            Op::Append { group, count } => {
                let entries = vec![bytes; usize::try_from(count).unwrap()];
                let appended = log.append(group, before.group(group).end(), entries, done).await;
                return appended.map(|()| false).map_err(|e| e.to_string());
            }
            Op::CutBack { group, .. } => log.truncate(group, self.group(group).end()).await,
            Op::Purge { group, .. } => {
                let through = self.group(group).purged.unwrap();
                log.purge(group, Purged { through, mark: Bytes::from(through.to_string()) }).await
            }
            Op::Vote { group } => log.put_row(group, Row::Vote, bytes).await,
            Op::Drop { group } => log.drop_group(group).await,
            Op::Checkpoint => log.checkpoint().await.map(drop),
        };
        result.map(|()| true).map_err(|e| e.to_string())
    }

    fn follow(&mut self, op: &Op, bytes: &Bytes) {
        match *op {
            Op::Append { group, count } => {
                let group = self.groups.entry(group).or_default();
                let first = group.end();
                group.entries.extend((first..first + count).map(|index| (index, bytes.clone())));
            }
            Op::CutBack { group, count } => {
                let group = self.groups.entry(group).or_default();
                let end = group.end().saturating_sub(count);
                group.entries.split_off(&end);
            }
            Op::Purge { group, ahead } => {
                let group = self.groups.entry(group).or_default();
                let through = group.entries.keys().next().copied().unwrap_or(group.end()) + ahead;
                group.entries = group.entries.split_off(&(through + 1));
                group.purged = Some(through);
            }
            Op::Vote { group } => self.groups.entry(group).or_default().vote = Some(bytes.clone()),
            Op::Drop { group } => drop(self.groups.remove(&group)),
            Op::Checkpoint => {}
        }
    }

    /// What a log holds.
    pub(super) async fn observe(log: &RaftLog) -> Self {
        let mut groups = BTreeMap::new();
        for id in log.groups() {
            let span = log.span(id);
            let read = log.entries(id, 0..u64::MAX, usize::MAX).await.unwrap();
            assert_eq!(read.iter().map(|e| e.index).collect::<Vec<_>>(), (span.first..span.end).collect::<Vec<_>>());
            assert_eq!(log.durable(id).end(), span.end);
            let entries = read.into_iter().map(|entry| (entry.index, entry.bytes)).collect();
            let purged = span.purged.map(|purged| purged.through);
            groups.insert(id, Group { entries, purged, vote: log.row(id, Row::Vote) });
        }
        Self { groups, operations: 0 }.comparable()
    }

    /// Without what a reader cannot tell.
    pub(super) fn comparable(mut self) -> Self {
        self.operations = 0;
        self.groups.retain(|_, group| *group != Group::default());
        self
    }
}

impl Group {
    fn end(&self) -> u64 {
        let behind_purged = self.purged.map_or(0, |purged| purged + 1);
        self.entries.keys().next_back().map_or(behind_purged, |last| last + 1)
    }
}
