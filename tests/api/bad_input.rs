//! Bad input: each kind has its code, its field and its place, and nothing else is lost with it.

use baton_wire::document_faults;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answer;
use serde_json::json;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::harness::{Node, accepted, files, ingest, life, track};

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_are_wrong_are_refused_whole_and_name_the_place() {
    let node = Node::start().await;
    // What is written, where the first fault is, and what it says.
    let malformed = "kind: Journey\nid: a\nsteps:\n  - {id: b, exit: done\n";
    refused(&node, malformed, (4, 5), "", "").await;
    let unknown_field = "kind: Topic\nid: news\ndefault: subscribed\ncolour: red\n";
    refused(&node, unknown_field, (4, 1), "colour", "`colour`").await;
    let unreachable = "kind: Journey\nid: a\ncategory: transactional\nentry: {event: E}\nsteps:\n  - {id: first, exit: done}\n  - {id: second, exit: done}\n";
    refused(&node, unreachable, (7, 5), "steps[1]", "second").await;
    let nowhere =
        "kind: Journey\nid: a\ncategory: transactional\nentry: {event: E}\nsteps:\n  - {id: first, goto: {to: moon}}\n";
    refused(&node, nowhere, (6, 23), "steps[0].goto", "moon").await;

    let listed = node.connection().definitions().list(pb::ListDefinitionsRequest::default()).await.unwrap();
    assert_eq!(listed.into_inner().definitions, vec![], "nothing was published");
}

/// The same fault is in the details of `Apply`'s error and in the answer of `Validate`.
async fn refused(node: &Node, text: &str, place: (u64, u64), path: &str, message: &str) {
    let mut definitions = node.connection().definitions();
    let apply = pb::ApplyRequest { files: files(text), ..Default::default() };
    let status = definitions.apply(apply).await.unwrap_err();
    assert_eq!(reason(&status), (Code::InvalidArgument, "INVALID_DOCUMENTS".to_owned()), "{text}");
    let told = document_faults::find(status.details()).unwrap().errors;
    let validate = pb::ValidateRequest { workspace: 0, files: files(text) };
    let validated = definitions.validate(validate).await.unwrap().into_inner().errors;
    assert_eq!(told, validated, "{text}");
    let fault = &told[0];
    assert_eq!((fault.file.as_str(), fault.line, fault.column), ("test.yaml", place.0, place.1), "{fault:?}");
    assert_eq!(fault.path, path, "{fault:?}");
    assert!(fault.message.contains(message), "{fault:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_event_is_rejected_by_field_and_its_neighbours_are_taken() {
    let node = Node::start().await;
    let connection = node.connection();
    let good = |id: &str| track("ana", id, "Seen", &json!({}));
    let large = track("ana", "large", "Seen", &json!({"text": "x".repeat(40_000)}));
    // The field at fault, and an event with that fault.
    let bad = [
        ("timestamp", pb::Event { timestamp: "yesterday".to_owned(), ..good("a") }),
        ("timestamp", pb::Event { timestamp: "2026-13-01T00:00:00Z".to_owned(), ..good("b") }),
        ("sent_at", pb::Event { sent_at: "12:00".to_owned(), ..good("c") }),
        ("customer_id", pb::Event { customer_id: String::new(), ..good("d") }),
        ("message_id", pb::Event { message_id: "x".repeat(257), ..good("e") }),
        ("name", pb::Event { name: String::new(), ..good("f") }),
        ("type", pb::Event { r#type: 77, ..good("g") }),
        ("properties", large),
    ];
    let mut batch = vec![good("first")];
    for (number, (_, event)) in bad.iter().enumerate() {
        batch.extend([event.clone(), good(&format!("after-{number}"))]);
    }
    let answers = ingest(connection, batch).await.unwrap();
    for (number, answer) in answers.iter().enumerate() {
        let fault = number.checked_sub(1).filter(|place| place % 2 == 0).map(|place| bad[place / 2].0);
        match (fault, answer) {
            (None, Answer::Accepted(_)) => {}
            (Some(field), Answer::Rejected(rejected)) => {
                assert_eq!((rejected.reason.as_str(), rejected.field.as_str()), ("invalid_event", field));
                assert!(!rejected.message.is_empty(), "{rejected:?}");
            }
            other => panic!("event {number}: {other:?}"),
        }
    }
    let old = pb::Event { timestamp: "2001-01-01T00:00:00Z".to_owned(), ..good("old") };
    match &ingest(connection, vec![old]).await.unwrap()[..] {
        [Answer::Rejected(rejected)] => assert_eq!(rejected.reason, "too_old", "{rejected:?}"),
        other => panic!("{other:?}"),
    }
    let life = life(connection, "ana").await;
    let taken: Vec<&str> = life.message_ids().collect();
    let expected: Vec<String> =
        ["first".to_owned()].into_iter().chain((0..bad.len()).map(|number| format!("after-{number}"))).collect();
    assert_eq!(taken, expected, "exactly the good ones are there, in order");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_wrong_are_refused_by_code_and_field() {
    let node = Node::start().await;
    let connection = node.connection();
    let event = track("ana", "m", "Seen", &json!({}));

    let elsewhere = pb::IngestRequest { workspace: 1, events: vec![event.clone()] };
    field(&connection.events().ingest(elsewhere).await.unwrap_err(), "workspace");
    let many = pb::IngestRequest { workspace: 0, events: vec![event.clone(); 1_001] };
    field(&connection.events().ingest(many).await.unwrap_err(), "events");
    let heavy = track("ana", "heavy", "Seen", &json!({"text": "x".repeat(5 << 20)}));
    let status = ingest(connection, vec![heavy]).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");

    let whom = |customer: &str| pb::GetCustomerRequest { workspace: 0, customer_id: customer.to_owned(), stale: false };
    let unknown = connection.customers().get(whom("nobody")).await.unwrap_err();
    assert_eq!(reason(&unknown), (Code::NotFound, "NOT_FOUND".to_owned()));
    let details = unknown.get_error_details();
    let resource = details.resource_info().unwrap();
    assert_eq!((resource.resource_type.as_str(), resource.resource_name.as_str()), ("customer", "nobody"));
    let asked = pb::TimelineRequest { customer_id: "nobody".to_owned(), ..Default::default() };
    assert_eq!(connection.customers().timeline(asked).await.unwrap_err().code(), Code::NotFound);
    field(&connection.customers().get(whom("")).await.unwrap_err(), "customer_id");
    let page = pb::TimelineRequest { customer_id: "ana".to_owned(), page_size: 1_001, ..Default::default() };
    field(&connection.customers().timeline(page).await.unwrap_err(), "page_size");
    let token = pb::ListMessagesRequest { page_token: "made up".to_owned(), ..Default::default() };
    field(&connection.messages().list(token).await.unwrap_err(), "page_token");

    accepted(connection, vec![event]).await;
    assert_eq!(life(connection, "ana").await.message_ids().collect::<Vec<_>>(), ["m"], "what was refused left nothing");
}

fn reason(status: &Status) -> (Code, String) {
    let details = status.get_error_details();
    (status.code(), details.error_info().map(|info| info.reason.clone()).unwrap_or_default())
}

fn field(status: &Status, field: &str) {
    assert_eq!(reason(status), (Code::InvalidArgument, "INVALID_FIELD".to_owned()), "{status:?}");
    let details = status.get_error_details();
    let fields: Vec<&str> =
        details.bad_request().unwrap().field_violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, [field]);
}
