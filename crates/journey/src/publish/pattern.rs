//! Events that waits, exits and goals look for.

use baton_model::text_id::EventName;
use baton_rules::{RuleDocument, RulePlace};

use crate::document::journey::Matching;
use crate::journey::EventPattern;
use crate::publish::desk::Desk;
use crate::source::path::Path;

/// A pattern as it was written; `path` is the map that holds its fields.
pub(crate) struct Pattern<'a> {
    pub(crate) event: &'a EventName,
    pub(crate) filter: Option<&'a RuleDocument>,
    pub(crate) matching: Option<Matching>,
    pub(crate) path: &'a Path,
}

/// A pattern; where several enrolments of a customer may look for the same event, it must say whose.
pub(crate) fn compile(pattern: &Pattern<'_>, desk: &mut Desk<'_>) -> Option<EventPattern> {
    let has_key = desk.journey.entry.key.is_some();
    match pattern.matching {
        None if has_key => {
            let message = format!(
                "several enrolments of a customer may look for `{}`: write `match: key` for the one whose key the event \
                 carries, or `match: any` for all of them",
                pattern.event
            );
            desk.fault(pattern.path, message);
        }
        Some(Matching::Key) if !has_key => {
            let message = "the entry has no key: write `entry: {key: ..}`, or leave `match` out";
            desk.fault(&pattern.path.field("match"), message);
        }
        None | Some(_) => (),
    }
    let filter = desk.rule_if(pattern.filter, RulePlace::WHERE, &pattern.path.field("where")).ok()?;
    let match_key = has_key && pattern.matching == Some(Matching::Key);
    Some(EventPattern { event: pattern.event.clone(), filter, match_key })
}
