//! `baton message report`

use baton_wire::instant;
use baton_wire::pb::v1 as pb;
use jiff::Timestamp;
use serde_json::json;

use crate::{Answer, Connection, Failure};

/// What can become of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Fate {
    Delivered,
    Opened,
    Clicked,
    Replied,
    Bounced,
    Complained,
}

/// Report what became of a message that was accepted.
#[derive(Debug, clap::Args)]
pub struct ReportMessage {
    /// Whose
    customer_id: String,
    /// Which, 32 hexadecimal digits
    message_id: String,
    /// What became of it
    outcome: Fate,
    /// When, RFC 3339; now if left out
    #[arg(long)]
    time: Option<Timestamp>,
}

impl ReportMessage {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let outcome = match self.outcome {
            Fate::Delivered => pb::MessageOutcome::Delivered,
            Fate::Opened => pb::MessageOutcome::Opened,
            Fate::Clicked => pb::MessageOutcome::Clicked,
            Fate::Replied => pb::MessageOutcome::Replied,
            Fate::Bounced => pb::MessageOutcome::Bounced,
            Fate::Complained => pb::MessageOutcome::Complained,
        };
        let answer = Answer::new(json!({"message_id": self.message_id, "reported": true}), "the report is taken");
        let request = pb::ReportOutcomeRequest {
            workspace: 0,
            customer_id: self.customer_id,
            message_id: self.message_id,
            outcome: outcome.into(),
            time: self.time.map(instant::to_pb),
        };
        connection
            .client()
            .ask_about(&request.customer_id.clone(), request, async |node, request| {
                node.messages().report_outcome(request).await
            })
            .await?;
        Ok(answer)
    }
}
