//! Set aside: a decision about a command failed. It is recorded without being decided: a retry of its event is a repeat, and
//! enrolments whose timers it fired are parked. Too many of them park the customer.

use std::sync::Arc;

use baton_model::decision::Cause;
use baton_model::ids::EnrolmentId;
use baton_model::reason::{Reason, ReasonCode};

use super::ingest;
use crate::turn::Turn;
use crate::{Answer, Command, Input, TimerKey, Waiting};

/// Records the failure.
pub(super) fn run(turn: &mut Turn<'_>, failed: Command, dead_letter: &str) -> Answer {
    let number = turn.state.head.next_input;
    let event = match failed {
        Command::Ingest(event) => {
            let placed = ingest::place_unseen(turn.at);
            Some(Arc::new(ingest::stored(*event, placed, number, turn.at)))
        }
        _ => None,
    };
    let cause = event.as_ref().map_or(Cause::Timer(turn.at), |event| Cause::Event(event.message_id.clone()));
    turn.open_input(cause, |_| Input::SetAside { event: event.clone(), dead_letter: dead_letter.to_owned() });
    let parked = turn.is_parked();
    let detail = if parked { format!("{dead_letter}; the customer is parked") } else { dead_letter.to_owned() };
    turn.record_bound(Reason::new(ReasonCode::Internal, detail));
    match event {
        Some(event) => turn.log.insert_unseen(event),
        None => park_due(turn, dead_letter),
    }
    Answer::SetAside { parked }
}

/// Parks the enrolments whose timers are due, and lets those timers go.
fn park_due(turn: &mut Turn<'_>, dead_letter: &str) {
    let at = turn.at;
    let due: Vec<TimerKey> =
        turn.state.timers.armed.iter().filter(|(_, due)| **due <= at).map(|(timer, _)| *timer).collect();
    for timer in due {
        match timer {
            TimerKey::Step(id) | TimerKey::WaitFlip(id) | TimerKey::ExitFlip(id) | TimerKey::MaxAge(id) => {
                park(turn, id, dead_letter);
            }
            TimerKey::Segments => Arc::make_mut(&mut turn.state.segments).flips.retain(|_, flip| *flip > at),
            TimerKey::PauseEnd | TimerKey::Sends | TimerKey::Retention => {}
        }
    }
}

fn park(turn: &mut Turn<'_>, id: EnrolmentId, dead_letter: &str) {
    if let Some(enrolment) = turn.enrolment_mut(id) {
        enrolment.position.waiting = Waiting::Faulted { dead_letter: dead_letter.to_owned() };
        enrolment.exit_flip = None;
        enrolment.expires_at = None;
    }
}
