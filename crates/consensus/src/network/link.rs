//! The stream to one peer: requests of all groups go out as frames, answers come back to whoever waits.
//!
//! A link opens its stream with the first request, and again with the first one after it was cut. A request that was on its
//! way when the stream was cut fails; whether it arrived is not known, and Raft does not need to know.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_model::ids::NodeId;
use baton_wire::pb::peer::v1::raft_message::Body;
use baton_wire::pb::peer::v1::{RaftFrame, RaftMessage};
use futures::StreamExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::transport::{Frames, Transport, TransportError};
use crate::type_config::Member;

/// Requests that wait to be sent. When it is full, senders wait: the network is slower than the groups.
const QUEUE_MAX: usize = 1024;
/// Bytes of requests that go as one frame. A frame is never split, so this and one larger message bound its size.
const FRAME_BYTES_MAX: usize = 2 << 20;
/// Requests that wait for their answer. Each group has a handful, so this is met only by a peer that takes and never answers;
/// further requests then fail at once.
const UNANSWERED_MAX: usize = 16 * 1024;
/// How long opening a stream may take. A heartbeat that waits longer is of no use.
const OPEN_MAX: Duration = Duration::from_secs(1);
/// How long a link that could not be opened rests: a peer that is gone is not called for every heartbeat of every group.
const REST: Duration = Duration::from_millis(50);

/// Every link of this node, one per peer.
#[derive(Clone)]
pub(crate) struct Links {
    transport: Arc<dyn Transport>,
    links: Arc<Mutex<BTreeMap<(NodeId, String), Link>>>,
}

impl Links {
    pub(crate) fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport, links: Arc::default() }
    }

    /// The way on which links are opened.
    pub(crate) fn transport(&self) -> &Arc<dyn Transport> {
        &self.transport
    }

    /// The link to the node of a member. Must be called within a tokio runtime.
    pub(crate) fn to(&self, member: &Member) -> Link {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let start = || Link::start(self.transport.clone(), member.clone());
        links.entry((member.node, member.address.clone())).or_insert_with(start).clone()
    }
}

/// The way of requests to one peer. Clones share it.
#[derive(Clone)]
pub(crate) struct Link {
    queue: mpsc::Sender<Request>,
    next: Arc<AtomicU64>,
}

struct Request {
    message: RaftMessage,
    answer: oneshot::Sender<Answer>,
}

/// The answer to a request, or why there is none.
pub(crate) type Answer = Result<Body, TransportError>;

impl Link {
    fn start(transport: Arc<dyn Transport>, member: Member) -> Self {
        let (queue, requests) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(run(transport, member, requests));
        Self { queue, next: Arc::new(AtomicU64::new(1)) }
    }

    /// A number that no other request and no other lane of this link has.
    pub(crate) fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Queues a request behind those queued before it; the answer comes later.
    pub(crate) async fn send(&self, message: RaftMessage) -> oneshot::Receiver<Answer> {
        let (answer, answered) = oneshot::channel();
        // Fails when the runtime ends; then nobody answers, which the receiver sees.
        let _ = self.queue.send(Request { message, answer }).await;
        answered
    }
}

/// Sends what is queued, over one stream after the other, until no handle is left.
async fn run(transport: Arc<dyn Transport>, member: Member, mut requests: mpsc::Receiver<Request>) {
    while let Some(first) = requests.recv().await {
        let opened = match timeout(OPEN_MAX, transport.open(&member)).await {
            Ok(opened) => opened,
            Err(_) => Err(failed(&format!("no connection to node {} within {OPEN_MAX:?}", member.node))),
        };
        match opened {
            Ok(frames) => {
                tracing::debug!(node = %member.node, address = member.address, "connected to a peer");
                let cut = converse(frames, first, &mut requests).await;
                tracing::debug!(node = %member.node, reason = %cut, "the connection to a peer was cut");
            }
            Err(error) => {
                let waiting = std::iter::once(first).chain(std::iter::from_fn(|| requests.try_recv().ok()));
                waiting.for_each(|request| fail(request.answer, &error));
                tokio::time::sleep(REST).await;
            }
        }
    }
}

/// Uses one stream until it is cut. Says why it was.
async fn converse(frames: Frames, first: Request, requests: &mut mpsc::Receiver<Request>) -> TransportError {
    let Frames { outgoing, mut incoming } = frames;
    let unanswered = Unanswered::default();
    let asking = async {
        let mut next = Some(first);
        while let Some(request) = next {
            let frame = collect(request, requests, &unanswered);
            if outgoing.send(frame).await.is_err() {
                return failed("the stream takes no more");
            }
            next = requests.recv().await;
        }
        failed("this node no longer asks")
    };
    let hearing = async {
        while let Some(frame) = incoming.next().await {
            match frame {
                Ok(frame) => frame.messages.into_iter().for_each(|message| unanswered.answer(message)),
                Err(error) => return error,
            }
        }
        failed("the peer ended the stream")
    };
    let reason = tokio::select! {
        reason = asking => reason,
        reason = hearing => reason,
    };
    unanswered.fail_all(&reason);
    reason
}

/// One frame of what waits.
fn collect(first: Request, requests: &mut mpsc::Receiver<Request>, unanswered: &Unanswered) -> RaftFrame {
    let mut frame = RaftFrame::default();
    let mut bytes = 0;
    let mut next = Some(first);
    while let Some(Request { message, answer }) = next {
        // Whoever has gone meanwhile wants nothing sent.
        if !answer.is_closed() && unanswered.wait(message.id, answer) {
            bytes += size(&message);
            frame.messages.push(message);
        }
        next = if bytes < FRAME_BYTES_MAX { requests.try_recv().ok() } else { None };
    }
    frame
}

/// About the bytes that a message takes in a frame.
pub(super) fn size(message: &RaftMessage) -> usize {
    const AROUND: usize = 32;
    AROUND
        + match &message.body {
            Some(
                Body::Append(bytes)
                | Body::Vote(bytes)
                | Body::PreVote(bytes)
                | Body::Transfer(bytes)
                | Body::Appended(bytes)
                | Body::Voted(bytes)
                | Body::Transferred(bytes),
            ) => bytes.len(),
            Some(Body::Refusal(refusal)) => refusal.detail.len(),
            None => 0,
        }
}

/// Requests that were sent and not answered.
#[derive(Default)]
struct Unanswered {
    waiting: Mutex<BTreeMap<u64, oneshot::Sender<Answer>>>,
}

impl Unanswered {
    /// Waits for an answer. `false` when too many wait; then the request has failed.
    fn wait(&self, id: u64, answer: oneshot::Sender<Answer>) -> bool {
        let mut waiting = self.waiting();
        if waiting.len() >= UNANSWERED_MAX {
            waiting.retain(|_, answer| !answer.is_closed());
        }
        if waiting.len() >= UNANSWERED_MAX {
            drop(waiting);
            fail(answer, &failed("the peer takes requests and does not answer"));
            return false;
        }
        waiting.insert(id, answer);
        true
    }

    fn answer(&self, message: RaftMessage) {
        let answer = self.waiting().remove(&message.id);
        if let (Some(answer), Some(body)) = (answer, message.body) {
            // Whoever asked may have stopped waiting.
            let _ = answer.send(Ok(body));
        }
    }

    fn fail_all(&self, error: &TransportError) {
        for answer in std::mem::take(&mut *self.waiting()).into_values() {
            fail(answer, error);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<u64, oneshot::Sender<Answer>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fail(answer: oneshot::Sender<Answer>, error: &TransportError) {
    // Whoever asked may have stopped waiting.
    let _ = answer.send(Err(error.clone()));
}

fn failed(reason: &str) -> TransportError {
    TransportError { reason: reason.to_owned() }
}
