//! Wake: when something happens to a customer's sends by itself.

use baton_model::send::{Send, SendState};
use baton_model::time::saturating_add;
use jiff::{SignedDuration, Timestamp};

use super::expiry;
use crate::ledger::{Cooldown, Ledger};
use crate::world::World;

/// The resolution of timers.
const TICK: SignedDuration = SignedDuration::from_millis(1);

/// The first instant after `world.at` at which [`decide`](crate::decide) may change something without new input.
pub fn next_wake(ledger: &Ledger, world: &World<'_>) -> Option<Timestamp> {
    let sends = ledger.pending().filter_map(|send| wake_of(send, world));
    let flips = ledger.cooldowns().values().filter_map(|cooldown| match cooldown {
        Cooldown::Holding { next_flip } => *next_flip,
        Cooldown::Since(_) => None,
    });
    let after = saturating_add(world.at, TICK);
    sends.chain(flips).min().map(|wake| wake.max(after))
}

/// When something happens to the send by itself: its row may pass, or it expires.
pub(super) fn wake_of(send: &Send, world: &World<'_>) -> Option<Timestamp> {
    let wake = match &send.state {
        SendState::Deferred { wake, .. } => *wake,
        SendState::Attempting { hold: Some(hold), .. } => hold.wake,
        SendState::Dead { .. } => None,
        _ => return None,
    };
    let deadline = world.message(send).map(|message| expiry::deadline(send, &message, world));
    let deadline = deadline.filter(|_| !expiry::is_paused(&send.state));
    wake.into_iter().chain(deadline).min()
}
