//! `baton customer pause`

use baton_wire::instant;
use baton_wire::pb::v1 as pb;
use jiff::Timestamp;
use serde_json::json;

use crate::{Answer, Connection, Failure};

/// Hold a customer's messages and steps. Events, profile and exits go on.
#[derive(Debug, clap::Args)]
pub struct Pause {
    /// Whom
    customer_id: String,
    /// Who holds
    #[arg(long, env = "USER")]
    by: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// Until when, RFC 3339; until somebody resumes if left out
    #[arg(long)]
    until: Option<Timestamp>,
}

impl Pause {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let Self { customer_id, by, reason, until } = self;
        let text = match until {
            Some(until) => format!("{customer_id} is held until {until}"),
            None => format!("{customer_id} is held until `baton customer resume {customer_id}`"),
        };
        let value = json!({"customer_id": customer_id, "held": true, "until": until.map(|until| until.to_string())});
        let until = until.map(instant::to_pb);
        let request = pb::PauseCustomerRequest { workspace: 0, customer_id, by, reason, until };
        connection
            .client()
            .ask_about(&request.customer_id.clone(), request, async |node, request| {
                node.customers().pause(request).await
            })
            .await?;
        Ok(Answer::new(value, text))
    }
}
