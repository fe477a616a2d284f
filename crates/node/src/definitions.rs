//! The documents of the cluster: rows of the system group, compiled on this node.
//!
//! A publish is one batch of the system group that makes the next version, whole or not at all. Every version is compiled
//! again at start, since an enrolment may stand on any of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use baton_consensus::group::leadership::Leadership;
use baton_content::{TemplateSet, TemplateSource, Versions};
use baton_journey::definitions::Definitions;
use baton_journey::document::{Document, SCHEMA_VERSION, overlay};
use baton_journey::error::DocumentError;
use baton_journey::library::Library;
use baton_journey::parse::parse_all;
use baton_journey::publish;
use baton_journey::source::Source;
use baton_model::ids::DefinitionsVersion;
use baton_ports::clock::Clock;
use baton_ports::gateway::{ApplyReport, ApplyRequest, DefinitionsError, DocumentFault, DocumentView};
use baton_storage::records::{PublishedDocument, document_write, documents};
use futures::future::join_all;
use tokio::sync::{Mutex, Notify};
use tokio::time::timeout;

use crate::settings::history;
use crate::shards::{ServedShard, Shards};
use crate::system::{Course, SystemGroup};

/// The wait before a shard is asked again to take documents over.
const ADOPT_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// The documents as this node knows them, and the way to publish more.
pub(crate) struct DefinitionStore {
    system: Arc<SystemGroup>,
    clock: Arc<dyn Clock>,
    library: Arc<RwLock<Arc<Library>>>,
    templates: Arc<Versions>,
    published: RwLock<Vec<PublishedDocument>>,
    /// One reader at a time compiles what is new.
    loading: Mutex<()>,
    /// Told when there is something new.
    loaded: Notify,
}

/// Why the documents of the disk cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadDefinitionsError {
    /// The rows cannot be read.
    #[error("the published documents cannot be read: {reason}")]
    Rows {
        /// What is wrong.
        reason: String,
    },
    /// A version that was published cannot be compiled by this release.
    #[error("version {version} of the documents cannot be compiled: {fault}")]
    Compile {
        /// The version.
        version: DefinitionsVersion,
        /// The first fault.
        fault: String,
    },
}

impl LoadDefinitionsError {
    fn of(version: DefinitionsVersion, faults: &[DocumentFault]) -> Self {
        let first = faults.first();
        let fault = first.map_or_else(String::new, |fault| format!("{}:{}: {}", fault.file, fault.line, fault.message));
        Self::Compile { version, fault }
    }
}

impl DefinitionStore {
    /// A store over the system group.
    pub(crate) fn new(system: Arc<SystemGroup>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            system,
            clock,
            library: Arc::new(RwLock::new(Arc::new(Library::new()))),
            templates: Arc::new(Versions::default()),
            published: RwLock::default(),
            loading: Mutex::new(()),
            loaded: Notify::new(),
        })
    }

    /// The compiled documents; replaced as a whole at each publish.
    pub(crate) fn library(&self) -> Arc<RwLock<Arc<Library>>> {
        Arc::clone(&self.library)
    }

    /// The compiled templates.
    pub(crate) fn templates(&self) -> Arc<Versions> {
        Arc::clone(&self.templates)
    }

    /// The compiled documents as of now.
    pub(crate) fn newest(&self) -> Arc<Library> {
        Arc::clone(&self.library.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The newest version.
    pub(crate) fn version(&self) -> DefinitionsVersion {
        self.newest().current().version
    }

    /// Compiles every version in the rows that is newer than what is compiled.
    pub(crate) async fn load(&self) -> Result<(), LoadDefinitionsError> {
        let _loading = self.loading.lock().await;
        let read = self.system.read(documents).await;
        let published = read.map_err(|error| LoadDefinitionsError::Rows { reason: error.to_string() })?;
        let known = self.version();
        let newer: BTreeSet<DefinitionsVersion> =
            published.iter().map(|document| document.version).filter(|version| *version > known).collect();
        let mut library = Library::clone(&self.newest());
        for version in newer {
            let compiled = documents_at(&published, version).and_then(|set| self.compile(&set, version));
            let compiled = compiled.map_err(|faults| LoadDefinitionsError::of(version, &faults))?;
            self.take(&mut library, compiled);
        }
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = published;
        *self.library.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(library);
        self.loaded.notify_waiters();
        Ok(())
    }

    /// Has the shards that this node leads take over what is new, until the system group's replica stops. A shard that could
    /// not, because it was just being activated, is asked again.
    pub(crate) async fn adopt(self: Arc<Self>, shards: Arc<Shards>) {
        let leadership = self.system.group().leadership();
        while !matches!(*leadership.borrow(), Leadership::Stopped) {
            let version = self.version();
            let behind = |served: &Arc<ServedShard>| {
                served.handle.status().leading && served.group.gate().definitions_version < version
            };
            let behind: Vec<_> = shards.all().into_iter().filter(behind).collect();
            join_all(behind.iter().map(|served| served.handle.adopt(version))).await;
            // Nobody to tell is as good as told: it looks again in a moment.
            let _ = timeout(ADOPT_AGAIN_AFTER, self.loaded.notified()).await;
        }
    }

    /// Compiles what any node publishes, as this node's replica applies it, until the replica stops.
    pub(crate) async fn follow(self: Arc<Self>) {
        let mut applied = self.system.group().applied();
        loop {
            // Asked before the first wait: after a crash the log may bring documents that the rows did not have at the start,
            // and may have done so before anybody looked.
            if self.system.group().gate().definitions_version > self.version()
                && let Err(error) = self.load().await
            {
                tracing::error!(%error, "this node does not know the newest documents and leads no shard under them");
            }
            if applied.changed().await.is_err() {
                return;
            }
        }
    }

    /// Validates a set over what is published; publishes it unless it is a dry run or changes nothing.
    pub(crate) async fn apply(&self, request: &ApplyRequest) -> Result<ApplyReport, DefinitionsError> {
        // A dry run asks this node; only what is written needs the leader, and the newest of it.
        let mut course = if request.dry_run { None } else { Some(self.lead().await?) };
        let sources: Vec<Source> = request.sources.iter().map(|file| Source::new(&file.name, &file.text)).collect();
        let changes = parse_all(&sources).map_err(|errors| invalid(&errors))?;
        let version = self.version();
        let next = DefinitionsVersion(version.0 + 1);
        let base = self.documents(version)?;
        let (changed, unchanged) = changed_documents(&base, &changes);
        let whole = overlay(base, changes);
        self.compile(&whole, next).map_err(|faults| DefinitionsError::Invalid { faults })?;
        let names = changed.iter().map(|document| format!("{}/{}", document.kind, document.id)).collect();
        let report = |version| ApplyReport { version, changed: names, unchanged, pending: Vec::new() };
        let Some(course) = course.as_mut().filter(|_| !changed.is_empty()) else { return Ok(report(version)) };
        let rows = changed.iter().map(|document| document_write(&self.row(document, next))).collect();
        course.write(rows, next).await.map_err(|error| unavailable(&error))?;
        self.load().await.map_err(|error| unavailable(&error))?;
        Ok(report(next))
    }

    /// The newest form of every document, or the one of a version.
    pub(crate) fn views(&self, version: Option<DefinitionsVersion>) -> Vec<DocumentView> {
        let published = self.published.read().unwrap_or_else(PoisonError::into_inner);
        let version = version.unwrap_or_else(|| self.version());
        newest_at(&published, version).into_values().map(view).collect()
    }

    fn documents(&self, version: DefinitionsVersion) -> Result<Vec<Document>, DefinitionsError> {
        let published = self.published.read().unwrap_or_else(PoisonError::into_inner);
        documents_at(&published, version).map_err(|faults| DefinitionsError::Invalid { faults })
    }

    fn compile(&self, documents: &[Document], version: DefinitionsVersion) -> Result<Compiled, Vec<DocumentFault>> {
        let definitions = publish(documents, version, history(self.system.topology().cluster.as_ref()))
            .map_err(|errors| errors.iter().map(fault).collect::<Vec<_>>())?;
        let sources = definitions.templates.values().map(|template| TemplateSource {
            id: template.id.clone(),
            subject: template.subject.clone(),
            text: template.text.clone(),
            html: template.html.clone(),
            variables: template.variables.keys().cloned().collect(),
        });
        let templates = TemplateSet::compile(sources).map_err(|errors| {
            let named = |error: &baton_content::CompileError| template_fault(documents, error);
            errors.iter().map(named).collect::<Vec<_>>()
        })?;
        Ok(Compiled { definitions: Arc::new(definitions), templates: Arc::new(templates) })
    }

    fn take(&self, library: &mut Library, compiled: Compiled) {
        self.templates.insert(compiled.definitions.version, compiled.templates);
        library.insert(compiled.definitions);
    }

    fn row(&self, document: &Document, version: DefinitionsVersion) -> PublishedDocument {
        PublishedDocument {
            kind: document.kind.name().to_owned(),
            id: document.id.clone(),
            version,
            published_at: self.clock.now(),
            schema: SCHEMA_VERSION,
            file: document.source.name.to_string(),
            first_line: document.source.first_line,
            text: document.source.text.to_string(),
        }
    }

    /// The right to publish, with everything that was published before compiled here.
    async fn lead(&self) -> Result<Course<'_>, DefinitionsError> {
        let course = self.system.lead().await.map_err(|error| unavailable(&error))?;
        if course.version() > self.version() {
            self.load().await.map_err(|error| unavailable(&error))?;
        }
        Ok(course)
    }
}

fn unavailable(error: &dyn std::fmt::Display) -> DefinitionsError {
    DefinitionsError::Unavailable { reason: error.to_string() }
}

/// A set that compiled.
struct Compiled {
    definitions: Arc<Definitions>,
    templates: Arc<TemplateSet>,
}

/// Of the changes, those that are new or say something else than what is published, and how many are not.
fn changed_documents(base: &[Document], changes: &[Document]) -> (Vec<Document>, usize) {
    let same = |change: &Document| {
        base.iter().any(|old| old.kind == change.kind && old.id == change.id && old.source.text == change.source.text)
    };
    let changed: Vec<Document> = changes.iter().filter(|change| !same(change)).cloned().collect();
    let unchanged = changes.len() - changed.len();
    (changed, unchanged)
}

/// The form of each document that is in force at a version.
fn newest_at(
    published: &[PublishedDocument],
    version: DefinitionsVersion,
) -> BTreeMap<(&str, &str), &PublishedDocument> {
    let mut newest: BTreeMap<(&str, &str), &PublishedDocument> = BTreeMap::new();
    for document in published.iter().filter(|document| document.version <= version) {
        let entry = newest.entry((&document.kind, &document.id)).or_insert(document);
        if document.version > entry.version {
            *entry = document;
        }
    }
    newest
}

fn documents_at(
    published: &[PublishedDocument],
    version: DefinitionsVersion,
) -> Result<Vec<Document>, Vec<DocumentFault>> {
    let sources: Vec<Source> = newest_at(published, version).into_values().map(source).collect();
    parse_all(&sources).map_err(|errors| errors.iter().map(fault).collect())
}

fn source(document: &PublishedDocument) -> Source {
    Source { name: document.file.as_str().into(), first_line: document.first_line, text: document.text.as_str().into() }
}

fn view(document: &PublishedDocument) -> DocumentView {
    DocumentView {
        kind: document.kind.clone(),
        id: document.id.clone(),
        version: document.version,
        published_at: document.published_at,
        text: document.text.clone(),
    }
}

fn invalid(errors: &[DocumentError]) -> DefinitionsError {
    DefinitionsError::Invalid { faults: errors.iter().map(fault).collect() }
}

fn fault(error: &DocumentError) -> DocumentFault {
    DocumentFault {
        file: error.file.to_string(),
        line: u64::from(error.at.line),
        column: u64::from(error.at.column),
        path: error.path.to_string(),
        message: error.message.clone(),
    }
}

/// A text of a template does not compile: the fault names the document, and the line within the text.
fn template_fault(documents: &[Document], error: &baton_content::CompileError) -> DocumentFault {
    let document =
        documents.iter().find(|document| document.kind.name() == "Template" && document.id == error.template.as_str());
    let (file, line) =
        document.map_or((String::new(), 1), |document| (document.source.name.to_string(), document.source.first_line));
    DocumentFault { file, line: u64::from(line), column: 1, path: error.part.to_owned(), message: error.to_string() }
}
