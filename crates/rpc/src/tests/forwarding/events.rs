//! Events of one batch go to several nodes and are answered in its order; what is not known is said to be unknown.

use std::sync::Arc;
use std::time::Duration;

use baton_ports::gateway::{EventAnswer, IngestEvent};
use baton_ports::routing::Route;
use baton_wire::event::CustomerEvent;
use baton_wire::pb::google::{Kind, Struct, Value};
use baton_wire::pb::v1::event_service_client::EventServiceClient;
use baton_wire::pb::v1::{Event, IngestRequest, IngestStreamRequest, RoutingHint};
use futures::StreamExt;
use tonic::Request;

use super::links::Link;
use super::{CLUSTER, NOBODY_THERE, Two, channels, first};
use crate::deadline::Deadline;
use crate::events::router::Router;
use crate::forward::Way;
use crate::server::api::Port;
use crate::tests::fixture::{Fixture, event, short};
use crate::tests::peers::PeerPort;
use crate::tests::scripted::Scripted;
use crate::tests::scripted_cluster::{ScriptedRouting, nobody, node};

async fn ingest(fixture: &Fixture, events: Vec<Event>) -> (Vec<String>, Vec<RoutingHint>) {
    let mut client = EventServiceClient::new(fixture.channel.clone());
    let response = client.ingest(IngestRequest { workspace: 0, events }).await.unwrap().into_inner();
    (response.results.iter().map(short).collect(), response.hints)
}

/// Shard 0 is led by the node that is asked, shard 1 by the other one.
fn mixed() -> Vec<Event> {
    vec![
        event("ada1", "m1", "repeat"),
        event("bob0", "m2", "buy"),
        event("ada1", "m3", "buy"),
        event("", "m4", "buy"),
        event("cyd1", "m5", "busy"),
        event("bob0", "m6", "old"),
        event("dan1", "m7", "lost"),
    ]
}

#[tokio::test]
async fn each_node_takes_its_events_in_order_and_the_answers_keep_the_order_of_the_batch() {
    let two = Two::start().await;
    let (answers, hints) = ingest(&two.first, mixed()).await;
    let expected = [
        "duplicate",
        "accepted",
        "accepted",
        "rejected invalid_event customer_id",
        "retry customer_busy",
        "rejected too_old",
        "unknown",
    ];
    assert_eq!(answers, expected);
    assert_eq!(two.first.batches(), [["m2", "m6"]]);
    assert_eq!(two.second_batches(), [["m1", "m3", "m5", "m7"]]);
    assert_eq!(hints, [RoutingHint { shard: 1, node: 2, grpc_address: "grpc-2:7400".to_owned(), epoch: 0 }]);

    let counted = |counted: &[(&'static str, u64)]| counted.iter().map(|(_, count)| count).sum::<u64>();
    assert_eq!(counted(&two.first.gateway.counted.lock().unwrap()), 7);
    assert_eq!(counted(&two.second.gateway.counted.lock().unwrap()), 0, "an event is counted where it came in");
}

#[tokio::test]
async fn a_hint_tells_the_activation_that_answered() {
    // Scripted nodes accept in shard 3, epoch 2.
    let second = PeerPort::with(ScriptedRouting::alone());
    let peer = node(2, &second.address.to_string());
    let route = Route::Peer(peer.clone());
    let first = first(peer, |routing| routing.lead(3, route)).await;
    let (_, hints) = ingest(&first, vec![event("eve3", "m1", "buy"), event("ada1", "m2", "busy")]).await;
    let told: Vec<_> = hints.iter().map(|hint| (hint.shard, hint.epoch)).collect();
    assert_eq!(told, [(1, 0), (3, 2)]);
}

#[tokio::test]
async fn events_that_reach_nobody_were_not_taken_and_hold_back_only_their_customers() {
    let leaderless = Two::start_with(|routing| routing.lead(1, nobody())).await;
    let gone = first(node(2, NOBODY_THERE), |_| {}).await;
    for first in [&leaderless.first, &gone] {
        let (answers, hints) = ingest(first, mixed()).await;
        let expected = [
            "retry no_leader",
            "accepted",
            "retry predecessor",
            "rejected invalid_event customer_id",
            "retry no_leader",
            "rejected too_old",
            "retry no_leader",
        ];
        assert_eq!(answers, expected);
        assert_eq!(hints, [], "nobody is recommended who did not answer");
    }
}

#[tokio::test]
async fn events_that_are_on_their_way_when_the_connection_breaks_are_unknown() {
    let second = PeerPort::with(ScriptedRouting::alone());
    let link = Link::to(second.address).await;
    let first = first(node(2, &link.address.to_string()), |_| {}).await;
    let batch = vec![event("ada1", "m1", "hang"), event("bob0", "m2", "buy"), event("cyd1", "m3", "buy")];
    let cut = async {
        while second.gateway.batches.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        drop(link);
    };
    let ((answers, _), ()) = tokio::join!(ingest(&first, batch.clone()), cut);
    assert_eq!(answers, ["unknown", "accepted", "unknown"]);

    let (answers, _) = ingest(&first, batch).await;
    assert_eq!(answers, ["retry no_leader", "accepted", "retry no_leader"], "now nothing can be on its way");
}

#[tokio::test]
async fn streams_forward_as_batches_do() {
    let second = PeerPort::with(ScriptedRouting::alone());
    let link = Link::to(second.address).await;
    let first = first(node(2, &link.address.to_string()), |_| {}).await;
    let (requests, outgoing) = futures::channel::mpsc::channel(4);
    let mut client = EventServiceClient::new(first.channel.clone());
    let mut responses = client.ingest_stream(outgoing).await.unwrap().into_inner();
    let mut send = {
        let (mut requests, mut first_sequence) = (requests, 1);
        move |events: Vec<Event>| {
            let next = first_sequence + events.len() as u64;
            requests.try_send(IngestStreamRequest { workspace: 0, first_sequence, events }).unwrap();
            first_sequence = next;
        }
    };
    let mut told = async || {
        let response = responses.next().await.unwrap().unwrap();
        let results = response.not_accepted.iter();
        let told: Vec<_> =
            results.map(|one| format!("{} {}", one.sequence, short(one.result.as_ref().unwrap()))).collect();
        (told, response.hints.iter().map(|hint| (hint.shard, hint.node)).collect::<Vec<_>>())
    };
    told().await;
    send(vec![event("ada1", "m1", "buy"), event("bob0", "m2", "repeat")]);
    assert_eq!(told().await, (vec!["2 duplicate".to_owned()], vec![(1, 2)]));

    send(vec![event("ada1", "m3", "hang"), event("bob0", "m4", "buy")]);
    while second.gateway.batches.lock().unwrap().len() < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(link);
    assert_eq!(told().await, (vec!["3 unknown".to_owned()], vec![]));
    send(vec![event("ada1", "m5", "buy"), event("bob0", "m6", "buy")]);
    assert_eq!(told().await.0, ["5 retry predecessor"], "the order of a customer holds across nodes");
}

#[tokio::test]
async fn the_other_node_answers_before_the_time_of_the_caller_is_over() {
    let two = Two::start().await;
    let events = vec![event("ada1", "m1", "hang"), event("bob0", "m2", "buy")];
    let mut request = Request::new(IngestRequest { workspace: 0, events });
    request.set_timeout(Duration::from_secs(1));
    let response = EventServiceClient::new(two.first.channel.clone()).ingest(request).await.unwrap().into_inner();
    let answers: Vec<_> = response.results.iter().map(short).collect();
    assert_eq!(answers, ["unknown", "accepted"]);
    assert_eq!(response.hints.len(), 1, "the unknown is the answer of the other node, which had less time");
}

#[tokio::test]
async fn a_batch_of_the_largest_events_is_handed_on() {
    let second = PeerPort::with(ScriptedRouting::alone());
    let routing = ScriptedRouting::alone();
    routing.lead(1, Route::Peer(node(2, &second.address.to_string())));
    let way = Way { routing: Arc::new(routing), peers: channels(CLUSTER), port: Port::Public };
    let router = Router { local: Arc::new(Scripted::default()), way };
    let text = Value { kind: Some(Kind::StringValue("x".repeat(30_000))) };
    let properties = Struct { fields: [("text".to_owned(), text)].into() };
    let event = |at: usize| {
        let event = Event { properties: Some(properties.clone()), ..event("ada1", &format!("m{at}"), "buy") };
        let CustomerEvent { customer, event } = event.try_into().unwrap();
        IngestEvent { customer, event }
    };
    // As many as a stream collects from requests that are each within their bound.
    let events = (0..1_000).map(event).collect();
    let taken = router.take(events, Deadline::after(Duration::from_secs(30))).await;
    assert_eq!(taken.answers.len(), 1_000);
    assert!(taken.answers.iter().all(|answer| matches!(answer, EventAnswer::Accepted(_))), "{:?}", taken.answers[0]);
}
