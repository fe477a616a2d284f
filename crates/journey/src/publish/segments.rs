//! Segments, in the order in which they are computed: each after those its rule names.

use std::collections::{BTreeMap, BTreeSet};

use baton_model::text_id::SegmentId;
use baton_rules::{Rule, RulePlace};

use crate::document::segment::SegmentDocument;
use crate::document::{Body, Document};
use crate::error::Faults;
use crate::publish::{Shared, named_segments, reporter};
use crate::segment::Segment;
use crate::source::path::Path;

/// The segments of a set, in order; those with a fault are left out.
pub(crate) fn compile(documents: &[Document], shared: &Shared<'_>, faults: &mut Faults) -> Vec<Segment> {
    let mut compiled = BTreeMap::new();
    let mut needs = BTreeMap::new();
    for document in documents {
        if let Body::Segment(body) = &document.body {
            needs.insert(body.id.clone(), named_segments::of(&body.rule));
            let rule = compile_rule(document, body, shared, faults);
            compiled.extend(rule.map(|rule| (body.id.clone(), Segment { id: body.id.clone(), rule })));
        }
    }
    let (order, circle) = sort(needs);
    report_circle(documents, &circle, faults);
    order.into_iter().filter_map(|id| compiled.remove(&id)).collect()
}

/// The rule of one segment.
fn compile_rule(document: &Document, body: &SegmentDocument, shared: &Shared<'_>, faults: &mut Faults) -> Option<Rule> {
    let mut reporter = reporter(document, faults);
    let path = Path::root().field("rule");
    match Rule::compile(&body.rule, RulePlace::SEGMENT, &shared.names) {
        Ok(rule) if rule.reads().all_segments => {
            let message =
                "a segment must not look at `customer.segments`: write `segment: <id>` for each it depends on";
            reporter.add(&path, message);
            None
        }
        Ok(rule) => Some(rule),
        Err(errors) => {
            for error in errors {
                reporter.add(&path.join(&error.path), error.message);
            }
            None
        }
    }
}

/// The segments so that each comes after those it needs, and those for which there is no such order.
fn sort(
    mut needs: BTreeMap<SegmentId, BTreeSet<SegmentId>>,
) -> (Vec<SegmentId>, BTreeMap<SegmentId, BTreeSet<SegmentId>>) {
    let mut order = Vec::new();
    loop {
        let waits = |need: &SegmentId| needs.contains_key(need);
        let ready: Vec<_> =
            needs.iter().filter(|(_, named)| !named.iter().any(waits)).map(|(id, _)| id.clone()).collect();
        if ready.is_empty() {
            return (order, needs);
        }
        needs.retain(|id, _| !ready.contains(id));
        order.extend(ready);
    }
}

/// Tells one circle: the segments along it, starting from the first by id that is on one.
fn report_circle(documents: &[Document], circle: &BTreeMap<SegmentId, BTreeSet<SegmentId>>, faults: &mut Faults) {
    let Some(mut id) = circle.keys().next() else {
        return;
    };
    let mut way: Vec<&SegmentId> = Vec::new();
    while !way.contains(&id) {
        way.push(id);
        let next = circle[id].iter().find(|need| circle.contains_key(*need));
        id = next.expect("what cannot be sorted needs something that cannot be sorted");
    }
    way.drain(..way.iter().position(|step| *step == id).unwrap_or(0));
    let names: Vec<_> = way.iter().chain([&id]).map(|id| format!("`{id}`")).collect();
    let message = format!("segments depend on each other in a circle, {}: take one of them out", names.join(" → "));
    let is_first = |document: &&Document| matches!(&document.body, Body::Segment(body) if body.id == *id);
    if let Some(document) = documents.iter().find(is_first) {
        reporter(document, faults).add(&Path::root().field("rule"), message);
    }
}
