//! A length of time as a person writes it: exact hours and calendar days are different things.
//!
//! `24h` and `PT24H` are exact. `1d` and `P1D` are a calendar day in the customer's zone: the wall clock is kept and month
//! ends clamp. A local time that does not exist takes the offset before the gap; an ambiguous one is the first.

use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, SpanRelativeTo, Timestamp};

/// A span of calendar and clock units. May be zero or negative.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    units: jiff::Span,
    /// The hours and what is shorter.
    clock: SignedDuration,
    nominal_seconds: f64,
}

/// A text that is no span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a duration: write ISO 8601 such as `PT48H` or `P1D`, or the short form such as `48h` or `1d 12h`"
)]
pub struct ParseSpanError {
    /// The text as it was given.
    pub text: String,
}

impl Span {
    /// `instant + self` on the wall clock of `zone`, clamped to the last instant there is.
    pub fn after(&self, instant: Timestamp, zone: &TimeZone) -> Timestamp {
        add(&self.units, self.length(zone), instant, zone)
    }

    /// `instant - self` on the wall clock of `zone`, clamped to the first instant there is.
    pub fn before(&self, instant: Timestamp, zone: &TimeZone) -> Timestamp {
        add(&self.units.negate(), self.length(zone).map(|length| -length), instant, zone)
    }

    /// Whether the span is longer than nothing, counting a day as 24 hours.
    pub fn is_positive(&self) -> bool {
        self.nominal_seconds > 0.0
    }

    /// Whether it has neither days nor weeks, months or years, and is the same length everywhere and always.
    pub fn is_exact(&self) -> bool {
        self.months() == 0 && self.days() == 0
    }

    /// Its months, a year counted as twelve: added first, on the calendar, where the ends of months clamp.
    pub fn months(&self) -> i32 {
        i32::from(self.units.get_years()) * 12 + self.units.get_months()
    }

    /// Its days, a week counted as seven: added second, on the calendar.
    fn days(&self) -> i64 {
        i64::from(self.units.get_weeks()) * 7 + i64::from(self.units.get_days())
    }

    /// Its hours and what is shorter: added last, the same length everywhere and always.
    pub fn clock(&self) -> SignedDuration {
        self.clock
    }

    /// The length in seconds, a day counted as 24 hours and a month as the one after 2024-01-01. For bounds and comparisons
    /// at publish, never for deadlines.
    pub fn nominal_seconds(&self) -> f64 {
        self.nominal_seconds
    }

    /// The length in a zone, if it is always the same there.
    fn length(&self, zone: &TimeZone) -> Option<SignedDuration> {
        let same = self.is_exact() || (self.months() == 0 && *zone == TimeZone::UTC);
        same.then(|| SignedDuration::from_hours(24 * self.days()) + self.clock)
    }
}

impl From<jiff::Span> for Span {
    fn from(units: jiff::Span) -> Self {
        let clock = SignedDuration::from_hours(units.get_hours().into())
            + SignedDuration::from_mins(units.get_minutes())
            + SignedDuration::from_secs(units.get_seconds())
            + SignedDuration::from_millis(units.get_milliseconds())
            + SignedDuration::from_micros(units.get_microseconds())
            + SignedDuration::from_nanos(units.get_nanoseconds());
        let nominal = units.to_duration(SpanRelativeTo::from(jiff::civil::date(2024, 1, 1)));
        Self { units, clock, nominal_seconds: nominal.map_or(f64::MAX, |duration| duration.as_secs_f64()) }
    }
}

/// `instant + units` on the wall clock of `zone`. With a `length` no calendar needs to be asked.
fn add(units: &jiff::Span, length: Option<SignedDuration>, instant: Timestamp, zone: &TimeZone) -> Timestamp {
    let far = if units.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
    let sum = match length {
        Some(length) => instant.checked_add(length),
        None => instant.to_zoned(zone.clone()).checked_add(*units).map(|zoned| zoned.timestamp()),
    };
    sum.map_or(far, crate::time::to_millis)
}

impl FromStr for Span {
    type Err = ParseSpanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim().parse::<jiff::Span>().map(Self::from).map_err(|_| ParseSpanError { text: text.to_owned() })
    }
}

impl fmt::Display for Span {
    /// Prints ISO 8601, which parses back to the same span.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.units)
    }
}

impl PartialEq for Span {
    /// Two spans are equal if they have the same units: `24h` is not `1d`.
    fn eq(&self, other: &Self) -> bool {
        self.units.fieldwise() == other.units.fieldwise()
    }
}

impl Eq for Span {}

impl<'de> serde::Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl serde::Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests;
