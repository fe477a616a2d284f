//! Publishing documents and reading them back.

use baton_model::ids::{DefinitionsVersion, ShardId};
use futures::future::BoxFuture;
use jiff::Timestamp;

/// The documents of the cluster.
pub trait Definitions: Send + Sync {
    /// Validates a set and publishes it as the next version. The set replaces the documents of the same kind and id and
    /// keeps the others. A set that changes nothing makes no version.
    fn apply(&self, request: ApplyRequest) -> BoxFuture<'_, Result<ApplyReport, DefinitionsError>>;

    /// One document as it was published; the newest version if none is named.
    fn get(
        &self,
        kind: String,
        id: String,
        version: Option<DefinitionsVersion>,
    ) -> BoxFuture<'_, Result<DocumentView, DefinitionsError>>;

    /// The documents of the newest version, by kind and id; `kind` narrows.
    fn list(&self, kind: Option<String>) -> BoxFuture<'_, Result<Vec<DocumentView>, DefinitionsError>>;
}

/// A set of documents to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyRequest {
    /// The files, each with any number of documents.
    pub sources: Vec<DocumentSource>,
    /// Validate and say what would happen, and publish nothing.
    pub dry_run: bool,
    /// Answer when every shard decides under the new version.
    pub wait: bool,
}

/// A file with documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSource {
    /// Its name, for errors.
    pub name: String,
    /// YAML or JSON.
    pub text: String,
}

/// What a publish came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyReport {
    /// The version in force afterwards; with `dry_run` the one in force before.
    pub version: DefinitionsVersion,
    /// The documents that are new or changed, as `Kind/id`.
    pub changed: Vec<String>,
    /// The documents that stayed as they were.
    pub unchanged: usize,
    /// The shards that do not yet decide under that version. Empty if the call waited.
    pub pending: Vec<ShardId>,
}

/// One published document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentView {
    /// Such as `Journey`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The version that brought it in its present form.
    pub version: DefinitionsVersion,
    /// When that was published.
    pub published_at: Timestamp,
    /// As it was published.
    pub text: String,
}

/// Why documents were not published or found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionsError {
    /// The set is not valid. Nothing was published.
    #[error("{} of the documents' fields are wrong; nothing was published", faults.len())]
    Invalid {
        /// Each fault, in order of file and line.
        faults: Vec<DocumentFault>,
    },
    /// There is no such document.
    #[error("{kind} `{id}` does not exist")]
    NotFound {
        /// The kind asked for.
        kind: String,
        /// The id asked for.
        id: String,
    },
    /// The system group cannot take it now.
    #[error("the definitions cannot be written now: {reason}")]
    Unavailable {
        /// Why.
        reason: String,
    },
}

/// One fault of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFault {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: u64,
    /// From 1.
    pub column: u64,
    /// The field, such as `steps[2].next`.
    pub path: String,
    /// What is wrong and what to write instead.
    pub message: String,
}
