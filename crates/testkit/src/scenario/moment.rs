//! Times in a scenario: written as on a wall clock, read as instants.

use anyhow::{Context, Result, bail};
use baton_model::span::Span;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::expectation::MOMENT;

/// The instant that `text` names after `now`.
pub(crate) fn read(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp> {
    if let Some(span) = text.strip_prefix('+') {
        let span: Span = span.parse()?;
        return Ok(span.after(now, zone));
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    if let Ok(local) = text.parse::<DateTime>()
        && text.contains('T')
    {
        return Ok(zone.to_timestamp(local)?);
    }
    if let Ok(date) = text.parse::<Date>() {
        return Ok(zone.to_timestamp(date.at(0, 0, 0, 0))?);
    }
    let time: Time =
        text.parse().with_context(|| format!("`{text}` is no time: write 09:00, +3d or 2024-01-08T09:00"))?;
    next(time, now, zone)
}

/// The first instant not before `now` at which a clock in `zone` shows `time`.
fn next(time: Time, now: Timestamp, zone: &TimeZone) -> Result<Timestamp> {
    let mut date = zone.to_datetime(now).date();
    for _ in 0..3 {
        let instant = zone.to_timestamp(date.to_datetime(time))?;
        if instant >= now {
            return Ok(instant);
        }
        date = date.checked_add(1.day())?;
    }
    bail!("no {time} after {now}")
}

/// Whether an instant is the one that `expected` names: `HH:MM` on the local clock, or a full time.
pub(crate) fn is_named(expected: &str, instant: Timestamp, now: Timestamp, zone: &TimeZone) -> bool {
    if expected.starts_with('+') || expected.contains('T') {
        return read(expected, now, zone).is_ok_and(|expected| is_close(instant, expected));
    }
    expected.parse::<Time>().is_ok_and(|time| zone.to_datetime(instant).time() == time)
}

/// Deadlines in a chain of steps drift by the millisecond that lets events of that instant come first.
fn is_close(instant: Timestamp, expected: Timestamp) -> bool {
    (SignedDuration::ZERO..=MOMENT).contains(&instant.duration_since(expected))
}

/// An instant for reading.
pub(crate) fn show(instant: Timestamp, zone: &TimeZone) -> String {
    let local = instant.to_zoned(zone.clone());
    let millis = if local.millisecond() == 0 { "" } else { "%.3f" };
    local.strftime(&format!("%a %Y-%m-%dT%H:%M:%S{millis}")).to_string()
}
