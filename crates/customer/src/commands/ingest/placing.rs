//! When an event happened, by its own account, the clock of its sender and ours.

use baton_model::event::Event;
use baton_model::reason::ReasonCode;
use baton_model::time::{saturating_add, to_millis};
use jiff::{SignedDuration, Timestamp};

use crate::{Rejection, Settings};

/// How far ahead of the node an event may be; further ahead, a clock is wrong, and the event is set to its receipt.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(5);

/// The place of an event in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed {
    /// When it happened.
    pub occurred_at: Timestamp,
    /// It claimed to be from the future.
    pub from_the_future: bool,
    /// It triggers nothing.
    pub historical: bool,
}

/// Places an event that is taken at `at`. `sentAt` corrects the clock of the client: what lies between `timestamp` and
/// `sentAt` lies between the event and its receipt.
pub(crate) fn place(event: &Event, at: Timestamp, settings: &Settings) -> Result<Placed, Rejection> {
    if let Some(timestamp) = event.timestamp
        && at.duration_since(timestamp) > settings.history_retention
    {
        return Err(too_old(settings));
    }
    let corrected = match (event.timestamp, event.sent_at) {
        (Some(timestamp), Some(sent_at)) => saturating_add(timestamp, at.duration_since(sent_at)),
        (Some(timestamp), None) => timestamp,
        (None, _) => at,
    };
    if at.duration_since(corrected) > settings.history_retention {
        return Err(too_old(settings));
    }
    let from_the_future = corrected.duration_since(at) > AHEAD_MAX;
    let occurred_at = if from_the_future { at } else { to_millis(corrected) };
    let historical = event.historical || at.duration_since(occurred_at) > settings.trigger_max_age;
    Ok(Placed { occurred_at, from_the_future, historical })
}

fn too_old(settings: &Settings) -> Rejection {
    Rejection {
        reason: ReasonCode::TooOld,
        field: "timestamp".to_owned(),
        detail: format!("is older than history is kept ({} days)", settings.history_retention.as_hours() / 24),
    }
}

#[cfg(test)]
mod tests;
