//! Armed timers: the section that says which are armed, and the rows by which a shard finds those that are due.
//!
//! Section: customer rows, section 7, at most one per customer, layout version 1. Rows: kind 0x20, ordered by due instant,
//! customer and timer; as many as are armed; the value is empty but for its version.

use baton_customer::{TimerKey, Timers};
use baton_model::text_id::CustomerId;
use baton_ports::record_store::{KeyRange, Order, Records};
use jiff::Timestamp;

use super::layout::{layout_enum, layout_struct};
use super::{ReadError, key};

/// The section's number within the customer.
pub(crate) const SECTION: u8 = 7;
/// The layout this version writes.
pub(crate) const VERSION: u8 = 1;

layout_struct!(Timers { armed });
layout_enum!(TimerKey {
    1 => PauseEnd,
    2 => Segments,
    3 => Step(enrolment),
    4 => WaitFlip(enrolment),
    5 => ExitFlip(enrolment),
    6 => MaxAge(enrolment),
    7 => Sends,
    8 => Retention,
});

/// The timers due after `after` (from the first on, if it is [`Timestamp::MIN`]) and not after `until`, in order: at least
/// `limit` of them if there are as many, and always every one of the last instant.
pub fn timers_between(
    records: &dyn Records,
    after: Timestamp,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<(Timestamp, CustomerId, TimerKey)>, ReadError> {
    let first = if after == Timestamp::MIN { i64::MIN } else { after.as_millisecond() + 1 };
    let range = KeyRange::between(key::timers_from(first), key::timers_from(until.as_millisecond() + 1));
    let mut timers: Vec<(Timestamp, CustomerId, TimerKey)> = Vec::new();
    for row in records.range(range, Order::Ascending) {
        let timer = key::read_timer(&row?.key)?;
        let complete = timers.last().is_some_and(|(due, _, _)| timers.len() >= limit && *due != timer.0);
        if complete {
            break;
        }
        timers.push(timer);
    }
    Ok(timers)
}
