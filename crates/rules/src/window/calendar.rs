//! Windows of calendar days, weeks, months and years.
//!
//! The beginning of such a window is `at - span` on the customer's wall clock. It runs along with `at`, except for jumps: at
//! the end of short months, and where clocks are set at either end of the window. Between two jumps everything is as with
//! exact spans, so a change is found by going from jump to jump. The zone and the calendar say where the next jump may be, so
//! that most windows take one step; only where a clock has just been set is the jump searched for.

use baton_model::span::Span;
use baton_model::time::saturating_add;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::MILLISECOND;
use crate::outcome::earlier;

/// How much a calendar span may differ from its nominal length: at most four days where months are counted, and a zone that
/// moves across the date line at either end.
const IRREGULARITY: SignedDuration = SignedDuration::from_hours(6 * 24);

/// How far a jump is searched for: less than the distance of two jumps that undo each other.
const SEARCH_MAX: SignedDuration = SignedDuration::from_hours(12);

/// The most by which clocks are set at once: across the date line.
const SET_MAX: SignedDuration = SignedDuration::from_hours(26);

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
    let may_return = newest_gone.is_some_and(|gone| gone > reach(span, at));
    if !may_return && oldest.is_none() {
        return None;
    }
    let begin = span.before(at, zone);
    let end = stretch_end(span, at, begin, zone);
    let leaves = oldest.map(|oldest| saturating_add(at, oldest.duration_since(begin)));
    if leaves.is_some_and(|leaves| end.is_none_or(|end| leaves <= end)) {
        return leaves;
    }
    // It is still inside at the end of the stretch, and of the later ones only those matter in which it may leave.
    let surely_inside = nominal(span).saturating_sub(IRREGULARITY);
    let until = oldest.map(|oldest| saturating_add(oldest, surely_inside)).filter(|until| *until > at);
    if may_return { end } else { end.max(until) }
}

/// When the stretch may end in which the beginning of the window, now `begin`, runs along with `at`; `None`: it never does.
fn stretch_end(span: &Span, at: Timestamp, begin: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let on_calendar = saturating_add(begin, span.clock());
    if just_set(zone, on_calendar) {
        return Some(search_jump(span, at, begin, zone));
    }
    let set_at = |after| zone.following(after).next().map(|set| set.timestamp());
    let begin_set = set_at(on_calendar).map(|set| saturating_add(at, set.duration_since(on_calendar)));
    let end = earlier(set_at(at), begin_set);
    if span.months() == 0 { end } else { earlier(end, Some(month_end(span, at, zone))) }
}

/// Whether the zone set its clocks so shortly before an instant on a calendar that the local time may be one that was left
/// out, or came twice.
fn just_set(zone: &TimeZone, instant: Timestamp) -> bool {
    let Some(set) = zone.preceding(saturating_add(instant, MILLISECOND)).next() else {
        return false;
    };
    let (since, before) = (instant.duration_since(set.timestamp()), saturating_add(set.timestamp(), -MILLISECOND));
    since <= SET_MAX && since <= set.offset().duration_since(zone.to_offset(before)).abs()
}

/// The midnight, on a clock that is not set before, at which `at - months` may not go on by a day when `at` does: in a month
/// that is longer than the one the window begins in, each that comes after the latter's last day; else that of its end.
fn month_end(span: &Span, at: Timestamp, zone: &TimeZone) -> Timestamp {
    let offset = zone.to_offset(at);
    let today = offset.to_datetime(at).date();
    let month = i32::from(today.year()) * 12 + i32::from(today.month()) - 1 - span.months();
    let year = i16::try_from(month.div_euclid(12)).ok();
    let begin = year.and_then(|year| Date::new(year, i8::try_from(month.rem_euclid(12)).ok()? + 1, 1).ok());
    let last = begin.map_or(1, Date::days_in_month).min(today.days_in_month()).max(today.day());
    let midnight = today.with().day(last).build().and_then(Date::tomorrow).map(|day| day.to_datetime(Time::midnight()));
    midnight.and_then(|midnight| offset.to_timestamp(midnight)).unwrap_or(Timestamp::MAX)
}

/// The next jump of the beginning of the window, searched for; [`SEARCH_MAX`] after `at` if there is none before.
fn search_jump(span: &Span, at: Timestamp, begin: Timestamp, zone: &TimeZone) -> Timestamp {
    let runs_along = |later: Timestamp| span.before(later, zone).duration_since(begin) == later.duration_since(at);
    let end = saturating_add(at, SEARCH_MAX);
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
