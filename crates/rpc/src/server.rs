//! The server: binds, serves every service with its bounds, and ends without cutting off what is under way.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use baton_wire::limits::{REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX};
use baton_wire::pb::FILE_DESCRIPTOR_SET;
use baton_wire::pb::admin::v1::cluster_service_server::ClusterServiceServer;
use baton_wire::pb::v1::customer_service_server::CustomerServiceServer;
use baton_wire::pb::v1::definition_service_server::DefinitionServiceServer;
use baton_wire::pb::v1::event_service_server::EventServiceServer;
use baton_wire::pb::v1::message_service_server::MessageServiceServer;
use tokio::sync::watch;
use tonic::transport::server::{Router, TcpIncoming};

use crate::cluster::ClusterService;
use crate::customers::CustomerService;
use crate::definitions::DefinitionService;
use crate::events::EventService;
use crate::health::Health;
use crate::messages::MessageService;
use crate::services::Services;

/// The most calls of one connection at a time; further ones wait at the client. HTTP/2 asks for at least 100.
const CALLS_PER_CONNECTION_MAX: u32 = 256;

/// How long a connection may be silent before the server asks whether its client lives. One that does not answer within
/// [`KEEPALIVE_WITHIN`] is closed, so that dead clients hold no streams.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(30);

/// How long a client may take to say that it lives.
const KEEPALIVE_WITHIN: Duration = Duration::from_secs(20);

/// How long calls that are under way may take once the server ends; after that they are cut off. It outlives the answers
/// of a stream.
const DRAIN_MAX: Duration = Duration::from_secs(15);

/// Serves the API on one address.
pub struct Server {
    incoming: TcpIncoming,
    local: SocketAddr,
    services: Services,
}

/// Why a server ended, or did not begin.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}; is another process there?")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The descriptors of the contract cannot be served by reflection.
    #[error("the descriptors of the contract are damaged")]
    Reflection(#[source] tonic_reflection::server::Error),
    /// The connections failed.
    #[error("serving failed")]
    Transport(#[source] tonic::transport::Error),
}

impl Server {
    /// Listens on `address`; with port 0 the system picks one. Nothing is answered before [`Server::run`]. Must be called
    /// within a tokio runtime.
    pub fn bind(address: SocketAddr, services: Services) -> Result<Self, ServerError> {
        let bind = |cause| ServerError::Bind { address, cause };
        let incoming = TcpIncoming::bind(address).map_err(bind)?.with_nodelay(Some(true));
        let local = incoming.local_addr().map_err(bind)?;
        Ok(Self { incoming, local, services })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Serves until `shutdown` ends. Then no new call is taken, streams answer what they received and end, and calls under
    /// way get [`DRAIN_MAX`] to finish.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ServerError> {
        let (end, ending) = watch::channel(false);
        let health = Health::new(self.services.readiness.clone());
        let router = router(self.services, &health, ending.clone())?;
        let mut ended = ending.clone();
        let drain = async move {
            // An error means that the sender is gone, which is the end as well.
            let _ = ended.wait_for(|ended| *ended).await;
        };
        let serve = router.serve_with_incoming_shutdown(self.incoming, drain);
        let end_and_wait = async move {
            shutdown.await;
            end.send_replace(true);
            tokio::time::sleep(DRAIN_MAX).await;
        };
        tokio::select! {
            served = serve => served.map_err(ServerError::Transport),
            () = end_and_wait => {
                tracing::warn!(seconds = DRAIN_MAX.as_secs(), "calls that did not end in time are cut off");
                Ok(())
            }
            () = health.follow(ending) => Ok(()),
        }
    }
}

/// Every service with the bounds of its messages.
fn router(services: Services, health: &Health, ending: watch::Receiver<bool>) -> Result<Router, ServerError> {
    /// Bounds what a service reads and writes.
    macro_rules! bounded {
        ($service:expr) => {
            $service.max_decoding_message_size(REQUEST_BYTES_MAX).max_encoding_message_size(RESPONSE_BYTES_MAX)
        };
    }
    let Services { events, definitions, customers, messages, cluster, readiness: _, observer } = services;
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let reflection_v1 = reflection().build_v1().map_err(ServerError::Reflection)?;
    // Many clients, Python's among them, ask in the older version only.
    let reflection_v1alpha = reflection().build_v1alpha().map_err(ServerError::Reflection)?;
    Ok(tonic::transport::Server::builder()
        .max_concurrent_streams(CALLS_PER_CONNECTION_MAX)
        .http2_keepalive_interval(Some(KEEPALIVE_AFTER))
        .http2_keepalive_timeout(Some(KEEPALIVE_WITHIN))
        .add_service(reflection_v1)
        .add_service(reflection_v1alpha)
        .add_service(health.server())
        .add_service(bounded!(EventServiceServer::new(EventService { events, observer, ending })))
        .add_service(bounded!(DefinitionServiceServer::new(DefinitionService { definitions })))
        .add_service(bounded!(CustomerServiceServer::new(CustomerService { customers })))
        .add_service(bounded!(MessageServiceServer::new(MessageService { messages })))
        .add_service(bounded!(ClusterServiceServer::new(ClusterService { cluster }))))
}
