//! A time window step: passes inside the window, else waits for its next opening.

use baton_model::weekdays::Weekdays;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// A window of the week on a wall clock. `from > to` crosses midnight and belongs to the day on which it starts.
#[derive(Debug, Clone)]
pub struct TimeWindow {
    /// The days on which it opens; never empty.
    pub days: Weekdays,
    /// When it opens.
    pub from: Time,
    /// When it closes: the first instant outside. Never equal to `from`.
    pub to: Time,
    /// Whose wall clock; without one, the customer's.
    pub timezone: Option<TimeZone>,
    /// Dates on which it does not open, such as holidays; in order.
    pub closed: Vec<Date>,
}
