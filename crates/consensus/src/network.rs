//! How members of a group reach each other.

use std::future::Future;

use openraft::alias::{SnapshotOf, VoteOf};
use openraft::errors::{RPCError, ReplicationClosed, StreamingError, Unreachable};
use openraft::network::{RPCOption, RaftNetworkFactory, RaftNetworkV2};
use openraft::raft::{AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, VoteRequest, VoteResponse};
use openraft::{AnyError, OptionalSend};

use crate::snapshot::SnapshotData;
use crate::type_config::{Member, TypeConfig};

/// The network of a node that is by itself: it reaches nobody, and says so. Groups whose only voter is here need no more.
#[derive(Debug, Clone, Copy, Default)]
pub struct Alone;

impl RaftNetworkFactory<TypeConfig> for Alone {
    type Network = NoPeer;

    async fn new_client(&mut self, target: u64, member: &Member) -> NoPeer {
        NoPeer { replica: target, address: member.address.clone() }
    }
}

/// A member on another node, which this one cannot reach.
#[derive(Debug, Clone)]
pub struct NoPeer {
    replica: u64,
    address: String,
}

impl NoPeer {
    fn unreachable(&self) -> Unreachable<TypeConfig> {
        let Self { replica, address } = self;
        Unreachable::new(&AnyError::error(format!(
            "this node is by itself and does not reach replica {replica} at {address}"
        )))
    }
}

impl RaftNetworkV2<TypeConfig> for NoPeer {
    type SnapshotData = SnapshotData;

    async fn append_entries(
        &mut self,
        _request: AppendEntriesRequest<TypeConfig>,
        _option: RPCOption,
    ) -> Result<AppendEntriesResponse<TypeConfig>, RPCError<TypeConfig>> {
        Err(RPCError::Unreachable(self.unreachable()))
    }

    async fn vote(
        &mut self,
        _request: VoteRequest<TypeConfig>,
        _option: RPCOption,
    ) -> Result<VoteResponse<TypeConfig>, RPCError<TypeConfig>> {
        Err(RPCError::Unreachable(self.unreachable()))
    }

    async fn pre_vote(
        &mut self,
        _request: VoteRequest<TypeConfig>,
        _option: RPCOption,
    ) -> Result<VoteResponse<TypeConfig>, RPCError<TypeConfig>> {
        // The default grants it.
        Err(RPCError::Unreachable(self.unreachable()))
    }

    async fn full_snapshot(
        &mut self,
        _vote: VoteOf<TypeConfig>,
        _snapshot: SnapshotOf<TypeConfig, SnapshotData>,
        _cancel: impl Future<Output = ReplicationClosed> + OptionalSend + 'static,
        _option: RPCOption,
    ) -> Result<SnapshotResponse<TypeConfig>, StreamingError<TypeConfig>> {
        Err(StreamingError::Unreachable(self.unreachable()))
    }
}
