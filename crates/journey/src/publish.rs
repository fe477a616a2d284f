//! Documents to definitions: everything that one set says is checked against the rest of it, then compiled.
//!
//! The order is that of what may be named: catalogue, templates, segments, policies, journeys. A document with a fault does
//! not stop the others, so that one publish tells all there is to correct.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baton_governance::Policies;
use baton_model::ids::DefinitionsVersion;
use baton_model::span::Span;
use baton_model::text_id::{EventName, TemplateId};
use baton_rules::Names;

use crate::definitions::Definitions;
use crate::digest::Digest;
use crate::document::{Body, Document};
use crate::error::{DocumentError, Faults, Reporter};
use crate::journey::Journey;
use crate::source::path::Path;
use crate::template::Template;

mod catalogue;
mod desk;
mod graph;
mod journey;
mod known;
mod named_segments;
mod names;
mod pattern;
mod segments;
mod step;
mod template;
mod windows;

use desk::Desk;
use names::AllNames;

/// The most documents of one set; a larger one is refused, because every version in use is held in memory on every node.
pub const DOCUMENTS_MAX: usize = 2_000;

/// Validates a whole set and compiles it as that version. `history` is how long events are kept; a rule that looks back
/// further is refused. Either the set is right, or every error is told, at most 100.
pub fn publish(
    documents: &[Document],
    version: DefinitionsVersion,
    history: Span,
) -> Result<Definitions, Vec<DocumentError>> {
    let mut faults = Faults::default();
    check_set(documents, &mut faults);
    for document in documents {
        windows::check(document, history, &mut faults);
    }
    let all = AllNames::of(documents);
    let catalogue = catalogue::compile(documents, &mut faults);
    let templates = template::compile(documents, &mut faults);
    let names = Names { segments: &all.segments, journeys: &all.journeys, catalogue: &catalogue };
    let shared = Shared { names, policies: &all.policies, templates: &templates };
    let segments = segments::compile(documents, &shared, &mut faults);
    let policies = compile_policies(documents, &shared, &mut faults);
    let journeys = compile_journeys(documents, &shared, &mut faults);
    let entered_by = by_entry(&journeys);
    faults.finish(())?;
    Ok(Definitions {
        version,
        digest: Digest::of(documents),
        sources: documents.iter().map(|document| document.source.clone()).collect(),
        journeys: journeys.into_iter().map(|journey| (journey.id.clone(), journey)).collect(),
        segments,
        policies,
        templates,
        catalogue,
        entered_by,
    })
}

/// What every document of the set may name.
pub(crate) struct Shared<'a> {
    names: Names<'a>,
    policies: &'a BTreeSet<baton_model::text_id::PolicyId>,
    templates: &'a BTreeMap<TemplateId, Template>,
}

/// Ids are unique, and the set is not too large.
fn check_set(documents: &[Document], faults: &mut Faults) {
    let mut first: BTreeMap<_, &Document> = BTreeMap::new();
    for (index, document) in documents.iter().enumerate() {
        let mut reporter = reporter(document, faults);
        if index == DOCUMENTS_MAX {
            reporter.add(&Path::root(), format!("the set has more than {DOCUMENTS_MAX} documents: remove some"));
        }
        let path = Path::root().field("id");
        if let Some(other) = first.get(&(document.kind, document.id.as_str())) {
            let place = format!("{}:{}", other.source.name, other.tree.locate(&path));
            let Document { kind, id, .. } = document;
            reporter.add(&path, format!("{kind} `{id}` is there already, at {place}: choose another id"));
        } else {
            first.insert((document.kind, document.id.as_str()), document);
        }
    }
}

/// Notes faults of a document.
fn reporter<'a>(document: &'a Document, faults: &'a mut Faults) -> Reporter<'a> {
    Reporter { file: &document.source.name, tree: &document.tree, faults }
}

/// The policies; their crate knows what they mean.
fn compile_policies(documents: &[Document], shared: &Shared<'_>, faults: &mut Faults) -> Policies {
    let mut policies = Policies::new();
    for document in documents {
        let Body::Policy(policy) = &document.body else {
            continue;
        };
        match policy.compile(&shared.names) {
            Ok(compiled) => {
                policies.insert(compiled.id.clone(), compiled);
            }
            Err(errors) => {
                let mut reporter = reporter(document, faults);
                for error in errors {
                    reporter.add(&Path::root().join(&error.path), error.message);
                }
            }
        }
    }
    policies
}

/// The journeys without a fault.
fn compile_journeys(documents: &[Document], shared: &Shared<'_>, faults: &mut Faults) -> Vec<Arc<Journey>> {
    let mut journeys = Vec::new();
    for document in documents {
        if let Body::Journey(body) = &document.body {
            let mut desk = Desk::new(shared, body, reporter(document, faults));
            journeys.extend(journey::compile(body, &mut desk).map(Arc::new));
        }
    }
    journeys
}

/// The journeys by the event that lets customers in: highest priority first, then by id.
fn by_entry(journeys: &[Arc<Journey>]) -> BTreeMap<EventName, Vec<Arc<Journey>>> {
    let mut by_entry: BTreeMap<EventName, Vec<Arc<Journey>>> = BTreeMap::new();
    for journey in journeys {
        by_entry.entry(journey.entry.event.clone()).or_default().push(Arc::clone(journey));
    }
    for entered in by_entry.values_mut() {
        entered.sort_by_key(|journey| (std::cmp::Reverse(journey.priority), journey.id.clone()));
    }
    by_entry
}

#[cfg(test)]
mod tests;
