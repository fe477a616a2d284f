//! One event of a file, and what is wrong with one.

use baton_wire::pb::v1 as pb;
use xxhash_rust::xxh3::xxh3_128;

/// An event and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its line, from 1.
    pub line: u64,
    /// How many bytes of the file it takes.
    pub bytes: u64,
    /// The event.
    pub event: pb::Event,
}

/// A row that is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct RowError {
    /// Its line, from 1.
    pub line: u64,
    /// What is wrong and what to write instead.
    pub message: String,
    /// The file itself cannot be read on.
    pub ends_file: bool,
}

impl RowError {
    pub(super) fn new(line: u64, message: impl Into<String>) -> Self {
        Self { line, message: message.into(), ends_file: false }
    }

    pub(super) fn unreadable(line: u64, error: &std::io::Error) -> Self {
        Self { line, message: format!("the file cannot be read: {error}"), ends_file: true }
    }
}

impl Row {
    /// Names an event that brings no name of its own after its place and content, so that importing the same file again
    /// repeats the same events.
    pub(super) fn named(line: u64, content: &[u8], mut event: pb::Event) -> Self {
        if event.message_id.is_empty() {
            event.message_id = format!("import-{:032x}-{line}", xxh3_128(content));
        }
        let bytes = u64::try_from(content.len()).unwrap_or(u64::MAX);
        Self { line, bytes, event }
    }
}
