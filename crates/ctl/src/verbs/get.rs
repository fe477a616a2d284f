//! `baton get`

use baton_wire::json;
use baton_wire::pb::v1 as pb;

use crate::{Answer, Connection, Failure};

/// Show one published document.
#[derive(Debug, clap::Args)]
pub struct Get {
    /// Such as `Journey`
    kind: String,
    /// Its id
    id: String,
    /// As it was in this version of the documents; the newest if left out
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    version: u64,
}

impl Get {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let request = pb::GetDefinitionRequest { workspace: 0, kind: self.kind, id: self.id, version: self.version };
        let document =
            connection.client().ask(request, async |node, request| node.definitions().get(request).await).await?;
        Ok(Answer::new(json::from_pb(&document), document.text))
    }
}
