//! Pages and their tokens.

use baton_model::ids::{SendId, ShardId};
use baton_model::text_id::CustomerId;
use baton_wire::pb::v1::customer_service_client::CustomerServiceClient;
use baton_wire::pb::v1::definition_service_client::DefinitionServiceClient;
use baton_wire::pb::v1::message_service_client::MessageServiceClient;
use baton_wire::pb::v1::{
    ListDefinitionsRequest, ListMessagesRequest, MessageOutcome, ReportOutcomeRequest, TimelineRequest,
};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::fixture::Fixture;

fn field(status: &Status) -> String {
    assert_eq!(status.code(), Code::InvalidArgument);
    status.get_details_bad_request().unwrap().field_violations[0].field.clone()
}

#[tokio::test]
async fn a_timeline_is_read_page_by_page() {
    let fixture = Fixture::start().await;
    let mut client = CustomerServiceClient::new(fixture.channel.clone());
    let mut request = TimelineRequest { customer_id: "ada".to_owned(), page_size: 2, ..TimelineRequest::default() };
    let mut pages = Vec::new();
    loop {
        let response = client.timeline(request.clone()).await.unwrap().into_inner();
        pages.push(response.entries.iter().map(|entry| entry.number).collect::<Vec<_>>());
        request.page_token = response.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
        let stolen = TimelineRequest { customer_id: "bob".to_owned(), ..request.clone() };
        let status = client.timeline(stolen).await.unwrap_err();
        assert_eq!(field(&status), "page_token", "a token of another customer's timeline is refused");
    }
    assert_eq!(pages, [vec![5, 4], vec![3, 2], vec![1]]);

    let made_up = TimelineRequest { page_token: "17".to_owned(), ..request.clone() };
    assert_eq!(field(&client.timeline(made_up).await.unwrap_err()), "page_token");
    let too_large = TimelineRequest { page_size: 1_001, ..request };
    assert_eq!(field(&client.timeline(too_large).await.unwrap_err()), "page_size");
}

#[tokio::test]
async fn documents_are_listed_in_order_without_their_text() {
    let fixture = Fixture::start().await;
    let mut client = DefinitionServiceClient::new(fixture.channel.clone());
    let mut request = ListDefinitionsRequest { page_size: 2, ..ListDefinitionsRequest::default() };
    let first = client.list(request.clone()).await.unwrap().into_inner();
    request.page_token = first.next_page_token;
    let second = client.list(request).await.unwrap().into_inner();

    let ids = |page: &[baton_wire::pb::v1::Definition]| page.iter().map(|d| d.id.clone()).collect::<Vec<_>>();
    assert_eq!((ids(&first.definitions), ids(&second.definitions)), (vec!["a".into(), "b".into()], vec!["c".into()]));
    assert_eq!(second.next_page_token, "");
    assert!(first.definitions.iter().all(|definition| definition.text.is_empty()));
}

#[tokio::test]
async fn the_filter_and_the_place_of_a_list_of_sends_reach_the_gateway() {
    let fixture = Fixture::start().await;
    let mut client = MessageServiceClient::new(fixture.channel.clone());
    let mut request = ListMessagesRequest {
        journey: "welcome".to_owned(),
        channel: "email".to_owned(),
        state: "deferred".to_owned(),
        ..ListMessagesRequest::default()
    };
    request.page_token = client.list(request.clone()).await.unwrap().into_inner().next_page_token;
    let last = client.list(request.clone()).await.unwrap().into_inner();
    assert_eq!(last.next_page_token, "");

    let filter = fixture.gateway.filter.lock().unwrap().clone().unwrap();
    assert_eq!(filter.after, Some((ShardId(7), CustomerId::new("a b").unwrap(), SendId(9))));
    assert_eq!((filter.customer, filter.limit), (None, 100));
    assert_eq!(filter.journey.unwrap().as_str(), "welcome");
    assert_eq!(filter.channel.unwrap().as_str(), "email");
    assert_eq!(filter.state.as_deref(), Some("deferred"));

    let narrowed = ListMessagesRequest { journey: "other".to_owned(), ..request.clone() };
    assert_eq!(field(&client.list(narrowed).await.unwrap_err()), "page_token");
    let unknown = ListMessagesRequest { state: "floating".to_owned(), ..ListMessagesRequest::default() };
    assert_eq!(field(&client.list(unknown).await.unwrap_err()), "state");
}

#[tokio::test]
async fn reports_are_checked() {
    let fixture = Fixture::start().await;
    let mut client = MessageServiceClient::new(fixture.channel.clone());
    let good = ReportOutcomeRequest {
        customer_id: "ada".to_owned(),
        message_id: "00000000000000000000000000000009".to_owned(),
        outcome: MessageOutcome::Opened.into(),
        ..ReportOutcomeRequest::default()
    };
    client.report_outcome(good.clone()).await.unwrap();
    for (request, expected) in [
        (ReportOutcomeRequest { outcome: 0, ..good.clone() }, "outcome"),
        (ReportOutcomeRequest { outcome: 99, ..good.clone() }, "outcome"),
        (ReportOutcomeRequest { message_id: "9".to_owned(), ..good.clone() }, "message_id"),
        (ReportOutcomeRequest { workspace: 1, ..good.clone() }, "workspace"),
    ] {
        assert_eq!(field(&client.report_outcome(request).await.unwrap_err()), expected);
    }
}
