//! Another node, asked once: it gets the time that is left, and its answer comes back unchanged.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use baton_model::ids::NodeId;
use baton_ports::routing::PeerNode;
use tonic::transport::Channel;
use tonic::{ConnectError, Request, Response, Status};

use crate::deadline::Deadline;
use crate::peer::{PeerChannels, reason};

/// Calls one method of a service at a peer, within the bounds of the peer port.
macro_rules! method {
    ($client:ident::$method:ident) => {
        |channel, request| async move {
            let client = $client::new(channel).max_encoding_message_size($crate::peer::MESSAGE_BYTES_MAX);
            client.max_decoding_message_size($crate::peer::MESSAGE_BYTES_MAX).$method(request).await
        }
    };
}
pub(crate) use method;

/// Another node.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) node: PeerNode,
    pub(crate) peers: PeerChannels,
}

/// Why another node did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PeerError {
    /// It was not reached: certainly nothing happened.
    #[error("node {node} at {address} cannot be reached: {reason}")]
    NotReached {
        /// Which.
        node: NodeId,
        /// Its peer address.
        address: String,
        /// What the network says.
        reason: String,
    },
    /// The connection broke or the time was over before the answer came: it may have happened.
    #[error("node {node} did not answer, so the outcome is unknown: ask again; nothing happens twice")]
    Unknown {
        /// Which.
        node: NodeId,
    },
    /// It said no; this is its answer as it came.
    #[error("{}", .0.message())]
    Answered(Box<Status>),
    /// Nobody decides right now.
    #[error("{reason}; try again in {after:?}")]
    Nobody {
        /// Why.
        reason: String,
        /// When it makes sense to try again.
        after: Duration,
    },
}

impl Peer {
    /// Asks the node, which gets the time that is left until `deadline` and keeps a margin of it for the way back.
    pub(crate) async fn ask<Q, A, F>(
        &self,
        deadline: Deadline,
        message: Q,
        call: impl FnOnce(Channel, Request<Q>) -> F,
    ) -> Result<A, PeerError>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let channel = self.peers.to(&self.node.peer_address).map_err(|error| self.not_reached(error))?;
        let mut request = self.peers.request(message);
        request.set_timeout(deadline.remaining());
        match deadline.bound(call(channel, request)).await {
            Ok(Ok(answer)) => Ok(answer.into_inner()),
            Ok(Err(status)) => Err(self.failure(&status)),
            Err(_) => Err(PeerError::Unknown { node: self.node.node }),
        }
    }

    /// Tells an answer of the node from a fault of the way to it: every status that Baton makes has details.
    fn failure(&self, status: &Status) -> PeerError {
        if !status.details().is_empty() {
            // Headers of the answer are of that hop; the details go on as they came.
            let (code, message) = (status.code(), status.message().to_owned());
            return PeerError::Answered(Box::new(Status::with_details(
                code,
                message,
                status.details().to_vec().into(),
            )));
        }
        if was_not_sent(status) {
            return self.not_reached(reason(status));
        }
        tracing::debug!(node = %self.node.node, %status, "the outcome of a forwarded call is unknown");
        PeerError::Unknown { node: self.node.node }
    }

    fn not_reached(&self, reason: impl fmt::Display) -> PeerError {
        let PeerNode { node, peer_address, .. } = &self.node;
        PeerError::NotReached { node: *node, address: peer_address.clone(), reason: reason.to_string() }
    }
}

/// Whether there was no connection to send the call on.
fn was_not_sent(status: &Status) -> bool {
    let mut cause = status.source();
    while let Some(error) = cause {
        if error.is::<ConnectError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
