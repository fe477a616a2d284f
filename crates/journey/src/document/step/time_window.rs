//! `time_window`.

use baton_model::weekdays::Weekdays;
use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::document::clock_time::ClockTime;

/// A window of the week.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeWindowDocument {
    /// The days on which it opens.
    #[serde(default)]
    pub days: Option<Weekdays>,
    /// When it opens.
    pub from: ClockTime,
    /// When it closes.
    pub to: ClockTime,
    /// Whose wall clock, instead of the customer's.
    #[serde(default)]
    pub timezone: Option<String>,
    /// Dates on which it does not open.
    #[serde(default)]
    pub closed: Vec<ClosedDate>,
}

/// `2026-12-25`.
#[derive(Debug, Clone, Copy)]
pub struct ClosedDate(pub Date);

impl<'de> Deserialize<'de> for ClosedDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let wrong = |_| D::Error::custom(format!("`{text}` is not a date: write one such as `2026-12-25`"));
        text.parse().map(Self).map_err(wrong)
    }
}
