//! A point in time as a document writes it: an instant, or a date on the customer's own calendar.

use std::fmt;
use std::str::FromStr;

use baton_model::time::to_millis;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// An instant such as `2026-01-31T09:00:00Z`, or a local date (its first moment) or date and time in the customer's zone,
/// such as `2026-01-31` or `2026-01-31T09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The same for everybody.
    Instant(Timestamp),
    /// What the customer's clock shows.
    Local(DateTime),
}

/// A text that is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no moment: write a date such as `2026-01-31`, or an instant such as `2026-01-31T09:00:00Z`")]
pub struct ParseMomentError {
    /// The text as it was given.
    pub text: String,
}

impl Moment {
    /// The instant in that zone. A local time that does not exist takes the offset before the gap; an ambiguous one is the
    /// first.
    pub fn instant(&self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Instant(instant) => to_millis(*instant),
            Self::Local(local) => {
                let far = if local.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
                zone.to_timestamp(*local).map_or(far, to_millis)
            }
        }
    }

    /// Whether it depends on the zone.
    pub fn is_local(&self) -> bool {
        matches!(self, Self::Local(_))
    }
}

impl FromStr for Moment {
    type Err = ParseMomentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let instant = text.parse().map(Self::Instant);
        let date = || text.parse::<Date>().map(|date| Self::Local(date.to_datetime(jiff::civil::Time::midnight())));
        let local = || text.parse().map(Self::Local);
        instant.or_else(|_| local()).or_else(|_| date()).map_err(|_| ParseMomentError { text: text.to_owned() })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant(instant) => write!(f, "{instant}"),
            Self::Local(local) => write!(f, "{local}"),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn a_date_is_the_customers_and_an_instant_is_everybodys() {
        let zone = baton_model::time::zone("America/New_York").unwrap();
        let check = |text: &str, expected: &str| {
            let moment: Moment = text.parse().unwrap();
            assert_eq!(moment.instant(&zone).to_string(), expected, "{text}");
        };
        check("2026-01-31", "2026-01-31T05:00:00Z");
        check("2026-01-31T09:00", "2026-01-31T14:00:00Z");
        check("2026-01-31T09:00:00Z", "2026-01-31T09:00:00Z");
        check("2026-01-31T09:00:00+02:00", "2026-01-31T07:00:00Z");
        assert!("31 January".parse::<Moment>().is_err());
    }
}
