//! The client against nodes with real sockets.

mod cluster;

use std::time::Duration;

use baton_wire::pb::admin::v1 as admin;
use tokio::time::Instant;
use tonic::{Code, Status};

use crate::{Answer, Client, ClientConfig, Node};
use cluster::{FakeCluster, events};

fn client(endpoints: &[String]) -> Client {
    Client::connect(ClientConfig::to(endpoints)).unwrap()
}

fn accepted(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| matches!(answer, Answer::Accepted(_))).count()
}

async fn settings(
    node: Node,
    request: tonic::Request<admin::GetSettingsRequest>,
) -> Result<tonic::Response<admin::Settings>, Status> {
    node.cluster().get_settings(request).await
}

/// Sends until no event takes a detour any more.
async fn until_direct(client: &Client, cluster: &FakeCluster, set: &str) {
    for round in 0..200 {
        let detours = cluster.detours();
        let answers = client.ingest(events(&format!("{set}-{round}"), 60)).await;
        assert_eq!(accepted(&answers), 60, "{answers:?}");
        if cluster.detours() == detours {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} detours", cluster.detours());
}

#[tokio::test]
async fn events_go_to_their_leaders_once_the_cluster_said_who_leads() {
    let cluster = FakeCluster::start(3).await;
    cluster.set(|state| state.gives_hints = false);
    let client = client(&[cluster.endpoint(1)]);
    until_direct(&client, &cluster, "learning").await;
    assert!(cluster.answered_by_all(), "each node leads some");
}

#[tokio::test]
async fn hints_show_the_way_before_the_cluster_says_who_leads() {
    let cluster = FakeCluster::start(3).await;
    cluster.set(|state| state.tells_leaders = false);
    let client = client(&[cluster.endpoint(2)]);
    until_direct(&client, &cluster, "learning").await;
    assert!(cluster.answered_by_all(), "each node leads some");
}

#[tokio::test]
async fn who_lost_the_lead_is_asked_no_more() {
    let cluster = FakeCluster::start(3).await;
    let client = client(&[cluster.endpoint(1)]);
    until_direct(&client, &cluster, "learning").await;
    cluster.set(|state| state.lead_everything(3));
    let answers = client.ingest(events("moved", 200)).await;
    assert_eq!(accepted(&answers), 200, "{answers:?}");
    until_direct(&client, &cluster, "learning-again").await;
}

#[tokio::test]
async fn a_leader_that_dies_costs_a_retry_and_no_event() {
    let mut cluster = FakeCluster::start(3).await;
    let client = client(&[cluster.endpoint(1), cluster.endpoint(2)]);
    until_direct(&client, &cluster, "learning").await;
    cluster.kill(1).await;
    let heir = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        cluster.set(|state| state.lead_everything(2));
    };
    let (answers, ()) = tokio::join!(client.ingest(events("failover", 500)), heir);
    assert_eq!(accepted(&answers), 500, "{answers:?}");
    let order = cluster.order_of("failover");
    assert_eq!(order.values().map(Vec::len).sum::<usize>(), 500, "each was taken once");
    for (customer, taken) in order {
        assert!(taken.is_sorted(), "{customer}: {taken:?}");
    }
}

#[tokio::test]
async fn a_node_that_takes_nothing_any_more_is_avoided() {
    let cluster = FakeCluster::start(3).await;
    let client = client(&[cluster.endpoint(1), cluster.endpoint(2)]);
    until_direct(&client, &cluster, "learning").await;
    cluster.set(|state| state.ending = Some(1));
    let began = Instant::now();
    let answers = client.ingest(events("ending", 200)).await;
    assert_eq!(accepted(&answers), 200, "{answers:?}");
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}: it was asked again and again", began.elapsed());
}

#[tokio::test]
async fn a_call_is_made_at_the_next_endpoint_if_one_is_gone() {
    let mut cluster = FakeCluster::start(2).await;
    let client = client(&[cluster.endpoint(1), cluster.endpoint(2)]);
    cluster.kill(1).await;
    let began = Instant::now();
    assert_eq!(client.ask(admin::GetSettingsRequest {}, settings).await.unwrap().shard_count, 6);
    assert_eq!(client.tell(admin::GetSettingsRequest {}, settings).await.unwrap().shard_count, 6);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    client.reach(Duration::ZERO).await.unwrap();
    cluster.kill(2).await;
    let began = Instant::now();
    let unreachable = client.reach(Duration::from_millis(250)).await.unwrap_err();
    assert!((150..2_000).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    assert_eq!(unreachable.tried.len(), 2, "{unreachable}");
}

#[tokio::test]
async fn only_what_may_be_repeated_is_repeated() {
    let check = async |fault: Status, asked: u32, told: u32| {
        let cluster = FakeCluster::start(1).await;
        let client = client(&[cluster.endpoint(1)]);
        cluster.fail_settings(2, &fault);
        let answered = client.ask(admin::GetSettingsRequest {}, settings).await;
        assert_eq!((answered.is_ok(), cluster.settings_calls()), (asked == 3, asked), "ask: {fault:?}");
        cluster.fail_settings(2, &fault);
        let answered = client.tell(admin::GetSettingsRequest {}, settings).await;
        assert_eq!((answered.is_ok(), cluster.settings_calls()), (told == 3, told), "tell: {fault:?}");
    };
    let by_baton = |code| Status::with_details(code, "said", vec![8, 1].into());
    check(by_baton(Code::Unavailable), 3, 3).await;
    check(by_baton(Code::Unknown), 3, 1).await;
    check(Status::unavailable("connection reset"), 3, 1).await;
    check(by_baton(Code::InvalidArgument), 1, 1).await;
}

#[tokio::test]
async fn the_time_is_kept_when_nobody_answers() {
    let mut cluster = FakeCluster::start(1).await;
    let endpoints = [cluster.endpoint(1)];
    let config = ClientConfig { give_up_after: Duration::from_millis(400), ..ClientConfig::to(&endpoints) };
    let client = Client::connect(config).unwrap();
    cluster.kill(1).await;
    let began = Instant::now();
    let answers = client.ingest(events("nobody", 5)).await;
    let status = client.ask(admin::GetSettingsRequest {}, settings).await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(answers.iter().all(|answer| matches!(answer, Answer::Unanswered(_))), "{answers:?}");
    assert_eq!(status.code(), Code::Unavailable);
}

#[test]
fn a_client_needs_somebody_to_ask() {
    let check = |config: ClientConfig, expected: &str| {
        assert_eq!(Client::connect(config).unwrap_err().to_string(), expected);
    };
    let none: [&str; 0] = [];
    check(ClientConfig::to(none), "`endpoints` is empty: name at least one node, such as `http://127.0.0.1:7400`");
    check(ClientConfig::to(["no place"]), "the endpoint `no place` is no URL: write one like `http://127.0.0.1:7400`");
    let no_calls = ClientConfig { calls_in_flight_max: 0, ..ClientConfig::to(["a:1"]) };
    check(no_calls, "`calls_in_flight_max` is 0: write at least 1");
}
