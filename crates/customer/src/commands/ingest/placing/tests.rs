//! Clocks of clients that are right, wrong, slow and absent.

use baton_model::event::{Event, EventKind};
use baton_model::reason::ReasonCode;
use baton_model::text_id::{EventName, MessageId};
use jiff::Timestamp;

use super::{Placed, place};
use crate::{Rejection, Settings};

const RECEIVED: &str = "2024-06-15T12:00:00Z";

fn placed(timestamp: &str, sent_at: &str) -> Result<Placed, Rejection> {
    let event = Event {
        message_id: MessageId::new("m").unwrap(),
        kind: EventKind::Track,
        name: EventName::new("Seen").unwrap(),
        client_timestamp: None,
        timestamp: timestamp.parse().ok(),
        sent_at: sent_at.parse().ok(),
        historical: false,
        properties: std::collections::BTreeMap::new(),
        context: std::collections::BTreeMap::new(),
        traits: std::collections::BTreeMap::new(),
    };
    place(&event, RECEIVED.parse().unwrap(), &Settings::default())
}

#[track_caller]
fn check(timestamp: &str, sent_at: &str, occurred_at: &str, from_the_future: bool, historical: bool) {
    let occurred_at: Timestamp = occurred_at.parse().unwrap();
    assert_eq!(placed(timestamp, sent_at), Ok(Placed { occurred_at, from_the_future, historical }));
}

#[test]
fn without_a_timestamp_it_happened_when_it_was_received() {
    check("", "", RECEIVED, false, false);
    check("", "2020-01-01T00:00:00Z", RECEIVED, false, false);
}

#[test]
fn sent_at_corrects_the_clock_of_the_client() {
    check("2024-06-15T13:00:00Z", "2024-06-15T13:00:10Z", "2024-06-15T11:59:50Z", false, false);
    check("2024-06-15T10:00:00Z", "2024-06-15T10:30:00Z", "2024-06-15T11:30:00Z", false, false);
}

#[test]
fn five_minutes_ahead_are_believed_and_no_more() {
    check("2024-06-15T12:05:00Z", "", "2024-06-15T12:05:00Z", false, false);
    check("2024-06-15T12:05:00.001Z", "", RECEIVED, true, false);
}

#[test]
fn older_than_a_day_triggers_nothing_and_older_than_history_is_rejected() {
    check("2024-06-14T12:00:00Z", "", "2024-06-14T12:00:00Z", false, false);
    check("2024-06-14T11:59:59.999Z", "", "2024-06-14T11:59:59.999Z", false, true);
    check("2023-05-12T12:00:00Z", "", "2023-05-12T12:00:00Z", false, true);
    let rejection = placed("2023-05-12T11:59:59.999Z", "").unwrap_err();
    assert_eq!((rejection.reason, rejection.field.as_str()), (ReasonCode::TooOld, "timestamp"));
    let corrected_to_now = placed("1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z").unwrap_err();
    assert_eq!(corrected_to_now.reason, ReasonCode::TooOld);
}
