//! How a node comes to belong to a cluster: it is founded here, joined, or was joined before.
//!
//! ```text
//! node.json there ─────────────────────────────────────────────▶ the node of that file
//! empty disk ─┬─ --init, dev, demo ── found a cluster of one ──▶ node 1
//!             ├─ cluster.join_token ── ask a seed, until it says yes ──▶ node n
//!             └─ else ── wait for `baton cluster init` ────────▶ node 1
//! ```

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use baton_model::ids::ClusterId;
use baton_ports::gateway::{FoundRequest, Founded, JoinRequest, JoinToken};
use baton_rpc::JoinError;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::identity::{Identity, IdentityError};
use crate::start_error::StartError;
use crate::system::founding::{FIRST_NODE, FIRST_REPLICA};

/// Where a node that joins notes what it made up, before it asks: so that asking again after a crash makes no second node.
pub(crate) const NONCE_FILE: &str = "node.joining";

/// The wait before a seed is asked again.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(250);

/// After so many rounds over the seeds, why nobody has said yes is logged again.
const ROUNDS_PER_LINE: u32 = 40;

/// What a cluster is founded with, beside its settings. Kept in the node's identity until the rows are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Founding {
    /// How many nodes must be there before the shards are made.
    pub nodes: u32,
    /// Of the token that lets a node join.
    pub token_hash: String,
}

/// Founds a cluster on an empty disk.
pub(crate) fn found(config: &Config, request: &FoundRequest) -> Result<(Identity, Founded), IdentityError> {
    let configured = config.cluster.id.parse().ok();
    let drawn = || ClusterId(uuid::Uuid::new_v4().as_u128());
    let cluster = request.cluster.or(configured).unwrap_or_else(drawn);
    let token = JoinToken(format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple()));
    let founding = Founding { nodes: request.nodes.max(1), token_hash: hash(&token) };
    let identity = Identity::new(cluster, FIRST_NODE, FIRST_REPLICA, config.cluster.shard_count, Some(founding));
    identity.write(&config.storage.dir)?;
    Ok((identity, Founded { cluster, token }))
}

/// Joins a cluster: asks one seed after the other until one says yes, or one refuses for a reason that stays.
pub(crate) async fn join(config: &Config, addresses: &Addresses) -> Result<Identity, StartError> {
    let joining = &config.cluster;
    let cluster: ClusterId = joining.id.parse().map_err(|_| StartError::Join {
        reason: "cluster.id is missing: write the id that `baton cluster init` showed".to_owned(),
    })?;
    if joining.seeds.is_empty() {
        let reason = "cluster.seeds is empty: write the peer address of a node, such as `node-1:7401`".to_owned();
        return Err(StartError::Join { reason });
    }
    let Some(token) = &joining.join_token else {
        let reason = "cluster.join_token is missing: write the token that `baton cluster init` showed".to_owned();
        return Err(StartError::Join { reason });
    };
    let folder = &config.storage.dir;
    let nonce = nonce(folder).map_err(|source| StartError::Folder { folder: folder.clone(), source })?;
    let request = JoinRequest {
        token: JoinToken(token.expose().to_owned()),
        nonce,
        peer_address: addresses.peer.clone(),
        grpc_address: addresses.grpc.clone(),
        zone: config.node.zone.clone(),
        shard_count: None,
    };
    let mut round = 0;
    loop {
        for seed in &joining.seeds {
            match baton_rpc::join(seed, &config.node.dial, cluster, request.clone()).await {
                Ok(joined) => {
                    let identity = Identity::new(cluster, joined.node, joined.system_replica, joined.shard_count, None);
                    identity.write(folder)?;
                    tracing::info!(node = %joined.node, seed, "this node joined the cluster");
                    return Ok(identity);
                }
                Err(JoinError::Refused { seed, reason }) => {
                    return Err(StartError::Join { reason: format!("{seed}: {reason}") });
                }
                Err(JoinError::Unavailable { seed, reason }) => {
                    if round % ROUNDS_PER_LINE == 0 {
                        tracing::info!(seed, reason, "no seed has taken this node yet; it goes on asking");
                    }
                }
            }
        }
        round += 1;
        tokio::time::sleep(ASK_AGAIN_AFTER).await;
    }
}

/// Where others reach a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Addresses {
    pub(crate) peer: String,
    pub(crate) grpc: String,
}

/// What is kept of a token.
pub(crate) fn hash(token: &JoinToken) -> String {
    Sha256::digest(token.0.as_bytes()).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// What this node made up when it first asked to join. It is on the disk before anybody is asked, so one that a crash left
/// half written was never used, and another one takes its place.
fn nonce(folder: &Path) -> io::Result<String> {
    let path = folder.join(NONCE_FILE);
    match fs::read_to_string(&path) {
        Ok(nonce) if is_nonce(&nonce) => return Ok(nonce),
        Ok(_) => {}
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData) => {}
        Err(error) => return Err(error),
    }
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    fs::create_dir_all(folder)?;
    let file = fs::File::create(&path)?;
    io::Write::write_all(&mut &file, nonce.as_bytes())?;
    file.sync_all()?;
    fs::File::open(folder)?.sync_all()?;
    Ok(nonce)
}

/// Whether that is a whole nonce: 32 hexadecimal digits. The node that founded the cluster has none, so an empty one must
/// never be taken for anybody's.
pub(crate) fn is_nonce(nonce: &str) -> bool {
    nonce.len() == 32 && nonce.bytes().all(|digit| digit.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests;
