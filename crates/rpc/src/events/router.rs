//! Events go to whoever decides about their customers: those of a batch are grouped by node, handed on at once, and
//! answered in the order of the batch.
//!
//! The events of one customer go one way together, so that whatever happens on it happens to all of them in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use baton_model::ids::{NodeId, ShardId};
use baton_model::text_id::CustomerId;
use baton_ports::gateway::{EventAnswer, Events, IngestEvent, RetryReason};
use baton_ports::routing::{PeerNode, Route};
use baton_wire::event::CustomerEvent;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_service_client::EventServiceClient;
use futures::future::join_all;

use super::answer;
use crate::deadline::Deadline;
use crate::forward::{PeerError, Way, method};

/// When to send events again that did not reach the node which decides: about the time of an election.
const RETRY_AFTER: Duration = Duration::from_millis(250);

/// Takes events to whoever decides about them.
pub(crate) struct Router {
    pub(crate) local: Arc<dyn Events>,
    pub(crate) way: Way,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// One per event, in order.
    pub(crate) answers: Vec<EventAnswer>,
    /// Who leads the shards of the events that were handed on.
    pub(crate) hints: Vec<pb::RoutingHint>,
}

/// The events of a batch that go one way.
struct Part {
    route: Route,
    /// Their places in the batch.
    places: Vec<usize>,
    shards: BTreeSet<ShardId>,
    events: Vec<IngestEvent>,
}

/// What tells ways apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Destination {
    Here,
    Node(NodeId),
    Nobody(ShardId),
}

impl Router {
    /// Takes a batch. Events that were not answered within the deadline may have been taken.
    pub(crate) async fn take(&self, events: Vec<IngestEvent>, deadline: Deadline) -> Taken {
        let mut answers = vec![EventAnswer::Unknown; events.len()];
        let mut hints = Vec::new();
        let asked = self.split(events).into_iter().map(|part| async move {
            let Part { route, places, shards, events } = part;
            (places, self.ask(route, shards, events, deadline).await)
        });
        for (places, taken) in join_all(asked).await {
            debug_assert_eq!(places.len(), taken.answers.len(), "each event is answered");
            for (place, answer) in places.into_iter().zip(taken.answers) {
                answers[place] = answer;
            }
            hints.extend(taken.hints);
        }
        hints.sort_unstable_by_key(|hint: &pb::RoutingHint| hint.shard);
        Taken { answers, hints }
    }

    /// Groups a batch by where its events go. A route is looked up once per shard, so that it cannot change in between.
    fn split(&self, events: Vec<IngestEvent>) -> Vec<Part> {
        let mut routes = BTreeMap::new();
        let mut parts = BTreeMap::new();
        for (place, event) in events.into_iter().enumerate() {
            let shard = self.way.routing.shard_of(&event.customer);
            let route: &Route = routes.entry(shard).or_insert_with(|| self.route(shard));
            let destination = match route {
                Route::Here => Destination::Here,
                Route::Peer(peer) => Destination::Node(peer.node),
                Route::Nobody { .. } => Destination::Nobody(shard),
            };
            let part = parts.entry(destination).or_insert_with(|| Part {
                route: route.clone(),
                places: Vec::new(),
                shards: BTreeSet::new(),
                events: Vec::new(),
            });
            part.places.push(place);
            part.shards.insert(shard);
            part.events.push(event);
        }
        parts.into_values().collect()
    }

    fn route(&self, shard: ShardId) -> Route {
        if self.way.forwards() { self.way.routing.shard(shard) } else { Route::Here }
    }

    async fn ask(
        &self,
        route: Route,
        shards: BTreeSet<ShardId>,
        events: Vec<IngestEvent>,
        deadline: Deadline,
    ) -> Taken {
        match route {
            Route::Here => {
                let count = events.len();
                let answers = deadline.bound(self.local.ingest(events)).await;
                let answers = answers.unwrap_or_else(|_| vec![EventAnswer::Unknown; count]);
                Taken { answers, hints: Vec::new() }
            }
            Route::Peer(node) => self.forward(node, &shards, events, deadline).await,
            Route::Nobody { after, .. } => Taken { answers: not_taken(&customers(&events), after), hints: Vec::new() },
        }
    }

    async fn forward(
        &self,
        node: PeerNode,
        shards: &BTreeSet<ShardId>,
        events: Vec<IngestEvent>,
        deadline: Deadline,
    ) -> Taken {
        let peer = self.way.peer(node);
        let customers = customers(&events);
        let request = pb::IngestRequest { workspace: 0, events: events.into_iter().map(to_pb).collect() };
        let answered = peer.ask(deadline, request, method!(EventServiceClient::ingest)).await;
        let answers = match answered {
            Ok(response) => {
                let mut answers: Vec<_> = response.results.into_iter().map(answer::from_pb).collect();
                answers.resize(customers.len(), EventAnswer::Unknown);
                return Taken { hints: hints(&peer.node, shards, &answers), answers };
            }
            Err(PeerError::Unknown { .. }) => vec![EventAnswer::Unknown; customers.len()],
            // A call fails as a whole only if no event was tried.
            Err(error @ (PeerError::NotReached { .. } | PeerError::Answered(_) | PeerError::Nobody { .. })) => {
                tracing::debug!(%error, events = customers.len(), "events were not handed on");
                not_taken(&customers, RETRY_AFTER)
            }
        };
        Taken { answers, hints: Vec::new() }
    }
}

fn to_pb(IngestEvent { customer, event }: IngestEvent) -> pb::Event {
    CustomerEvent { customer, event }.into()
}

fn customers(events: &[IngestEvent]) -> Vec<CustomerId> {
    events.iter().map(|event| event.customer.clone()).collect()
}

/// The answers to events of these customers that certainly did not reach whoever decides: the first of each says why.
fn not_taken(customers: &[CustomerId], after: Duration) -> Vec<EventAnswer> {
    let mut seen = BTreeSet::new();
    let answer = |customer| {
        let first = seen.insert(customer);
        let reason = if first { RetryReason::NoLeader } else { RetryReason::Predecessor };
        EventAnswer::Retry { reason, after }
    };
    customers.iter().map(answer).collect()
}

/// What a client needs to ask `node` itself. The epoch is that of the answers, where one tells it.
fn hints(node: &PeerNode, shards: &BTreeSet<ShardId>, answers: &[EventAnswer]) -> Vec<pb::RoutingHint> {
    let epochs: BTreeMap<_, _> = answers
        .iter()
        .filter_map(|answer| match answer {
            EventAnswer::Accepted(position) => Some((position.shard, position.epoch.0)),
            _ => None,
        })
        .collect();
    let hint = |shard: &ShardId| pb::RoutingHint {
        shard: shard.0,
        node: node.node.0,
        grpc_address: node.grpc_address.clone(),
        epoch: epochs.get(shard).copied().unwrap_or(0),
    };
    shards.iter().map(hint).collect()
}
