//! The threads that actors run on: one actix system with a fixed number of arbiters, beside the tokio runtime that serves
//! the network and Raft. The two meet only through addresses and bounded channels.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use actix_rt::{ArbiterHandle, System};

/// The arbiters of a node. Dropping it leaves them running; [`Arbiters::stop`] ends them.
pub struct Arbiters {
    system: System,
    handles: Vec<ArbiterHandle>,
    next: AtomicUsize,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// The actor threads could not be started.
#[derive(Debug, thiserror::Error)]
#[error("the actor system did not start")]
pub struct StartArbitersError {
    #[source]
    source: std::io::Error,
}

impl Arbiters {
    /// Starts `count` arbiter threads; at least one.
    pub fn start(count: usize) -> Result<Self, StartArbitersError> {
        let count = count.max(1);
        let (started, ready) = std::sync::mpsc::sync_channel(1);
        let run = move || {
            let runner = System::new();
            let handles: Vec<ArbiterHandle> =
                (0..count).map(|_| runner.block_on(async { actix_rt::Arbiter::new().handle() })).collect();
            // Nobody waits any more only if the starting thread died.
            let _ = started.send((System::current(), handles));
            if let Err(error) = runner.run() {
                tracing::error!(%error, "the actor system ended with an error");
            }
        };
        let spawned = std::thread::Builder::new().name("actors".to_owned()).spawn(run);
        let thread = spawned.map_err(|source| StartArbitersError { source })?;
        let (system, handles) =
            ready.recv().map_err(|error| StartArbitersError { source: std::io::Error::other(error) })?;
        Ok(Self { system, handles, next: AtomicUsize::new(0), thread: Mutex::new(Some(thread)) })
    }

    /// The arbiter for the next shard, in turn.
    pub fn next(&self) -> ArbiterHandle {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.handles[turn % self.handles.len()].clone()
    }

    /// Ends every actor and waits for the threads. Call it off the async workers.
    pub fn stop(&self) {
        self.system.stop();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the actor system's thread panicked");
        }
    }
}
