//! The window of a cap: a length of time that moves along, or the customer's current day, week or month.

use std::fmt;
use std::str::FromStr;

use baton_model::span::Span;
use baton_model::time::{saturating_add, to_millis};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// A window, written `rolling 7d`, `calendar day`, `calendar week` (from Monday) or `calendar month`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Window {
    /// `(at - span, at]`.
    Rolling(Span),
    /// The local day, week or month that holds `at`.
    Calendar(Unit),
}

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Day,
    Week,
    Month,
}

/// A text that is no window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no window: write `rolling` and a duration longer than nothing, such as `rolling 7d` or `rolling 24h`, or \
     `calendar day`, `calendar week` or `calendar month`"
)]
pub struct ParseWindowError {
    /// The text as it was given.
    pub text: String,
}

/// After a change of zone, what was sent before it counts as today's for this long: travelling buys no second message.
const CARRIED_OVER: SignedDuration = SignedDuration::from_hours(24);

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How much longer than its nominal length a window may be, and more: months end clamped, a zone moves across the date line.
const IRREGULARITY: SignedDuration = SignedDuration::from_hours(6 * 24);

impl Window {
    /// What was counted at this instant or before is surely outside at `at`, and need not be looked at.
    pub fn reach(&self, at: Timestamp) -> Timestamp {
        let length = match self {
            Self::Rolling(span) => {
                SignedDuration::try_from_secs_f64(span.nominal_seconds()).unwrap_or(SignedDuration::MAX)
            }
            Self::Calendar(Unit::Day) => DAY,
            Self::Calendar(Unit::Week) => DAY * 7,
            Self::Calendar(Unit::Month) => DAY * 31,
        };
        saturating_add(at, -length.saturating_add(IRREGULARITY))
    }

    /// The first instant from `at` on at which something counted at `counted` is outside the window; at or before `at` if it
    /// is outside already. `zone_changed_at` is when the customer's zone changed last.
    pub fn leaves(
        &self,
        counted: Timestamp,
        at: Timestamp,
        zone: &TimeZone,
        zone_changed_at: Option<Timestamp>,
    ) -> Timestamp {
        match self {
            Self::Rolling(span) => span.after(counted, zone),
            Self::Calendar(unit) => {
                let local = unit.end(counted, at, zone);
                let carried = zone_changed_at.is_some_and(|changed| counted < changed && changed <= at);
                let day_later = saturating_add(counted, CARRIED_OVER);
                if carried { local.max(day_later) } else { local }
            }
        }
    }
}

impl Unit {
    /// The end of the stretch that holds `at`, if `counted` lies in it; else `counted` itself.
    fn end(self, counted: Timestamp, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let today = zone.to_datetime(at).date();
        let first = self.first_day(today);
        if zone.to_datetime(counted).date() < first {
            return counted;
        }
        let next = match self {
            Self::Day => first.checked_add(1.day()),
            Self::Week => first.checked_add(1.week()),
            Self::Month => first.checked_add(1.month()),
        };
        let midnight = next.ok().and_then(|date| date.to_zoned(zone.clone()).ok());
        midnight.map_or(Timestamp::MAX, |zoned| to_millis(zoned.timestamp()))
    }

    /// The first day of the stretch that holds `date`.
    fn first_day(self, date: Date) -> Date {
        match self {
            Self::Day => date,
            Self::Week => {
                let since_monday = i64::from(date.weekday().to_monday_zero_offset());
                date.checked_sub(since_monday.days()).unwrap_or(Date::MIN)
            }
            Self::Month => date.first_of_month(),
        }
    }
}

impl FromStr for Window {
    type Err = ParseWindowError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || ParseWindowError { text: text.to_owned() };
        let (word, rest) = text.trim().split_once(' ').ok_or_else(unknown)?;
        match (word, rest.trim()) {
            ("calendar", "day") => Ok(Self::Calendar(Unit::Day)),
            ("calendar", "week") => Ok(Self::Calendar(Unit::Week)),
            ("calendar", "month") => Ok(Self::Calendar(Unit::Month)),
            ("rolling", span) => {
                let span = span.parse::<Span>().ok().filter(Span::is_positive).ok_or_else(unknown)?;
                Ok(Self::Rolling(span))
            }
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rolling(span) => write!(f, "rolling {span}"),
            Self::Calendar(Unit::Day) => f.write_str("calendar day"),
            Self::Calendar(Unit::Week) => f.write_str("calendar week"),
            Self::Calendar(Unit::Month) => f.write_str("calendar month"),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Window {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
