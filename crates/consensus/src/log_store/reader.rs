//! Reading a group's log: by replication, by the state machine, and by openraft when it starts.

use std::fmt::Debug;
use std::io;
use std::ops::{Bound, Range, RangeBounds};

use baton_storage::log::RaftLog;
use baton_storage::log::error::ReadError;
use futures::stream::{self, Stream};
use openraft::storage::RaftLogReader;
use openraft::{OptionalSend, alias};

use super::LogStore;
use crate::codec;
use crate::type_config::{LogEntry, TypeConfig, Vote};

/// Encoded bytes of entries that are read at a time: what fits one replication message and keeps a replay of a long log
/// from holding all of it. The reader asks again for the rest; one larger entry is read alone.
const READ_BYTES_MAX: usize = 1 << 20;

impl RaftLogReader<TypeConfig> for LogStore {
    async fn try_get_log_entries<RB>(&mut self, range: RB) -> Result<Vec<LogEntry>, io::Error>
    where
        RB: RangeBounds<u64> + Clone + Debug + OptionalSend,
    {
        entries(&self.log, self.group, half_open(&range), usize::MAX).await
    }

    async fn read_vote(&mut self) -> Result<Option<Vote>, io::Error> {
        let vote = self.log.row(self.group, baton_storage::log::Row::Vote);
        vote.map(|bytes| codec::decode(&bytes)).transpose()
    }

    async fn limited_get_log_entries(&mut self, start: u64, end: u64) -> Result<Vec<LogEntry>, io::Error> {
        entries(&self.log, self.group, start..end, READ_BYTES_MAX).await
    }

    async fn entries_stream<RB>(
        &mut self,
        range: RB,
    ) -> impl Stream<Item = Result<alias::EntryOf<TypeConfig>, io::Error>> + OptionalSend
    where
        RB: RangeBounds<u64> + Clone + Debug + OptionalSend,
    {
        stream(self.log.clone(), self.group, half_open(&range))
    }
}

/// Reads and decodes entries of `range`, about `bytes_max` of them but at least one.
pub(super) async fn entries(
    log: &RaftLog,
    group: u32,
    range: Range<u64>,
    bytes_max: usize,
) -> Result<Vec<LogEntry>, io::Error> {
    let read = log.entries(group, range, bytes_max).await.map_err(|e| match e {
        ReadError::Damaged { .. } => io::Error::new(io::ErrorKind::InvalidData, e),
        ReadError::Disk { .. } | ReadError::Failed(_) => io::Error::other(e),
    })?;
    read.iter().map(|entry| codec::decode(&entry.bytes)).collect()
}

/// The entries of `range`, read in portions.
fn stream(log: RaftLog, group: u32, range: Range<u64>) -> impl Stream<Item = Result<LogEntry, io::Error>> + Send {
    use futures::TryStreamExt as _;

    let portions = stream::try_unfold(range, move |rest| {
        let log = log.clone();
        async move {
            let read = entries(&log, group, rest.clone(), READ_BYTES_MAX).await?;
            let next = read.last().map(|last| last.log_id.index + 1..rest.end);
            Ok::<_, io::Error>(next.map(|next| (stream::iter(read.into_iter().map(Ok)), next)))
        }
    });
    Box::pin(portions.try_flatten())
}

fn half_open(range: &impl RangeBounds<u64>) -> Range<u64> {
    let start = match range.start_bound() {
        Bound::Included(start) => *start,
        Bound::Excluded(before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(last) => last.saturating_add(1),
        Bound::Excluded(end) => *end,
        Bound::Unbounded => u64::MAX,
    };
    start..end
}
