//! Providers over the network: a webhook receiver and a mail catcher, in good times and in bad ones.

use baton_channels::sink::Answer;
use baton_model::ids::SendId;
use baton_wire::instant;
use baton_wire::pb::v1 as pb;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{Node, Sinks, accepted, apply, eventually, identify, life, track};

/// A message on each of two channels, told apart by the event.
const DOCUMENTS: &str = "
kind: Channel
id: app
type: webhook
---
kind: Channel
id: email
type: email
---
kind: Template
id: note
subject: A note for {{ vars.name }}
text: Dear {{ vars.name }}
vars: {name: {}}
---
kind: Journey
id: by-app
category: transactional
entry: {event: App Asked}
steps:
  - {id: note, message: {channel: app, template: note, vars: {name: customer.traits.first_name}}}
---
kind: Journey
id: by-mail
category: transactional
entry: {event: Mail Asked}
steps:
  - {id: note, message: {channel: email, template: note, vars: {name: customer.traits.first_name}}}
";

/// A node between its sinks.
struct Stage {
    node: Node,
    sinks: Sinks,
}

impl Stage {
    async fn start() -> Self {
        let sinks = Sinks::start().await;
        let node = Node::start_with(&sinks.sections("app")).await;
        apply(&node, DOCUMENTS).await;
        let traits = json!({"email": "ana@shop.example", "first_name": "Ana"});
        accepted(node.connection(), vec![identify("ana", "traits", &traits)]).await;
        Self { node, sinks }
    }

    async fn ask(&self, event: &str) {
        accepted(self.node.connection(), vec![track("ana", event, event, &json!({}))]).await;
    }

    /// The only message of the customer on a channel, once its attempts have ended; it must be in that state.
    async fn message(&self, channel: &str, state: &str) -> pb::Message {
        let request = pb::ListMessagesRequest {
            customer_id: "ana".to_owned(),
            channel: channel.to_owned(),
            ..Default::default()
        };
        let message = eventually(&format!("the message by {channel} is {state}"), async || {
            let listed = self.node.connection().messages().list(request.clone()).await.unwrap().into_inner();
            let [message] = &listed.messages[..] else { return None };
            let is_final = !["released", "attempting"].contains(&message.state.as_str());
            is_final.then(|| message.clone())
        })
        .await;
        assert_eq!(message.state, state, "{message:?}");
        message
    }
}

fn send_id(message: &pb::Message) -> SendId {
    message.id.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_and_a_mail_arrive_once_each() {
    let stage = Stage::start().await;
    stage.ask("App Asked").await;
    stage.ask("Mail Asked").await;

    let message = stage.message("app", "accepted").await;
    let receipt = stage.sinks.hook.receipts().get(send_id(&message)).unwrap();
    let body: Value = serde_json::from_slice(&receipt.body.unwrap()).unwrap();
    assert_eq!((receipt.attempts, &body["data"]["send_id"]), (1, &json!(message.id)));
    assert_eq!(body["data"]["message"]["title"], "A note for Ana");
    assert_eq!((stage.sinks.hook.receipts().attempts(), stage.sinks.hook.receipts().rejected()), (1, 0));

    let message = stage.message("email", "accepted").await;
    let receipt = stage.sinks.mail.receipts().get(send_id(&message)).unwrap();
    let mail = String::from_utf8(receipt.body.unwrap().to_vec()).unwrap();
    for line in ["From: shop@shop.example", "To: ana@shop.example", "Subject: A note for Ana", "Dear Ana"] {
        assert!(mail.lines().any(|other| other.trim_end() == line), "{line} is missing in\n{mail}");
    }
    assert_eq!((stage.sinks.mail.receipts().attempts(), stage.sinks.mail.receipts().rejected()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_in_trouble_gets_the_same_send_again_later_and_later() {
    let stage = Stage::start().await;
    stage.sinks.hook.script([Answer::Refuse(500, None), Answer::Refuse(500, None)]);
    stage.ask("App Asked").await;
    let message = stage.message("app", "accepted").await;
    let receipts = stage.sinks.hook.receipts();
    assert_eq!(receipts.send_ids(), [send_id(&message)]);
    assert_eq!((receipts.attempts(), receipts.get(send_id(&message)).unwrap().newest.1), (1, 3), "the third was taken");

    let life = life(stage.node.connection(), "ana").await;
    let permitted = life.fates("permitted");
    assert!(permitted.iter().all(|record| record.send == message.id));
    let at: Vec<_> = permitted.iter().map(|record| instant::from_pb(record.at.unwrap()).unwrap()).collect();
    let [first, second, third] = at[..] else { panic!("{} permits instead of 3", at.len()) };
    let (wait, next_wait) = (second.duration_since(first), third.duration_since(second));
    assert!(wait >= SignedDuration::from_millis(700), "{wait:?} before the second attempt");
    assert!(next_wait >= SignedDuration::from_millis(1_400), "{next_wait:?} before the third attempt");
    assert_eq!(life.fates("accepted").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_refused_for_good_has_failed_and_is_not_tried_again() {
    let stage = Stage::start().await;
    stage.sinks.hook.script([Answer::Refuse(410, None)]);
    stage.ask("App Asked").await;
    let message = stage.message("app", "failed").await;
    assert_eq!(message.reason, "provider", "{message:?}");
    assert!(message.detail.contains("410"), "{message:?}");
    let life = life(stage.node.connection(), "ana").await;
    assert_eq!((life.fates("permitted").len(), life.fates("failed").len()), (1, 1));
    let exits = life.verdicts("exited");
    assert_eq!(exits.len(), 1, "the enrolment went on");
    // A second message shows that the receiver is well and that nothing of the first comes after all.
    stage.ask("Mail Asked").await;
    stage.message("email", "accepted").await;
    assert_eq!(stage.sinks.hook.receipts().attempts(), 0);
}
