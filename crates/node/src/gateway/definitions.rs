//! Publishing, and every shard's adoption of what was published.

use std::time::Duration;

use baton_journey::document::Kind;
use baton_model::ids::{DefinitionsVersion, ShardId};
use baton_ports::gateway::{ApplyReport, ApplyRequest, Definitions, DefinitionsError, DocumentView};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};

use super::Gateway;

/// How long a publish waits for every shard to decide under it. Those that do not by then are listed.
const ADOPT_WAIT: Duration = Duration::from_secs(10);

/// How often a publish looks whether a shard decides under it yet.
const ADOPT_RETRY: Duration = Duration::from_millis(5);

impl Definitions for Gateway {
    fn apply(&self, request: ApplyRequest) -> BoxFuture<'_, Result<ApplyReport, DefinitionsError>> {
        let apply = async move {
            if self.readiness.disk_is_low() {
                return Err(DefinitionsError::Unavailable { reason: "the disk is almost full".to_owned() });
            }
            let mut report = self.definitions.apply(&request).await?;
            if !request.dry_run {
                report.pending = self.adopt(report.version, request.wait).await;
            }
            Ok(report)
        };
        apply.boxed()
    }

    fn get(
        &self,
        kind: String,
        id: String,
        version: Option<DefinitionsVersion>,
    ) -> BoxFuture<'_, Result<DocumentView, DefinitionsError>> {
        let found = self.definitions.views(version).into_iter().find(|view| view.kind == kind && view.id == id);
        let found = found.ok_or(DefinitionsError::NotFound { kind, id });
        futures::future::ready(found).boxed()
    }

    fn list(&self, kind: Option<String>) -> BoxFuture<'_, Result<Vec<DocumentView>, DefinitionsError>> {
        let unknown = kind.as_ref().is_some_and(|kind| Kind::named(kind).is_none());
        let mut views = self.definitions.views(None);
        views.retain(|view| kind.as_ref().is_none_or(|kind| *kind == view.kind));
        let listed = match kind {
            Some(kind) if unknown => Err(DefinitionsError::NotFound { kind, id: "*".to_owned() }),
            _ => Ok(views),
        };
        futures::future::ready(listed).boxed()
    }
}

impl Gateway {
    /// Waits until every shard decides under a version. Lists those that do not: at once, or after [`ADOPT_WAIT`]. What is
    /// known of a shard that another node leads is what its replica here has applied.
    async fn adopt(&self, version: DefinitionsVersion, wait: bool) -> Vec<ShardId> {
        let deadline = tokio::time::Instant::now() + if wait { ADOPT_WAIT } else { Duration::ZERO };
        let shards = self.system.topology().shards.keys().copied().collect::<Vec<_>>();
        let adopting = shards.into_iter().map(async |shard| {
            loop {
                let served = self.shards.get(shard);
                if served.is_some_and(|served| served.group.gate().definitions_version >= version) {
                    return None;
                }
                if tokio::time::Instant::now() >= deadline {
                    return Some(shard);
                }
                tokio::time::sleep(ADOPT_RETRY).await;
            }
        });
        join_all(adopting).await.into_iter().flatten().collect()
    }
}
