//! Whether an event is one that a wait, an exit or a goal looks for.

use baton_journey::journey::{EventPattern, Journey};
use baton_model::history::StoredEvent;
use baton_model::ids::EnrolmentId;
use baton_model::text_id::CorrelationKey;
use baton_model::value::Value;

use crate::turn::Turn;
use crate::turn::evaluate::View;

/// Whether `event` matches `pattern` for an enrolment of `journey` with that key.
pub(crate) fn matches(
    turn: &mut Turn<'_>,
    pattern: &EventPattern,
    journey: &Journey,
    enrolment: EnrolmentId,
    key: Option<&CorrelationKey>,
    event: &StoredEvent,
) -> bool {
    if pattern.event != event.name {
        return false;
    }
    if pattern.match_key && key_of(turn, journey, event).as_ref() != key {
        return false;
    }
    let view = View::of(journey, enrolment).with_event(event);
    pattern.filter.as_ref().is_none_or(|filter| turn.evaluate(filter, view).value)
}

/// The value of an event at the key of a journey's entry, if it has one that tells enrolments apart: text, or a number.
pub(crate) fn key_of(turn: &mut Turn<'_>, journey: &Journey, event: &StoredEvent) -> Option<CorrelationKey> {
    let expression = journey.entry.key.as_ref()?;
    let view = View { journey: Some(journey), event: Some(event), ..View::default() };
    match turn.value(expression, view)? {
        Value::String(text) => CorrelationKey::new(&text).ok(),
        number @ (Value::Int(_) | Value::Double(_)) => CorrelationKey::new(&number.to_string()).ok(),
        _ => None,
    }
}
