//! The steps of a journey, each with its targets resolved.

use crate::document::journey::Meaning;
use crate::document::step::{OnErrorDocument, RetryDocument, StepDocument};
use crate::publish::desk::Desk;
use crate::publish::journey::check_positive;
use crate::source::path::Path;
use crate::step::exit::Exit;
use crate::step::{OnError, Retry, Step, StepIndex, StepKind, Target};

mod branch;
mod delay;
mod message;
mod split;
mod time_window;
mod update_profile;
mod wait_for;

/// The longest wait between two tries where the step does not say.
const MAX_BACKOFF_DEFAULT: &str = "PT24H";
/// The most tries after the first.
const RETRIES_MAX: u32 = 100;

/// The steps, if none has a fault.
pub(crate) fn compile_all(documents: &[StepDocument], desk: &mut Desk<'_>) -> Option<Vec<Step>> {
    check_ids(documents, desk);
    let compiled: Vec<_> =
        (0..=u16::MAX).zip(documents).map(|(index, document)| compile(index, document, desk)).collect();
    compiled.into_iter().collect()
}

/// No id stands twice.
fn check_ids(documents: &[StepDocument], desk: &mut Desk<'_>) {
    for (index, document) in documents.iter().enumerate() {
        if let Some(first) = documents[..index].iter().position(|other| other.id == document.id) {
            let path = Path::root().field("steps").item(index).field("id");
            desk.fault(&path, format!("`{}` is the id of steps[{first}] already: choose another", document.id));
        }
    }
}

/// One step.
fn compile(index: u16, document: &StepDocument, desk: &mut Desk<'_>) -> Option<Step> {
    let path = Path::root().field("steps").item(usize::from(index));
    let following = if usize::from(index) + 1 < desk.journey.steps.len() {
        Target::Step(StepIndex(index + 1))
    } else {
        Target::End
    };
    let next = desk.target_or(document.next.as_ref(), following, &path.field("next"));
    if let Some(name) = &document.name {
        desk.check_word(&path.field("name"), name);
    }
    let kind = kind(document, next, &path, desk);
    let on_error = on_error(document, &path, desk);
    let kind = kind?;
    check_common(document, &kind, &path, desk);
    Some(Step { id: document.id.clone(), name: document.name.clone(), next, on_error: on_error?, kind })
}

/// What the step does.
fn kind(document: &StepDocument, next: Target, path: &Path, desk: &mut Desk<'_>) -> Option<StepKind> {
    if let Some(body) = &document.message {
        return message::compile(body, &path.field("message"), desk).map(Box::new).map(StepKind::Message);
    }
    if let Some(body) = &document.delay {
        return delay::compile(body, &path.field("delay"), desk).map(StepKind::Delay);
    }
    if let Some(body) = &document.time_window {
        return Some(StepKind::TimeWindow(time_window::compile(body, &path.field("time_window"), desk)));
    }
    if let Some(body) = &document.wait_for {
        return wait_for::compile(body, document, next, path, desk).map(StepKind::WaitFor);
    }
    if let Some(body) = &document.branch {
        return branch::compile(body, &path.field("branch"), desk).map(StepKind::Branch);
    }
    if let Some(body) = &document.split {
        return split::compile(body, &path.field("split"), desk).map(StepKind::Split);
    }
    if let Some(body) = &document.update_profile {
        return update_profile::compile(body, &path.field("update_profile"), desk).map(StepKind::UpdateProfile);
    }
    if let Some(body) = &document.goto {
        return Some(StepKind::Goto(desk.target(&body.to, &path.field("goto"))));
    }
    let body = document.exit.as_ref()?;
    desk.check_word(&path.field("exit"), &body.reason);
    Some(StepKind::Exit(Exit { reason: body.reason.clone(), goal: body.meaning == Some(Meaning::Goal) }))
}

/// Fields that would mean nothing beside what the step does.
fn check_common(document: &StepDocument, kind: &StepKind, path: &Path, desk: &mut Desk<'_>) {
    let leaves_by = match kind {
        StepKind::Branch(_) => Some("goes where its cases and `else` say"),
        StepKind::Split(_) => Some("goes where its variants say"),
        StepKind::Goto(_) => Some("goes where it says"),
        StepKind::Exit(_) => Some("ends the enrolment"),
        _ => None,
    };
    if let Some(ways) = leaves_by.filter(|_| document.next.is_some()) {
        desk.fault(&path.field("next"), format!("the step {ways}: leave `next` out"));
    }
    if !matches!(kind, StepKind::WaitFor(_)) {
        let beside = [
            ("timeout", document.timeout.is_some()),
            ("on_timeout", document.on_timeout.is_some()),
            ("grace", document.grace.is_some()),
        ];
        for (field, _) in beside.into_iter().filter(|(_, present)| *present) {
            desk.fault(&path.field(field), format!("`{field}` belongs to a `wait_for`: leave it out"));
        }
    }
    let fails =
        matches!(kind, StepKind::Delay(_) | StepKind::WaitFor(_) | StepKind::Split(_) | StepKind::UpdateProfile(_));
    if document.on_error.is_some() && !fails {
        let instead = if matches!(kind, StepKind::Message(_)) { "write `on_failed`" } else { "leave it out" };
        let message = format!("a `{}` has nothing that `on_error` could catch: {instead}", kind.name());
        desk.fault(&path.field("on_error"), message);
    }
}

/// `on_error` with `retry`.
fn on_error(document: &StepDocument, path: &Path, desk: &mut Desk<'_>) -> Option<OnError> {
    let retries = matches!(document.on_error, Some(OnErrorDocument::Retry));
    match &document.retry {
        Some(_) if !retries => {
            desk.fault(&path.field("retry"), "`retry` needs `on_error: retry`: write it, or leave `retry` out");
        }
        None if retries => {
            let message = "`retry` says how: write `retry: {max: 3, backoff: 1h}` beside it";
            desk.fault(&path.field("on_error"), message);
        }
        None | Some(_) => (),
    }
    Some(match &document.on_error {
        None | Some(OnErrorDocument::Exit) => OnError::Exit,
        Some(OnErrorDocument::Continue) => OnError::Continue,
        Some(OnErrorDocument::Goto(id)) => OnError::Goto(desk.target(id, &path.field("on_error"))),
        Some(OnErrorDocument::Retry) => OnError::Retry(retry(document.retry.as_ref()?, &path.field("retry"), desk)?),
    })
}

/// `retry`.
fn retry(document: &RetryDocument, path: &Path, desk: &mut Desk<'_>) -> Option<Retry> {
    let factor = document.factor.unwrap_or(1.0);
    if !(1..=RETRIES_MAX).contains(&document.max) {
        desk.fault(&path.field("max"), format!("`{}` tries: write 1 to {RETRIES_MAX}", document.max));
    }
    if factor < 1.0 {
        desk.fault(&path.field("factor"), format!("`{factor}` would shorten the wait: write 1 or more"));
    }
    check_positive(Some(document.backoff), &path.field("backoff"), desk);
    check_positive(document.max_backoff, &path.field("max_backoff"), desk);
    let max_backoff = document.max_backoff.or_else(|| MAX_BACKOFF_DEFAULT.parse().ok())?;
    Some(Retry { max: document.max, backoff: document.backoff, factor, max_backoff })
}

/// A step id or a span that stands in one of two places; both are a fault.
pub(crate) fn one_place<'a, T>(
    inside: Option<&'a T>,
    beside: Option<&'a T>,
    field: &str,
    path: &Path,
    desk: &mut Desk<'_>,
) -> Option<&'a T> {
    if inside.is_some() && beside.is_some() {
        desk.fault(&path.field(field), format!("`{field}` stands twice: keep the one beside `wait_for`"));
    }
    beside.or(inside)
}
