//! A wall clock that is wrong on purpose: tests write into a file by how much.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::SignedDuration;

/// How often the file is read. A test that writes it waits at least so long.
const READ_EVERY: Duration = Duration::from_millis(100);

/// What is added to the machine's wall clock.
#[derive(Debug)]
pub(super) struct TestOffset {
    file: PathBuf,
    last: Mutex<Option<(Instant, SignedDuration)>>,
}

impl TestOffset {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, last: Mutex::default() }
    }

    /// As the file says: milliseconds, which may be negative. A file that is missing or says anything else is no offset.
    pub(super) fn now(&self) -> SignedDuration {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, offset)) = last.filter(|(read_at, _)| read_at.elapsed() < READ_EVERY) {
            return offset;
        }
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        let offset = SignedDuration::from_millis(text.trim().parse().unwrap_or(0));
        *last = Some((Instant::now(), offset));
        offset
    }
}

#[cfg(test)]
mod tests;
