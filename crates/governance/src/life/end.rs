//! How a pending send ends when it may not go on: as it should if nothing can have been delivered, else *unknown*.

use baton_model::send::{Send, SendState};

use super::attempts;
use crate::world::World;

/// `clean` if every attempt is known to have failed or none has begun; else *unknown*, which keeps the place under the caps.
pub(super) fn end(send: &Send, clean: SendState, world: &World<'_>) -> SendState {
    if let SendState::Dead { at, maybe_delivered: true } = send.state {
        return SendState::Unknown { at, given_up: true };
    }
    match attempts::made(send, world) {
        Some(attempts) if attempts.in_doubt() => SendState::Unknown { at: world.at, given_up: true },
        _ => clean,
    }
}
