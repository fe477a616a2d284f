//! `baton cluster check`

use baton_wire::json;
use baton_wire::pb::admin::v1 as admin;

use crate::{Answer, Connection, Exit, Failure, table};

pub(super) async fn run(connection: &Connection) -> Result<Answer, Failure> {
    let report = connection
        .client()
        .ask_for_long(admin::CheckRequest {}, async |node, request| node.cluster().check(request).await)
        .await?;
    let admin::CheckResponse { customers, enrolments, timers, violations } = &report;
    let summary = format!("{customers} customers, {enrolments} enrolments and {timers} timers looked at");
    let value = json::from_pb(&report);
    if violations.is_empty() {
        return Ok(Answer::new(value, format!("{summary}: all is well")));
    }
    let rows = violations.iter().map(|found| [found.shard.to_string(), found.customer_id.clone(), found.what.clone()]);
    let text = format!("{}\n\n{summary}: {} violations", table(["SHARD", "CUSTOMER", "WHAT"], rows), violations.len());
    Ok(Answer { exit: Exit::Violations, ..Answer::new(value, text) })
}
