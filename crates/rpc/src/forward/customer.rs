//! Calls about one customer: answered by the node that leads the customer's shard, which the reply names.

use std::future::Future;
use std::time::Duration;

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

/// When a caller may ask again about a shard that is not placed yet.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(250);

/// A request that names one customer.
pub(crate) trait AboutCustomer {
    /// Whom.
    fn customer(&self) -> Result<CustomerId, RequestError>;

    /// Whether it is a question whose answer may be stale.
    fn may_be_stale(&self) -> bool;
}

/// Declares requests that name one customer.
macro_rules! about_customer {
    ($may_be_stale:expr; $($request:ident),*) => {
        $(impl AboutCustomer for pb::$request {
            fn customer(&self) -> Result<CustomerId, RequestError> {
                check_workspace(self.workspace)?;
                customer(&self.customer_id)
            }

            fn may_be_stale(&self) -> bool {
                let may_be_stale: fn(&Self) -> bool = $may_be_stale;
                may_be_stale(self)
            }
        })*
    };
}

about_customer!(|question| question.stale; GetCustomerRequest, TimelineRequest, ExplainRequest);
about_customer!(|_| false; PauseCustomerRequest, ResumeCustomerRequest, ListMessagesRequest, ReportOutcomeRequest);

impl Way {
    /// Answers a call about one customer, `here` or `there`: by the owner, or by whoever has the rows if they may be stale.
    pub(crate) async fn ask_owner<Q: AboutCustomer + Clone, A, H, P>(
        &self,
        request: Request<Q>,
        here: impl FnOnce(Q, CustomerId, Deadline) -> H,
        there: impl Fn(Channel, Request<Q>) -> P,
    ) -> Result<Response<A>, Status>
    where
        H: Future<Output = Result<A, Failure>>,
        P: Future<Output = Result<Response<A>, Status>>,
    {
        let deadline = Deadline::of(request.metadata(), CALL_MAX).map_err(Failure::from)?;
        let request = request.into_inner();
        let customer = request.customer().map_err(Failure::from)?;
        let shard = self.routing.shard_of(&customer);
        if request.may_be_stale() && self.forwards() {
            let holders = self.routing.holders(shard);
            if !holders.contains(&self.routing.here()) {
                return tell(None, self.ask_holder(&holders, deadline, request, there).await);
            }
            return tell(None, here(request, customer, deadline).await);
        }
        let route = if self.forwards() { self.routing.shard(shard) } else { Route::Here };
        let owner = self.owner(shard, &route);
        let answer = match route {
            Route::Here => here(request, customer, deadline).await,
            Route::Peer(node) => self.peer(node).ask(deadline, request, there).await.map_err(Failure::from),
            Route::Nobody { reason, after } => Err(PeerError::Nobody { reason, after }.into()),
        };
        tell(owner, answer)
    }

    /// Asks the first of those nodes that can be reached.
    async fn ask_holder<Q: Clone, A, P>(
        &self,
        holders: &[PeerNode],
        deadline: Deadline,
        request: Q,
        there: impl Fn(Channel, Request<Q>) -> P,
    ) -> Result<A, Failure>
    where
        P: Future<Output = Result<Response<A>, Status>>,
    {
        let mut error = PeerError::Nobody { reason: "no node has the shard yet".to_owned(), after: ASK_AGAIN_AFTER };
        for holder in holders {
            match self.peer(holder.clone()).ask(deadline, request.clone(), &there).await {
                Err(not_reached @ PeerError::NotReached { .. }) => error = not_reached,
                answer => return answer.map_err(Failure::from),
            }
        }
        Err(error.into())
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
