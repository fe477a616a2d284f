//! Batches of events.

use std::time::Duration;

use baton_wire::pb::v1::event_service_client::EventServiceClient;
use baton_wire::pb::v1::{Event, IngestRequest};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use super::fixture::{Fixture, event, short};

async fn ingest(fixture: &Fixture, events: Vec<Event>) -> Result<Vec<String>, Status> {
    let mut client = EventServiceClient::new(fixture.channel.clone());
    let response = client.ingest(IngestRequest { workspace: 0, events }).await?.into_inner();
    Ok(response.results.iter().map(short).collect())
}

#[tokio::test]
async fn each_event_gets_its_own_answer_in_the_order_of_the_request() {
    let fixture = Fixture::start().await;
    let undated = Event { timestamp: "yesterday".to_owned(), ..event("a", "m2", "buy") };
    let batch = vec![
        event("a", "m1", "buy"),
        undated,
        event("a", "m3", "repeat"),
        event("", "m4", "buy"),
        event("b", "m5", "old"),
        event("c", "m6", "busy"),
        event("d", "m7", "lost"),
        event("e", "m8", "buy"),
    ];
    let expected = [
        "accepted",
        "rejected invalid_event timestamp",
        "duplicate",
        "rejected invalid_event customer_id",
        "rejected too_old",
        "retry customer_busy",
        "unknown",
        "accepted",
    ];
    assert_eq!(ingest(&fixture, batch).await.unwrap(), expected);
    assert_eq!(fixture.batches(), [["m1", "m3", "m5", "m6", "m7", "m8"]], "bad events do not reach the gateway");
    let mut counted = fixture.gateway.counted.lock().unwrap().clone();
    counted.sort_unstable();
    assert_eq!(counted, [("accepted", 2), ("duplicate", 1), ("rejected", 3), ("retry", 1), ("unknown", 1)]);
}

#[tokio::test]
async fn an_empty_batch_has_no_answers_and_asks_nothing() {
    let fixture = Fixture::start().await;
    assert_eq!(ingest(&fixture, Vec::new()).await.unwrap(), Vec::<String>::new());
    assert!(fixture.batches().is_empty());
}

#[tokio::test]
async fn a_batch_over_the_bound_is_refused_before_any_event_is_tried() {
    let fixture = Fixture::start().await;
    let batch: Vec<_> = (0..1_001).map(|at| event("a", &format!("m{at}"), "buy")).collect();
    assert_eq!(ingest(&fixture, batch[..1_000].to_vec()).await.unwrap().len(), 1_000);

    let status = ingest(&fixture, batch).await.unwrap_err();

    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(status.message(), "events: has 1001 events: send at most 1000 in one request");
    assert_eq!(fixture.batches().len(), 1);
}

#[tokio::test]
async fn a_request_over_4_mib_is_refused_by_the_transport() {
    let fixture = Fixture::start().await;
    let large = "x".repeat(5 * 1024 * 1024);
    let status = ingest(&fixture, vec![event("a", &large, "buy")]).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange);
    assert!(fixture.batches().is_empty());
}

#[tokio::test]
async fn another_workspace_is_refused_clearly() {
    let fixture = Fixture::start().await;
    let mut client = EventServiceClient::new(fixture.channel.clone());
    let request = IngestRequest { workspace: 7, events: vec![event("a", "m", "buy")] };
    let status = client.ingest(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let violations = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(violations[0].field, "workspace");
    assert_eq!(violations[0].description, "7 does not exist: this cluster serves only 0, leave it out");
}

#[tokio::test]
async fn what_is_not_answered_within_the_deadline_is_unknown_and_the_client_hears_so() {
    let fixture = Fixture::start().await;
    let mut client = EventServiceClient::new(fixture.channel.clone());
    let events = vec![event("a", "m1", "buy"), event("", "m2", "buy"), event("b", "m3", "hang")];
    let mut request = Request::new(IngestRequest { workspace: 0, events });
    request.set_timeout(Duration::from_secs(1));
    let results = client.ingest(request).await.unwrap().into_inner().results;
    let results: Vec<_> = results.iter().map(short).collect();
    assert_eq!(results, ["unknown", "rejected invalid_event customer_id", "unknown"]);
}
