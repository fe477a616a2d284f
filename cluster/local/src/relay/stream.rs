//! One direction of one connection. Reading runs ahead of writing by a bounded queue, so that a delay slows nobody down and a
//! mode applies to whatever was not yet written.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::counts::{Counters, FlowCounters};
use super::{Direction, Mode, Settings};

/// The most that is read at once.
const CHUNK_BYTES_MAX: usize = 16 * 1024;

/// The most chunks that wait: 16 MiB of a stream if they are full, and 5,000 small ones a second at a delay of 200 ms. When
/// there are as many, the relay stops reading, and TCP slows the sender.
const CHUNKS_MAX: usize = 1_024;

/// A throttled stream is written in so many pieces a second, or byte by byte if it is slower than that.
const TICKS_PER_SECOND: u32 = 20;

/// Bytes of this stream were lost and others were to follow.
#[derive(Debug)]
pub(super) struct Torn;

pub(super) struct Stream {
    pub(super) direction: Direction,
    pub(super) settings: watch::Receiver<Settings>,
    pub(super) counters: Arc<Counters>,
}

/// What was read at once, and when.
struct Chunk {
    bytes: Vec<u8>,
    read_at: Instant,
}

/// The writing end of a stream.
struct Outlet {
    stream: Stream,
    to: OwnedWriteHalf,
    /// Bytes were lost: nothing may follow.
    has_hole: bool,
}

impl Stream {
    /// Ends when the sender has ended and that was passed on, or at once when the stream is torn.
    pub(super) async fn carry(self, from: OwnedReadHalf, to: OwnedWriteHalf) -> Result<(), Torn> {
        let (sender, receiver) = mpsc::channel(CHUNKS_MAX);
        let outlet = Outlet { stream: self, to, has_hole: false };
        let read = async {
            read(from, sender).await;
            Ok(())
        };
        tokio::try_join!(read, outlet.run(receiver)).map(drop)
    }

    fn mode(&mut self) -> Mode {
        self.settings.borrow_and_update().mode(self.direction)
    }

    async fn changed(&mut self) {
        if self.settings.changed().await.is_err() {
            // The relay is gone, and this connection is about to be closed with it.
            std::future::pending::<()>().await;
        }
    }

    fn counts(&self) -> &FlowCounters {
        self.counters.flow(self.direction)
    }
}

/// A stream that breaks ends here, so that a break shows on the other side only if the mode lets an end pass.
async fn read(mut from: OwnedReadHalf, sender: mpsc::Sender<Chunk>) {
    let mut buffer = vec![0; CHUNK_BYTES_MAX];
    loop {
        let Ok(length @ 1..) = from.read(&mut buffer).await else { return };
        let chunk = Chunk { bytes: buffer[..length].to_vec(), read_at: Instant::now() };
        if sender.send(chunk).await.is_err() {
            return;
        }
    }
}

impl Outlet {
    async fn run(mut self, mut chunks: mpsc::Receiver<Chunk>) -> Result<(), Torn> {
        loop {
            let mode = self.stream.mode();
            self.check(mode)?;
            let chunk = tokio::select! {
                biased;
                () = self.stream.changed() => continue,
                chunk = chunks.recv() => chunk,
            };
            let Some(chunk) = chunk else { return self.end().await };
            if !self.place(&chunk).await? {
                return Ok(());
            }
        }
    }

    /// Whether the stream can go on in this mode.
    fn check(&self, mode: Mode) -> Result<(), Torn> {
        if self.has_hole && mode != Mode::Drop { Err(Torn) } else { Ok(()) }
    }

    /// Does with the bytes what the mode says, which may change meanwhile. Returns whether the receiver is still there.
    async fn place(&mut self, chunk: &Chunk) -> Result<bool, Torn> {
        let mut rest = chunk.bytes.as_slice();
        let mut waited = Waited::default();
        while !rest.is_empty() {
            let mode = self.stream.mode();
            self.check(mode)?;
            let (piece, due) = match mode {
                Mode::Drop => {
                    self.stream.counts().dropped.add(rest.len());
                    self.has_hole = true;
                    return Ok(true);
                }
                Mode::Hold => {
                    waited.held(self.stream.counts(), rest);
                    self.stream.changed().await;
                    continue;
                }
                Mode::Pass => (rest, None),
                Mode::Delay(by) => (rest, Some(chunk.read_at + by)),
                Mode::Throttle { bytes_per_second } => {
                    let (piece, takes) = pace(rest, bytes_per_second);
                    (piece, Some(Instant::now() + takes))
                }
            };
            if let Some(due) = due {
                waited.slowed(self.stream.counts(), rest);
                tokio::select! {
                    biased;
                    () = self.stream.changed() => continue,
                    () = tokio::time::sleep_until(due) => {}
                }
            }
            let written = tokio::select! {
                biased;
                () = self.stream.changed() => continue,
                written = self.to.write(piece) => written,
            };
            let Ok(written @ 1..) = written else { return Ok(false) };
            self.stream.counts().passed.add(written);
            rest = &rest[written..];
        }
        Ok(true)
    }

    /// Passes the end of the stream on, once the mode lets anything pass.
    async fn end(mut self) -> Result<(), Torn> {
        loop {
            let mode = self.stream.mode();
            self.check(mode)?;
            if !matches!(mode, Mode::Drop | Mode::Hold) {
                // It fails when the receiver has gone, which needs not be told.
                let _ = self.to.shutdown().await;
                return Ok(());
            }
            self.stream.changed().await;
        }
    }
}

/// What a chunk was already counted for.
#[derive(Default)]
struct Waited {
    is_held: bool,
    is_slowed: bool,
}

impl Waited {
    fn held(&mut self, counts: &FlowCounters, rest: &[u8]) {
        counts.held.add(if self.is_held { 0 } else { rest.len() });
        self.is_held = true;
    }

    fn slowed(&mut self, counts: &FlowCounters, rest: &[u8]) {
        counts.slowed.add(if self.is_slowed { 0 } else { rest.len() });
        self.is_slowed = true;
    }
}

/// The piece that is written next, and how long it takes at this pace.
fn pace(rest: &[u8], bytes_per_second: u32) -> (&[u8], Duration) {
    let bytes_per_second = bytes_per_second.max(1);
    let length = u32::try_from(rest.len()).unwrap_or(u32::MAX).min((bytes_per_second / TICKS_PER_SECOND).max(1));
    (&rest[..length as usize], Duration::from_secs(1) * length / bytes_per_second)
}
