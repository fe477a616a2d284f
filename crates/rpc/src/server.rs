//! The server: binds, serves every service with its bounds, and ends without cutting off what is under way.

pub(crate) mod api;
pub(crate) mod drain;
mod founding;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use baton_wire::pb::FILE_DESCRIPTOR_SET;
use tonic::service::{Routes, RoutesBuilder};
use tonic::transport::server::TcpIncoming;

use crate::health::{self, Health};
use crate::services::Services;
use api::Port;
use drain::Drain;
pub use founding::FoundingServer;

/// The most calls of one connection at a time; further ones wait at the client. HTTP/2 asks for at least 100.
const CALLS_PER_CONNECTION_MAX: u32 = 256;

/// How long a connection may be silent before the server asks whether its client lives. One that does not answer within
/// [`KEEPALIVE_WITHIN`] is closed, so that dead clients hold no streams.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(30);

/// How long a client may take to say that it lives.
const KEEPALIVE_WITHIN: Duration = Duration::from_secs(20);

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
        let (incoming, local) = listen(address)?;
        Ok(Self { incoming, local, services })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Serves until `shutdown` ends. Then no new call is taken, streams answer what they received and end, and calls under
    /// way get some seconds to finish.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ServerError> {
        let drain = Drain::new();
        let health = Health::new(self.services.readiness.clone());
        let mut routes = Routes::builder();
        add_reflection(&mut routes)?;
        routes.add_service(health.server());
        api::add(&mut routes, self.services, Port::Public, drain.ending());
        let server = tonic::transport::Server::builder()
            .max_concurrent_streams(CALLS_PER_CONNECTION_MAX)
            .http2_keepalive_interval(Some(KEEPALIVE_AFTER))
            .http2_keepalive_timeout(Some(KEEPALIVE_WITHIN))
            .add_routes(routes.routes())
            .serve_with_incoming_shutdown(self.incoming, drain.ended());
        let follow = health.follow(drain.ending());
        let serve = async {
            tokio::select! {
                served = server => served.map_err(ServerError::Transport),
                () = follow => Ok(()),
            }
        };
        drain.run(serve, shutdown).await
    }
}

/// Listens, with the address that was picked. Answers are small and leave at once.
pub(crate) fn listen(address: SocketAddr) -> Result<(TcpIncoming, SocketAddr), ServerError> {
    let bind = |cause| ServerError::Bind { address, cause };
    let incoming = TcpIncoming::bind(address).map_err(bind)?.with_nodelay(Some(true));
    let local = incoming.local_addr().map_err(bind)?;
    Ok((incoming, local))
}

/// Reflection of what is served here. What nodes say to each other stands in the descriptors and is not served.
fn add_reflection(routes: &mut RoutesBuilder) -> Result<(), ServerError> {
    let reflection = |own: &'static str| {
        let builder = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET);
        let names = health::SERVICES.into_iter().chain([HEALTH_SERVICE, own]);
        names.fold(builder, tonic_reflection::server::Builder::with_service_name)
    };
    routes.add_service(reflection(REFLECTION_SERVICE).build_v1().map_err(ServerError::Reflection)?);
    // Many clients, Python's among them, ask in the older version only.
    let v1alpha = reflection(REFLECTION_V1ALPHA_SERVICE).build_v1alpha();
    routes.add_service(v1alpha.map_err(ServerError::Reflection)?);
    Ok(())
}

/// The names of what is served beside the API.
const HEALTH_SERVICE: &str = "grpc.health.v1.Health";
const REFLECTION_SERVICE: &str = "grpc.reflection.v1.ServerReflection";
const REFLECTION_V1ALPHA_SERVICE: &str = "grpc.reflection.v1alpha.ServerReflection";
