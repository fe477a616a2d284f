//! Sends: [`Send`] → `baton.v1.Message`.

use baton_model::reason::Reason;
use baton_model::send::{Category, Send, SendState};
use baton_model::text_id::CustomerId;
use jiff::Timestamp;

use crate::instant;
use crate::pb::v1 as pb;

/// The spelling of every state, in the order of a send's life. Filters take these words.
pub const STATES: [&str; 12] = [
    "deferred",
    "released",
    "attempting",
    "accepted",
    "failed",
    "unknown",
    "dead",
    "dropped",
    "cancelled",
    "expired",
    "guard_false",
    "render_error",
];

/// The send of that customer. Its shard is not said.
pub fn to_pb(customer: &CustomerId, send: &Send) -> pb::Message {
    let engagement = &send.engagement;
    let reason = reason(&send.state);
    pb::Message {
        id: send.id.to_string(),
        customer_id: customer.to_string(),
        journey: send.journey.to_string(),
        step: send.step.to_string(),
        visit: send.visit.0,
        enrolment: send.enrolment.to_string(),
        channel: send.channel.to_string(),
        template: send.template.to_string(),
        category: category(send.category).to_owned(),
        priority: send.priority.into(),
        state: state(&send.state).to_owned(),
        state_time: state_time(send).map(instant::to_pb),
        reason: reason.map(|reason| reason.code.as_str().to_owned()).unwrap_or_default(),
        detail: reason.map(|reason| reason.detail.clone()).unwrap_or_default(),
        decide_time: Some(instant::to_pb(send.decided_at)),
        deliver_time: engagement.delivered.map(instant::to_pb),
        open_time: engagement.opened.map(instant::to_pb),
        click_time: engagement.clicked.map(instant::to_pb),
        reply_time: engagement.replied.map(instant::to_pb),
        bounce_time: engagement.bounced.map(instant::to_pb),
        complaint_time: engagement.complained.map(instant::to_pb),
        shard: None,
    }
}

/// The spelling of a state.
pub fn state(state: &SendState) -> &'static str {
    match state {
        SendState::Deferred { .. } => "deferred",
        SendState::Released { .. } => "released",
        SendState::Attempting { .. } => "attempting",
        SendState::Accepted { .. } => "accepted",
        SendState::Failed { .. } => "failed",
        SendState::Unknown { .. } => "unknown",
        SendState::Dead { .. } => "dead",
        SendState::Dropped { .. } => "dropped",
        SendState::Cancelled { .. } => "cancelled",
        SendState::Expired { .. } => "expired",
        SendState::GuardFalse { .. } => "guard_false",
        SendState::RenderError { .. } => "render_error",
    }
}

fn category(category: Category) -> &'static str {
    match category {
        Category::Marketing => "marketing",
        Category::Service => "service",
        Category::Transactional => "transactional",
    }
}

/// Since when the send is in its state; for a deferred one, when it is to wake.
fn state_time(send: &Send) -> Option<Timestamp> {
    match &send.state {
        SendState::Deferred { wake, .. } => *wake,
        SendState::Attempting { since, .. } => Some(*since),
        SendState::Released { at, .. }
        | SendState::Accepted { at, .. }
        | SendState::Failed { at, .. }
        | SendState::Unknown { at, .. }
        | SendState::Dead { at, .. }
        | SendState::Dropped { at, .. }
        | SendState::Cancelled { at, .. }
        | SendState::Expired { at }
        | SendState::GuardFalse { at }
        | SendState::RenderError { at, .. } => Some(*at),
    }
}

fn reason(state: &SendState) -> Option<&Reason> {
    match state {
        SendState::Deferred { reason, .. }
        | SendState::Failed { reason, .. }
        | SendState::Dropped { reason, .. }
        | SendState::Cancelled { reason, .. }
        | SendState::RenderError { reason, .. } => Some(reason),
        SendState::Attempting { hold, .. } => hold.as_ref().map(|hold| &hold.reason),
        SendState::Released { .. }
        | SendState::Accepted { .. }
        | SendState::Unknown { .. }
        | SendState::Dead { .. }
        | SendState::Expired { .. }
        | SendState::GuardFalse { .. } => None,
    }
}

#[cfg(test)]
mod tests;
