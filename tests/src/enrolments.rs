//! What must have become of events that each begin an enrolment of their own: one message, then one timer, then the exit.

use std::collections::{BTreeMap, BTreeSet};

use baton_wire::instant;
use baton_wire::pb::v1 as pb;
use jiff::{SignedDuration, Timestamp};

use crate::life::Life;

/// Step `wait` of [`documents`]: how long each enrolment waits after its message.
pub const WAIT: SignedDuration = SignedDuration::from_secs(1);

/// The documents of such enrolments over one channel: an event with the property `note` leads to a message that says it.
pub fn documents(channel: &str, kind: &str, event: &str) -> String {
    CHANNEL.replace("CHANNEL", channel).replace("KIND", kind).replace("EVENT", event)
}

/// The template of every message.
pub const TEMPLATE: &str = "
kind: Template
id: note
subject: A note
text: '{{ vars.note }}'
vars: {note: {}}
";

/// A channel and its journey.
const CHANNEL: &str = "
---
kind: Channel
id: CHANNEL
type: KIND
---
kind: Journey
id: by-CHANNEL
category: transactional
entry: {event: EVENT, key: event.properties.note}
reentry: {policy: never, max_concurrent: 1000}
steps:
  - {id: note, message: {channel: CHANNEL, template: note, vars: {note: context.note}}}
  - {id: wait, delay: {for: PT1S}}
  - {id: done, exit: waited}
";

/// Each of so many events began one enrolment, whose one message was accepted, whose timer fired once and not too early,
/// and which ended. Gives the ids of the sends.
pub fn judge(customer: &str, life: &Life, events: usize) -> Vec<String> {
    let distinct = |records: &[&pb::DecisionRecord], what: &str| {
        let distinct: BTreeSet<String> = records.iter().map(|record| record.enrolment.clone()).collect();
        assert_eq!(distinct.len(), records.len(), "{customer}: an enrolment {what} twice");
        distinct
    };
    let entered = distinct(&life.verdicts("entered"), "began");
    assert_eq!(entered.len(), events, "{customer}: one enrolment per event");
    let mut left = life.verdicts("step_left");
    left.retain(|record| record.step == "wait");
    let fired: BTreeMap<String, Timestamp> = left.iter().map(|record| (record.enrolment.clone(), at(record))).collect();
    assert_eq!(distinct(&left, "had its timer fire"), entered, "{customer}: every timer fires");
    assert_eq!(distinct(&life.verdicts("exited"), "ended"), entered, "{customer}: every enrolment ends");
    let accepted = life.fates("accepted");
    for record in &accepted {
        let waited = fired[&record.enrolment].duration_since(at(record));
        assert!(waited >= WAIT, "{customer}: a timer of {WAIT} fired after {waited}");
    }
    assert_eq!(distinct(&accepted, "had its message accepted"), entered, "{customer}");
    life.fates("released").into_iter().map(|record| record.send.clone()).collect()
}

fn at(record: &pb::DecisionRecord) -> Timestamp {
    instant::from_pb(record.at.unwrap()).unwrap()
}
