//! `baton.peer.v1.PeerService`: takes what other nodes send, and makes callers nodes of the cluster.

use std::pin::Pin;
use std::sync::Arc;

use baton_consensus::network::transport::{Inbox, TransportError};
use baton_ports::gateway::Membership;
use baton_ports::routing::Route;
use baton_wire::pb::peer::v1 as pb;
use baton_wire::pb::peer::v1::peer_service_client::PeerServiceClient;
use futures::{FutureExt, Stream, StreamExt};
use tokio::sync::watch;
use tonic::{Request, Response, Status, Streaming};

use super::admission::is_joining;
use super::{PART_MAX, join};
use crate::deadline::{CALL_MAX, Deadline};
use crate::forward::{Way, method};
use crate::status::answer;

/// The service.
pub(super) struct PeerService {
    pub(super) inbox: Arc<dyn Inbox>,
    pub(super) membership: Arc<dyn Membership>,
    pub(super) way: Way,
    /// Becomes true when the server ends.
    pub(super) ending: watch::Receiver<bool>,
}

#[tonic::async_trait]
impl pb::peer_service_server::PeerService for PeerService {
    type RaftStream = Pin<Box<dyn Stream<Item = Result<pb::RaftFrame, Status>> + Send>>;

    async fn raft(&self, request: Request<Streaming<pb::RaftFrame>>) -> Result<Response<Self::RaftStream>, Status> {
        let cut = |status: Status| TransportError { reason: status.message().to_owned() };
        let incoming = request.into_inner().map(move |frame| frame.map_err(cut)).boxed();
        let mut ending = self.ending.clone();
        let ended = async move {
            // An error means that the sender is gone, which is the end as well.
            let _ = ending.wait_for(|ending| *ending).await;
        };
        let answers = self.inbox.accept(incoming).take_until(ended.boxed());
        Ok(Response::new(answers.map(Ok).boxed()))
    }

    async fn put_snapshot(&self, request: Request<pb::SnapshotPart>) -> Result<Response<pb::SnapshotAnswer>, Status> {
        answer(async {
            let deadline = Deadline::of(request.metadata(), PART_MAX)?;
            Ok(deadline.bound(self.inbox.put_snapshot(request.into_inner())).await?)
        })
        .await
    }

    /// A node that does not decide asks the one that does, for a caller that is not a node yet: so any node is a seed, and
    /// the call makes one hop more at most.
    async fn join(&self, request: Request<pb::JoinRequest>) -> Result<Response<pb::JoinResponse>, Status> {
        answer(async {
            let deadline = Deadline::of(request.metadata(), CALL_MAX)?;
            let joining = is_joining(request.metadata());
            let request = request.into_inner();
            match self.way.routing.system() {
                Route::Peer(peer) if joining => {
                    let peer = self.way.peer(peer);
                    Ok(peer.ask(deadline, request, method!(PeerServiceClient::join)).await?)
                }
                // A route that is behind is no reason to refuse: the system group says who decides.
                Route::Here | Route::Peer(_) | Route::Nobody { .. } => {
                    let joined = deadline.bound(self.membership.join(join::from_pb(request))).await?;
                    Ok(join::joined_to_pb(&joined?))
                }
            }
        })
        .await
    }

    async fn read_clock(
        &self,
        _request: Request<pb::ReadClockRequest>,
    ) -> Result<Response<pb::ReadClockResponse>, Status> {
        let (unix_ms, declines_leads) = (self.membership.wall_clock_ms(), self.membership.declines_leads());
        Ok(Response::new(pb::ReadClockResponse { unix_ms, declines_leads }))
    }
}
