//! A group as the port that shards are written against.

use std::time::Instant;

use baton_model::ids::NodeId;
use baton_ports::replica::{self, ReadFailed, ReadJob};
use baton_shard::entry::{Applied, Entry};
use baton_shard::gate::Gate;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, BoxStream, StreamExt};

use super::Group;
use super::error::{LeaderHint, ProposeError, ReadError};
use super::leadership::Leadership;

impl replica::Replica for Group {
    fn propose(&self, entry: Entry) -> BoxFuture<'static, Result<Applied, replica::ProposeError>> {
        // Handed over here and now, so that the order of calls is the order of entries.
        let submitted = self.submit(&entry);
        async move { submitted?.await }.map(|answer| answer.map_err(Into::into)).boxed()
    }

    fn leadership(&self) -> BoxStream<'static, replica::Leadership> {
        let watched = Group::leadership(self);
        stream::unfold((watched, true), |(mut watched, first)| async move {
            if !first && watched.changed().await.is_err() {
                return None;
            }
            let now = watched.borrow_and_update().clone().into();
            Some((now, (watched, false)))
        })
        .boxed()
    }

    fn confirm_leadership(&self) -> BoxFuture<'static, Result<(), replica::ProposeError>> {
        let group = self.clone();
        async move { group.linearizable().await.map_err(Into::into) }.boxed()
    }

    fn fresh_as_of(&self) -> BoxFuture<'static, Option<Instant>> {
        let group = self.clone();
        async move { Group::fresh_as_of(&group).await.map(tokio::time::Instant::into_std) }.boxed()
    }

    fn read(&self, job: ReadJob) -> BoxFuture<'static, Result<(), ReadFailed>> {
        let group = self.clone();
        let reading = async move {
            let read = Group::read(&group, |records| {
                job(records);
                Ok(())
            });
            read.await.map_err(|error| ReadFailed { reason: error.to_string() })
        };
        reading.boxed()
    }

    fn gate(&self) -> Gate {
        Group::gate(self)
    }
}

impl From<Leadership> for replica::Leadership {
    fn from(leadership: Leadership) -> Self {
        match leadership {
            Leadership::Leading { term } => Self::Leading { term },
            Leadership::Following { leader } => Self::Following { leader: leader.as_ref().and_then(node_of) },
            Leadership::Stopped => Self::Following { leader: None },
        }
    }
}

impl From<ProposeError> for replica::ProposeError {
    fn from(error: ProposeError) -> Self {
        match error {
            ProposeError::NotLeader { hint } => Self::NotLeading { leader: hint.as_ref().and_then(node_of) },
            ProposeError::Unknown => Self::Unknown { reason: error.to_string() },
            // None of these was appended.
            ProposeError::Busy => Self::Busy,
            ProposeError::ReservedKey { .. } => Self::Stopped { reason: error.to_string() },
            ProposeError::Stopped { reason } => Self::Stopped { reason },
        }
    }
}

impl From<ReadError> for replica::ProposeError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotLeader { hint } => Self::NotLeading { leader: hint.as_ref().and_then(node_of) },
            ReadError::Stopped { reason } => Self::Stopped { reason },
            ReadError::Records(_) | ReadError::Lost(_) => Self::Stopped { reason: error.to_string() },
        }
    }
}

fn node_of(hint: &LeaderHint) -> Option<NodeId> {
    hint.member.as_ref().map(|member| member.node)
}
