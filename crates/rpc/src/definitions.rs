//! `baton.v1.DefinitionService`: publishes documents, where the system group is led, and reads them back, here: every node
//! has them all.

use std::sync::Arc;

use baton_model::ids::DefinitionsVersion;
use baton_ports::gateway::{
    ApplyReport, ApplyRequest, Definitions, DefinitionsError, DocumentFault, DocumentSource, DocumentView,
};
use baton_wire::instant;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::definition_service_client::DefinitionServiceClient;
use tonic::{Request, Response, Status};

use crate::deadline::{CALL_MAX, Deadline, WALK_MAX};
use crate::forward::{Way, method};
use crate::page;
use crate::request::{RequestError, check_workspace, wrong};
use crate::status::answer;

/// The service.
pub(crate) struct DefinitionService {
    pub(crate) definitions: Arc<dyn Definitions>,
    pub(crate) way: Way,
}

#[tonic::async_trait]
impl pb::definition_service_server::DefinitionService for DefinitionService {
    async fn apply(&self, request: Request<pb::ApplyRequest>) -> Result<Response<pb::ApplyResponse>, Status> {
        answer(async {
            // Waiting for every shard takes as long as the slowest takes to find a leader.
            let deadline = Deadline::of(request.metadata(), WALK_MAX)?;
            let here = |request| async move {
                let report = deadline.bound(self.definitions.apply(parse_apply(request)?)).await?;
                Ok(report_to_pb(report?))
            };
            let there = method!(DefinitionServiceClient::apply);
            self.way.ask_system(deadline, request.into_inner(), here, there).await
        })
        .await
    }

    async fn validate(&self, request: Request<pb::ValidateRequest>) -> Result<Response<pb::ValidateResponse>, Status> {
        answer(async {
            let deadline = Deadline::of(request.metadata(), CALL_MAX)?;
            let pb::ValidateRequest { workspace, files } = request.into_inner();
            check_workspace(workspace)?;
            let request = ApplyRequest { sources: sources(files)?, dry_run: true, wait: false };
            let outcome = deadline.bound(self.definitions.apply(request)).await?;
            let response = match outcome {
                Ok(report) => pb::ValidateResponse { errors: Vec::new(), changed: report.changed },
                Err(DefinitionsError::Invalid { faults }) => {
                    pb::ValidateResponse { errors: faults.iter().map(fault_to_pb).collect(), changed: Vec::new() }
                }
                Err(other) => return Err(other.into()),
            };
            Ok(response)
        })
        .await
    }

    async fn get(&self, request: Request<pb::GetDefinitionRequest>) -> Result<Response<pb::Definition>, Status> {
        answer(async {
            let deadline = Deadline::of(request.metadata(), CALL_MAX)?;
            let pb::GetDefinitionRequest { workspace, kind, id, version } = request.into_inner();
            check_workspace(workspace)?;
            required("kind", &kind, "`Journey`")?;
            required("id", &id, "`welcome`")?;
            let version = (version != 0).then_some(DefinitionsVersion(version));
            let document = deadline.bound(self.definitions.get(kind, id, version)).await?;
            Ok(document_to_pb(document?))
        })
        .await
    }

    async fn list(
        &self,
        request: Request<pb::ListDefinitionsRequest>,
    ) -> Result<Response<pb::ListDefinitionsResponse>, Status> {
        answer(async {
            let deadline = Deadline::of(request.metadata(), CALL_MAX)?;
            let pb::ListDefinitionsRequest { workspace, kind, page_size, page_token } = request.into_inner();
            check_workspace(workspace)?;
            let size = page::size(page_size)?;
            let list = format!("definitions {kind}");
            let after = page::place(&list, &page_token)?;
            let kind = (!kind.is_empty()).then_some(kind);
            let documents = deadline.bound(self.definitions.list(kind)).await?;
            Ok(page_of(documents?, after.as_deref(), size, &list))
        })
        .await
    }
}

/// A fault as a message.
pub(crate) fn fault_to_pb(fault: &DocumentFault) -> pb::DocumentError {
    let DocumentFault { file, line, column, path, message } = fault.clone();
    pb::DocumentError { file, line, column, path, message }
}

fn parse_apply(request: pb::ApplyRequest) -> Result<ApplyRequest, RequestError> {
    let pb::ApplyRequest { workspace, files, running, dry_run, no_wait } = request;
    check_workspace(workspace)?;
    if pb::Running::try_from(running).is_err() {
        return Err(wrong(
            "running",
            format!("{running} is none this version knows: write RUNNING_PIN or leave it out"),
        ));
    }
    Ok(ApplyRequest { sources: sources(files)?, dry_run, wait: !no_wait })
}

fn sources(files: Vec<pb::DocumentFile>) -> Result<Vec<DocumentSource>, RequestError> {
    if files.is_empty() {
        return Err(wrong("files", "is empty: send at least one file with documents"));
    }
    Ok(files.into_iter().map(|pb::DocumentFile { name, text }| DocumentSource { name, text }).collect())
}

fn required(field: &'static str, text: &str, example: &str) -> Result<(), RequestError> {
    if text.is_empty() { Err(wrong(field, format!("is empty: write one such as {example}"))) } else { Ok(()) }
}

fn report_to_pb(report: ApplyReport) -> pb::ApplyResponse {
    pb::ApplyResponse {
        version: report.version.0,
        changed: report.changed,
        unchanged_count: u32::try_from(report.unchanged).unwrap_or(u32::MAX),
        pending_shards: report.pending.into_iter().map(|shard| shard.0).collect(),
    }
}

fn document_to_pb(document: DocumentView) -> pb::Definition {
    let DocumentView { kind, id, version, published_at, text } = document;
    pb::Definition { kind, id, version: version.0, publish_time: Some(instant::to_pb(published_at)), text }
}

/// The documents after `after`, which is a kind and an id, without their text.
fn page_of(documents: Vec<DocumentView>, after: Option<&str>, size: usize, list: &str) -> pb::ListDefinitionsResponse {
    let name = |document: &DocumentView| format!("{}/{}", document.kind, document.id);
    let mut rest: Vec<_> =
        documents.into_iter().filter(|document| after.is_none_or(|after| name(document).as_str() > after)).collect();
    rest.sort_by_key(name);
    let more = rest.len() > size;
    rest.truncate(size);
    let last = rest.last().filter(|_| more);
    let next_page_token = last.map(|document| page::token(list, &name(document))).unwrap_or_default();
    let bare = |document: DocumentView| pb::Definition { text: String::new(), ..document_to_pb(document) };
    pb::ListDefinitionsResponse { definitions: rest.into_iter().map(bare).collect(), next_page_token }
}
