//! The connections to other nodes: one per peer, opened by the first call and again by the first one after it broke.
//!
//! Raft, snapshots and forwarded calls share it, each as streams of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use baton_model::ids::{ClusterId, NodeId};
use tonic::Request;
use tonic::metadata::{AsciiMetadataValue, MetadataValue};
use tonic::transport::{Channel, Endpoint};

use super::{CONNECTION_WINDOW_BYTES, KEEPALIVE_AFTER, KEEPALIVE_WITHIN, STREAM_WINDOW_BYTES};

/// The metadata that names the caller's cluster.
pub(super) const CLUSTER_KEY: &str = "baton-cluster";

/// The metadata that names the caller's node; 0 while it joins.
pub(super) const NODE_KEY: &str = "baton-node";

/// How long opening a connection may take. Within one network it takes a round trip; a peer that needs longer is taken for
/// gone until the next call.
const CONNECT_MAX: Duration = Duration::from_millis(500);

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The cluster it belongs to, or joins.
    pub cluster: ClusterId,
    /// Its number; 0 while it joins.
    pub node: NodeId,
}

/// The connections of one node. Clones share them. There are as many as the cluster ever had addresses of nodes.
#[derive(Clone)]
pub struct PeerChannels {
    pool: Arc<Pool>,
}

struct Pool {
    cluster: AsciiMetadataValue,
    node: AsciiMetadataValue,
    dial: BTreeMap<String, String>,
    channels: Mutex<BTreeMap<String, Channel>>,
}

impl fmt::Debug for PeerChannels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Pool { cluster, node, dial, channels: _ } = &*self.pool;
        let mut shown = f.debug_struct("PeerChannels");
        shown.field("cluster", cluster).field("node", node).field("dial", dial).finish_non_exhaustive()
    }
}

/// The address of a peer is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{address}` is no address: write `host:port`")]
pub(crate) struct AddressError {
    address: String,
}

impl PeerChannels {
    /// No connection yet. `dial` says for an advertised address which one to call instead, if not that one.
    pub fn new(caller: Caller, dial: BTreeMap<String, String>) -> Self {
        let cluster = caller.cluster.to_string().parse().expect("hexadecimal digits are a metadata value");
        let pool = Pool { cluster, node: MetadataValue::from(caller.node.0), dial, channels: Mutex::default() };
        Self { pool: Arc::new(pool) }
    }

    /// The connection to the peer that advertises `address`. It is not opened before it is used. Must be called within a
    /// tokio runtime.
    pub(crate) fn to(&self, address: &str) -> Result<Channel, AddressError> {
        let mut channels = self.pool.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = channels.get(address) {
            return Ok(channel.clone());
        }
        let dialled = self.pool.dial.get(address).map_or(address, String::as_str);
        let channel = endpoint(dialled)?.connect_lazy();
        channels.insert(address.to_owned(), channel.clone());
        Ok(channel)
    }

    /// A call that says who makes it.
    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert(CLUSTER_KEY, self.pool.cluster.clone());
        request.metadata_mut().insert(NODE_KEY, self.pool.node.clone());
        request
    }
}

fn endpoint(address: &str) -> Result<Endpoint, AddressError> {
    let endpoint = Endpoint::from_shared(format!("http://{address}"));
    let endpoint = endpoint.map_err(|_| AddressError { address: address.to_owned() })?;
    Ok(endpoint
        .connect_timeout(CONNECT_MAX)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(KEEPALIVE_AFTER)
        .keep_alive_timeout(KEEPALIVE_WITHIN)
        .keep_alive_while_idle(true)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES))
}
