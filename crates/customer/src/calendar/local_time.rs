//! The first instant at which a clock in a zone shows a given time on one of some days.

use baton_journey::weekdays::Weekdays;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::{dates_from_before, instant, local_date};

/// The most dates that are looked at: a week, the day before, and the dates that a zone may skip.
const DATES_MAX: usize = 10;

/// The first such instant not before `base`, its day tested on its own local date; the last instant there is if the calendar
/// ends before.
pub(crate) fn next_local_time(base: Timestamp, time: Time, days: Weekdays, zone: &TimeZone) -> Timestamp {
    dates_from_before(local_date(base, zone))
        .take(DATES_MAX)
        .filter_map(|date| instant(date, time, zone))
        .find(|candidate| *candidate >= base && days.contains(local_date(*candidate, zone).weekday()))
        .unwrap_or(Timestamp::MAX)
}
