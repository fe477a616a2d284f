//! `delay`.

use baton_model::weekdays::Weekdays;
use baton_rules::RulePlace;

use crate::document::step::delay::{DelayDocument, PastDocument, RandomDocument, UntilDocument};
use crate::publish::desk::Desk;
use crate::source::path::Path;
use crate::step::delay::{Deadline, Delay, Past};

/// A delay without a fault.
pub(crate) fn compile(document: &DelayDocument, path: &Path, desk: &mut Desk<'_>) -> Option<Delay> {
    let past = match &document.past {
        None | Some(PastDocument::Continue) => Past::Continue,
        Some(PastDocument::Exit) => Past::Exit,
        Some(PastDocument::Goto(id)) => Past::Goto(desk.target(id, &path.field("past"))),
    };
    let deadline = match (document.length, &document.until, &document.random) {
        (Some(length), None, None) => Deadline::For(length),
        (None, Some(until), None) => until_deadline(until, &path.field("until"), desk)?,
        (None, None, Some(random)) => random_deadline(random, &path.field("random"), desk),
        _ => {
            desk.fault(path, "a delay ends in one way: write one of `for`, `until` or `random`");
            return None;
        }
    };
    Some(Delay { deadline, past })
}

/// `until`.
fn until_deadline(until: &UntilDocument, path: &Path, desk: &mut Desk<'_>) -> Option<Deadline> {
    match (&until.at, until.local_time) {
        (Some(at), None) => {
            if until.days.is_some() {
                desk.fault(&path.field("days"), "`days` belong to `local_time`: leave them out");
            }
            let instant = desk.expression(at, RulePlace::STEP, &path.field("at"))?;
            Some(Deadline::At { instant, offset: until.offset })
        }
        (None, Some(time)) => {
            if until.offset.is_some() {
                desk.fault(&path.field("offset"), "`offset` belongs to `at`: write the time itself");
            }
            let days = until.days.unwrap_or(Weekdays::EVERY);
            if days.is_empty() {
                desk.fault(
                    &path.field("days"),
                    "there are no days: write at least one, or leave `days` out for every day",
                );
            }
            Some(Deadline::LocalTime { time: time.0, days })
        }
        (None, None) | (Some(_), Some(_)) => {
            desk.fault(path, "`until` is one instant: write either `at` or `local_time`");
            None
        }
    }
}

/// `random`.
fn random_deadline(random: &RandomDocument, path: &Path, desk: &mut Desk<'_>) -> Deadline {
    if random.max.nominal_seconds() < random.min.nominal_seconds() {
        desk.fault(
            &path.field("max"),
            format!("`{}` is shorter than `min`: write at least `{}`", random.max, random.min),
        );
    }
    Deadline::Random { min: random.min, max: random.max }
}
