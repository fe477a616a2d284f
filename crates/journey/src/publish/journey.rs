//! One journey: its head, its ways out, its steps.

use baton_model::reason::ReasonCode;
use baton_model::send::Category;
use baton_model::span::Span;
use baton_model::text_id::{PolicyId, PurposeId, TopicId};
use baton_rules::RulePlace;
use jiff::tz::TimeZone;

use crate::document::journey::{ExitRuleDocument, GoalDocument, JourneyDocument, Meaning};
use crate::journey::{Entry, ExitRule, ExitTrigger, Goal, Journey, Limits, Reentry, Validity};
use crate::publish::desk::{Desk, Faulted};
use crate::publish::pattern::{self, Pattern};
use crate::publish::{graph, step};
use crate::source::path::Path;

/// The most steps of a journey: more than people can follow, and every version in use is in memory on every node.
const STEPS_MAX: usize = 200;
/// The most ways out, because each is tested on every input.
const EXITS_MAX: usize = 32;
/// The most policies a journey may name, because each is asked about every message.
const POLICIES_MAX: usize = 32;
/// The priority of a journey that names none: the middle.
const PRIORITY_DEFAULT: u8 = 50;
const PRIORITY_MAX: u8 = 100;
/// How long a message may wait where the journey does not say.
const MAX_DEFER_DEFAULT: &str = "PT48H";

/// A journey without a fault.
pub(crate) fn compile(body: &JourneyDocument, desk: &mut Desk<'_>) -> Option<Journey> {
    let before = desk.faults();
    let root = Path::root();
    desk.check_len(&root.field("steps"), body.steps.len(), "steps", STEPS_MAX);
    desk.check_at_most(&root.field("exit"), body.exit.len(), "ways out", EXITS_MAX);
    if desk.faults() > before {
        return None;
    }
    check_head(body, desk);
    let entry = entry(body, desk);
    let audience = desk.rule_if(body.audience.as_ref(), RulePlace::ENTRY, &root.field("audience"));
    let exits: Vec<_> = body
        .exit
        .iter()
        .enumerate()
        .map(|(index, exit)| exit_rule(exit, &root.field("exit").item(index), desk))
        .collect();
    let goal = body.goal.as_ref().map(|goal| compile_goal(goal, desk).ok_or(Faulted)).transpose();
    let timezone = timezone(body.timezone.as_deref(), &root.field("timezone"), desk);
    let steps = step::compile_all(&body.steps, desk);
    let steps = steps.filter(|_| desk.faults() == before)?;
    graph::check(&steps, body.limits.max_visits.is_some(), desk);
    if desk.faults() > before {
        return None;
    }
    let max_defer = body.max_defer.or_else(|| MAX_DEFER_DEFAULT.parse().ok())?;
    Some(Journey {
        id: body.id.clone(),
        owner: body.owner.clone(),
        category: body.category,
        topic: body.topic.clone(),
        purpose: body.purpose.clone(),
        priority: body.priority.unwrap_or(PRIORITY_DEFAULT),
        entry: entry?,
        audience: audience.ok()?,
        reentry: reentry(body),
        exits: exits.into_iter().collect::<Option<_>>()?,
        goal: goal.ok()?,
        policies: body.policies.clone(),
        limits: Limits { max_visits: body.limits.max_visits, max_age: body.limits.max_age },
        valid: Validity {
            from: body.valid.from.map(|instant| instant.0),
            until: body.valid.until.map(|instant| instant.0),
        },
        timezone,
        max_defer,
        steps,
    })
}

/// What the head says, apart from its rules.
fn check_head(body: &JourneyDocument, desk: &mut Desk<'_>) {
    let root = Path::root();
    if body.priority.is_some_and(|priority| priority > PRIORITY_MAX) {
        desk.fault(&root.field("priority"), format!("the priority is above {PRIORITY_MAX}: write 0 to {PRIORITY_MAX}"));
    }
    check_names(body, desk);
    let spans = [
        ("reentry.min_interval", body.reentry.min_interval),
        ("limits.max_age", body.limits.max_age),
        ("max_defer", body.max_defer),
        ("goal.within", body.goal.as_ref().and_then(|goal| goal.within)),
    ];
    for (path, span) in spans {
        check_positive(span, &root.join(path), desk);
    }
    for (path, count) in
        [("limits.max_visits", body.limits.max_visits), ("reentry.max_concurrent", body.reentry.max_concurrent)]
    {
        if count == Some(0) {
            desk.fault(&root.join(path), "0 lets nobody through: write 1 or more, or leave it out");
        }
    }
    if let (Some(from), Some(until)) = (body.valid.from, body.valid.until)
        && from.0 >= until.0
    {
        desk.fault(&root.join("valid.until"), "`until` is not after `from`: nobody could enter");
    }
}

/// What the head names is there.
fn check_names(body: &JourneyDocument, desk: &mut Desk<'_>) {
    let root = Path::root();
    let catalogue = desk.shared.names.catalogue;
    if let Some(topic) = body.topic.as_ref().filter(|topic| !catalogue.topics.contains_key(*topic)) {
        let known = catalogue.topics.keys().map(TopicId::as_str);
        desk.absent(&root.field("topic"), "topic", topic.as_str(), known);
    }
    if let Some(purpose) = &body.purpose {
        let path = root.field("purpose");
        if !catalogue.purposes.contains_key(purpose) {
            desk.absent(&path, "purpose", purpose.as_str(), catalogue.purposes.keys().map(PurposeId::as_str));
        }
        if body.category != Category::Marketing {
            let message = "only marketing asks for consent: write `category: marketing`, or leave `purpose` out";
            desk.fault(&path, message);
        }
    }
    desk.check_at_most(&root.field("policies"), body.policies.len(), "policies", POLICIES_MAX);
    let policies = desk.shared.policies;
    for (index, policy) in body.policies.iter().enumerate().filter(|(_, policy)| !policies.contains(*policy)) {
        let path = root.field("policies").item(index);
        desk.absent(&path, "policy", policy.as_str(), policies.iter().map(PolicyId::as_str));
    }
}

/// A span that must be longer than nothing.
pub(crate) fn check_positive(span: Option<Span>, path: &Path, desk: &mut Desk<'_>) {
    if let Some(span) = span.filter(|span| !span.is_positive()) {
        desk.fault(path, format!("`{span}` is no time at all: write a duration longer than nothing, such as `1d`"));
    }
}

/// A zone by its name.
pub(crate) fn timezone(name: Option<&str>, path: &Path, desk: &mut Desk<'_>) -> Option<TimeZone> {
    let name = name?;
    let zone = baton_model::time::zone(name);
    if zone.is_none() {
        desk.fault(path, format!("there is no time zone `{name}`: write an IANA name such as `Europe/Berlin`"));
    }
    zone
}

fn entry(body: &JourneyDocument, desk: &mut Desk<'_>) -> Option<Entry> {
    let path = Path::root().field("entry");
    let filter = desk.rule_if(body.entry.filter.as_ref(), RulePlace::ENTRY, &path.field("where"));
    let key = desk.expression_if(body.entry.key.as_deref(), RulePlace::ENTRY, &path.field("key"));
    Some(Entry { event: body.entry.event.clone(), filter: filter.ok()?, key: key.ok()? })
}

fn reentry(body: &JourneyDocument) -> Reentry {
    let reentry = &body.reentry;
    Reentry {
        policy: reentry.policy,
        min_interval: reentry.min_interval,
        max_concurrent: reentry.max_concurrent,
        on_duplicate_key: reentry.on_duplicate_key,
    }
}

fn exit_rule(exit: &ExitRuleDocument, path: &Path, desk: &mut Desk<'_>) -> Option<ExitRule> {
    if let Some(reason) = &exit.reason {
        desk.check_word(&path.field("reason"), reason);
    }
    let goal = exit.meaning == Some(Meaning::Goal);
    let (trigger, name) = match (&exit.event, &exit.when) {
        (Some(event), None) => {
            let pattern = Pattern { event, filter: exit.filter.as_ref(), matching: exit.matching, path };
            (ExitTrigger::Event(pattern::compile(&pattern, desk)?), event.as_str())
        }
        (None, Some(_)) if exit.filter.is_some() || exit.matching.is_some() => {
            desk.fault(path, "`where` and `match` belong to an event: write `event`, or put everything into `when`");
            return None;
        }
        (None, Some(when)) => {
            let rule = desk.rule(when, RulePlace::WAIT, &path.field("when"))?;
            (ExitTrigger::When(rule), ReasonCode::ExitRule.as_str())
        }
        (None, None) | (Some(_), Some(_)) => {
            desk.fault(path, "a way out is opened by one thing: write either `event` or `when`");
            return None;
        }
    };
    let reason = exit.reason.as_deref().unwrap_or(if goal { "goal" } else { name });
    Some(ExitRule { trigger, reason: reason.to_owned(), goal })
}

fn compile_goal(goal: &GoalDocument, desk: &mut Desk<'_>) -> Option<Goal> {
    let path = Path::root().field("goal");
    let pattern = Pattern { event: &goal.event, filter: goal.filter.as_ref(), matching: goal.matching, path: &path };
    let pattern = pattern::compile(&pattern, desk);
    let value = desk.expression_if(goal.value.as_deref(), RulePlace::WHERE, &path.field("value"));
    Some(Goal { pattern: pattern?, within: goal.within, value: value.ok()? })
}
