//! A TCP relay on the way from one node to another, which can break that way while connections use it.
//!
//! ```text
//!   node a ──opens──▶ [ relay a→b ] ──opens──▶ node b
//!            forth: what a says on connections that a opened    ──▶
//!            back:  what b says on connections that a opened    ◀──
//! ```
//!
//! TCP carries both directions on one connection, so "a cannot reach b" is more than one relay: what a says to b travels
//! forth through a→b and back through b→a. [`Links::silence`](crate::Links::silence) breaks exactly these two.
//!
//! Each direction has a [`Mode`] of its own; [`Relay::cut`] is about the connections as a whole. A change holds for bytes
//! that wait in the relay, too; what it has passed on before may still be on its way.
//!
//! A stream with a hole never goes on: a connection that lost bytes is closed as soon as its mode lets bytes pass again.
//! What happened is counted, so that a test can prove that its fault was one.

mod accept;
mod connection;
mod counts;
mod stream;

pub use counts::{Counts, Flow};

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::error::StartError;
use crate::port::Port;
use counts::Counters;

/// What happens to the bytes of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// They pass.
    #[default]
    Pass,
    /// They are lost, also the end of a stream; connections stay open and new ones are taken. A partition of which nobody is told.
    Drop,
    /// They wait, up to 16 MiB of a connection, and pass in order once this ends: what TCP makes of a network that loses
    /// packets for a while. Old messages arrive late.
    Hold,
    /// They pass this much later; more bytes may be sent meanwhile, up to 16 MiB of a connection.
    Delay(Duration),
    /// This many bytes of each connection pass in a second.
    Throttle {
        /// 0 counts as 1.
        bytes_per_second: u32,
    },
}

/// The direction of bytes, as seen by the node that opens the connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the node that opened the connection.
    Forth,
    /// To it.
    Back,
}

/// The relay on the way from one node to another. Its methods must be called within a tokio runtime.
#[derive(Debug)]
pub struct Relay {
    port: Port,
    target: SocketAddr,
    settings: watch::Sender<Settings>,
    counters: Arc<Counters>,
    /// `None` while it is cut.
    accepting: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Settings {
    forth: Mode,
    back: Mode,
    is_cut: bool,
}

impl Relay {
    /// A relay to `target` that passes everything.
    pub fn start(target: SocketAddr) -> Result<Self, StartError> {
        let (settings, _) = watch::channel(Settings::default());
        let port = Port::reserve()?;
        let accepting = Mutex::new(None);
        let relay = Self { port, target, settings, counters: Arc::default(), accepting };
        relay.listen().map_err(|source| StartError::Relay { address: relay.address(), source })?;
        Ok(relay)
    }

    /// Where to dial instead of the target.
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// What happens to the bytes of one direction from now on, on open connections and on new ones.
    pub fn set(&self, direction: Direction, mode: Mode) {
        self.settings.send_modify(|settings| match direction {
            Direction::Forth => settings.forth = mode,
            Direction::Back => settings.back = mode,
        });
    }

    /// The same for both directions.
    pub fn set_both(&self, mode: Mode) {
        self.set(Direction::Forth, mode);
        self.set(Direction::Back, mode);
    }

    /// Closes all connections; new ones are refused as by a machine where nothing listens. Returns when that is so.
    pub async fn cut(&self) {
        self.settings.send_modify(|settings| settings.is_cut = true);
        let accepting = self.accepting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(accepting) = accepting {
            // It only fails when the runtime is ending, and the listener with it.
            let _ = accepting.await;
        }
    }

    /// Passes everything again, and listens if it was cut.
    pub fn heal(&self) -> io::Result<()> {
        self.set_both(Mode::Pass);
        self.listen()
    }

    /// What happened so far.
    pub fn counts(&self) -> Counts {
        self.counters.read()
    }

    fn listen(&self) -> io::Result<()> {
        let mut accepting = self.accepting.lock().unwrap_or_else(PoisonError::into_inner);
        if accepting.is_none() {
            let listener = TcpListener::bind(self.address())?;
            listener.set_nonblocking(true)?;
            let listener = tokio::net::TcpListener::from_std(listener)?;
            self.settings.send_modify(|settings| settings.is_cut = false);
            let (settings, counters) = (self.settings.subscribe(), Arc::clone(&self.counters));
            *accepting = Some(tokio::spawn(accept::run(listener, self.target, settings, counters)));
        }
        Ok(())
    }
}

impl Settings {
    fn mode(&self, direction: Direction) -> Mode {
        match direction {
            Direction::Forth => self.forth,
            Direction::Back => self.back,
        }
    }
}

#[cfg(test)]
mod tests;
