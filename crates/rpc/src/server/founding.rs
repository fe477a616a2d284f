//! The server of a node that belongs to no cluster yet: it founds one, and says of every other call why it cannot.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use baton_ports::gateway::{ClusterError, Membership};
use baton_wire::pb::admin::v1 as pb;
use baton_wire::pb::admin::v1::cluster_service_server::ClusterServiceServer;
use baton_wire::pb::v1::customer_service_server::CustomerServiceServer;
use baton_wire::pb::v1::definition_service_server::DefinitionServiceServer;
use baton_wire::pb::v1::event_service_server::EventServiceServer;
use baton_wire::pb::v1::message_service_server::MessageServiceServer;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use super::drain::Drain;
use super::{ServerError, add_reflection, listen};
use crate::cluster::found::found;
use crate::customers::CustomerService;
use crate::definitions::DefinitionService;
use crate::events::EventService;
use crate::messages::MessageService;
use crate::status::{Failure, answer};

/// Serves one address until a cluster is founded. After that the address is free for [`super::Server`].
pub struct FoundingServer {
    incoming: TcpIncoming,
    local: SocketAddr,
    membership: Arc<dyn Membership>,
}

impl FoundingServer {
    /// Listens on `address`; with port 0 the system picks one. Nothing is answered before [`FoundingServer::run`]. Must be
    /// called within a tokio runtime.
    pub fn bind(address: SocketAddr, membership: Arc<dyn Membership>) -> Result<Self, ServerError> {
        let (incoming, local) = listen(address)?;
        Ok(Self { incoming, local, membership })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Serves until `founded` ends. Whoever founded the cluster gets the answer still.
    pub async fn run(self, founded: impl Future<Output = ()> + Send) -> Result<(), ServerError> {
        let drain = Drain::new();
        let mut routes = Routes::builder();
        add_reflection(&mut routes)?;
        routes
            .add_service(ClusterServiceServer::new(FoundingService { membership: self.membership }))
            .add_service(Absent::<EventServiceServer<EventService>>::new())
            .add_service(Absent::<DefinitionServiceServer<DefinitionService>>::new())
            .add_service(Absent::<CustomerServiceServer<CustomerService>>::new())
            .add_service(Absent::<MessageServiceServer<MessageService>>::new());
        let serve = tonic::transport::Server::builder()
            .add_routes(routes.routes())
            .serve_with_incoming_shutdown(self.incoming, drain.ended());
        let serve = async { serve.await.map_err(ServerError::Transport) };
        drain.run(serve, founded).await
    }
}

/// Why every call but one is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no cluster here: baton cluster init, or configure cluster.id, cluster.join_token and cluster.seeds")]
struct NoCluster;

impl From<NoCluster> for Status {
    fn from(error: NoCluster) -> Self {
        Failure::from(ClusterError::Refused { reason: error.to_string() }).into()
    }
}

/// Founds a cluster, and nothing else.
struct FoundingService {
    membership: Arc<dyn Membership>,
}

#[tonic::async_trait]
impl pb::cluster_service_server::ClusterService for FoundingService {
    async fn init(&self, request: Request<pb::InitRequest>) -> Result<Response<pb::InitResponse>, Status> {
        answer(found(&*self.membership, request)).await
    }

    async fn get_cluster(&self, _: Request<pb::GetClusterRequest>) -> Result<Response<pb::Cluster>, Status> {
        Err(NoCluster.into())
    }

    async fn check(&self, _: Request<pb::CheckRequest>) -> Result<Response<pb::CheckResponse>, Status> {
        Err(NoCluster.into())
    }

    async fn get_settings(&self, _: Request<pb::GetSettingsRequest>) -> Result<Response<pb::Settings>, Status> {
        Err(NoCluster.into())
    }

    async fn advance_clock(
        &self,
        _: Request<pb::AdvanceClockRequest>,
    ) -> Result<Response<pb::AdvanceClockResponse>, Status> {
        Err(NoCluster.into())
    }
}

/// Stands in the place of the service `S` and refuses each of its calls.
struct Absent<S>(PhantomData<fn() -> S>);

impl<S> Absent<S> {
    fn new() -> Self {
        Self(PhantomData)
    }
}

impl<S> Clone for Absent<S> {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl<S: NamedService> NamedService for Absent<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<http::Request<Body>> for Absent<S> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        ready(Ok(Status::from(NoCluster).into_http()))
    }
}
