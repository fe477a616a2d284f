//! Instants on wall clocks: the next local time, the next opening of a window, a length chosen by a hash.

pub(crate) mod local_time;
pub(crate) mod random;
pub(crate) mod window;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// The instant of a local date and time. One that does not exist takes the offset before the gap, an ambiguous one is the
/// first; one beyond the calendar is `None`.
fn instant(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible().ok()
}

/// The local date of an instant.
fn local_date(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at).date()
}

/// The dates from the one before `date` on. A zone may skip a date, and a window may begin on the day before.
fn dates_from_before(date: Date) -> impl Iterator<Item = Date> {
    let first = date.yesterday().unwrap_or(date);
    std::iter::successors(Some(first), |date| date.tomorrow().ok())
}

#[cfg(test)]
mod tests;
