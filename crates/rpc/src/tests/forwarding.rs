//! Two nodes: calls to the public port of the first are answered by whichever decides.

mod customers;
mod events;
mod everyone;
mod links;
mod system;

use baton_ports::routing::{PeerNode, Route};

use super::fixture::Fixture;
use super::peers::{CLUSTER, PeerPort, channels};
use super::scripted_cluster::{ScriptedRouting, node};

/// An address at which nobody listens.
const NOBODY_THERE: &str = "127.0.0.1:1";

/// Node 1, which is asked and leads shard 0, and node 2, which leads shard 1.
struct Two {
    first: Fixture,
    second: PeerPort,
}

impl Two {
    async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// After `change` of the first node's routes.
    async fn start_with(change: impl FnOnce(&ScriptedRouting)) -> Self {
        // Were the second node to forward, it would ask nobody.
        let elsewhere = ScriptedRouting::new(node(2, "peer-2:7401"), Vec::new());
        elsewhere.lead(0, Route::Peer(node(1, NOBODY_THERE)));
        elsewhere.lead_system(Route::Peer(node(1, NOBODY_THERE)));
        let second = PeerPort::with(elsewhere);
        let first = first(node(2, &second.address.to_string()), change).await;
        Self { first, second }
    }

    /// The message ids of each batch that reached the second node.
    fn second_batches(&self) -> Vec<Vec<String>> {
        self.second.gateway.batches.lock().unwrap().clone()
    }
}

/// The public server of node 1 of a cluster in which `second` leads shard 1, after `change`.
async fn first(second: PeerNode, change: impl FnOnce(&ScriptedRouting)) -> Fixture {
    let routing = ScriptedRouting::new(node(1, "peer-1:7401"), vec![second.clone()]);
    routing.lead(1, Route::Peer(second));
    change(&routing);
    Fixture::forwarding(routing, channels(CLUSTER)).await
}
