//! What peers ask of the replicas of this node.
//!
//! Appends of one lane are taken in order and answered in order, several under way; everything else stands by itself. A
//! request to a replica that is not here is refused and never makes one.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use baton_model::ids::ReplicaId;
use baton_wire::pb::peer::v1::raft_message::Body;
use baton_wire::pb::peer::v1::refusal::Code;
use baton_wire::pb::peer::v1::snapshot_answer::Result as SnapshotResult;
use baton_wire::pb::peer::v1::{RaftFrame, RaftMessage, Refusal, SnapshotAnswer, SnapshotPart};
use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{BoxStream, StreamExt, unfold};
use openraft::alias::SnapshotOf;
use openraft::raft::{AppendEntriesRequest, TransferLeaderRequest, VoteRequest};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::append::{UNDER_WAY_MAX, result_of};
use super::incoming_snapshot::{IncomingSnapshot, Taken};
use super::link::size;
use super::peer::Transfer;
use super::transport::{Inbox, TransportError};
use crate::codec;
use crate::group::Group;
use crate::group::freshness::Sign;
use crate::group::groups::Groups;
use crate::snapshot::{SnapshotData, SnapshotMeta};
use crate::state_machine::generations::GroupId;
use crate::type_config::{TypeConfig, Vote};

/// Answers that wait to be sent. When it is full, no further request of that peer is taken until it reads.
const ANSWERS_MAX: usize = 1024;
/// Bytes of answers that go as one frame.
const FRAME_BYTES_MAX: usize = 1 << 20;
/// Requests of one peer outside of lanes that are worked on at a time: heartbeats and votes of each group, and some. Further
/// ones are refused.
const CALLS_MAX: usize = 4096;

/// Takes requests to the groups of a node.
#[derive(Clone)]
pub struct GroupsInbox {
    groups: Groups,
    /// Where snapshots are put while they come.
    folder: PathBuf,
}

impl GroupsInbox {
    pub(crate) fn new(groups: Groups, folder: PathBuf) -> Self {
        Self { groups, folder }
    }

    fn replica(&self, group: u32, replica: u64) -> Option<Group> {
        self.groups.group(GroupId(group)).filter(|group| group.replica_id() == ReplicaId(replica))
    }
}

impl Inbox for GroupsInbox {
    fn accept(&self, incoming: BoxStream<'static, Result<RaftFrame, TransportError>>) -> BoxStream<'static, RaftFrame> {
        let (answers, waiting) = mpsc::channel(ANSWERS_MAX);
        let mut reader = JoinSet::new();
        reader.spawn(Conversation::new(self.clone(), answers).run(incoming));
        // The reader ends with the stream of answers, which ends when the peer no longer reads them.
        unfold((waiting, reader), |(mut waiting, reader)| async move {
            let first = waiting.recv().await?;
            Some((collect(first, &mut waiting), (waiting, reader)))
        })
        .boxed()
    }

    fn put_snapshot(&self, part: SnapshotPart) -> BoxFuture<'static, SnapshotAnswer> {
        let inbox = self.clone();
        let put = async move {
            let Some(group) = inbox.replica(part.group, part.to) else {
                return SnapshotResult::Refusal(unknown(part.group, part.to));
            };
            let taken = take_part(&group, inbox.folder, part).await;
            taken.unwrap_or_else(|reason| SnapshotResult::Refusal(failed(&reason)))
        };
        put.map(|result| SnapshotAnswer { result: Some(result) }).boxed()
    }
}

/// The requests of one peer over one stream.
struct Conversation {
    inbox: GroupsInbox,
    answers: mpsc::Sender<RaftMessage>,
    lanes: BTreeMap<u32, Lane>,
    /// Everything under way; it ends with the stream.
    tasks: JoinSet<()>,
}

/// Appends of one group in order.
struct Lane {
    number: u64,
    requests: mpsc::Sender<(u64, Option<Sign>, AppendEntriesRequest<TypeConfig>)>,
}

impl Conversation {
    fn new(inbox: GroupsInbox, answers: mpsc::Sender<RaftMessage>) -> Self {
        Self { inbox, answers, lanes: BTreeMap::new(), tasks: JoinSet::new() }
    }

    async fn run(mut self, mut incoming: BoxStream<'static, Result<RaftFrame, TransportError>>) {
        while let Some(Ok(frame)) = incoming.next().await {
            while self.tasks.try_join_next().is_some() {}
            for message in frame.messages {
                let head = Head::of(&message);
                if let Err(refusal) = self.take(&head, message) {
                    // Fails when nobody reads the answers any more; the loop then ends with the stream.
                    let _ = self.answers.send(head.answer(Body::Refusal(refusal))).await;
                }
            }
        }
    }

    fn take(&mut self, head: &Head, message: RaftMessage) -> Result<(), Refusal> {
        let group = self.inbox.replica(head.group, head.to).ok_or_else(|| unknown(head.group, head.to))?;
        match message.body {
            Some(Body::Append(bytes)) if head.lane > 0 => self.append_in_order(head, &group, decode(&bytes)?),
            Some(body) => {
                if self.tasks.len() >= CALLS_MAX {
                    return Err(refusal(Code::Busy, "too many requests of this node are under way"));
                }
                let (head, answers) = (head.clone(), self.answers.clone());
                self.tasks.spawn(async move {
                    let answer = serve(&group, body).await.unwrap_or_else(Body::Refusal);
                    // Fails when nobody reads the answers any more.
                    let _ = answers.send(head.answer(answer)).await;
                });
                Ok(())
            }
            None => Err(failed("the request is empty, or of a kind that this node does not know")),
        }
    }

    fn append_in_order(
        &mut self,
        head: &Head,
        group: &Group,
        request: AppendEntriesRequest<TypeConfig>,
    ) -> Result<(), Refusal> {
        if self.lanes.get(&head.group).is_none_or(|lane| lane.number < head.lane) {
            let (requests, waiting) = mpsc::channel(UNDER_WAY_MAX);
            self.tasks.spawn(serve_lane(group.clone(), head.clone(), waiting, self.answers.clone()));
            self.lanes.insert(head.group, Lane { number: head.lane, requests });
        }
        let lane = self.lanes.get(&head.group).filter(|lane| lane.number == head.lane);
        let lane = lane.ok_or_else(|| failed("a newer stream of this group has begun"))?;
        let sign = Sign::of(&request);
        lane.requests.try_send((head.id, sign, request)).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => refusal(Code::Busy, "too many appends of this group are under way"),
            mpsc::error::TrySendError::Closed(_) => failed("this stream of appends has ended with an error"),
        })
    }
}

/// An append that is not answered yet.
struct UnderWay {
    id: u64,
    sign: Option<Sign>,
}

/// Appends what comes, in order, and answers in order, until one is no success.
async fn serve_lane(
    group: Group,
    head: Head,
    requests: mpsc::Receiver<(u64, Option<Sign>, AppendEntriesRequest<TypeConfig>)>,
    answers: mpsc::Sender<RaftMessage>,
) {
    let under_way: Arc<Mutex<VecDeque<UnderWay>>> = Arc::default();
    let taken = under_way.clone();
    let input = unfold(requests, move |mut requests| {
        let taken = taken.clone();
        async move {
            let (id, sign, request) = requests.recv().await?;
            taken.lock().unwrap_or_else(PoisonError::into_inner).push_back(UnderWay { id, sign });
            Some((request, requests))
        }
    });
    let mut results = Box::pin(group.inner().raft.stream_append(input));
    while let Some(result) = results.next().await {
        let answered = under_way.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let UnderWay { id, sign } = answered.expect("each result is of a request that was taken before");
        if matches!(result, Ok(Ok(_))) {
            group.heard(sign);
        }
        let body = match result {
            Ok(result) => encode(&result).map_or_else(Body::Refusal, Body::Appended),
            Err(fatal) => Body::Refusal(failed(&fatal.to_string())),
        };
        if answers.send(Head { id, ..head.clone() }.answer(body)).await.is_err() {
            return;
        }
    }
}

/// Serves a request that stands by itself.
async fn serve(group: &Group, body: Body) -> Result<Body, Refusal> {
    let raft = &group.inner().raft;
    let stopped = |fatal: String| failed(&fatal);
    match body {
        Body::Append(bytes) => {
            let request: AppendEntriesRequest<TypeConfig> = decode(&bytes)?;
            let prev = request.prev_log_id;
            let last = request.entries.last().map(|entry| entry.log_id).or(prev);
            let sign = Sign::of(&request);
            let response = raft.append_entries(request).await.map_err(|fatal| stopped(fatal.to_string()))?;
            let result = result_of(&response, prev, last);
            group.heard(sign.filter(|_| result.is_ok()));
            Ok(Body::Appended(encode(&result)?))
        }
        Body::Vote(bytes) => {
            let request = vote_request(group, &bytes)?;
            let response = raft.vote(request).await.map_err(|fatal| stopped(fatal.to_string()))?;
            Ok(Body::Voted(encode(&response)?))
        }
        Body::PreVote(bytes) => {
            let request = vote_request(group, &bytes)?;
            let response = raft.pre_vote(request).await.map_err(|fatal| stopped(fatal.to_string()))?;
            Ok(Body::Voted(encode(&response)?))
        }
        Body::Transfer(bytes) => {
            let (from, to, last): Transfer = decode(&bytes)?;
            if to == group.replica_id().0 && !group.inner().may_lead() {
                return Err(failed("this node may not lead now"));
            }
            let request = TransferLeaderRequest::new(from, to, last);
            let response = raft.handle_transfer_leader(request).await.map_err(|fatal| stopped(fatal.to_string()))?;
            Ok(Body::Transferred(encode(&response)?))
        }
        _ => Err(failed("the request is of a kind that only answers have")),
    }
}

/// A vote request, if the replica may answer one: right after its start it has forgotten which leader it promised its lease.
fn vote_request(group: &Group, bytes: &Bytes) -> Result<VoteRequest<TypeConfig>, Refusal> {
    let request: VoteRequest<TypeConfig> = decode(bytes)?;
    if !request.leadership_transfer && !group.inner().may_vote() {
        return Err(refusal(Code::NotVotingYet, "this replica started less than a lease ago and does not vote yet"));
    }
    Ok(request)
}

async fn take_part(group: &Group, folder: PathBuf, part: SnapshotPart) -> Result<SnapshotResult, String> {
    let mut incoming = group.inner().incoming.lock().await;
    let current = incoming.take().filter(|current| current.is_of(&part));
    let (vote, meta) = (part.vote.clone(), part.meta.clone());
    let writing = group.inner().readers.run(move || {
        let mut current = match current {
            Some(current) => current,
            None => IncomingSnapshot::begin(&folder, &part)?,
        };
        let taken = current.take(&part)?;
        Ok::<_, crate::snapshot::SnapshotError>((current, taken))
    });
    let (current, taken) = writing.await.map_err(|lost| lost.to_string())?.map_err(|error| error.to_string())?;
    match taken {
        Taken::Next(next) => {
            *incoming = Some(current);
            Ok(SnapshotResult::Next(next))
        }
        Taken::Whole => {
            let vote = install(group, &current, &vote, &meta).await?;
            Ok(SnapshotResult::Installed(vote))
        }
    }
}

async fn install(group: &Group, snapshot: &IncomingSnapshot, vote: &[u8], meta: &[u8]) -> Result<Bytes, String> {
    let vote: Vote = codec::decode(vote).map_err(|error| error.to_string())?;
    let meta: SnapshotMeta = codec::decode(meta).map_err(|error| error.to_string())?;
    let snapshot = snapshot.read().map_err(|error| error.to_string())?;
    let snapshot = SnapshotOf::<TypeConfig, SnapshotData> { meta, snapshot };
    let installed = group.inner().raft.install_full_snapshot(vote, snapshot).await;
    let installed = installed.map_err(|fatal| fatal.to_string())?;
    codec::encode(&installed.vote).map_err(|error| error.to_string())
}

/// What an answer repeats of its request.
#[derive(Clone)]
struct Head {
    group: u32,
    from: u64,
    to: u64,
    id: u64,
    lane: u64,
}

impl Head {
    fn of(message: &RaftMessage) -> Self {
        Self { group: message.group, from: message.from, to: message.to, id: message.id, lane: message.lane }
    }

    fn answer(&self, body: Body) -> RaftMessage {
        let Self { group, from, to, id, lane } = *self;
        RaftMessage { group, from: to, to: from, id, lane, body: Some(body) }
    }
}

/// One frame of the answers that wait.
fn collect(first: RaftMessage, waiting: &mut mpsc::Receiver<RaftMessage>) -> RaftFrame {
    let mut bytes = size(&first);
    let mut messages = vec![first];
    while bytes < FRAME_BYTES_MAX {
        let Ok(message) = waiting.try_recv() else { break };
        bytes += size(&message);
        messages.push(message);
    }
    RaftFrame { messages }
}

fn decode<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    codec::decode(bytes).map_err(|error| failed(&format!("the request cannot be read: {error}")))
}

fn encode<T: serde::Serialize>(value: &T) -> Result<Bytes, Refusal> {
    codec::encode(value).map_err(|error| failed(&format!("the answer cannot be written: {error}")))
}

fn unknown(group: u32, replica: u64) -> Refusal {
    refusal(Code::UnknownReplica, &format!("this node holds no replica {replica} of group {group}"))
}

fn failed(detail: &str) -> Refusal {
    refusal(Code::Failed, detail)
}

fn refusal(code: Code, detail: &str) -> Refusal {
    Refusal { code: code.into(), detail: detail.to_owned() }
}
