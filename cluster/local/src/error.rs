//! Why a cluster cannot be started, and why a node does not do what it is asked.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use crate::port::NoPort;

/// Why a cluster cannot be started. The folder is kept, and the text names it where it helps.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The number of nodes is out of range.
    #[error("{0} nodes: write a number from 1 to {max}", max = crate::cluster::NODES_MAX)]
    Nodes(usize),
    /// The folder or a file in it cannot be made.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no port left.
    #[error(transparent)]
    Port(#[from] NoPort),
    /// The shell that ends the nodes when this process cannot.
    #[error("no shell to guard the nodes: {0}")]
    Guardian(#[source] io::Error),
    /// A relay cannot listen.
    #[error("no relay at {address}: {source}")]
    Relay {
        /// Its address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A node did not start.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// `baton cluster init` failed or its answer is unknown.
    #[error("the cluster was not born: `baton cluster init` {said}\nthe folder is kept: {}", folder.display())]
    Birth {
        /// What it said.
        said: String,
        /// Where the logs are.
        folder: PathBuf,
    },
}

/// Why a node does not do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// It was killed or stopped, or has ended by itself.
    #[error("node {number} is not running: restart it first")]
    NotRunning {
        /// Which one.
        number: usize,
    },
    /// The system refused.
    #[error("node {number} cannot be {done}: {source}")]
    System {
        /// Which one.
        number: usize,
        /// What was to be done to it: `started`, `killed` …
        done: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// It ended while it was waited for.
    #[error("node {number} ended with {status}; its log {} ends\n{tail}", log.display())]
    Ended {
        /// Which one.
        number: usize,
        /// How it ended.
        status: ExitStatus,
        /// Its log.
        log: PathBuf,
        /// The end of its log.
        tail: String,
    },
    /// It runs, but is not what was waited for.
    #[error("node {number} is not {awaited} after {} s: {said}; its log {} ends\n{tail}", waited.as_secs(), log.display())]
    Waited {
        /// Which one.
        number: usize,
        /// What was waited for: `ready`, `stopped` …
        awaited: &'static str,
        /// For how long.
        waited: Duration,
        /// The last thing it said.
        said: String,
        /// Its log.
        log: PathBuf,
        /// The end of its log.
        tail: String,
    },
}
