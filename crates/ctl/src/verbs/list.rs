//! `baton list`

use baton_wire::json;
use baton_wire::pb::v1 as pb;

use super::paging::{Limit, PAGE_SIZE, list};
use crate::{Answer, Connection, Failure, reading, table};

/// Show which documents are published.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only this kind, such as `Journey`
    #[arg(default_value = "", hide_default_value = true)]
    kind: String,
    #[command(flatten)]
    limit: Limit,
}

impl List {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let mut request = pb::ListDefinitionsRequest {
            kind: self.kind,
            page_size: PAGE_SIZE,
            ..pb::ListDefinitionsRequest::default()
        };
        let mut definitions = Vec::new();
        let is_cut = loop {
            let page = connection
                .client()
                .ask(request.clone(), async |node, request| node.definitions().list(request).await)
                .await?;
            definitions.extend(page.definitions);
            request.page_token = page.next_page_token;
            let is_last = request.page_token.is_empty();
            if self.limit.is_reached(&mut definitions) || is_last {
                break !is_last;
            }
        };
        let rows = definitions.iter().map(|document| {
            let published = reading::when(document.publish_time);
            [document.kind.clone(), document.id.clone(), document.version.to_string(), published]
        });
        let text = table(["KIND", "ID", "VERSION", "PUBLISHED"], rows) + &self.limit.note(is_cut, "documents");
        Ok(Answer::new(list("definitions", definitions.iter().map(json::from_pb), is_cut), text))
    }
}
