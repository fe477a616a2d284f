//! The windows of a `time_window` step on a wall clock.

use baton_journey::step::time_window::TimeWindow;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{dates_from_before, instant, local_date};

/// Beside the dates a document closes, a window opens at least once in this many dates.
const DATES_MAX: usize = 10;

/// When a window lets an enrolment pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// It is open.
    Now,
    /// It opens then.
    At(Timestamp),
}

/// Whether `window` is open at `at` on the wall clock of `zone`, else when it opens next.
pub(crate) fn opening(window: &TimeWindow, at: Timestamp, zone: &TimeZone) -> Opening {
    let dates = dates_from_before(local_date(at, zone)).take(DATES_MAX + window.closed.len());
    for date in dates.filter(|date| opens_on(window, *date)) {
        let Some((from, to)) = bounds(window, date, zone) else {
            break;
        };
        if at < from {
            return Opening::At(from);
        }
        if at < to {
            return Opening::Now;
        }
    }
    Opening::At(Timestamp::MAX)
}

/// Whether a window begins on that local date.
fn opens_on(window: &TimeWindow, date: Date) -> bool {
    window.days.contains(date.weekday()) && window.closed.binary_search(&date).is_err()
}

/// The window that begins on `date`, as `[from, to)`.
fn bounds(window: &TimeWindow, date: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let last_date = if window.from < window.to { date } else { date.tomorrow().ok()? };
    Some((instant(date, window.from, zone)?, instant(last_date, window.to, zone)?))
}
