//! Questions about all shards: every node answers for what it leads, and the answers become one.
//!
//! The asker names the shards that it means. A node that does not lead one of them refuses, so that none is missed and none
//! is counted twice while leadership moves.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use baton_model::ids::{NodeId, ShardId};
use baton_ports::gateway::AskError;
use baton_ports::routing::{PeerNode, Route};
use futures::future::join_all;
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use super::{PeerError, Way};
use crate::deadline::Deadline;
use crate::status::Failure;

/// The metadata that names the shards which are meant, as `0,5,7`.
const SHARDS_KEY: &str = "baton-shards";

/// When to ask again after leadership moved.
const RETRY_AFTER: Duration = Duration::from_millis(250);

/// What a node said.
pub(crate) struct Part<A> {
    pub(crate) node: PeerNode,
    pub(crate) answer: Result<A, Failure>,
}

/// A node, and the shards that it leads.
struct Leads {
    node: PeerNode,
    shards: Vec<ShardId>,
}

/// Which nodes are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whom {
    /// Those that lead a shard: the question is about what they hold.
    Leaders,
    /// All of them: the question is about the nodes too.
    Everyone,
}

impl Way {
    /// Asks at once, and gives what each said, this node first. Fails if a shard has no leader.
    pub(crate) async fn ask_each<Q: Clone, A, P>(
        &self,
        whom: Whom,
        deadline: Deadline,
        request: &Q,
        here: impl Future<Output = Result<A, Failure>> + Send,
        there: impl Fn(Channel, Request<Q>) -> P,
    ) -> Result<Vec<Part<A>>, Failure>
    where
        P: Future<Output = Result<Response<A>, Status>>,
    {
        let leaders = self.leaders()?;
        Ok(self.ask_nodes(leaders, whom, deadline, request, here, there).await)
    }

    /// As [`Way::ask_each`] of everyone, whoever leads and whether anybody does.
    pub(crate) async fn ask_as_they_are<Q: Clone, A, P>(
        &self,
        deadline: Deadline,
        request: &Q,
        here: impl Future<Output = Result<A, Failure>> + Send,
        there: impl Fn(Channel, Request<Q>) -> P,
    ) -> Vec<Part<A>>
    where
        P: Future<Output = Result<Response<A>, Status>>,
    {
        self.ask_nodes(BTreeMap::new(), Whom::Everyone, deadline, request, here, there).await
    }

    async fn ask_nodes<Q: Clone, A, P>(
        &self,
        mut leaders: BTreeMap<NodeId, Leads>,
        whom: Whom,
        deadline: Deadline,
        request: &Q,
        here: impl Future<Output = Result<A, Failure>> + Send,
        there: impl Fn(Channel, Request<Q>) -> P,
    ) -> Vec<Part<A>>
    where
        P: Future<Output = Result<Response<A>, Status>>,
    {
        let this = self.routing.here();
        let led_here = leaders.remove(&this.node).is_some();
        if whom == Whom::Everyone {
            for node in self.routing.peers() {
                leaders.entry(node.node).or_insert_with(|| Leads { node, shards: Vec::new() });
            }
        }
        let there = &there;
        let asked = leaders.into_values().map(|Leads { node, shards }| async move {
            let name = |channel, mut asked: Request<Q>| {
                asked.metadata_mut().insert(SHARDS_KEY, names(&shards));
                there(channel, asked)
            };
            let answer = self.peer(node.clone()).ask(deadline, request.clone(), name).await;
            Part { node, answer: answer.map_err(Failure::from) }
        });
        let here = async {
            let asked = led_here || whom == Whom::Everyone;
            if asked { Some(Part { node: this, answer: here.await }) } else { None }
        };
        let (here, there) = futures::join!(here, join_all(asked));
        here.into_iter().chain(there).collect()
    }

    /// Every node that leads a shard.
    fn leaders(&self) -> Result<BTreeMap<NodeId, Leads>, Failure> {
        let mut leaders = BTreeMap::new();
        let mut lead = |node: PeerNode, shard| {
            let leads = leaders.entry(node.node).or_insert_with(|| Leads { node, shards: Vec::new() });
            leads.shards.push(shard);
        };
        for shard in self.routing.shards() {
            match self.routing.shard(shard) {
                Route::Here => lead(self.routing.here(), shard),
                Route::Peer(node) => lead(node, shard),
                Route::Nobody { reason, after } => return Err(AskError::Unavailable { shard, reason, after }.into()),
            }
        }
        Ok(leaders)
    }

    /// Whether this node leads every shard that the asker means; the public server is asked about all, and asks on.
    pub(crate) fn check_leads(&self, metadata: &MetadataMap) -> Result<(), Failure> {
        let Some(named) = metadata.get(SHARDS_KEY).filter(|_| !self.forwards()) else {
            return Ok(());
        };
        let shards = named.to_str().unwrap_or_default().split(',').filter_map(|shard| shard.parse().ok());
        for shard in shards.map(ShardId) {
            if self.routing.shard(shard) != Route::Here {
                let reason = format!("node {} does not lead it", self.routing.here().node);
                return Err(AskError::Unavailable { shard, reason, after: RETRY_AFTER }.into());
            }
        }
        Ok(())
    }
}

fn names(shards: &[ShardId]) -> tonic::metadata::AsciiMetadataValue {
    let names: Vec<_> = shards.iter().map(ShardId::to_string).collect();
    names.join(",").parse().expect("digits and commas are a metadata value")
}

/// The answers, if every node gave one.
pub(crate) fn whole<A>(parts: Vec<Part<A>>) -> Result<Vec<A>, Failure> {
    parts.into_iter().map(|Part { node, answer }| answer.map_err(|failure| name(&node, failure))).collect()
}

/// A read that was not answered can be asked again, whatever became of it: the node is named and the outcome is no riddle.
fn name(node: &PeerNode, failure: Failure) -> Failure {
    match failure {
        Failure::Peer(PeerError::Unknown { .. }) => Failure::from(PeerError::NotReached {
            node: node.node,
            address: node.peer_address.clone(),
            reason: "it did not answer".to_owned(),
        }),
        other => other,
    }
}
