//! A length of time as a person writes it: exact hours and calendar days are different things.
//!
//! `24h` and `PT24H` are exact. `1d` and `P1D` are a calendar day in the customer's zone: the wall clock is kept and month
//! ends clamp. A local time that does not exist takes the offset before the gap; an ambiguous one is the first.

use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{SpanRelativeTo, Timestamp};

/// A span of calendar and clock units. May be zero or negative.
#[derive(Debug, Clone, Copy)]
pub struct Span(jiff::Span);

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
        let far = if self.0.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
        instant
            .to_zoned(zone.clone())
            .checked_add(self.0)
            .map_or(far, |zoned| crate::time::to_millis(zoned.timestamp()))
    }

    /// `instant - self` on the wall clock of `zone`, clamped to the first instant there is.
    pub fn before(&self, instant: Timestamp, zone: &TimeZone) -> Timestamp {
        Self(self.0.negate()).after(instant, zone)
    }

    /// Whether the span is longer than nothing, counting a day as 24 hours.
    pub fn is_positive(&self) -> bool {
        self.nominal_seconds() > 0.0
    }

    /// Whether it has neither days nor weeks, months or years, and is the same length everywhere and always.
    pub fn is_exact(&self) -> bool {
        let span = &self.0;
        span.get_years() == 0 && span.get_months() == 0 && span.get_weeks() == 0 && span.get_days() == 0
    }

    /// The length in seconds, a day counted as 24 hours and a month as the one after 2024-01-01. For bounds and comparisons
    /// at publish, never for deadlines.
    pub fn nominal_seconds(&self) -> f64 {
        let base = jiff::civil::date(2024, 1, 1);
        self.0.to_duration(SpanRelativeTo::from(base)).map_or(f64::MAX, |duration| duration.as_secs_f64())
    }
}

impl FromStr for Span {
    type Err = ParseSpanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim().parse().map(Self).map_err(|_| ParseSpanError { text: text.to_owned() })
    }
}

impl fmt::Display for Span {
    /// Prints ISO 8601, which parses back to the same span.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl PartialEq for Span {
    /// Two spans are equal if they have the same units: `24h` is not `1d`.
    fn eq(&self, other: &Self) -> bool {
        self.0.fieldwise() == other.0.fieldwise()
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
