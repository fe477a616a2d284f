//! `baton cluster advance-clock`

use baton_wire::instant;
use baton_wire::pb::admin::v1 as admin;
use jiff::Timestamp;
use serde_json::json;

use crate::{Answer, Connection, Failure};

/// Step customer time.
#[derive(Debug, clap::Args)]
pub struct AdvanceClock {
    /// Where to, RFC 3339
    to: Timestamp,
}

impl AdvanceClock {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let request = admin::AdvanceClockRequest { to: Some(instant::to_pb(self.to)), settle: false };
        connection
            .client()
            .ask_for_long(request, async |node, request| node.cluster().advance_clock(request).await)
            .await?;
        Ok(Answer::new(json!({"to": self.to.to_string()}), format!("everything due until {} has happened", self.to)))
    }
}
