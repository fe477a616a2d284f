//! A connection per node, opened when it is first used and again when it broke.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tonic::transport::{Channel, Endpoint, Error};

use crate::address::Address;
use crate::node::Node;

/// How long a node may take to take a connection; then another one is asked.
const CONNECT_WAIT_MAX: Duration = Duration::from_secs(2);

/// A node that says nothing for this long is asked for a sign of life.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// How long the sign of life may take. Then all calls on the connection fail: a node that is paused or cut off is noticed
/// although its machine still takes packets.
const SIGN_OF_LIFE_WAIT_MAX: Duration = Duration::from_secs(3);

/// The connections of a client.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    open: Mutex<BTreeMap<Address, Node>>,
}

impl Nodes {
    /// The node there. It is connected to when it is first asked.
    pub(crate) fn at(&self, address: &Address) -> Node {
        let lazy = || Node::new(endpoint(address).connect_lazy());
        self.open().entry(address.clone()).or_insert_with(lazy).clone()
    }

    /// Connects to the node there.
    pub(crate) async fn connect(&self, address: &Address) -> Result<Node, Error> {
        let channel: Channel = endpoint(address).connect().await?;
        let node = Node::new(channel);
        self.open().insert(address.clone(), node.clone());
        Ok(node)
    }

    /// Lets the connections go to places where no node is any more.
    pub(crate) fn keep(&self, is_known: impl Fn(&Address) -> bool) {
        self.open().retain(|address, _| is_known(address));
    }

    /// Whoever panicked with the lock left a whole map behind.
    fn open(&self) -> MutexGuard<'_, BTreeMap<Address, Node>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn endpoint(address: &Address) -> Endpoint {
    Endpoint::from_shared(address.as_str().to_owned())
        .expect("an address is a URL")
        .connect_timeout(CONNECT_WAIT_MAX)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(SILENCE_MAX)
        .keep_alive_timeout(SIGN_OF_LIFE_WAIT_MAX)
        .keep_alive_while_idle(true)
}
