//! Each row of the table of errors, as a client sees it.

use std::time::Duration;

use baton_wire::document_faults;
use baton_wire::pb::admin::v1::cluster_service_client::ClusterServiceClient;
use baton_wire::pb::admin::v1::{AdvanceClockRequest, CheckRequest};
use baton_wire::pb::google;
use baton_wire::pb::v1::customer_service_client::CustomerServiceClient;
use baton_wire::pb::v1::definition_service_client::DefinitionServiceClient;
use baton_wire::pb::v1::{
    ApplyRequest, DocumentFile, ExplainRequest, GetCustomerRequest, GetDefinitionRequest, PauseCustomerRequest,
    ValidateRequest,
};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use super::fixture::Fixture;

/// The code, the reason word and the other details of a status in short.
fn short(status: &Status) -> (Code, String, String) {
    let details = status.get_error_details();
    let info = details.error_info().expect("every status has an ErrorInfo");
    assert_eq!(info.domain, "baton");
    let mut told = Vec::new();
    if let Some(bad) = details.bad_request() {
        told.extend(bad.field_violations.iter().map(|violation| format!("field {}", violation.field)));
    }
    if let Some(delay) = details.retry_info().and_then(|retry| retry.retry_delay) {
        told.push(format!("retry {}ms", delay.as_millis()));
    }
    if let Some(resource) = details.resource_info() {
        told.push(format!("resource {} {}", resource.resource_type, resource.resource_name));
    }
    if let Some(failure) = details.precondition_failure() {
        told.extend(failure.violations.iter().map(|violation| violation.description.clone()));
    }
    (status.code(), info.reason.clone(), told.join(", "))
}

#[tokio::test]
async fn errors_about_a_customer() {
    let fixture = Fixture::start().await;
    let mut client = CustomerServiceClient::new(fixture.channel.clone());
    let cases = [
        ("ghost", Code::NotFound, "NOT_FOUND", "resource customer ghost", "customer `ghost` does not exist"),
        ("wrong", Code::InvalidArgument, "INVALID_FIELD", "field until", "until: has passed: write a later instant"),
        (
            "elsewhere",
            Code::Unavailable,
            "SHARD_UNAVAILABLE",
            "retry 300ms",
            "shard 3 cannot answer now: no leader; try again in 300ms",
        ),
        ("busy", Code::ResourceExhausted, "BOUND_REACHED", "retry 20ms", "mailbox is full: try again in 20ms"),
        (
            "lost",
            Code::Unknown,
            "OUTCOME_UNKNOWN",
            "retry 1000ms",
            "the outcome is unknown: ask again; nothing happens twice",
        ),
        ("broken", Code::Internal, "INTERNAL", "", "internal fault: the node's log has the details"),
        (
            "",
            Code::InvalidArgument,
            "INVALID_FIELD",
            "field customer_id",
            "customer_id: customer_id is empty: write 1 to 256 bytes of UTF-8",
        ),
    ];
    for (customer, code, reason, details, message) in cases {
        let request = GetCustomerRequest { workspace: 0, customer_id: customer.to_owned(), stale: false };
        let status = client.get(request).await.unwrap_err();
        assert_eq!(short(&status), (code, reason.to_owned(), details.to_owned()), "{customer}");
        assert_eq!(status.message(), message);
    }
}

#[tokio::test]
async fn a_call_that_takes_too_long_ends_with_its_deadline() {
    let fixture = Fixture::start().await;
    let mut client = CustomerServiceClient::new(fixture.channel.clone());
    let mut request = Request::new(GetCustomerRequest { workspace: 0, customer_id: "slow".to_owned(), stale: false });
    request.set_timeout(Duration::from_millis(500));
    let status = client.get(request).await.unwrap_err();
    let expected = (Code::DeadlineExceeded, "DEADLINE".to_owned(), "retry 1000ms".to_owned());
    assert_eq!(short(&status), expected, "the answer is the server's, before the client gives up");
}

#[tokio::test]
async fn fields_of_requests_are_checked() {
    let fixture = Fixture::start().await;
    let mut client = CustomerServiceClient::new(fixture.channel.clone());
    let pause = |by: &str, reason: &str, seconds| PauseCustomerRequest {
        workspace: 0,
        customer_id: "ada".to_owned(),
        by: by.to_owned(),
        reason: reason.to_owned(),
        until: Some(google::Timestamp { seconds, nanos: 0 }),
    };
    let long = "x".repeat(1_025);
    for (request, field) in [
        (pause("", "asked", 1), "field by"),
        (pause("jo", " ", 1), "field reason"),
        (pause("jo", &long, 1), "field reason"),
        (pause("jo", "asked", i64::MAX), "field until"),
    ] {
        let status = client.pause(request).await.unwrap_err();
        assert_eq!(short(&status), (Code::InvalidArgument, "INVALID_FIELD".to_owned(), field.to_owned()));
    }
    client.pause(pause("jo", "asked", 1)).await.unwrap();

    let nothing = ExplainRequest { workspace: 0, customer_id: "ada".to_owned(), subject: None, stale: false };
    let status = client.explain(nothing).await.unwrap_err();
    assert_eq!(short(&status).2, "field subject");
}

#[tokio::test]
async fn errors_about_the_cluster() {
    let fixture = Fixture::start().await;
    let mut client = ClusterServiceClient::new(fixture.channel.clone());
    let status = client.check(CheckRequest {}).await.unwrap_err();
    let expected = (Code::Unavailable, "CLUSTER_UNAVAILABLE".to_owned(), "retry 1000ms".to_owned());
    assert_eq!(short(&status), expected);

    let to = Some(google::Timestamp { seconds: 1, nanos: 0 });
    let status = client.advance_clock(AdvanceClockRequest { to, settle: false }).await.unwrap_err();
    let why = "customer time is not stepped here".to_owned();
    assert_eq!(short(&status), (Code::FailedPrecondition, "CLUSTER_STATE".to_owned(), why));

    let status = client.advance_clock(AdvanceClockRequest { to: None, settle: false }).await.unwrap_err();
    assert_eq!(short(&status).2, "field to");
}

fn files(text: &str) -> Vec<DocumentFile> {
    vec![DocumentFile { name: "welcome.yaml".to_owned(), text: text.to_owned() }]
}

#[tokio::test]
async fn faults_of_documents_are_violations_and_a_list() {
    let fixture = Fixture::start().await;
    let mut client = DefinitionServiceClient::new(fixture.channel.clone());
    let request = ApplyRequest { files: files("good\nbad\nbad"), ..ApplyRequest::default() };
    let status = client.apply(request).await.unwrap_err();

    let violations = "field welcome.yaml:2:5 steps[2].next, field welcome.yaml:3:5 steps[2].next".to_owned();
    assert_eq!(short(&status), (Code::InvalidArgument, "INVALID_DOCUMENTS".to_owned(), violations));
    assert_eq!(status.message(), "nothing was published: the documents have 2 faults");
    let list = document_faults::find(status.details()).unwrap();
    assert_eq!(list.total_count, 2);
    assert_eq!(list.errors[1].line, 3);
    assert_eq!(list.errors[1].path, "steps[2].next");
    assert_eq!(list.errors[1].message, "`nowhere` is no step: write the id of one");
}

#[tokio::test]
async fn more_faults_than_headers_hold_are_counted_and_validate_has_all() {
    let fixture = Fixture::start().await;
    let mut client = DefinitionServiceClient::new(fixture.channel.clone());
    let many = "bad\n".repeat(500);
    let request = ApplyRequest { files: files(&many), ..ApplyRequest::default() };
    let status = client.apply(request).await.unwrap_err();

    let list = document_faults::find(status.details()).unwrap();
    assert_eq!(list.total_count, 500);
    assert!((10..500).contains(&list.errors.len()), "{} of 500 fit", list.errors.len());
    assert!(status.details().len() < 6_000, "{} bytes and base64 stay under 8 KiB", status.details().len());
    let told = list.errors.len();
    let expected = format!(
        "nothing was published: the documents have 500 faults, the first {told} in the details, all by Validate"
    );
    assert_eq!(status.message(), expected);

    let response = client.validate(ValidateRequest { workspace: 0, files: files(&many) }).await.unwrap().into_inner();
    assert_eq!(response.errors.len(), 500);
}

#[tokio::test]
async fn documents_are_published_listed_and_missed() {
    let fixture = Fixture::start().await;
    let mut client = DefinitionServiceClient::new(fixture.channel.clone());
    let request = ApplyRequest { files: files("good"), no_wait: true, ..ApplyRequest::default() };
    let response = client.apply(request).await.unwrap().into_inner();
    assert_eq!((response.version, response.unchanged_count, response.pending_shards), (4, 2, vec![1]));

    let response = client.validate(ValidateRequest { workspace: 0, files: files("good") }).await.unwrap().into_inner();
    assert_eq!((response.errors.len(), response.changed), (0, vec!["Journey/welcome".to_owned()]));

    let status = client.apply(ApplyRequest::default()).await.unwrap_err();
    assert_eq!(short(&status).2, "field files");
    let request = ApplyRequest { files: files("good"), running: 9, ..ApplyRequest::default() };
    assert_eq!(short(&client.apply(request).await.unwrap_err()).2, "field running");

    let missing = GetDefinitionRequest { kind: "Journey".to_owned(), id: "no".to_owned(), ..Default::default() };
    let status = client.get(missing).await.unwrap_err();
    assert_eq!(short(&status), (Code::NotFound, "NOT_FOUND".to_owned(), "resource Journey no".to_owned()));
}
