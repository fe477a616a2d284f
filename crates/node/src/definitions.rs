//! The documents of the cluster: rows of the system group, compiled on this node.
//!
//! A publish is one batch of the system group that makes the next version, whole or not at all. Every version is compiled
//! again at start, since an enrolment may stand on any of them.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use baton_content::{TemplateSet, TemplateSource, Versions};
use baton_journey::definitions::Definitions;
use baton_journey::document::{Document, SCHEMA_VERSION, overlay};
use baton_journey::error::DocumentError;
use baton_journey::library::Library;
use baton_journey::parse::parse_all;
use baton_journey::publish;
use baton_journey::source::Source;
use baton_model::ids::{DefinitionsVersion, Epoch, NodeId, Seq};
use baton_model::span::Span;
use baton_ports::clock::Clock;
use baton_ports::gateway::{ApplyReport, ApplyRequest, DefinitionsError, DocumentFault, DocumentView};
use baton_ports::replica::{Leadership, Replica, read_rows};
use baton_shard::entry::{Activate, Applied, Batch, Entry};
use baton_storage::records::{PublishedDocument, document_write, documents};
use futures::StreamExt;
use tokio::sync::Mutex;

/// The documents as this node knows them, and the way to publish more.
pub(crate) struct DefinitionStore {
    replica: Arc<dyn Replica>,
    clock: Arc<dyn Clock>,
    node: NodeId,
    history: Span,
    library: Arc<RwLock<Arc<Library>>>,
    templates: Arc<Versions>,
    published: RwLock<Vec<PublishedDocument>>,
    /// Where the next batch of the system group stands; `None` while this node does not lead it. Held while publishing.
    course: Mutex<Option<(Epoch, Seq)>>,
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
    /// A store over the system group's replica. `history` is how long events are kept.
    pub(crate) fn new(replica: Arc<dyn Replica>, clock: Arc<dyn Clock>, node: NodeId, history: Span) -> Arc<Self> {
        Arc::new(Self {
            replica,
            clock,
            node,
            history,
            library: Arc::new(RwLock::new(Arc::new(Library::new()))),
            templates: Arc::new(Versions::default()),
            published: RwLock::default(),
            course: Mutex::new(None),
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

    /// Compiles every version on the disk.
    pub(crate) async fn load(&self) -> Result<(), LoadDefinitionsError> {
        let rows = |reason: String| LoadDefinitionsError::Rows { reason };
        let read = read_rows(Arc::clone(&self.replica), documents).await.map_err(|error| rows(error.to_string()))?;
        let published = read.map_err(|error| rows(error.to_string()))?;
        let mut versions: Vec<DefinitionsVersion> = published.iter().map(|document| document.version).collect();
        versions.sort_unstable();
        versions.dedup();
        let mut library = Library::new();
        for version in versions {
            let compiled = documents_at(&published, version).and_then(|set| self.compile(&set, version));
            let compiled = compiled.map_err(|faults| LoadDefinitionsError::of(version, &faults))?;
            self.take(&mut library, compiled);
        }
        *self.published.write().unwrap_or_else(PoisonError::into_inner) = published;
        *self.library.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(library);
        Ok(())
    }

    /// Waits until this node leads the system group and has applied what was committed before.
    pub(crate) async fn activated(&self) {
        let mut leadership = self.replica.leadership();
        while let Some(now) = leadership.next().await {
            if matches!(now, Leadership::Leading { .. }) {
                *self.course.lock().await = self.activate().await;
                return;
            }
        }
    }

    /// Follows the system group's leadership until its replica stops: publishing is for its leader.
    pub(crate) async fn follow(self: Arc<Self>) {
        let mut leadership = self.replica.leadership();
        while let Some(now) = leadership.next().await {
            // A publish activates by itself if it has to.
            if matches!(now, Leadership::Following { .. }) {
                *self.course.lock().await = None;
            }
        }
    }

    async fn activate(&self) -> Option<(Epoch, Seq)> {
        let entry = Entry::Activate(Activate { node: self.node, at: self.clock.now() });
        match self.replica.propose(entry).await {
            Ok(Applied::Activated(epoch)) => Some((epoch, Seq(0))),
            other => {
                tracing::warn!(?other, "the system group could not be activated");
                None
            }
        }
    }

    /// Validates a set over what is published; publishes it unless it is a dry run or changes nothing.
    pub(crate) async fn apply(&self, request: &ApplyRequest) -> Result<ApplyReport, DefinitionsError> {
        let mut course = self.course.lock().await;
        let sources: Vec<Source> = request.sources.iter().map(|file| Source::new(&file.name, &file.text)).collect();
        let changes = parse_all(&sources).map_err(|errors| invalid(&errors))?;
        let version = self.version();
        let next = DefinitionsVersion(version.0 + 1);
        let base = self.documents(version)?;
        let (changed, unchanged) = changed_documents(&base, &changes);
        let whole = overlay(base, changes);
        let compiled = self.compile(&whole, next).map_err(|faults| DefinitionsError::Invalid { faults })?;
        let names = changed.iter().map(|document| format!("{}/{}", document.kind, document.id)).collect();
        let report = |version| ApplyReport { version, changed: names, unchanged, pending: Vec::new() };
        if request.dry_run || changed.is_empty() {
            return Ok(report(version));
        }
        let rows: Vec<PublishedDocument> = changed.iter().map(|document| self.row(document, next)).collect();
        self.write(&mut course, &rows, next).await?;
        self.published.write().unwrap_or_else(PoisonError::into_inner).extend(rows);
        let mut library = Library::clone(&self.newest());
        self.take(&mut library, compiled);
        *self.library.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(library);
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
        let definitions =
            publish(documents, version, self.history).map_err(|errors| errors.iter().map(fault).collect::<Vec<_>>())?;
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

    async fn write(
        &self,
        course: &mut Option<(Epoch, Seq)>,
        rows: &[PublishedDocument],
        version: DefinitionsVersion,
    ) -> Result<(), DefinitionsError> {
        let unavailable = |reason: &str| DefinitionsError::Unavailable { reason: reason.to_owned() };
        if course.is_none() {
            *course = self.activate().await;
        }
        let Some((epoch, seq)) = *course else { return Err(unavailable("this node does not lead the system group")) };
        let writes = rows.iter().map(document_write).collect();
        let seq = Seq(seq.0 + 1);
        let batch = Batch { epoch, seq, definitions_version: version, at: self.clock.now(), writes };
        // Whatever goes wrong ends this course: the next publish opens a new epoch.
        *course = None;
        match self.replica.propose(Entry::Batch(batch)).await {
            Ok(Applied::Taken) => {
                *course = Some((epoch, seq));
                Ok(())
            }
            Ok(_) => Err(unavailable("another node took the system group over; try again")),
            Err(error) => {
                Err(unavailable(&format!("{error}; try again: a set that is published already changes nothing")))
            }
        }
    }
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
