//! The peer port: what nodes ask of each other, and the API answered for what this node decides itself.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use baton_consensus::network::transport::Inbox;
use baton_model::ids::ClusterId;
use baton_wire::pb::peer::v1::peer_service_server::PeerServiceServer;
use tonic::service::{InterceptorLayer, Routes};
use tonic::transport::server::TcpIncoming;

use super::service::PeerService;
use super::{
    Admission, CONNECTION_WINDOW_BYTES, KEEPALIVE_AFTER, KEEPALIVE_WITHIN, MESSAGE_BYTES_MAX, STREAM_WINDOW_BYTES,
};
use crate::forward::Way;
use crate::server::api::{self, Port};
use crate::server::drain::Drain;
use crate::server::{ServerError, listen};
use crate::services::Services;

/// The most calls of one peer at a time: those that it forwards, whose bound is its clients' connections. Further ones wait
/// there. As many may be given up at once, when their time is over, without the peer being taken for an attacker: that would
/// end the connection, and Raft with it.
const CALLS_PER_PEER_MAX: u32 = 4096;

/// What the peer port serves.
#[derive(Clone)]
pub struct PeerServices {
    /// Whose nodes may call.
    pub cluster: ClusterId,
    /// Takes what Raft sends.
    pub inbox: Arc<dyn Inbox>,
    /// The API. It is answered here and never forwarded.
    pub api: Services,
}

/// Serves the peer port.
pub struct PeerServer {
    incoming: TcpIncoming,
    local: SocketAddr,
    services: PeerServices,
}

impl PeerServer {
    /// Listens on `address`; with port 0 the system picks one. Nothing is answered before [`PeerServer::run`]. Must be
    /// called within a tokio runtime.
    pub fn bind(address: SocketAddr, services: PeerServices) -> Result<Self, ServerError> {
        let (incoming, local) = listen(address)?;
        Ok(Self { incoming, local, services })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Serves until `shutdown` ends; then streams end, and calls under way get some seconds to finish.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ServerError> {
        let PeerServices { cluster, inbox, api } = self.services;
        let drain = Drain::new();
        let way = Way { routing: api.routing.clone(), peers: api.peers.clone(), port: Port::Peer };
        let service = PeerService { inbox, membership: api.membership.clone(), way, ending: drain.ending() };
        let service = PeerServiceServer::new(service);
        let service = service.max_decoding_message_size(MESSAGE_BYTES_MAX).max_encoding_message_size(MESSAGE_BYTES_MAX);
        let mut routes = Routes::builder();
        routes.add_service(service);
        api::add(&mut routes, api, Port::Peer, drain.ending());
        let serve = tonic::transport::Server::builder()
            .layer(InterceptorLayer::new(Admission { cluster }))
            .max_concurrent_streams(CALLS_PER_PEER_MAX)
            .http2_max_pending_accept_reset_streams(Some(CALLS_PER_PEER_MAX as usize))
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .http2_keepalive_interval(Some(KEEPALIVE_AFTER))
            .http2_keepalive_timeout(Some(KEEPALIVE_WITHIN))
            .add_routes(routes.routes())
            .serve_with_incoming_shutdown(self.incoming, drain.ended());
        let serve = async { serve.await.map_err(ServerError::Transport) };
        drain.run(serve, shutdown).await
    }
}
