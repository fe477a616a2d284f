//! The spine: documents are published, an event becomes a message, and all of it can be asked about, now and later.

use std::collections::BTreeSet;

use baton_channels::file::read;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answer;
use baton_wire::pb::v1::explain_request::Subject;
use serde_json::json;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use crate::harness::{Node, accepted, apply, eventually, get, life, result, track};

/// One event, one message.
const DOCUMENTS: &str = "
kind: Channel
id: app
type: webhook
---
kind: Template
id: welcome
subject: Welcome
text: Hello {{ customer.id }}, you chose {{ vars.plan }}
vars: {plan: {}}
---
kind: Journey
id: greeting
category: transactional
entry: {event: Signed Up}
steps:
  - {id: hello, message: {channel: app, template: welcome, vars: {plan: context.plan}}}
";

fn signed_up() -> pb::Event {
    track("ana", "m-1", "Signed Up", &json!({"plan": "pro"}))
}

/// The only send of a customer, once it is accepted.
async fn delivered(node: &Node, customer: &str) -> pb::Message {
    let request = pb::ListMessagesRequest { customer_id: customer.to_owned(), ..Default::default() };
    eventually("the message is accepted", async || {
        let listed = node.connection().messages().list(request.clone()).await.unwrap().into_inner();
        let [message] = &listed.messages[..] else { return None };
        (message.state == "accepted").then(|| message.clone())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_becomes_a_message_that_explains_itself_and_outlives_a_restart() {
    let mut node = Node::start().await;
    assert_eq!(apply(&node, DOCUMENTS).await, 1);
    let positions = accepted(node.connection(), vec![signed_up()]).await;
    assert!(positions[0].epoch > 0 && positions[0].seq > 0, "{positions:?}");

    let message = delivered(&node, "ana").await;
    assert_eq!((message.journey.as_str(), message.step.as_str(), message.visit), ("greeting", "hello", 1));
    let sink = read(&node.sink()).unwrap();
    assert_eq!((sink.attempts.len(), sink.torn), (1, 0));
    assert_eq!(sink.attempts[0].send_id.to_string(), message.id);
    assert_eq!(sink.attempts[0].json["message"]["body"], "Hello ana, you chose pro");
    assert_eq!(sink.attempts[0].json["customer_id"], "ana");

    let before = life(node.connection(), "ana").await;
    node.stop().await;
    node.start_again().await;
    let after = life(node.connection(), "ana").await;
    assert_eq!(after.entries, before.entries, "a restart keeps everything");
    assert_eq!(delivered(&node, "ana").await, message);
    assert!(matches!(result(node.connection(), signed_up()).await, Answer::Duplicate(_)));
    assert_eq!(apply(&node, DOCUMENTS).await, 1, "what is published already makes no version");

    let subject = Some(Subject::Message(message.id.clone()));
    let request = pb::ExplainRequest { workspace: 0, customer_id: "ana".to_owned(), subject, stale: false };
    let explained = node.connection().customers().explain(request).await.unwrap().into_inner();
    assert_eq!(explained.message, Some(pb::Message { shard: None, ..message.clone() }), "the shard is said in lists");
    let fates: Vec<&str> = explained.records.iter().map(|record| record.fate.as_str()).collect();
    assert_eq!(fates, ["released", "permitted", "accepted"]);
    let released = &explained.records[0];
    assert!(released.cause.contains("m-1"), "{}", released.cause);
    assert!(released.checks.iter().any(|check| check.name == "reachability" && check.passed), "{:?}", released.checks);
    assert_eq!(read(&node.sink()).unwrap().attempts.len(), 1, "nothing was sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_told_and_changes_nothing() {
    let node = Node::start().await;
    apply(&node, DOCUMENTS).await;
    let connection = node.connection();
    accepted(connection, vec![signed_up()]).await;
    delivered(&node, "ana").await;
    let before = life(connection, "ana").await;
    let again = track("ana", "m-1", "Something Else", &json!({}));
    for event in [signed_up(), again] {
        assert!(matches!(result(connection, event).await, Answer::Duplicate(_)));
    }
    let of_another = track("ben", "m-1", "Signed Up", &json!({"plan": "free"}));
    assert!(matches!(result(connection, of_another).await, Answer::Accepted(_)), "an id is one customer's");
    assert_eq!(life(connection, "ana").await.entries, before.entries);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_describes_itself_and_says_how_it_is() {
    let node = Node::start().await;
    apply(&node, DOCUMENTS).await;
    accepted(node.connection(), vec![signed_up()]).await;
    delivered(&node, "ana").await;

    let channel = Endpoint::from_shared(node.endpoint().to_owned()).unwrap().connect().await.unwrap();
    // Health follows readiness, a second behind it at most.
    eventually("the health service says serving", async || {
        let asked = HealthClient::new(channel.clone()).check(HealthCheckRequest::default()).await.unwrap();
        (asked.into_inner().status() == ServingStatus::Serving).then_some(())
    })
    .await;
    assert_eq!(
        services(channel).await,
        BTreeSet::from(
            [
                "baton.admin.v1.ClusterService",
                "baton.v1.CustomerService",
                "baton.v1.DefinitionService",
                "baton.v1.EventService",
                "baton.v1.MessageService",
                "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection",
            ]
            .map(str::to_owned)
        )
    );

    assert_eq!(get(node.http(), "/livez").await.unwrap().0, 200);
    assert_eq!(get(node.http(), "/readyz").await.unwrap().0, 200);
    assert_eq!(get(node.http(), "/nothing").await.unwrap().0, 404);
    let (status, metrics) = get(node.http(), "/metrics").await.unwrap();
    assert_eq!(status, 200);
    for series in METRICS {
        assert!(metrics.contains(&format!("# TYPE baton_{series} ")), "{series} is missing in\n{metrics}");
    }
    for line in
        ["baton_events_total{result=\"accepted\"} 1", "baton_deliveries_total{channel=\"app\",outcome=\"accepted\"} 1"]
    {
        assert!(metrics.lines().any(|other| other == line), "{line} is missing in\n{metrics}");
    }
}

/// What dashboards and alerts are built on: a name once given stays.
const METRICS: [&str; 15] = [
    "events",
    "deliveries",
    "decision_seconds",
    "delivery_seconds",
    "batch_decisions",
    "log_append_seconds",
    "log_sync_seconds",
    "apply_lag_entries",
    "timers_due",
    "timers_fired",
    "timers_late",
    "timer_lateness_seconds",
    "outbox_sends",
    "outbox_oldest_age_seconds",
    "wake_source_violations",
];

async fn services(channel: tonic::transport::Channel) -> BTreeSet<String> {
    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client = ServerReflectionClient::new(channel);
    let mut answers = client.server_reflection_info(futures::stream::iter([ask])).await.unwrap().into_inner();
    match answers.message().await.unwrap().unwrap().message_response {
        Some(MessageResponse::ListServicesResponse(list)) => list.service.into_iter().map(|one| one.name).collect(),
        other => panic!("{other:?}"),
    }
}
