//! What a rule names and how far it looks back, read from the document, with the path of each.

use baton_model::span::Span;
use baton_model::text_id::SegmentId;
use baton_rules::RuleDocument;

use crate::source::path::Path;

/// The segments that a rule names.
pub(crate) fn segments(rule: &RuleDocument) -> Vec<(Path, SegmentId)> {
    let mut found = Vec::new();
    walk(rule, &Path::root(), &mut |path, node| {
        if let RuleDocument::Segment(id) = node {
            found.push((path.field("segment"), id.clone()));
        }
    });
    found
}

/// The spans within which a rule looks back at events.
pub(crate) fn windows(rule: &RuleDocument) -> Vec<(Path, Span)> {
    let mut found = Vec::new();
    walk(rule, &Path::root(), &mut |path, node| {
        let (word, within) = match node {
            RuleDocument::Did(did) => ("did", did.within),
            RuleDocument::Aggregate(aggregate) => ("aggregate", aggregate.within),
            RuleDocument::Message(message) => ("message", message.within),
            _ => return,
        };
        found.extend(within.map(|within| (path.field(word).field("within"), within)));
    });
    found
}

/// Calls `seen` for every node of a rule.
fn walk(rule: &RuleDocument, path: &Path, seen: &mut impl FnMut(&Path, &RuleDocument)) {
    seen(path, rule);
    match rule {
        RuleDocument::All(parts) => walk_each(parts, &path.field("all"), seen),
        RuleDocument::Any(parts) => walk_each(parts, &path.field("any"), seen),
        RuleDocument::Not(part) => walk(part, &path.field("not"), seen),
        RuleDocument::Did(did) => {
            did.filter.iter().for_each(|filter| walk(filter, &path.field("did").field("where"), seen));
        }
        RuleDocument::Aggregate(aggregate) => {
            aggregate.filter.iter().for_each(|filter| walk(filter, &path.field("aggregate").field("where"), seen));
        }
        _ => (),
    }
}

/// Calls `seen` for every node of every part.
fn walk_each(parts: &[RuleDocument], path: &Path, seen: &mut impl FnMut(&Path, &RuleDocument)) {
    for (index, part) in parts.iter().enumerate() {
        walk(part, &path.item(index), seen);
    }
}
