//! What the API serves: the gateway of a node, the way to the others, and what looks on.

use std::sync::Arc;

use baton_ports::gateway::{Cluster, Customers, Definitions, Events, Membership, Messages};
use baton_ports::readiness::Readiness;
use baton_ports::routing::Routing;

use crate::observer::Observer;
use crate::peer::PeerChannels;

/// Everything that a server asks. The gateway answers for this node alone; asking the others is the server's business.
#[derive(Clone)]
pub struct Services {
    /// Takes events.
    pub events: Arc<dyn Events>,
    /// Publishes documents.
    pub definitions: Arc<dyn Definitions>,
    /// Knows customers.
    pub customers: Arc<dyn Customers>,
    /// Knows sends.
    pub messages: Arc<dyn Messages>,
    /// Knows the cluster.
    pub cluster: Arc<dyn Cluster>,
    /// Founds clusters, and makes callers nodes of this one.
    pub membership: Arc<dyn Membership>,
    /// Says who decides about what.
    pub routing: Arc<dyn Routing>,
    /// The connections to the other nodes.
    pub peers: PeerChannels,
    /// Says whether the node can serve; `grpc.health.v1` repeats it.
    pub readiness: Arc<dyn Readiness>,
    /// Counts answers.
    pub observer: Arc<dyn Observer>,
}
