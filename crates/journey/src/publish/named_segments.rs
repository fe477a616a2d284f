//! The segments that a rule names.

use std::collections::BTreeSet;

use baton_model::text_id::SegmentId;
use baton_rules::RuleDocument;

/// The segments that a rule names anywhere.
pub(crate) fn of(rule: &RuleDocument) -> BTreeSet<SegmentId> {
    let mut named = BTreeSet::new();
    collect(rule, &mut named);
    named
}

fn collect(rule: &RuleDocument, named: &mut BTreeSet<SegmentId>) {
    match rule {
        RuleDocument::Segment(id) => {
            named.insert(id.clone());
        }
        RuleDocument::All(parts) | RuleDocument::Any(parts) => parts.iter().for_each(|part| collect(part, named)),
        RuleDocument::Not(part) => collect(part, named),
        _ => (),
    }
}
