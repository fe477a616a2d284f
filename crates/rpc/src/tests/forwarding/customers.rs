//! Calls about one customer: answered by the owner, unchanged, with the owner's name.

use std::sync::atomic::Ordering;
use std::time::Duration;

use baton_ports::routing::{PeerNode, Route};
use baton_wire::pb::v1::customer_service_client::CustomerServiceClient;
use baton_wire::pb::v1::explain_request::Subject;
use baton_wire::pb::v1::message_service_client::MessageServiceClient;
use baton_wire::pb::v1::{ExplainRequest, GetCustomerRequest, ListMessagesRequest, TimelineRequest};
use tonic::metadata::MetadataMap;
use tonic::{Code, Request};
use tonic_types::StatusExt;

use super::links::Link;
use super::{NOBODY_THERE, Two, first};
use crate::tests::fixture::Fixture;
use crate::tests::peers::PeerPort;
use crate::tests::scripted_cluster::{ScriptedRouting, nobody, node};

fn get(customer: &str) -> GetCustomerRequest {
    GetCustomerRequest { workspace: 0, customer_id: customer.to_owned(), stale: false }
}

fn client(fixture: &Fixture) -> CustomerServiceClient<tonic::transport::Channel> {
    CustomerServiceClient::new(fixture.channel.clone())
}

fn owner(metadata: &MetadataMap) -> &str {
    metadata.get("baton-owner").map_or("", |owner| owner.to_str().unwrap())
}

#[tokio::test]
async fn the_owner_answers_and_is_named() {
    let two = Two::start().await;
    for (customer, expected) in [("bob0", "1;grpc-1:7400;0"), ("ada1", "2;grpc-2:7400;1")] {
        let reply = client(&two.first).get(get(customer)).await.unwrap();
        assert_eq!((owner(reply.metadata()), &*reply.get_ref().customer_id), (expected, customer));
    }
    let mut list = ListMessagesRequest { customer_id: "ada1".to_owned(), ..ListMessagesRequest::default() };
    list.page_token = MessageServiceClient::new(two.first.channel.clone())
        .list(list.clone())
        .await
        .unwrap()
        .into_inner()
        .next_page_token;
    MessageServiceClient::new(two.first.channel.clone()).list(list).await.unwrap();
    assert!(
        two.second.gateway.filter.lock().unwrap().as_ref().unwrap().after.is_some(),
        "tokens mean the same anywhere"
    );
    assert!(two.first.gateway.filter.lock().unwrap().is_none());
}

/// A question that may be answered by any replica, with the age of its answer in milliseconds.
async fn get_stale(fixture: &Fixture, customer: &str) -> Result<Option<i64>, tonic::Status> {
    let reply = client(fixture).get(GetCustomerRequest { stale: true, ..get(customer) }).await?;
    assert_eq!((owner(reply.metadata()), &*reply.get_ref().customer_id), ("", customer));
    let staleness = reply.into_inner().staleness.expect("a stale answer says so");
    Ok(staleness.at_most.map(|age| age.seconds * 1_000 + i64::from(age.nanos) / 1_000_000))
}

#[tokio::test]
async fn a_replica_answers_what_may_be_stale_and_says_how_old_it_may_be() {
    let two = Two::start_with(|routing| {
        let there = vec![node(3, NOBODY_THERE), second_of(routing)];
        routing.hold(2, there);
        routing.hold(3, vec![node(3, NOBODY_THERE)]);
    })
    .await;
    let asked = |fixture: &Fixture| fixture.gateway.got.load(Ordering::SeqCst);
    // Node 2 leads shard 1, and this one has a replica of it.
    assert_eq!(get_stale(&two.first, "ada1").await.unwrap(), Some(1_500));
    assert_eq!(get_stale(&two.first, "new1").await.unwrap(), None, "not known");
    assert_eq!((asked(&two.first), two.second.gateway.got.load(Ordering::SeqCst)), (2, 0));
    // This one leads shard 2, and has no replica of it: the first of its holders that is reached answers.
    assert_eq!(get_stale(&two.first, "ada2").await.unwrap(), Some(1_500));
    assert_eq!((asked(&two.first), two.second.gateway.got.load(Ordering::SeqCst)), (2, 1));
    let status = get_stale(&two.first, "ada3").await.unwrap_err();
    assert_eq!(status.get_details_error_info().unwrap().reason, "NODE_UNREACHABLE");

    let timeline = TimelineRequest { customer_id: "ada1".to_owned(), stale: true, ..TimelineRequest::default() };
    assert!(client(&two.first).timeline(timeline).await.unwrap().into_inner().staleness.is_some());
    let subject = Some(Subject::Segment("vip".to_owned()));
    let explain = ExplainRequest { workspace: 0, customer_id: "ada1".to_owned(), subject, stale: true };
    assert!(client(&two.first).explain(explain).await.unwrap().into_inner().staleness.is_some());
    let linearizable = client(&two.first).get(get("ada1")).await.unwrap();
    assert_eq!((owner(linearizable.metadata()), &linearizable.get_ref().staleness), ("2;grpc-2:7400;1", &None));
}

#[tokio::test]
async fn without_a_leader_only_stale_questions_are_answered() {
    let leaderless = Two::start_with(|routing| routing.lead(1, nobody())).await;
    let status = client(&leaderless.first).get(get("ada1")).await.unwrap_err();
    assert_eq!(status.get_details_error_info().unwrap().reason, "NO_LEADER");
    assert_eq!(get_stale(&leaderless.first, "ada1").await.unwrap(), Some(1_500));
}

/// The node that leads shard 1 as the routes were written first.
fn second_of(routing: &ScriptedRouting) -> PeerNode {
    let Route::Peer(second) = routing.route_of(1) else { panic!("another node leads shard 1") };
    second
}

#[tokio::test]
async fn errors_come_back_unchanged() {
    let two = Two::start().await;
    // What the script says about a customer does not depend on the shard, so every name is given both routes.
    let alone = Fixture::start().await;
    let routed = Two::start_with(|routing| {
        let there = routing.route_of(1);
        routing.lead(0, there);
    })
    .await;
    for customer in ["ghost", "wrong", "elsewhere", "busy", "lost", "broken"] {
        let here = client(&alone).get(get(customer)).await.unwrap_err();
        let there = client(&routed.first).get(get(customer)).await.unwrap_err();
        assert_eq!((there.code(), there.message(), there.details()), (here.code(), here.message(), here.details()));
        assert_eq!((owner(here.metadata()), owner(there.metadata())), ("1;grpc-1:7400;0", "2;grpc-2:7400;0"));
    }
    let bad = TimelineRequest { customer_id: "ada1".to_owned(), page_size: 1_001, ..TimelineRequest::default() };
    let status = client(&two.first).timeline(bad).await.unwrap_err();
    assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "page_size");
}

#[tokio::test]
async fn a_customer_whom_nobody_can_be_asked_about_is_unavailable_for_a_while() {
    let leaderless = Two::start_with(|routing| routing.lead(1, nobody())).await;
    let gone = first(node(2, NOBODY_THERE), |_| {}).await;
    let cases = [
        (&leaderless.first, "NO_LEADER", "an election is under way"),
        (&gone, "NODE_UNREACHABLE", "node 2 at 127.0.0.1:1 cannot be reached"),
    ];
    for (first, reason, message) in cases {
        let status = client(first).get(get("ada1")).await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        assert_eq!(status.get_details_error_info().unwrap().reason, reason);
        assert!(status.get_details_retry_info().is_some() && status.message().starts_with(message), "{status}");
    }
}

#[tokio::test]
async fn the_owner_has_less_time_than_the_caller() {
    let routed = Two::start_with(|routing| {
        let there = routing.route_of(1);
        routing.lead(0, there);
    })
    .await;
    let mut request = Request::new(get("slow"));
    request.set_timeout(Duration::from_millis(800));
    let status = client(&routed.first).get(request).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status}");
    assert_eq!(status.get_details_error_info().unwrap().reason, "DEADLINE", "the owner gave up first and said so");
    assert_eq!(owner(status.metadata()), "2;grpc-2:7400;0");
}

#[tokio::test]
async fn a_call_that_is_on_its_way_when_the_connection_breaks_is_of_unknown_outcome() {
    let second = PeerPort::with(ScriptedRouting::alone());
    let link = Link::to(second.address).await;
    let first = first(node(2, &link.address.to_string()), |routing| routing.lead(0, routing.route_of(1))).await;
    let cut = async {
        while second.gateway.got.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        drop(link);
    };
    let mut client = client(&first);
    let (reply, ()) = tokio::join!(client.get(get("slow")), cut);
    let status = reply.unwrap_err();
    assert_eq!(status.code(), Code::Unknown, "{status}");
    assert_eq!(status.get_details_error_info().unwrap().reason, "OUTCOME_UNKNOWN");
    assert!(status.get_details_retry_info().is_some(), "it may be asked again");
}
