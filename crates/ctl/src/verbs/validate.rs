//! `baton validate`

use baton_wire::json;
use baton_wire::pb::v1 as pb;

use super::documents::Sources;
use crate::{Answer, Connection, Exit, Failure, reading};

/// Say what is wrong with documents.
#[derive(Debug, clap::Args)]
pub struct Validate {
    #[command(flatten)]
    sources: Sources,
}

impl Validate {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let request = pb::ValidateRequest { files: self.sources.read()?, ..pb::ValidateRequest::default() };
        let response =
            connection.client().ask(request, async |node, request| node.definitions().validate(request).await).await?;
        let value = json::from_pb(&response);
        if response.errors.is_empty() {
            let text = format!("valid: {} documents are new or changed", response.changed.len());
            return Ok(Answer::new(value, text));
        }
        let mut lines: Vec<String> = response.errors.iter().map(reading::document_error).collect();
        lines.push(format!("{} errors", response.errors.len()));
        Ok(Answer { exit: Exit::Refused, ..Answer::new(value, lines.join("\n")) })
    }
}
