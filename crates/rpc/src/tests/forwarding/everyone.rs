//! Questions about all shards: every leader is asked, none is missed, and the answers become one.

use baton_model::ids::{DefinitionsVersion, Epoch, NodeId, Seq, ShardId};
use baton_ports::gateway::{CheckReport, NodeView, ShardView, Violation};
use baton_ports::routing::Route;
use baton_wire::pb::admin::v1::cluster_service_client::ClusterServiceClient;
use baton_wire::pb::admin::v1::{AdvanceClockRequest, CheckRequest, GetClusterRequest};
use baton_wire::pb::google;
use baton_wire::pb::v1::ListMessagesRequest;
use baton_wire::pb::v1::message_service_client::MessageServiceClient;
use jiff::Timestamp;
use tonic::Code;

use super::{NOBODY_THERE, Two, first};
use crate::tests::scripted::Scripted;
use crate::tests::scripted_cluster::{nobody, node};

fn report(shard: u32) -> CheckReport {
    let violation = Violation { shard: ShardId(shard), customer: None, what: format!("of shard {shard}") };
    CheckReport { customers: 10, enrolments: 20, timers: u64::from(shard), violations: vec![violation] }
}

fn shard(shard: u32, leader: u64, epoch: u64) -> ShardView {
    ShardView {
        shard: ShardId(shard),
        leader: Some(NodeId(leader)),
        epoch: Epoch(epoch),
        seq: Seq(epoch * 10),
        definitions_version: DefinitionsVersion(4),
        apply_lag: 0,
        active_customers: leader,
        outbox: 0,
        replicas: vec![NodeId(leader), NodeId(9)],
    }
}

fn node_view(number: u64, obstacles: &[&str]) -> NodeView {
    NodeView {
        node: NodeId(number),
        address: format!("grpc-{number}:7400"),
        obstacles: obstacles.iter().map(|&obstacle| obstacle.to_owned()).collect(),
        zone: format!("zone-{number}"),
    }
}

fn see(gateway: &Scripted, nodes: Vec<NodeView>, shards: Vec<ShardView>) {
    *gateway.view.lock().unwrap() = (nodes, shards);
}

#[tokio::test]
async fn a_check_is_the_sum_over_all_leaders() {
    let two = Two::start().await;
    let mut client = ClusterServiceClient::new(two.first.channel.clone());
    *two.first.gateway.report.lock().unwrap() = Some(report(2));
    *two.second.gateway.report.lock().unwrap() = Some(report(1));
    let whole = client.check(CheckRequest {}).await.unwrap().into_inner();
    assert_eq!((whole.customers, whole.enrolments, whole.timers), (20, 40, 3));
    assert_eq!(whole.violations.iter().map(|violation| violation.shard).collect::<Vec<_>>(), [1, 2]);

    *two.second.gateway.report.lock().unwrap() = None;
    let status = client.check(CheckRequest {}).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "half a sum is none: {status}");
}

#[tokio::test]
async fn a_list_over_all_shards_asks_every_leader_from_the_same_place() {
    let two = Two::start().await;
    let mut client = MessageServiceClient::new(two.first.channel.clone());
    let first_page = client.list(ListMessagesRequest::default()).await.unwrap().into_inner();
    let page_token = first_page.next_page_token;
    client.list(ListMessagesRequest { page_token, ..ListMessagesRequest::default() }).await.unwrap();
    let after = |gateway: &Scripted| gateway.filter.lock().unwrap().clone().unwrap().after.unwrap().0;
    assert_eq!((after(&two.first.gateway), after(&two.second.gateway)), (ShardId(7), ShardId(7)));
}

#[tokio::test]
async fn a_shard_that_is_not_answered_for_makes_the_whole_unavailable() {
    let leaderless = Two::start_with(|routing| routing.lead(2, nobody())).await;
    let gone = first(node(2, NOBODY_THERE), |_| {}).await;
    // The second node leads shard 1 and not shard 0, whatever the first believes.
    let moved = Two::start_with(|routing| routing.lead(0, routing.route_of(1))).await;
    let cases = [
        (&leaderless.first, "shard 2 cannot answer now: an election is under way"),
        (&gone, "node 2 at 127.0.0.1:1 cannot be reached"),
        (&moved.first, "shard 0 cannot answer now: node 2 does not lead it"),
    ];
    for (first, message) in cases {
        *first.gateway.report.lock().unwrap() = Some(report(0));
        let check = ClusterServiceClient::new(first.channel.clone()).check(CheckRequest {}).await.unwrap_err();
        let list = MessageServiceClient::new(first.channel.clone()).list(ListMessagesRequest::default()).await;
        for status in [check, list.unwrap_err()] {
            assert_eq!(status.code(), Code::Unavailable, "{status}");
            assert!(status.message().starts_with(message), "{status}");
        }
    }
}

#[tokio::test]
async fn a_node_that_leads_nothing_need_not_answer_for_shards() {
    let gone = first(node(2, NOBODY_THERE), |routing| routing.lead(1, Route::Here)).await;
    *gone.gateway.report.lock().unwrap() = Some(report(0));
    ClusterServiceClient::new(gone.channel.clone()).check(CheckRequest {}).await.unwrap();
    MessageServiceClient::new(gone.channel.clone()).list(ListMessagesRequest::default()).await.unwrap();
}

#[tokio::test]
async fn the_clock_is_stepped_on_every_node_that_is_there() {
    let to = Some(google::Timestamp { seconds: 60, nanos: 0 });
    let two = Two::start_with(|routing| routing.lead(1, Route::Here)).await;
    for gateway in [&two.first.gateway, &two.second.gateway] {
        *gateway.clock.lock().unwrap() = Some(Timestamp::UNIX_EPOCH);
    }
    ClusterServiceClient::new(two.first.channel.clone())
        .advance_clock(AdvanceClockRequest { to, settle: false })
        .await
        .unwrap();
    for gateway in [&two.first.gateway, &two.second.gateway] {
        assert_eq!(
            *gateway.clock.lock().unwrap(),
            Some(Timestamp::from_second(60).unwrap()),
            "also where nothing is led"
        );
    }
    let gone = first(node(2, NOBODY_THERE), |routing| routing.lead(1, Route::Here)).await;
    *gone.gateway.clock.lock().unwrap() = Some(Timestamp::UNIX_EPOCH);
    // A node that is away learns the time when it is back.
    let asked = AdvanceClockRequest { to, settle: false };
    ClusterServiceClient::new(gone.channel.clone()).advance_clock(asked).await.unwrap();
    assert_eq!(*gone.gateway.clock.lock().unwrap(), Some(Timestamp::from_second(60).unwrap()));
}

#[tokio::test]
async fn a_view_takes_from_each_node_what_it_knows_best() {
    let two = Two::start().await;
    let stale = vec![node_view(1, &[]), node_view(2, &["not heard of"]), node_view(3, &[])];
    see(&two.first.gateway, stale, vec![shard(0, 1, 5), shard(1, 1, 3), shard(2, 3, 8)]);
    let theirs = vec![node_view(1, &["not heard of"]), node_view(2, &[])];
    see(&two.second.gateway, theirs, vec![shard(0, 1, 4), shard(1, 2, 6), shard(2, 3, 7)]);
    let view = ClusterServiceClient::new(two.first.channel.clone()).get_cluster(GetClusterRequest {}).await;
    let view = view.unwrap().into_inner();
    let nodes: Vec<_> = view.nodes.iter().map(|node| (node.id, node.ready)).collect();
    assert_eq!(nodes, [(1, true), (2, true), (3, true)]);
    assert_eq!(view.nodes[1].zone, "zone-2");
    let shards: Vec<_> = view.shards.iter().map(|shard| (shard.id, shard.leader, shard.epoch)).collect();
    assert_eq!(shards, [(0, 1, 5), (1, 2, 6), (2, 3, 8)]);
    assert_eq!(view.shards[1].replicas, [2, 9]);
}

#[tokio::test]
async fn a_node_that_does_not_answer_is_shown_so_and_the_others_are_shown_as_they_are() {
    let gone = first(node(2, NOBODY_THERE), |routing| routing.lead(3, nobody())).await;
    see(&gone.gateway, vec![node_view(1, &[]), node_view(2, &[])], vec![shard(0, 1, 5)]);
    let view = ClusterServiceClient::new(gone.channel.clone()).get_cluster(GetClusterRequest {}).await;
    let nodes = view.unwrap().into_inner().nodes;
    assert_eq!(nodes.iter().map(|node| (node.id, node.ready)).collect::<Vec<_>>(), [(1, true), (2, false)]);
    assert_eq!(nodes[1].zone, "zone-2", "where it is stays known");
    assert!(nodes[1].obstacles[0].starts_with("unreachable from node 1: node 2 at "), "{:?}", nodes[1].obstacles);
}
