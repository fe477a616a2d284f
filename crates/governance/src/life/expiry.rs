//! Expiry: a send waits no longer than `max_defer`.

use baton_model::reason::ReasonCode;
use baton_model::send::{Send, SendState};
use jiff::Timestamp;

use crate::message::Message;
use crate::world::World;

/// The last instant at which the send may still go out.
pub(super) fn deadline(send: &Send, message: &Message<'_>, world: &World<'_>) -> Timestamp {
    message.max_defer.after(send.defer_base, world.zone_of(message))
}

/// Whether a person's pause holds the send. Its time to wait stands still; at resume it starts anew.
pub(super) fn is_paused(state: &SendState) -> bool {
    let reason = match state {
        SendState::Deferred { reason, .. } => Some(reason),
        SendState::Attempting { hold: Some(hold), .. } => Some(&hold.reason),
        _ => None,
    };
    reason.is_some_and(|reason| reason.code == ReasonCode::Paused)
}
