//! One member of a group as openraft reaches it.

use std::future::Future;
use std::time::Duration;

use baton_model::ids::ReplicaId;
use baton_wire::pb::peer::v1::raft_message::Body;
use baton_wire::pb::peer::v1::{RaftMessage, Refusal};
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{BoxStream, Stream};
use openraft::alias::{SnapshotOf, VoteOf};
use openraft::errors::{RPCError, ReplicationClosed, StreamingError, Unreachable};
use openraft::network::{Backoff, RPCOption, RaftNetworkFactory, RaftNetworkV2};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, StreamAppendResult, TransferLeaderRequest,
    TransferLeaderResponse, VoteRequest, VoteResponse,
};
use openraft::{AnyError, OptionalSend};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::append;
use super::link::{Link, Links};
use super::send_snapshot::{self, SnapshotSettings};
use super::transport::TransportError;
use crate::codec;
use crate::snapshot::SnapshotData;
use crate::state_machine::generations::GroupId;
use crate::state_machine::threads::StorageThreads;
use crate::type_config::{LogId, Member, TypeConfig, Vote};

/// How long openraft lets a peer rest that was not reached. About a heartbeat: a peer that comes back is missed no longer.
const UNREACHABLE_REST: Duration = Duration::from_millis(150);

/// Makes the members of one group reachable.
#[derive(Clone)]
pub(crate) struct Peers {
    pub(crate) group: GroupId,
    pub(crate) replica: ReplicaId,
    pub(crate) links: Links,
    pub(crate) snapshots: SnapshotSettings,
    /// Where snapshots are read.
    pub(crate) readers: StorageThreads,
}

impl RaftNetworkFactory<TypeConfig> for Peers {
    type Network = Peer;

    async fn new_client(&mut self, target: u64, member: &Member) -> Peer {
        Peer { peers: self.clone(), target, link: self.links.to(member), member: member.clone() }
    }
}

/// One member.
pub(crate) struct Peer {
    pub(super) peers: Peers,
    pub(super) target: u64,
    pub(super) link: Link,
    pub(super) member: Member,
}

impl Peer {
    /// A request to this member.
    pub(super) fn message(&self, lane: u64, body: Body) -> RaftMessage {
        let Peers { group, replica, .. } = &self.peers;
        RaftMessage { group: group.0, from: replica.0, to: self.target, id: self.link.number(), lane, body: Some(body) }
    }

    /// Asks and waits, at most as long as openraft is willing to.
    async fn ask(&self, body: Body, option: &RPCOption) -> Result<Body, CallError> {
        let answered = async { self.link.send(self.message(0, body)).await.await };
        match tokio::time::timeout(option.soft_ttl(), answered).await {
            Ok(Ok(answer)) => Ok(answer?),
            Ok(Err(_)) => Err(CallError::other("the link has ended")),
            Err(_) => Err(CallError::other(&format!("no answer within {:?}", option.soft_ttl()))),
        }
    }
}

impl RaftNetworkV2<TypeConfig> for Peer {
    type SnapshotData = SnapshotData;

    async fn append_entries(
        &mut self,
        request: AppendEntriesRequest<TypeConfig>,
        option: RPCOption,
    ) -> Result<AppendEntriesResponse<TypeConfig>, RPCError<TypeConfig>> {
        let answer = self.ask(Body::Append(encode(&request)?), &option).await?;
        let Body::Appended(bytes) = answer else { return Err(unexpected(answer).into()) };
        let appended: StreamAppendResult<TypeConfig> = decode(&bytes)?;
        Ok(append::response_of(&appended, request.entries.last().map(|entry| entry.log_id).or(request.prev_log_id)))
    }

    fn stream_append<S>(&mut self, input: S, _option: RPCOption) -> BoxFuture<'_, Result<Answers<'_>, Error>>
    where
        S: Stream<Item = AppendEntriesRequest<TypeConfig>> + OptionalSend + Unpin + 'static,
    {
        Box::pin(async move { Ok(append::stream(self, input)) })
    }

    async fn vote(
        &mut self,
        request: VoteRequest<TypeConfig>,
        option: RPCOption,
    ) -> Result<VoteResponse<TypeConfig>, RPCError<TypeConfig>> {
        match self.ask(Body::Vote(encode(&request)?), &option).await? {
            Body::Voted(bytes) => Ok(decode(&bytes)?),
            other => Err(unexpected(other).into()),
        }
    }

    async fn pre_vote(
        &mut self,
        request: VoteRequest<TypeConfig>,
        option: RPCOption,
    ) -> Result<VoteResponse<TypeConfig>, RPCError<TypeConfig>> {
        match self.ask(Body::PreVote(encode(&request)?), &option).await? {
            Body::Voted(bytes) => Ok(decode(&bytes)?),
            other => Err(unexpected(other).into()),
        }
    }

    async fn full_snapshot(
        &mut self,
        vote: VoteOf<TypeConfig>,
        snapshot: SnapshotOf<TypeConfig, SnapshotData>,
        cancel: impl Future<Output = ReplicationClosed> + OptionalSend + 'static,
        _option: RPCOption,
    ) -> Result<SnapshotResponse<TypeConfig>, StreamingError<TypeConfig>> {
        tokio::select! {
            sent = send_snapshot::send(self, vote, snapshot) => {
                sent.map_err(|error| StreamingError::Unreachable(error.unreachable()))
            }
            closed = cancel => Err(StreamingError::Closed(closed)),
        }
    }

    async fn transfer_leader(
        &mut self,
        request: TransferLeaderRequest<TypeConfig>,
        option: RPCOption,
    ) -> Result<TransferLeaderResponse<TypeConfig>, RPCError<TypeConfig>> {
        let asked: Transfer = (*request.from_leader(), *request.to_node_id(), request.last_log_id().copied());
        match self.ask(Body::Transfer(encode(&asked)?), &option).await? {
            Body::Transferred(bytes) => Ok(decode(&bytes)?),
            other => Err(unexpected(other).into()),
        }
    }

    fn backoff(&self) -> Option<Backoff> {
        Some(Backoff::new(std::iter::repeat(UNREACHABLE_REST)))
    }
}

/// The answers to a stream of requests, in order.
type Answers<'s> = BoxStream<'s, Result<StreamAppendResult<TypeConfig>, Error>>;

/// How openraft is told that a request was not answered.
type Error = RPCError<TypeConfig>;

/// What a transfer says: the leader's vote, to whom it goes, and what that replica must hold.
pub(super) type Transfer = (Vote, u64, Option<LogId>);

/// Why a member did not answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// The network.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The member refused.
    #[error("the replica refused: {detail}")]
    Refused {
        /// Why.
        detail: String,
    },
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl CallError {
    pub(super) fn other(reason: &str) -> Self {
        Self::Other(reason.to_owned())
    }

    pub(super) fn unreachable(&self) -> Unreachable<TypeConfig> {
        Unreachable::new(&AnyError::error(self.to_string()))
    }
}

impl From<CallError> for RPCError<TypeConfig> {
    fn from(error: CallError) -> Self {
        Self::Unreachable(error.unreachable())
    }
}

/// What to make of an answer that is none.
pub(super) fn unexpected(answer: Body) -> CallError {
    match answer {
        Body::Refusal(Refusal { detail, .. }) => CallError::Refused { detail },
        _ => CallError::other("the answer is of another kind than the question"),
    }
}

pub(super) fn encode<T: Serialize>(value: &T) -> Result<Bytes, CallError> {
    codec::encode(value).map_err(|error| CallError::Other(format!("a request cannot be written: {error}")))
}

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CallError> {
    codec::decode(bytes).map_err(|error| CallError::Other(format!("an answer cannot be read: {error}")))
}
