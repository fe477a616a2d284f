//! `baton apply`

use baton_wire::json;
use baton_wire::pb::v1 as pb;

use super::documents::Sources;
use crate::{Answer, Connection, Failure};

/// Publish documents.
#[derive(Debug, clap::Args)]
pub struct Apply {
    #[command(flatten)]
    sources: Sources,
    /// Say what would happen, and publish nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not wait until every shard decides under the new version
    #[arg(long)]
    no_wait: bool,
}

impl Apply {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let request = pb::ApplyRequest {
            files: self.sources.read()?,
            running: pb::Running::Pin.into(),
            dry_run: self.dry_run,
            no_wait: self.no_wait,
            ..pb::ApplyRequest::default()
        };
        let response =
            connection.client().ask(request, async |node, request| node.definitions().apply(request).await).await?;
        Ok(Answer::new(json::from_pb(&response), text(&response, self.dry_run)))
    }
}

fn text(response: &pb::ApplyResponse, dry_run: bool) -> String {
    let pb::ApplyResponse { version, changed, unchanged_count, pending_shards } = response;
    let mut lines = changed.clone();
    lines.push(match (changed.len(), dry_run) {
        (0, _) => format!("nothing changed: version {version} stays, with all {unchanged_count} documents of the set"),
        (count, true) => format!("{count} documents would be published, {unchanged_count} are as in version {version}"),
        (count, false) => format!("version {version}: {count} documents published, {unchanged_count} unchanged"),
    });
    if !pending_shards.is_empty() {
        lines.push(format!("{} shards do not decide under it yet: {pending_shards:?}", pending_shards.len()));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_what_was_published() {
        let check = |response, dry_run, expected: &str| assert_eq!(text(&response, dry_run), expected);
        let changed = vec!["Journey/a".to_owned()];
        let published = pb::ApplyResponse { version: 2, changed, unchanged_count: 5, pending_shards: vec![] };
        check(published.clone(), false, "Journey/a\nversion 2: 1 documents published, 5 unchanged");
        check(published.clone(), true, "Journey/a\n1 documents would be published, 5 are as in version 2");
        let nothing = pb::ApplyResponse { changed: vec![], ..published.clone() };
        check(nothing, false, "nothing changed: version 2 stays, with all 5 documents of the set");
        let pending = pb::ApplyResponse { pending_shards: vec![1, 4], ..published };
        check(
            pending,
            false,
            "Journey/a\nversion 2: 1 documents published, 5 unchanged\n2 shards do not decide under it yet: [1, 4]",
        );
    }
}
