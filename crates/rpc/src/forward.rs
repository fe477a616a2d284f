//! Handing calls on to the node that decides, over at most one hop.
//!
//! The public server forwards; the peer port answers what this node decides itself, and never forwards. The raw request
//! goes on, with what is left of the caller's time, and the answer comes back unchanged.

pub(crate) mod customer;
pub(crate) mod fan_out;
mod peer;

use std::future::Future;
use std::sync::Arc;

use baton_ports::routing::{PeerNode, Route, Routing};
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use crate::deadline::Deadline;
use crate::peer::PeerChannels;
use crate::server::api::Port;
use crate::status::Failure;
pub(crate) use peer::{Peer, PeerError, method};

/// Who decides about what, and the way there.
#[derive(Clone)]
pub(crate) struct Way {
    pub(crate) routing: Arc<dyn Routing>,
    pub(crate) peers: PeerChannels,
    pub(crate) port: Port,
}

impl Way {
    /// Whether calls go on to other nodes.
    pub(crate) fn forwards(&self) -> bool {
        self.port == Port::Public
    }

    /// A node to ask.
    pub(crate) fn peer(&self, node: PeerNode) -> Peer {
        Peer { node, peers: self.peers.clone() }
    }

    /// Answers a call about documents, here or by the node that decides about them.
    pub(crate) async fn ask_system<Q, A, H, P>(
        &self,
        deadline: Deadline,
        request: Q,
        here: impl FnOnce(Q) -> H,
        there: impl FnOnce(Channel, Request<Q>) -> P,
    ) -> Result<A, Failure>
    where
        H: Future<Output = Result<A, Failure>>,
        P: Future<Output = Result<Response<A>, Status>>,
    {
        let route = if self.forwards() { self.routing.system() } else { Route::Here };
        match route {
            Route::Here => here(request).await,
            Route::Peer(node) => Ok(self.peer(node).ask(deadline, request, there).await?),
            Route::Nobody { reason, after } => Err(PeerError::Nobody { reason, after }.into()),
        }
    }
}
