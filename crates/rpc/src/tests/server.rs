//! The server itself: addresses, health, reflection, shutdown.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::StreamExt;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use super::fixture::{Fixture, services};
use super::scripted::Scripted;
use crate::server::Server;

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let fixture = Fixture::start().await;
    let error = Server::bind(fixture.address, services(&Arc::new(Scripted::default()))).err().unwrap();
    let expected = format!("cannot listen on {}: ", fixture.address);
    assert!(error.to_string().starts_with(&expected), "{error}");
}

#[tokio::test]
async fn health_follows_readiness() {
    let fixture = Fixture::start().await;
    let mut client = HealthClient::new(fixture.channel.clone());
    let service = "baton.v1.EventService".to_owned();
    let mut watch = client.watch(HealthCheckRequest { service }).await.unwrap().into_inner();
    let mut seen = Vec::new();
    while seen.last() != Some(&ServingStatus::NotServing) || !seen.contains(&ServingStatus::Serving) {
        let next =
            tokio::time::timeout(Duration::from_secs(5), watch.next()).await.expect("health follows within a second");
        seen.push(next.unwrap().unwrap().status());
        fixture.gateway.not_ready.store(true, Ordering::SeqCst);
    }
    let whole = client.check(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(whole.status(), ServingStatus::NotServing);
}

#[tokio::test]
async fn reflection_knows_every_service() {
    let fixture = Fixture::start().await;
    let mut client = ServerReflectionClient::new(fixture.channel.clone());
    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut answers = client.server_reflection_info(futures::stream::iter([ask])).await.unwrap().into_inner();
    let Some(MessageResponse::ListServicesResponse(list)) = answers.next().await.unwrap().unwrap().message_response
    else {
        panic!("no list of services");
    };
    let mut names: Vec<_> = list.service.into_iter().map(|service| service.name).collect();
    names.sort_unstable();
    let expected = [
        "baton.admin.v1.ClusterService",
        "baton.v1.CustomerService",
        "baton.v1.DefinitionService",
        "baton.v1.EventService",
        "baton.v1.MessageService",
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_server_without_calls_ends_at_once() {
    let fixture = Fixture::start().await;
    let ended = tokio::time::timeout(Duration::from_secs(5), fixture.shut_down()).await;
    ended.expect("nothing keeps it").unwrap().unwrap();
}
