//! How large the log's files, batches, queues and caches are.

/// The log's settings. The bounds that nobody needs to change are constants of this module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    /// A segment that has reached this many bytes is followed by a new one. At most [`SEGMENT_BYTES_MAX`].
    pub segment_bytes: u64,
    /// Entries that are durable stay in memory up to this many bytes per group, so that followers and the state machine
    /// read them without the disk. The oldest leave first.
    pub cached_bytes_per_group: usize,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { segment_bytes: 64 << 20, cached_bytes_per_group: 1 << 20 }
    }
}

/// No segment is asked to grow beyond this: offsets in it are 32 bits wide, and one batch may lie beyond its end.
pub const SEGMENT_BYTES_MAX: u64 = 1 << 30;

/// Changes that wait for the log thread. Enough for two batches; when it is full, the next change waits for room.
pub(super) const QUEUE_WRITES_MAX: usize = 2 * BATCH_WRITES_MAX;

/// Bytes of entries that wait for the log thread, in units of 1 KiB so that they count as semaphore permits: 64 MiB, what
/// a disk takes in well under a second. When it is full, the next append waits for room; an append larger than all of it
/// waits until it is alone.
pub(super) const QUEUE_KIB_MAX: u32 = 64 << 10;

/// Changes of one frame. More would make the first of them wait longer without saving syncs that matter.
pub(super) const BATCH_WRITES_MAX: usize = 1024;

/// A frame takes no further change beyond these bytes. One append may be larger by itself.
pub(super) const BATCH_BYTES_MAX: usize = 8 << 20;

/// Files of removed segments kept to be written again, which spares the file system the growth of a new one. Two
/// segments end between checkpoints at most; the others are deleted.
pub(super) const SPARE_SEGMENTS_MAX: usize = 2;

/// A log that grew by this much since its last checkpoint is due for one. It bounds what a restart replays and applies.
pub const CHECKPOINT_BYTES: u64 = 64 << 20;

/// A checkpoint is due after this many seconds, however little was written: an idle group may pin old segments.
pub const CHECKPOINT_INTERVAL_SECONDS: u64 = 30;
