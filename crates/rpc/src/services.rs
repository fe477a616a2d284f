//! What the API serves: the gateway of a node, and what looks on.

use std::sync::Arc;

use baton_ports::gateway::{Cluster, Customers, Definitions, Events, Messages};
use baton_ports::readiness::Readiness;

use crate::observer::Observer;

/// Everything that a server asks.
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
    /// Says whether the node can serve; `grpc.health.v1` repeats it.
    pub readiness: Arc<dyn Readiness>,
    /// Counts answers.
    pub observer: Arc<dyn Observer>,
}
