//! Settle: an attempt ended.

use std::sync::Arc;

use baton_model::decision::SendFate;
use baton_model::ids::SendId;
use baton_model::send::{Send, SendState};

use super::attempts::{self, Attempts};
use super::transition::{fate, transition_as};
use super::{AttemptOutcome, alternate};
use crate::decided::Decided;
use crate::ledger::Ledger;
use crate::world::World;

/// Takes the end of an attempt. `None`: nothing to record, because the send is not known or has ended already, or because it
/// only waits for its next attempt.
pub fn settle(id: SendId, outcome: AttemptOutcome, ledger: &mut Arc<Ledger>, world: &World<'_>) -> Option<Decided> {
    let mut send = ledger.get(id)?.clone();
    let gave_up = match &outcome {
        AttemptOutcome::Exhausted { reason, .. } => Some(SendFate::Dead(reason.clone())),
        _ => None,
    };
    let next = if outcome == AttemptOutcome::Accepted {
        accepted(&send.state, world)
    } else {
        attempts::made_or_first(&send, world).map(|attempts| ended(&send, attempts, outcome, world))
    };
    let before = std::mem::replace(&mut send.state, next?);
    if send.state == before {
        return None;
    }
    if let SendState::Attempting { .. } = send.state {
        Arc::make_mut(ledger).put(send);
        return None;
    }
    let gave_up = gave_up.filter(|_| matches!(send.state, SendState::Dead { .. }));
    let fate = gave_up.unwrap_or_else(|| fate(&send.state));
    let decided = transition_as(fate, send.clone(), Some(&before), Vec::new(), ledger, world);
    if let SendState::Failed { reason, .. } | SendState::RenderError { reason, .. } = &send.state {
        alternate::after_failure(&send, reason, ledger, world);
    }
    Some(decided)
}

/// A provider took it. One that had been given up is counted from the instant from which it was, else from now.
pub(super) fn accepted(state: &SendState, world: &World<'_>) -> Option<SendState> {
    match state {
        SendState::Accepted { .. } => None,
        SendState::Unknown { at, given_up } => Some(SendState::Accepted { at: *at, after_exit: *given_up }),
        SendState::Deferred { .. }
        | SendState::Released { .. }
        | SendState::Attempting { .. }
        | SendState::Dead { maybe_delivered: false, .. } => {
            Some(SendState::Accepted { at: world.at, after_exit: false })
        }
        SendState::Dead { at, maybe_delivered: true } => Some(SendState::Accepted { at: *at, after_exit: false }),
        SendState::Failed { .. }
        | SendState::Dropped { .. }
        | SendState::Cancelled { .. }
        | SendState::Expired { .. }
        | SendState::GuardFalse { .. }
        | SendState::RenderError { .. } => Some(SendState::Accepted { at: world.at, after_exit: true }),
    }
}

/// Where an attempt that was not accepted leaves the send. While another attempt is in doubt nothing says that it failed.
fn ended(send: &Send, attempts: Attempts, outcome: AttemptOutcome, world: &World<'_>) -> SendState {
    let at = world.at;
    let once = attempts::is_at_most_once(send, world);
    let final_unless_in_doubt = |attempts: &Attempts, state: SendState| {
        if attempts.in_doubt() { SendState::Unknown { at, given_up: false } } else { state }
    };
    match outcome {
        AttemptOutcome::Accepted => SendState::Accepted { at, after_exit: false },
        AttemptOutcome::Refused(reason) => {
            final_unless_in_doubt(&attempts.with_failure(), SendState::Failed { at, reason })
        }
        AttemptOutcome::RenderError(reason) => {
            final_unless_in_doubt(&attempts.with_failure(), SendState::RenderError { at, reason })
        }
        // At most once: none follows, and no operator may repeat it.
        AttemptOutcome::InDoubt(_) | AttemptOutcome::Exhausted { in_doubt: true, .. } if once => {
            SendState::Unknown { at, given_up: false }
        }
        AttemptOutcome::Failed(reason) | AttemptOutcome::Exhausted { reason, .. } if once => {
            final_unless_in_doubt(&attempts.with_failure(), SendState::Failed { at, reason })
        }
        AttemptOutcome::Failed(_) => attempts.with_failure().into_state(),
        AttemptOutcome::InDoubt(_) => attempts.into_state(),
        AttemptOutcome::Exhausted { in_doubt, .. } => {
            let attempts = if in_doubt { attempts } else { attempts.with_failure() };
            SendState::Dead { at, maybe_delivered: attempts.in_doubt() }
        }
    }
}
