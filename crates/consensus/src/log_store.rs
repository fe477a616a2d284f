//! A group's log as openraft wants it, over the log that all groups of a node share.
//!
//! * Entries and votes of a group go through one writer in the order in which openraft hands them over, and a callback
//!   runs when its entries are durable.
//! * Entries are readable as soon as they are handed over. Whoever applies them waits for [`RaftLog::durable`] first.
//! * `committed` is a hint that saves a restarted replica from waiting for its leader; it rides on the next batch.

mod reader;
#[cfg(test)]
mod tests;

use std::io;

use baton_storage::log::error::{AppendError, LogFailed};
use baton_storage::log::{Purged, RaftLog, Row};
use openraft::OptionalSend;
use openraft::storage::{IOFlushed, LogState, RaftLogStorage};

use crate::codec;
use crate::type_config::{LogEntry, LogId, TypeConfig, Vote};

/// The log of one group. Clones are the same log; openraft writes through one of them.
#[derive(Clone)]
pub struct LogStore {
    log: RaftLog,
    group: u32,
}

impl LogStore {
    /// The log of `group`, which may be empty.
    pub fn new(log: RaftLog, group: u32) -> Self {
        Self { log, group }
    }

    /// The log id of the last entry, or of the last purged one.
    async fn last_log_id(&self) -> Result<Option<LogId>, io::Error> {
        let span = self.log.span(self.group);
        if span.first == span.end {
            return span.purged.map(|purged| codec::decode(&purged.mark)).transpose();
        }
        let last = reader::entries(&self.log, self.group, span.end - 1..span.end, usize::MAX).await?;
        Ok(last.last().map(|entry| entry.log_id))
    }
}

impl RaftLogStorage<TypeConfig> for LogStore {
    type LogReader = Self;

    async fn get_log_state(&mut self) -> Result<LogState<TypeConfig>, io::Error> {
        let purged = self.log.span(self.group).purged;
        let last_purged_log_id = purged.map(|purged| codec::decode(&purged.mark)).transpose()?;
        Ok(LogState { last_purged_log_id, last_log_id: self.last_log_id().await? })
    }

    async fn get_log_reader(&mut self) -> Self {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &Vote) -> Result<(), io::Error> {
        Ok(self.log.put_row(self.group, Row::Vote, codec::encode(vote)?).await?)
    }

    async fn save_committed(&mut self, committed: Option<LogId>) -> Result<(), io::Error> {
        self.log.put_row_lazily(self.group, Row::Committed, codec::encode(&committed)?);
        Ok(())
    }

    async fn read_committed(&mut self) -> Result<Option<LogId>, io::Error> {
        let committed = self.log.row(self.group, Row::Committed);
        Ok(committed.map(|bytes| codec::decode(&bytes)).transpose()?.flatten())
    }

    async fn append<I>(&mut self, entries: I, callback: IOFlushed<TypeConfig>) -> Result<(), io::Error>
    where
        I: IntoIterator<Item = LogEntry> + OptionalSend,
        I::IntoIter: OptionalSend,
    {
        let mut first = None;
        let mut encoded = Vec::new();
        for entry in entries {
            first.get_or_insert(entry.log_id.index);
            encoded.push(codec::encode(&entry)?);
        }
        // Nothing to append still has its place behind what was appended before.
        let first = first.unwrap_or_else(|| self.log.span(self.group).end);
        let done =
            Box::new(move |result: Result<(), LogFailed>| callback.io_completed(result.map_err(io::Error::from)));
        match self.log.append(self.group, first, encoded, done).await {
            Ok(()) => Ok(()),
            Err(AppendError::Failed(failed)) => Err(failed.into()),
            Err(AppendError::Gap(gap)) => Err(io::Error::new(io::ErrorKind::InvalidInput, gap)),
        }
    }

    async fn truncate_after(&mut self, last_log_id: Option<LogId>) -> Result<(), io::Error> {
        let end = last_log_id.map_or(0, |log_id| log_id.index + 1);
        Ok(self.log.truncate(self.group, end).await?)
    }

    async fn purge(&mut self, log_id: LogId) -> Result<(), io::Error> {
        let purged = Purged { through: log_id.index, mark: codec::encode(&log_id)? };
        Ok(self.log.purge(self.group, purged).await?)
    }
}
