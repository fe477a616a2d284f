//! Windows of calendar days, weeks, months and years.
//!
//! The beginning of such a window is `at - span` on the customer's wall clock. It runs along with `at`, except for jumps: at
//! the end of short months, and where clocks are set at either end of the window. Between two jumps everything is as with
//! exact spans, so a change is found by going from jump to jump, and only while some event is of an age that is neither
//! surely inside nor surely outside.

use baton_model::span::Span;
use baton_model::time::saturating_add;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::MILLISECOND;
use crate::outcome::earlier;

/// How much a calendar span may differ from its nominal length: at most four days where months are counted, and a zone that
/// moves across the date line at either end.
const IRREGULARITY: SignedDuration = SignedDuration::from_hours(6 * 24);

/// How far one stretch without jumps is looked for: shorter than the distance of two jumps that undo each other.
const STRETCH_MAX: SignedDuration = SignedDuration::from_hours(12);

/// The instant after which events are that may be inside at `at` or later.
pub(super) fn reach(span: &Span, at: Timestamp) -> Timestamp {
    saturating_add(saturating_add(at, -nominal(span)), -IRREGULARITY)
}

/// No later than the first instant after `at` at which the window loses its oldest event, or takes back the newest that was
/// gone at `at`.
pub(super) fn next_change(
    span: &Span,
    at: Timestamp,
    zone: &TimeZone,
    newest_gone: Option<Timestamp>,
    oldest: Option<Timestamp>,
) -> Option<Timestamp> {
    let surely_inside = nominal(span).saturating_sub(IRREGULARITY);
    let returning = newest_gone.filter(|gone| *gone > reach(span, at));
    let uncertain_from = oldest.map(|oldest| saturating_add(oldest, surely_inside));
    let certain = returning.is_none() && uncertain_from.is_none_or(|from| from > at);
    if certain {
        return uncertain_from;
    }
    let end = stretch_end(span, at, zone);
    let leaves = oldest.map(|oldest| saturating_add(at, oldest.duration_since(span.before(at, zone))));
    let next = earlier(leaves, uncertain_from.filter(|from| *from > at));
    earlier(next, Some(end))
}

/// The end of the stretch in which the beginning of the window runs along with `at`: the instant of its next jump, or
/// [`STRETCH_MAX`] after `at`.
fn stretch_end(span: &Span, at: Timestamp, zone: &TimeZone) -> Timestamp {
    let begin = span.before(at, zone);
    let runs_along = |later: Timestamp| span.before(later, zone).duration_since(begin) == later.duration_since(at);
    let end = saturating_add(at, STRETCH_MAX);
    if runs_along(end) {
        return end;
    }
    let (mut along, mut jumped) = (at, end);
    while jumped.duration_since(along) > MILLISECOND {
        let half = jumped.duration_since(along).as_millis() / 2;
        let middle = saturating_add(along, SignedDuration::from_millis(i64::try_from(half).unwrap_or(1)));
        if runs_along(middle) { along = middle } else { jumped = middle }
    }
    jumped
}

/// The length, a day counted as 24 hours and months as those after 2024-01-01.
#[expect(clippy::cast_possible_truncation, reason = "a float beyond i64 saturates, and so does what is added to it")]
fn nominal(span: &Span) -> SignedDuration {
    SignedDuration::from_secs(span.nominal_seconds() as i64)
}
