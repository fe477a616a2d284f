//! The way of Raft to other nodes: streams of frames and parts of snapshots over gRPC.

use std::fmt;
use std::time::Duration;

use baton_consensus::network::transport::{Frames, Transport, TransportError};
use baton_consensus::type_config::Member;
use baton_wire::pb::peer::v1::peer_service_client::PeerServiceClient;
use baton_wire::pb::peer::v1::{RaftFrame, SnapshotAnswer, SnapshotPart};
use futures::FutureExt;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::unfold;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tonic::Status;
use tonic::transport::Channel;

use super::channels::PeerChannels;
use super::{FRAME_BYTES_MAX, MESSAGE_BYTES_MAX, PART_MAX, reason};

/// Frames that wait for the network. When there are more, whoever sends waits: it collects larger frames meanwhile.
const FRAMES_MAX: usize = 4;

/// How long opening a stream may take, with the connection that it needs.
const OPEN_MAX: Duration = Duration::from_secs(1);

/// Reaches the nodes of this cluster.
#[derive(Debug, Clone)]
pub struct PeerTransport {
    peers: PeerChannels,
}

impl PeerTransport {
    /// Over the connections of `peers`, which may be shared.
    pub fn new(peers: PeerChannels) -> Self {
        Self { peers }
    }

    fn client(&self, member: &Member, bytes_max: usize) -> Result<PeerServiceClient<Channel>, TransportError> {
        let channel = self.peers.to(&member.address).map_err(|error| failed(member, error))?;
        let client = PeerServiceClient::new(channel);
        Ok(client.max_encoding_message_size(bytes_max).max_decoding_message_size(bytes_max))
    }
}

impl Transport for PeerTransport {
    fn open(&self, member: &Member) -> BoxFuture<'static, Result<Frames, TransportError>> {
        let client = self.client(member, FRAME_BYTES_MAX);
        let (outgoing, frames) = mpsc::channel::<RaftFrame>(FRAMES_MAX);
        let frames = unfold(frames, |mut frames| async move { Some((frames.recv().await?, frames)) });
        let (request, member) = (self.peers.request(frames), member.clone());
        let open = async move {
            let opened = timeout(OPEN_MAX, client?.raft(request)).await;
            let opened = opened.map_err(|_| failed(&member, format_args!("no stream within {OPEN_MAX:?}")))?;
            let answers = opened.map_err(|status| told(&member, &status))?.into_inner();
            let incoming = answers.map(move |frame| frame.map_err(|status| told(&member, &status))).boxed();
            Ok(Frames { outgoing, incoming })
        };
        open.boxed()
    }

    fn put_snapshot(
        &self,
        member: &Member,
        part: SnapshotPart,
    ) -> BoxFuture<'static, Result<SnapshotAnswer, TransportError>> {
        let client = self.client(member, MESSAGE_BYTES_MAX);
        let mut request = self.peers.request(part);
        request.set_timeout(PART_MAX);
        let member = member.clone();
        let put = async move {
            let answered = timeout(PART_MAX, client?.put_snapshot(request)).await;
            let answered = answered.map_err(|_| failed(&member, format_args!("no answer within {PART_MAX:?}")))?;
            Ok(answered.map_err(|status| told(&member, &status))?.into_inner())
        };
        put.boxed()
    }
}

/// What a peer, or the way to it, said.
fn told(member: &Member, status: &Status) -> TransportError {
    failed(member, reason(status))
}

fn failed(member: &Member, reason: impl fmt::Display) -> TransportError {
    let Member { node, address, .. } = member;
    TransportError { reason: format!("node {node} at {address}: {reason}") }
}
