//! `wait_for`.

use std::collections::BTreeMap;

use baton_model::text_id::{SegmentId, StepId};
use baton_rules::{Expression, RulePlace};

use crate::document::step::StepDocument;
use crate::document::step::wait_for::{SegmentChange, WaitBranchDocument, WaitForDocument};
use crate::publish::desk::Desk;
use crate::publish::pattern::{self, Pattern};
use crate::publish::step::one_place;
use crate::source::path::Path;
use crate::step::Target;
use crate::step::wait_for::{Condition, OnRepeat, WaitBranch, WaitFor};

/// The most things one step waits for, because each is looked at on every input.
const BRANCHES_MAX: usize = 32;
/// The most values one branch keeps of its event.
const CAPTURE_MAX: usize = 32;

/// A wait without a fault. `path` is the step: the timeout may stand beside the conditions.
pub(crate) fn compile(
    document: &WaitForDocument,
    step: &StepDocument,
    next: Target,
    path: &Path,
    desk: &mut Desk<'_>,
) -> Option<WaitFor> {
    let inside = path.field("wait_for");
    let timeout = one_place(document.timeout.as_ref(), step.timeout.as_ref(), "timeout", path, desk).copied();
    let grace = one_place(document.grace.as_ref(), step.grace.as_ref(), "grace", path, desk).copied();
    let on_timeout = one_place(document.on_timeout.as_ref(), step.on_timeout.as_ref(), "on_timeout", path, desk);
    if on_timeout.is_some() && timeout.is_none() {
        desk.fault(path, "`on_timeout` needs a `timeout`: write one, or leave `on_timeout` out");
    }
    let place = if step.on_timeout.is_some() { path } else { &inside };
    let on_timeout = desk.target_or(on_timeout, next, &place.field("on_timeout"));
    let branches = branches(document, next, &inside, desk)?;
    let resets = branches.iter().any(|branch| branch.on_repeat == OnRepeat::Reset);
    if resets && timeout.is_none() {
        desk.fault(&inside, "`on_repeat: reset` needs a `timeout` that it starts anew: write one");
    }
    Some(WaitFor { branches, timeout, on_timeout, grace })
}

/// The conditions: the one that is written in the step, or those of `branches`.
fn branches(document: &WaitForDocument, next: Target, path: &Path, desk: &mut Desk<'_>) -> Option<Vec<WaitBranch>> {
    let own = WaitBranchDocument {
        event: document.event.clone(),
        filter: document.filter.clone(),
        matching: document.matching,
        when: document.when.clone(),
        message: document.message.clone(),
        status: document.status.clone(),
        segment: document.segment.clone(),
        then: document.then.clone(),
        capture: document.capture.clone(),
        on_repeat: document.on_repeat,
        edge: document.edge,
    };
    let Some(list) = &document.branches else {
        return branch(&own, next, path, desk).map(|branch| vec![branch]);
    };
    if own.says_something() {
        desk.fault(path, "a wait has either one condition or `branches`: put the condition into `branches` as well");
    }
    let at = path.field("branches");
    desk.check_len(&at, list.len(), "branches", BRANCHES_MAX);
    let compiled: Vec<_> =
        list.iter().enumerate().map(|(index, one)| branch(one, next, &at.item(index), desk)).collect();
    compiled.into_iter().collect()
}

/// One condition with what it leads to.
fn branch(document: &WaitBranchDocument, next: Target, path: &Path, desk: &mut Desk<'_>) -> Option<WaitBranch> {
    let then = desk.target_or(document.then.as_ref(), next, &path.field("then"));
    let capture = capture(document.capture.as_ref(), path, desk);
    check_event_fields(document, path, desk);
    let condition = condition(document, path, desk)?;
    let (on_repeat, edge) = (document.on_repeat.unwrap_or_default(), document.edge.unwrap_or_default());
    Some(WaitBranch { condition, then, capture: capture?, on_repeat, edge })
}

/// What must happen: exactly one thing.
fn condition(document: &WaitBranchDocument, path: &Path, desk: &mut Desk<'_>) -> Option<Condition> {
    let WaitBranchDocument { event, when, message, segment, .. } = document;
    match (event, when, message, segment) {
        (Some(event), None, None, None) => {
            let (filter, matching) = (document.filter.as_ref(), document.matching);
            pattern::compile(&Pattern { event, filter, matching, path }, desk).map(Condition::Event)
        }
        (None, Some(when), None, None) => desk.rule(when, RulePlace::WAIT, &path.field("when")).map(Condition::When),
        (None, None, Some(step), None) => message_condition(document, step, path, desk),
        (None, None, None, Some(change)) => segment_condition(change, path, desk),
        _ => {
            desk.fault(path, "a wait looks for one thing: write one of `event`, `when`, `message` or `segment`");
            None
        }
    }
}

/// `message` with `status`.
fn message_condition(
    document: &WaitBranchDocument,
    step: &StepId,
    path: &Path,
    desk: &mut Desk<'_>,
) -> Option<Condition> {
    let at = path.field("message");
    let Target::Step(index) = desk.target(step, &at) else {
        return None;
    };
    if desk.journey.steps[usize::from(index.0)].message.is_none() {
        desk.fault(&at, format!("the step `{step}` sends nothing: write the id of a `message` step"));
    }
    let statuses = document.status.as_ref().map(|status| status.0.clone()).unwrap_or_default();
    if statuses.is_empty() {
        desk.fault(path, "the wait does not say for what: write `status: [opened, clicked]` or another one");
    }
    Some(Condition::Message { step: index, statuses })
}

/// `segment`.
fn segment_condition(change: &SegmentChange, path: &Path, desk: &mut Desk<'_>) -> Option<Condition> {
    let (SegmentChange::Enters(id) | SegmentChange::Exits(id)) = change;
    let known = desk.shared.names.segments;
    if !known.contains(id) {
        desk.absent(&path.field("segment"), "segment", id.as_str(), known.iter().map(SegmentId::as_str));
        return None;
    }
    Some(match change {
        SegmentChange::Enters(id) => Condition::SegmentEnters(id.clone()),
        SegmentChange::Exits(id) => Condition::SegmentExits(id.clone()),
    })
}

/// Fields that mean something only beside some other.
fn check_event_fields(document: &WaitBranchDocument, path: &Path, desk: &mut Desk<'_>) {
    let of_event = [
        ("where", document.filter.is_some()),
        ("match", document.matching.is_some()),
        ("capture", document.capture.is_some()),
        ("on_repeat", document.on_repeat.is_some()),
    ];
    if document.event.is_none() {
        for (field, _) in of_event.into_iter().filter(|(_, present)| *present) {
            desk.fault(&path.field(field), format!("`{field}` belongs to an `event`: leave it out"));
        }
    }
    if document.status.is_some() && document.message.is_none() {
        desk.fault(&path.field("status"), "`status` belongs to a `message`: leave it out");
    }
    if document.edge.is_some() && document.when.is_none() && document.message.is_none() {
        desk.fault(&path.field("edge"), "`edge` belongs to a `when` or a `message`: leave it out");
    }
    if document.on_repeat == Some(OnRepeat::Reset) && document.then.is_some() {
        desk.fault(
            &path.field("then"),
            "`on_repeat: reset` keeps the enrolment here: leave `then` out, or write `on_timeout`",
        );
    }
}

/// `capture`.
fn capture(
    document: Option<&BTreeMap<String, String>>,
    path: &Path,
    desk: &mut Desk<'_>,
) -> Option<BTreeMap<String, Expression>> {
    let Some(document) = document else {
        return Some(BTreeMap::new());
    };
    let at = path.field("capture");
    desk.check_len(&at, document.len(), "values", CAPTURE_MAX);
    let compiled: Vec<_> = document
        .iter()
        .map(|(name, source)| {
            let expression = desk.expression(source, RulePlace::WHERE, &at.field(name));
            expression.map(|expression| (name.clone(), expression))
        })
        .collect();
    compiled.into_iter().collect()
}
