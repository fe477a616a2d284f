//! Decisions, sends and lives, told to people. Text only; nothing here asks a server.

mod decision;
mod timeline;

pub use decision::{decision, explanation};
pub use timeline::timeline;

use baton_wire::instant;
use baton_wire::pb::google;
use baton_wire::pb::v1 as pb;

/// An instant as people write it; empty if there is none.
pub fn when(instant: Option<google::Timestamp>) -> String {
    instant.and_then(|instant| instant::from_pb(instant).ok()).map(|instant| instant.to_string()).unwrap_or_default()
}

/// `journeys/welcome.yaml:12:5 steps[2].next: there is no step …`
pub fn document_error(error: &pb::DocumentError) -> String {
    let pb::DocumentError { file, line, column, path, message } = error;
    let path = if path.is_empty() { String::new() } else { format!("{path}: ") };
    format!("{file}:{line}:{column} {path}{message}")
}
