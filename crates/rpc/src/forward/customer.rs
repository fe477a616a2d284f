//! Calls about one customer: answered by the node that leads the customer's shard, which the reply names.

use std::future::Future;

use baton_model::ids::ShardId;
use baton_model::text_id::CustomerId;
use baton_ports::routing::{PeerNode, Route};
use baton_wire::pb::v1 as pb;
use tonic::metadata::AsciiMetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use super::{PeerError, Way};
use crate::deadline::{CALL_MAX, Deadline};
use crate::request::{RequestError, check_workspace, customer};
use crate::status::Failure;

/// The metadata of a reply that names who leads the customer's shard: `<node>;<grpc address>;<shard>`.
pub(crate) const OWNER_KEY: &str = "baton-owner";

/// A request that names one customer.
pub(crate) trait AboutCustomer {
    /// Whom.
    fn customer(&self) -> Result<CustomerId, RequestError>;
}

/// Declares requests that name one customer.
macro_rules! about_customer {
    ($($request:ident),*) => {
        $(impl AboutCustomer for pb::$request {
            fn customer(&self) -> Result<CustomerId, RequestError> {
                check_workspace(self.workspace)?;
                customer(&self.customer_id)
            }
        })*
    };
}

about_customer!(
    GetCustomerRequest,
    TimelineRequest,
    ExplainRequest,
    PauseCustomerRequest,
    ResumeCustomerRequest,
    ListMessagesRequest,
    ReportOutcomeRequest
);

impl Way {
    /// Answers a call about one customer, `here` or `there`.
    pub(crate) async fn ask_owner<Q: AboutCustomer, A, H, P>(
        &self,
        request: Request<Q>,
        here: impl FnOnce(Q, CustomerId, Deadline) -> H,
        there: impl FnOnce(Channel, Request<Q>) -> P,
    ) -> Result<Response<A>, Status>
    where
        H: Future<Output = Result<A, Failure>>,
        P: Future<Output = Result<Response<A>, Status>>,
    {
        let deadline = Deadline::of(request.metadata(), CALL_MAX).map_err(Failure::from)?;
        let request = request.into_inner();
        let customer = request.customer().map_err(Failure::from)?;
        let shard = self.routing.shard_of(&customer);
        let route = if self.forwards() { self.routing.shard(shard) } else { Route::Here };
        let owner = self.owner(shard, &route);
        let answer = match route {
            Route::Here => here(request, customer, deadline).await,
            Route::Peer(node) => self.peer(node).ask(deadline, request, there).await.map_err(Failure::from),
            Route::Nobody { reason, after } => Err(PeerError::Nobody { reason, after }.into()),
        };
        tell(owner, answer)
    }

    /// The owner as a reply names it. Other nodes know it already.
    fn owner(&self, shard: ShardId, route: &Route) -> Option<AsciiMetadataValue> {
        let node = match route {
            Route::Here if self.forwards() => &self.routing.here(),
            Route::Peer(node) => node,
            Route::Here | Route::Nobody { .. } => return None,
        };
        let PeerNode { node, grpc_address, .. } = node;
        // An address that is no metadata cannot be called either.
        format!("{node};{grpc_address};{shard}").parse().ok()
    }
}

/// Puts the owner into a reply, be it an answer or an error.
fn tell<A>(owner: Option<AsciiMetadataValue>, answer: Result<A, Failure>) -> Result<Response<A>, Status> {
    let mut reply = answer.map(Response::new).map_err(Status::from);
    if let Some(owner) = owner {
        let metadata = match &mut reply {
            Ok(response) => response.metadata_mut(),
            Err(status) => status.metadata_mut(),
        };
        metadata.insert(OWNER_KEY, owner);
    }
    reply
}
