//! Entries on their way to one member: several requests under way, answered in order.
//!
//! openraft opens one such stream for its entries and a short one for each heartbeat. Both are driven by whoever reads the
//! answers, so that dropping them ends everything at once.

use std::time::Duration;

use baton_wire::pb::peer::v1::raft_message::Body;
use futures::future::BoxFuture;
use futures::stream::{BoxStream, FuturesOrdered, Stream, StreamExt, unfold};
use openraft::OptionalSend;
use openraft::errors::RPCError;
use openraft::raft::{AppendEntriesRequest, AppendEntriesResponse, StreamAppendError, StreamAppendResult};

use super::peer::{CallError, Peer, decode, encode, unexpected};
use crate::type_config::{LogId, TypeConfig};

/// Requests of one stream that may wait for their answers. Each carries at most about 1 MiB of entries.
pub(super) const UNDER_WAY_MAX: usize = 16;
/// How long the answer to one request may take. Far above a slow sync, and below what a person waits for: after it the
/// stream is opened anew and entries are sent again, which costs traffic and nothing else.
const ANSWER_MAX: Duration = Duration::from_secs(5);

type Request = AppendEntriesRequest<TypeConfig>;
type Appended = Result<StreamAppendResult<TypeConfig>, RPCError<TypeConfig>>;

/// Sends the requests of `input` and returns their answers, in order. Ends with the first that is no success.
pub(super) fn stream<S>(peer: &Peer, input: S) -> BoxStream<'_, Appended>
where
    S: Stream<Item = Request> + OptionalSend + Unpin + 'static,
{
    let session = Session { peer, input, lane: None, first: true, under_way: FuturesOrdered::new(), exhausted: false };
    unfold(Some(session), |session| async move {
        let mut session = session?;
        let answer = session.next().await?;
        let goes_on = matches!(answer, Ok(Ok(_)));
        Some((answer, goes_on.then_some(session)))
    })
    .boxed()
}

struct Session<'s, S> {
    peer: &'s Peer,
    input: S,
    /// Taken with the first request that must keep its place among others.
    lane: Option<u64>,
    first: bool,
    under_way: FuturesOrdered<BoxFuture<'static, Appended>>,
    exhausted: bool,
}

impl<S: Stream<Item = Request> + Unpin> Session<'_, S> {
    /// The next answer; sends while it waits.
    async fn next(&mut self) -> Option<Appended> {
        loop {
            let room = !self.exhausted && self.under_way.len() < UNDER_WAY_MAX;
            tokio::select! {
                biased;
                Some(answer) = self.under_way.next() => return Some(answer),
                request = self.input.next(), if room => match request {
                    Some(request) => {
                        if let Err(error) = self.send(&request).await {
                            return Some(Err(error.into()));
                        }
                    }
                    None => self.exhausted = true,
                },
                else => return None,
            }
        }
    }

    async fn send(&mut self, request: &Request) -> Result<(), CallError> {
        let lane = self.lane_of(request);
        let message = self.peer.message(lane, Body::Append(encode(request)?));
        let answered = self.peer.link.send(message).await;
        self.under_way.push_back(Box::pin(async move {
            let body = match tokio::time::timeout(ANSWER_MAX, answered).await {
                Ok(Ok(answer)) => answer.map_err(CallError::from)?,
                Ok(Err(_)) => return Err(CallError::other("the link has ended").into()),
                Err(_) => return Err(CallError::Other(format!("no answer within {ANSWER_MAX:?}")).into()),
            };
            match body {
                Body::Appended(bytes) => Ok(decode(&bytes)?),
                other => Err(unexpected(other).into()),
            }
        }));
        Ok(())
    }

    /// A heartbeat is the only request of its stream and carries nothing, so its place among others does not matter.
    fn lane_of(&mut self, request: &Request) -> u64 {
        if std::mem::take(&mut self.first) && request.entries.is_empty() {
            return 0;
        }
        *self.lane.get_or_insert_with(|| self.peer.link.number())
    }
}

/// The answer of a single request, in the words of its own call. `last` is the entry up to which it was to match.
pub(super) fn response_of(
    appended: &StreamAppendResult<TypeConfig>,
    last: Option<LogId>,
) -> AppendEntriesResponse<TypeConfig> {
    match appended {
        Ok(matched) if *matched == last => AppendEntriesResponse::Success,
        Ok(matched) => AppendEntriesResponse::PartialSuccess(*matched),
        Err(StreamAppendError::Conflict(_)) => AppendEntriesResponse::Conflict,
        Err(StreamAppendError::HigherVote(vote)) => AppendEntriesResponse::HigherVote(*vote),
    }
}

/// The same the other way: what a single request came to, in the words of a stream.
pub(super) fn result_of(
    response: &AppendEntriesResponse<TypeConfig>,
    prev: Option<LogId>,
    last: Option<LogId>,
) -> StreamAppendResult<TypeConfig> {
    match response {
        AppendEntriesResponse::Success => Ok(last),
        AppendEntriesResponse::PartialSuccess(matched) => Ok(*matched),
        AppendEntriesResponse::Conflict => {
            Err(StreamAppendError::Conflict(prev.expect("an append without a predecessor never conflicts")))
        }
        AppendEntriesResponse::HigherVote(vote) => Err(StreamAppendError::HigherVote(*vote)),
    }
}
