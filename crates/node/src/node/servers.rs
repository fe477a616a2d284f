//! The doors of a node: gRPC for services and operators, the peer port for other nodes, HTTP for those who look on.

use std::net::SocketAddr;
use std::sync::Arc;

use baton_consensus::network::inbox::GroupsInbox;
use baton_http::HttpServer;
use baton_model::ids::ClusterId;
use baton_ports::readiness::Readiness;
use baton_rpc::{PeerChannels, PeerServer, PeerServices, Server as RpcServer, ServerError, Services};
use baton_telemetry::Metrics;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::gateway::Gateway;
use crate::observer::EventsObserver;
use crate::routing::Routes;
use crate::start_error::StartError;

/// What is behind the doors.
pub(super) struct Doors {
    pub(super) cluster: ClusterId,
    pub(super) gateway: Arc<Gateway>,
    pub(super) routes: Arc<Routes>,
    pub(super) peers: PeerChannels,
    pub(super) inbox: Arc<GroupsInbox>,
    pub(super) readiness: Arc<dyn Readiness>,
    pub(super) metrics: Arc<Metrics>,
}

/// The doors are open.
pub(super) struct Serving {
    pub(super) grpc: SocketAddr,
    pub(super) http: SocketAddr,
    pub(super) servers: Vec<JoinHandle<()>>,
}

impl Doors {
    /// Listens, and serves until `stop`.
    pub(super) async fn open(self, config: &Config, stop: &CancellationToken) -> Result<Serving, StartError> {
        let Self { cluster, gateway, routes, peers, inbox, readiness, metrics } = self;
        let services = Services {
            events: Arc::clone(&gateway) as _,
            definitions: Arc::clone(&gateway) as _,
            customers: Arc::clone(&gateway) as _,
            messages: Arc::clone(&gateway) as _,
            cluster: Arc::clone(&gateway) as _,
            membership: gateway as _,
            routing: routes,
            peers,
            readiness: Arc::clone(&readiness),
            observer: Arc::new(EventsObserver { metrics: Arc::clone(&metrics) }),
        };
        let peer = PeerServer::bind(config.node.peer, PeerServices { cluster, inbox, api: services.clone() })?;
        let rpc = RpcServer::bind(config.node.grpc, services)?;
        let web = HttpServer::bind(config.node.http, readiness, metrics).await?;
        let (grpc, http) = (rpc.local_addr(), web.address());
        let stopped = || stop.clone().cancelled_owned();
        let peer = tokio::spawn(ended("the peer server", peer.run(stopped())));
        let rpc = tokio::spawn(ended("the gRPC server", rpc.run(stopped())));
        let web_stopped = stopped();
        let web = tokio::spawn(async move {
            if let Err(error) = web.run(web_stopped).await {
                tracing::error!(%error, "the HTTP server ended");
            }
        });
        Ok(Serving { grpc, http, servers: vec![rpc, peer, web] })
    }
}

async fn ended(what: &'static str, server: impl Future<Output = Result<(), ServerError>>) {
    if let Err(error) = server.await {
        tracing::error!(%error, "{what} ended");
    }
}
