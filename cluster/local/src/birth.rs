//! How a cluster of several nodes is born: the first one starts on an empty disk and waits, `baton cluster init` makes the
//! cluster on it and prints id and join token once, and the others get both in their files before they start.

use std::io;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::config::Config;
use crate::node::Node;
use crate::probe;

/// What `baton cluster init -o json` prints.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Birth {
    pub(crate) cluster_id: String,
    /// Shown this once; the cluster keeps its hash.
    pub(crate) join_token: String,
}

/// Makes the cluster on a node that waits for it. An error says what `baton cluster init` did.
pub(crate) async fn init(config: &Config, first: &Node) -> Result<Birth, String> {
    // Asked once: a second call after one whose answer was lost would find a cluster and know no token.
    let wait = tokio::time::timeout(config.start_max, until_it_listens(first.grpc()));
    wait.await.map_err(|_| format!("was not tried: nobody listens at {}", first.grpc()))?;
    let mut command = Command::new(&config.binary);
    command.args(["cluster", "init", "--output", "json", "--endpoint", &first.endpoint()]);
    command.args(["--nodes", &config.nodes.to_string()]);
    if let Some(id) = &config.cluster_id {
        command.args(["--cluster-id", id]);
    }
    command.stdin(Stdio::null()).kill_on_drop(true);
    let answer = tokio::time::timeout(config.start_max, command.output()).await;
    let answer = answer.unwrap_or_else(|_| Err(no_answer(config.start_max)));
    let answer = answer.map_err(|error| format!("cannot be run: {error}"))?;
    if !answer.status.success() {
        return Err(format!("ended with {}: {}", answer.status, String::from_utf8_lossy(&answer.stderr).trim()));
    }
    serde_json::from_slice(&answer.stdout).map_err(|error| {
        // Not what it printed: that may hold the token.
        format!("printed something else than cluster_id and join_token: {error}")
    })
}

async fn until_it_listens(address: SocketAddr) {
    while TcpStream::connect(address).await.is_err() {
        tokio::time::sleep(probe::ASK_EVERY).await;
    }
}

fn no_answer(waited: Duration) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("no answer after {} s", waited.as_secs()))
}
