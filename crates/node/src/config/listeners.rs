//! Who a node is and where it listens.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// The `node` section.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct NodeConfig {
    /// Its failure domain.
    pub zone: String,
    /// Where services and operators call by gRPC. Port 0 takes a free one.
    pub grpc: SocketAddr,
    /// Where load balancers and Prometheus ask over HTTP. Port 0 takes a free one.
    pub http: SocketAddr,
    /// Where its peers call. Port 0 takes a free one.
    pub peer: SocketAddr,
    /// The address by which peers reach `peer` from where they are, as `host:port`; empty: `peer` itself.
    pub advertise_peer: String,
    /// The address by which services reach `grpc`, as `host:port`; empty: `grpc` itself.
    pub advertise_grpc: String,
    /// Other addresses to dial for some advertised ones: through a forwarder or a relay, or where names differ.
    pub dial: BTreeMap<String, String>,
    /// Allows plain text on an address that other machines can reach.
    pub insecure_plaintext: bool,
}

impl Default for NodeConfig {
    fn default() -> Self {
        Self {
            zone: "default".to_owned(),
            grpc: SocketAddr::from(([127, 0, 0, 1], 7400)),
            peer: SocketAddr::from(([127, 0, 0, 1], 7401)),
            advertise_peer: String::new(),
            advertise_grpc: String::new(),
            dial: BTreeMap::new(),
            http: SocketAddr::from(([127, 0, 0, 1], 7402)),
            insecure_plaintext: false,
        }
    }
}

impl NodeConfig {
    /// A listener that other machines reach in plain text, if that was not allowed.
    pub(super) fn exposed(&self) -> Option<(&'static str, SocketAddr)> {
        if self.insecure_plaintext {
            return None;
        }
        [("node.grpc", self.grpc), ("node.peer", self.peer), ("node.http", self.http)]
            .into_iter()
            .find(|(_, address)| !address.ip().is_loopback())
    }
}
