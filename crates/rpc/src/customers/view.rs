//! What the gateway knows of a customer, as messages.

use baton_model::text_id::CustomerId;
use baton_ports::gateway::{
    Aged, CustomerView, EnrolmentView, Explanation, ParkingView, Staleness, TimelineEntry, TimelineFact,
};
use baton_wire::pb::v1 as pb;
use baton_wire::{decision, instant, message, profile, stored_event, summary};

/// The customer.
pub(super) fn customer(view: &CustomerView) -> pb::Customer {
    let segments = view.segments.iter();
    let segments = segments
        .map(|(segment, since)| pb::SegmentMembership {
            segment: segment.to_string(),
            since: Some(instant::to_pb(*since)),
        })
        .collect();
    pb::Customer {
        customer_id: view.customer.to_string(),
        segments,
        enrolments: view.enrolments.iter().map(enrolment).collect(),
        pending_messages: view.pending_sends.iter().map(|send| message::to_pb(&view.customer, send)).collect(),
        next_deadline: view.next_deadline.map(instant::to_pb),
        parking: view.parking.as_ref().map(parking),
        ..profile::to_pb(&view.profile)
    }
}

/// One input and what was decided on it.
pub(super) fn timeline_entry(customer: &CustomerId, entry: &TimelineEntry) -> pb::TimelineEntry {
    let (event, summary) = match &entry.fact {
        TimelineFact::Event(event) => (Some(stored_event::to_pb(customer, event)), summary::event(event)),
        TimelineFact::Other(words) => (None, words.clone()),
    };
    pb::TimelineEntry {
        number: entry.number.0,
        time: Some(instant::to_pb(entry.at)),
        event,
        summary,
        records: entry.records.iter().map(decision::to_pb).collect(),
    }
}

/// Why something is as it is.
pub(super) fn explanation(customer: &CustomerId, explanation: &Aged<Explanation>) -> pb::ExplainResponse {
    let Aged { answer: explanation, staleness: age } = explanation;
    pb::ExplainResponse {
        staleness: age.map(staleness),
        message: explanation.send.as_ref().map(|send| message::to_pb(customer, send)),
        records: explanation.records.iter().map(decision::to_pb).collect(),
    }
}

/// How old an answer may be.
pub(super) fn staleness(staleness: Staleness) -> pb::Staleness {
    let at_most = match staleness {
        Staleness::AtMost(age) => age.try_into().ok(),
        Staleness::Unknown => None,
    };
    pb::Staleness { at_most }
}

fn parking(view: &ParkingView) -> pb::Parking {
    pb::Parking {
        since: Some(instant::to_pb(view.since)),
        dead_letter: view.dead_letter.clone(),
        definitions_version: view.version.0,
    }
}

fn enrolment(view: &EnrolmentView) -> pb::Enrolment {
    pb::Enrolment {
        id: view.enrolment.to_string(),
        journey: view.journey.to_string(),
        version: view.version.0,
        key: view.key.as_ref().map(ToString::to_string).unwrap_or_default(),
        run: view.run.0,
        start_time: Some(instant::to_pb(view.started_at)),
        step: view.step.to_string(),
        visit: view.visit.0,
        step_time: Some(instant::to_pb(view.since)),
        deadline: view.deadline.map(instant::to_pb),
    }
}
