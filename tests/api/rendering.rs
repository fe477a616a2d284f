//! A message whose text needs what the customer does not have: it ends, says why, and is not tried for ever.

use baton_channels::file::read;
use baton_wire::pb::v1 as pb;
use serde_json::json;

use crate::harness::{Node, accepted, apply, eventually, identify, life, track};

const DOCUMENTS: &str = "
kind: Channel
id: app
type: webhook
---
kind: Template
id: hello
text: Hello {{ customer.nickname }}
---
kind: Journey
id: greeting
category: transactional
entry: {event: Signed Up}
steps:
  - {id: hello, message: {channel: app, template: hello}}
  - {id: done, exit: completed}
";

/// The only message of a customer, once it has ended.
async fn ended(node: &Node, customer: &str) -> pb::Message {
    let request = pb::ListMessagesRequest { customer_id: customer.to_owned(), ..Default::default() };
    eventually("the message has ended", async || {
        let listed = node.connection().messages().list(request.clone()).await.unwrap().into_inner();
        let [message] = &listed.messages[..] else { return None };
        (!["released", "attempting"].contains(&message.state.as_str())).then(|| message.clone())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_cannot_be_written_ends_the_message_and_everybody_can_see_why() {
    let node = Node::start().await;
    apply(&node, DOCUMENTS).await;
    accepted(node.connection(), vec![track("ana", "m-1", "Signed Up", &json!({}))]).await;
    let message = ended(&node, "ana").await;
    assert_eq!((message.state.as_str(), message.reason.as_str()), ("render_error", "render"), "{message:?}");
    assert!(message.detail.contains("customer.nickname"), "{message:?}");

    // By the time that others have had theirs, hers has not been tried again.
    let ben = vec![identify("ben", "m-1", &json!({"nickname": "Ben"})), track("ben", "m-2", "Signed Up", &json!({}))];
    accepted(node.connection(), ben).await;
    assert_eq!(ended(&node, "ben").await.state, "accepted");
    let life = life(node.connection(), "ana").await;
    assert_eq!((life.fates("permitted").len(), life.verdicts("exited").len()), (1, 1));
    let failed = life.fates("render_error");
    assert_eq!(failed.len(), 1);
    assert!(failed[0].summary.contains("customer.nickname"), "{:?}", failed[0]);
    assert_eq!(read(&node.sink()).unwrap().attempts.len(), 1, "only Ben's went out");
}
