//! `baton customer resume`

use baton_wire::pb::v1 as pb;
use serde_json::json;

use crate::{Answer, Connection, Failure};

/// Let a held customer go on. Deadlines that have passed fire in order.
#[derive(Debug, clap::Args)]
pub struct Resume {
    /// Whom
    customer_id: String,
    /// Who lets them go on
    #[arg(long, env = "USER")]
    by: String,
}

impl Resume {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let Self { customer_id, by } = self;
        let answer = Answer::new(json!({"customer_id": customer_id, "held": false}), format!("{customer_id} goes on"));
        let request = pb::ResumeCustomerRequest { workspace: 0, customer_id, by };
        connection
            .client()
            .ask_about(&request.customer_id.clone(), request, async |node, request| {
                node.customers().resume(request).await
            })
            .await?;
        Ok(answer)
    }
}
