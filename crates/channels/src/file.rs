//! A file as a channel: one JSON line per attempt, for people who try Baton and for tests that count.
//!
//! An attempt is accepted only when its line is durable. One thread writes: it takes every line that waits, appends them
//! and syncs once. A line that a crash tore is closed with a newline when the file is opened again, never removed; it is
//! the trace of an attempt that nobody was told about, and [`read`] counts it apart.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;

use baton_ports::channel::{Delivery, Outcome, Provider};
use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

mod line;

pub use line::{Attempt, Attempts, read};

/// Attempts that wait for the writing thread. When it is full, further attempts wait with their sender, whose own bound
/// on concurrent attempts then stops it from taking more.
const QUEUE_CAPACITY: usize = 1024;

/// Appends attempts to one file.
#[derive(Debug)]
pub struct FileSink {
    name: String,
    queue: mpsc::Sender<Pending>,
}

/// Why a file cannot serve as a channel.
#[derive(Debug, thiserror::Error)]
#[error("cannot append to `{}`", path.display())]
pub struct OpenFileError {
    /// The file.
    path: PathBuf,
    /// What the operating system said.
    #[source]
    source: io::Error,
}

struct Pending {
    line: Vec<u8>,
    done: oneshot::Sender<Outcome>,
}

impl FileSink {
    /// Opens the file, makes it if it is missing, and starts its writing thread, which ends when the sink is dropped.
    pub fn open(name: &str, path: &Path) -> Result<Self, OpenFileError> {
        let failed = |source| OpenFileError { path: path.to_owned(), source };
        let file = open_for_append(path).map_err(failed)?;
        let (queue, pending) = mpsc::channel(QUEUE_CAPACITY);
        thread::Builder::new()
            .name(format!("file-sink-{name}"))
            .spawn(move || write_until_closed(file, pending))
            .map_err(failed)?;
        Ok(Self { name: name.to_owned(), queue })
    }
}

impl Provider for FileSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver(&self, delivery: Delivery) -> BoxFuture<'_, Outcome> {
        Box::pin(async move {
            let (done, outcome) = oneshot::channel();
            let line = line::write(&delivery);
            if self.queue.send(Pending { line, done }).await.is_err() {
                return Outcome::RetryLater { reason: "the file's writing thread has ended".to_owned(), after: None };
            }
            outcome.await.unwrap_or_else(|_| Outcome::Unknown { reason: "the file's writing thread ended".to_owned() })
        })
    }
}

/// Opens the file and closes a line that a crash left open.
fn open_for_append(path: &Path) -> io::Result<File> {
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    if file.metadata()?.is_file() && file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    Ok(file)
}

fn write_until_closed(mut file: File, mut pending: mpsc::Receiver<Pending>) {
    let mut batch = Vec::with_capacity(QUEUE_CAPACITY);
    while pending.blocking_recv_many(&mut batch, QUEUE_CAPACITY) > 0 {
        let bytes: Vec<u8> = batch.iter().flat_map(|pending| pending.line.iter().copied()).collect();
        let outcome = append(&mut file, &bytes);
        for pending in batch.drain(..) {
            // A sender that gave up no longer wants to know.
            let _ = pending.done.send(outcome.clone());
        }
    }
}

/// Appends and syncs; on failure takes back what was written, so that the next batch starts on a line of its own.
fn append(file: &mut File, bytes: &[u8]) -> Outcome {
    let length = file.metadata().map(|metadata| metadata.len());
    if let Err(error) = file.write_all(bytes) {
        let taken_back = length.and_then(|length| file.set_len(length));
        let reason = format!("cannot write: {error}");
        return match taken_back {
            Ok(()) => Outcome::RetryLater { reason, after: None },
            Err(_) => Outcome::Unknown { reason },
        };
    }
    match file.sync_data() {
        Ok(()) => Outcome::Accepted { provider_message_id: None },
        Err(error) => Outcome::Unknown { reason: format!("cannot sync: {error}") },
    }
}

#[cfg(test)]
mod tests;
