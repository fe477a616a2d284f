//! The other nodes of a scripted gateway: who decides about what, who may join, and an inbox that answers what it is sent.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use baton_consensus::network::transport::{Inbox, TransportError};
use baton_model::ids::{ClusterId, NodeId, ReplicaId, ShardId};
use baton_model::text_id::CustomerId;
use baton_ports::gateway::{FoundRequest, Founded, JoinRequest, JoinToken, Joined, Membership, MembershipError};
use baton_ports::routing::{PeerNode, Route, Routing};
use baton_wire::pb::peer::v1::snapshot_answer::Result as SnapshotResult;
use baton_wire::pb::peer::v1::{RaftFrame, RaftMessage, SnapshotAnswer, SnapshotPart};
use futures::future::{BoxFuture, ready};
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};

use super::scripted::Scripted;

/// Shards of the scripted cluster.
pub(crate) const SHARDS: u32 = 4;

/// Routes as they were last written. The shard of a customer is the digit that its name ends with, else 0.
pub(crate) struct ScriptedRouting {
    here: PeerNode,
    peers: Vec<PeerNode>,
    shards: Mutex<BTreeMap<ShardId, Route>>,
    /// Where that is not this node.
    holders: Mutex<BTreeMap<ShardId, Vec<PeerNode>>>,
    system: Mutex<Route>,
}

impl ScriptedRouting {
    /// One node that decides everything.
    pub(crate) fn alone() -> Self {
        Self::new(node(1, "peer-1:7401"), Vec::new())
    }

    /// A node that decides everything, among others.
    pub(crate) fn new(here: PeerNode, peers: Vec<PeerNode>) -> Self {
        let shards = (0..SHARDS).map(|shard| (ShardId(shard), Route::Here)).collect();
        Self { here, peers, shards: Mutex::new(shards), holders: Mutex::default(), system: Mutex::new(Route::Here) }
    }

    /// From now on somebody else decides about a shard.
    pub(crate) fn lead(&self, shard: u32, route: Route) {
        self.shards.lock().unwrap().insert(ShardId(shard), route);
    }

    /// From now on a shard is on those nodes.
    pub(crate) fn hold(&self, shard: u32, holders: Vec<PeerNode>) {
        self.holders.lock().unwrap().insert(ShardId(shard), holders);
    }

    /// Who decides about a shard.
    pub(crate) fn route_of(&self, shard: u32) -> Route {
        self.shard(ShardId(shard))
    }

    /// From now on somebody else decides about documents and nodes.
    pub(crate) fn lead_system(&self, route: Route) {
        *self.system.lock().unwrap() = route;
    }
}

/// A node with that peer address.
pub(crate) fn node(number: u64, peer_address: &str) -> PeerNode {
    PeerNode {
        node: NodeId(number),
        peer_address: peer_address.to_owned(),
        grpc_address: format!("grpc-{number}:7400"),
    }
}

/// Nobody leads.
pub(crate) fn nobody() -> Route {
    Route::Nobody { reason: "an election is under way".to_owned(), after: Duration::from_millis(200) }
}

impl Routing for ScriptedRouting {
    fn shard_of(&self, customer: &CustomerId) -> ShardId {
        let digit = customer.as_str().chars().next_back().and_then(|last| last.to_digit(SHARDS));
        ShardId(digit.unwrap_or(0))
    }

    fn shards(&self) -> Vec<ShardId> {
        (0..SHARDS).map(ShardId).collect()
    }

    fn shard(&self, shard: ShardId) -> Route {
        self.shards.lock().unwrap()[&shard].clone()
    }

    fn holders(&self, shard: ShardId) -> Vec<PeerNode> {
        self.holders.lock().unwrap().get(&shard).cloned().unwrap_or_else(|| vec![self.here.clone()])
    }

    fn system(&self) -> Route {
        self.system.lock().unwrap().clone()
    }

    fn here(&self) -> PeerNode {
        self.here.clone()
    }

    fn peers(&self) -> Vec<PeerNode> {
        self.peers.clone()
    }
}

/// The token of the scripted cluster.
pub(crate) const TOKEN: &str = "open sesame";

impl Membership for Scripted {
    fn found(&self, request: FoundRequest) -> BoxFuture<'_, Result<Founded, MembershipError>> {
        let founded = match request.cluster {
            Some(cluster) if request.nodes == 3 => Ok(Founded { cluster, token: JoinToken(TOKEN.to_owned()) }),
            _ => Err(MembershipError::Founded { cluster: ClusterId(1) }),
        };
        ready(founded).boxed()
    }

    /// The node gets the number of its shards.
    fn join(&self, request: JoinRequest) -> BoxFuture<'_, Result<Joined, MembershipError>> {
        let joined = if request.token == JoinToken(TOKEN.to_owned()) {
            let shard_count = request.shard_count.unwrap_or(SHARDS);
            Ok(Joined { node: NodeId(9), system_replica: ReplicaId(17), shard_count })
        } else {
            Err(MembershipError::WrongToken)
        };
        self.joins.lock().unwrap().push(request);
        ready(joined).boxed()
    }

    fn wall_clock_ms(&self) -> i64 {
        1_234
    }

    fn declines_leads(&self) -> bool {
        false
    }
}

/// Answers every message of a frame with the numbers of sender and receiver exchanged, one frame for each.
#[derive(Default)]
pub(crate) struct Echo {
    /// The parts of snapshots that came.
    pub(crate) parts: Mutex<Vec<SnapshotPart>>,
}

impl Inbox for Echo {
    fn accept(&self, incoming: BoxStream<'static, Result<RaftFrame, TransportError>>) -> BoxStream<'static, RaftFrame> {
        let back = |message: RaftMessage| RaftMessage { from: message.to, to: message.from, ..message };
        let frames = incoming.take_while(|frame| ready(frame.is_ok())).filter_map(|frame| ready(frame.ok()));
        frames.map(move |frame| RaftFrame { messages: frame.messages.into_iter().map(back).collect() }).boxed()
    }

    fn put_snapshot(&self, part: SnapshotPart) -> BoxFuture<'static, SnapshotAnswer> {
        let next = part.number + 1;
        self.parts.lock().unwrap().push(part);
        ready(SnapshotAnswer { result: Some(SnapshotResult::Next(next)) }).boxed()
    }
}
