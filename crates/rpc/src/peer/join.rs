//! Joining a cluster, from the side of the node that joins, and the messages of it.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_model::ids::{ClusterId, NodeId, ReplicaId};
use baton_ports::gateway::{JoinRequest, JoinToken, Joined};
use baton_wire::pb::peer::v1 as pb;
use baton_wire::pb::peer::v1::peer_service_client::PeerServiceClient;
use tokio::time::timeout;
use tonic::{Code, Status};

use super::channels::{Caller, PeerChannels};
use super::reason;

/// How long a seed may take: it waits for a quorum of the system group, and outlives an election of it.
const JOIN_MAX: Duration = Duration::from_secs(10);

/// Why a seed did not make the caller a node.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// The cluster refuses, and will again until the configuration is another.
    #[error("{seed} refuses: {reason}")]
    Refused {
        /// Who was asked.
        seed: String,
        /// Why, and what to write instead.
        reason: String,
    },
    /// Nobody answered, or nobody decides right now: ask the next seed, or this one again with the same nonce.
    #[error("{seed} cannot take this node now: {reason}")]
    Unavailable {
        /// Who was asked.
        seed: String,
        /// Why.
        reason: String,
    },
}

/// Asks a seed to make this process a node of the cluster. `dial` is as for [`PeerChannels::new`].
pub async fn join(
    seed: &str,
    dial: &BTreeMap<String, String>,
    cluster: ClusterId,
    request: JoinRequest,
) -> Result<Joined, JoinError> {
    let unavailable = |reason: String| JoinError::Unavailable { seed: seed.to_owned(), reason };
    let peers = PeerChannels::new(Caller { cluster, node: NodeId(0) }, dial.clone());
    let channel = peers
        .to(seed)
        .map_err(|error| JoinError::Refused { seed: seed.to_owned(), reason: format!("cluster.seeds: {error}") })?;
    let mut request = peers.request(to_pb(request));
    request.set_timeout(JOIN_MAX);
    let joined = timeout(JOIN_MAX, async { PeerServiceClient::new(channel).join(request).await }).await;
    let joined = joined.map_err(|_| unavailable(format!("no answer within {JOIN_MAX:?}")))?;
    joined.map(|joined| joined_from_pb(&joined.into_inner())).map_err(|status| error(seed, &status))
}

fn error(seed: &str, status: &Status) -> JoinError {
    let (seed, reason) = (seed.to_owned(), reason(status));
    match status.code() {
        Code::InvalidArgument | Code::FailedPrecondition | Code::PermissionDenied => {
            JoinError::Refused { seed, reason }
        }
        Code::Unimplemented => JoinError::Refused { seed, reason: "it is not the peer port of a node".to_owned() },
        _ => JoinError::Unavailable { seed, reason },
    }
}

fn to_pb(request: JoinRequest) -> pb::JoinRequest {
    let JoinRequest { token: JoinToken(token), nonce, peer_address, grpc_address, zone, shard_count } = request;
    let shard_count = shard_count.unwrap_or(0);
    pb::JoinRequest { token, nonce, peer_address, grpc_address, zone, shard_count }
}

pub(super) fn from_pb(request: pb::JoinRequest) -> JoinRequest {
    let pb::JoinRequest { token, nonce, peer_address, grpc_address, zone, shard_count } = request;
    let shard_count = (shard_count != 0).then_some(shard_count);
    JoinRequest { token: JoinToken(token), nonce, peer_address, grpc_address, zone, shard_count }
}

pub(super) fn joined_to_pb(joined: &Joined) -> pb::JoinResponse {
    let Joined { node, system_replica, shard_count } = *joined;
    pb::JoinResponse { node: node.0, system_replica: system_replica.0, shard_count }
}

fn joined_from_pb(joined: &pb::JoinResponse) -> Joined {
    let pb::JoinResponse { node, system_replica, shard_count } = *joined;
    Joined { node: NodeId(node), system_replica: ReplicaId(system_replica), shard_count }
}
