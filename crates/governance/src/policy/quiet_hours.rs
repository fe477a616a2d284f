//! `quiet_hours`: a stretch of the local day in which messages wait. One that crosses midnight belongs to the day it starts.

use baton_model::clock_time::ClockTime;
use baton_model::send::Send;
use baton_model::text_id::ChannelId;
use baton_model::time::to_millis;
use baton_model::weekdays::Weekdays;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use super::DeferOrDrop;
use super::exempt::Exempt;

/// A quiet stretch: `[from, to)` on the customer's wall clock; `from` = `to` is a whole day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// Where it begins.
    pub(crate) from: ClockTime,
    /// Where it ends: on the same day if later than `from`, else on the next.
    pub(crate) to: ClockTime,
    /// The local days on which it begins.
    #[serde(default = "every_day")]
    pub(crate) days: Weekdays,
    /// The channels that are quiet; by default all.
    #[serde(default)]
    pub(crate) channels: Vec<ChannelId>,
    /// The countries (ISO 3166-1 alpha-2) in which it holds; by default all. It holds for a customer of unknown country.
    #[serde(default)]
    pub(crate) countries: Vec<String>,
    /// What goes out all the same.
    #[serde(default)]
    pub(crate) exempt: Exempt,
    /// What a message does meanwhile.
    #[serde(default)]
    pub(crate) action: DeferOrDrop,
}

fn every_day() -> Weekdays {
    Weekdays::EVERY
}

impl QuietHours {
    /// Whether a message to a customer of that country is concerned.
    pub(crate) fn concerns(&self, send: &Send, country: Option<&str>) -> bool {
        let channel = self.channels.is_empty() || self.channels.contains(&send.channel);
        let here = |country: &str| self.countries.iter().any(|known| known.eq_ignore_ascii_case(country));
        channel && (self.countries.is_empty() || country.is_none_or(here)) && !self.exempt.covers(send)
    }

    /// The end of the quiet stretch that holds `at` in `zone`; `None` if none does.
    pub(crate) fn ends(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let today = zone.to_datetime(at).date();
        let yesterday = today.checked_sub(1.day()).ok();
        let stretches = [yesterday, Some(today)].into_iter().flatten().filter_map(|day| self.stretch(day, zone));
        stretches.filter(|(start, end)| (*start..*end).contains(&at)).map(|(_, end)| end).max()
    }

    /// The stretch that begins on that local day. A local time that does not exist takes the offset before the gap, an
    /// ambiguous one is the first.
    fn stretch(&self, day: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        if !self.days.contains(day.weekday()) {
            return None;
        }
        let last_day = if self.from.0 < self.to.0 { day } else { day.checked_add(1.day()).ok()? };
        let start = zone.to_timestamp(day.to_datetime(self.from.0)).ok()?;
        let end = zone.to_timestamp(last_day.to_datetime(self.to.0)).ok()?;
        Some((to_millis(start), to_millis(end)))
    }
}

#[cfg(test)]
mod tests;
