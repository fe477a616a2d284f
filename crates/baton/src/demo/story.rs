//! One customer's life, and why one message was sent and another was not.

use anyhow::Context;
use baton_ctl::reading;
use baton_wire::json;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::explain_request::Subject;
use serde::Serialize;
use serde_json::Value;

use super::customers::Shopper;
use super::findings::{Example, Findings, life};
use super::stage::Stage;

/// A customer's life.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Story {
    /// Whose.
    pub customer: String,
    /// Everything that happened, oldest first.
    pub timeline: Vec<Value>,
    /// Why one message was sent.
    pub sent: Value,
    /// Why another was not.
    pub not_sent: Value,
    /// The same for people.
    #[serde(skip)]
    pub text: String,
}

/// Tells the life of the customer that was found; `None` if no customer got one message and was spared another.
pub(super) async fn tell(stage: &Stage, findings: &Findings) -> anyhow::Result<Option<Story>> {
    let Some(Example { customer, sent, not_sent }) = findings.example.clone() else { return Ok(None) };
    let shopper = Shopper { id: customer.clone(), email: String::new(), zone: None, consents: true };
    let timeline = life(stage, &shopper).await?;
    let sent = explain(stage, &customer, sent).await?;
    let not_sent = explain(stage, &customer, not_sent).await?;
    let text = format!(
        "The life of {customer}\n\n{}\n\nWhy this message was sent\n\n{}\n\nWhy this one was not\n\n{}",
        reading::timeline(&timeline),
        reading::explanation(&sent),
        reading::explanation(&not_sent),
    );
    Ok(Some(Story {
        customer,
        timeline: timeline.iter().map(json::from_pb).collect(),
        sent: json::from_pb(&sent),
        not_sent: json::from_pb(&not_sent),
        text,
    }))
}

async fn explain(stage: &Stage, customer: &str, send: String) -> anyhow::Result<pb::ExplainResponse> {
    let subject = Some(Subject::Message(send));
    let request = pb::ExplainRequest { workspace: 0, customer_id: customer.to_owned(), subject, stale: false };
    let client = stage.connection.client();
    let explained = client.ask(request, async |node, request| node.customers().explain(request).await).await;
    explained.map_err(baton_ctl::Failure::from).context("a decision cannot be explained")
}
