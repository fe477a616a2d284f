//! Timers that are due fire before the command, oldest first, each as an input of its own, all at one instant.

use baton_model::decision::{Cause, Verdict};
use baton_model::profile::{Pause, Profile};

use jiff::Timestamp;

use super::{arm, pass};
use crate::stimulus::Stimulus;
use crate::turn::Turn;
use crate::{Input, TimerKey, Waiting};

/// The most timers that fire in one decision; more than a customer can have armed. The rest would stay armed and fire in the
/// next decision.
const FIRED_MAX: usize = 1_000;

/// Fires what is due; whether anything was.
pub(crate) fn due(turn: &mut Turn<'_>) -> bool {
    let armed = &turn.state.timers.armed;
    let mut due: Vec<(Timestamp, TimerKey)> =
        armed.iter().filter(|(_, due)| **due <= turn.at).map(|(timer, due)| (*due, *timer)).collect();
    due.sort_unstable();
    due.truncate(FIRED_MAX);
    let mut fired = false;
    for (due, timer) in due {
        if turn.budget.is_exhausted() {
            break;
        }
        if still_armed(turn, timer, due) {
            turn.open_input(Cause::Timer(timer.instant(due)), |_| Input::Timer { timer, due });
            fire(turn, timer);
            fired = true;
        }
    }
    fired
}

/// Whether no timer before it has changed what this one is for.
fn still_armed(turn: &Turn<'_>, timer: TimerKey, due: Timestamp) -> bool {
    let (TimerKey::Step(id) | TimerKey::WaitFlip(id) | TimerKey::ExitFlip(id) | TimerKey::MaxAge(id)) = timer else {
        return true;
    };
    turn.enrolment(id).is_some_and(|enrolment| arm::of_enrolment(enrolment).any(|armed| armed == (timer, due)))
}

fn fire(turn: &mut Turn<'_>, timer: TimerKey) {
    match timer {
        TimerKey::PauseEnd => end_pause(turn),
        TimerKey::ExitFlip(id) => {
            if let Some(enrolment) = turn.enrolment_mut(id) {
                enrolment.exit_flip = None;
            }
        }
        TimerKey::WaitFlip(id) => {
            if let Some(Waiting::Conditions { flip, .. }) =
                turn.enrolment_mut(id).map(|enrolment| &mut enrolment.position.waiting)
            {
                *flip = None;
            }
        }
        TimerKey::Segments | TimerKey::Step(_) | TimerKey::MaxAge(_) | TimerKey::Sends | TimerKey::Retention => {}
    }
    pass::react(turn, Stimulus::Timer(timer));
}

/// The end of a pause has come: of the customer's own, or of one of a journey. What it held goes on in the rounds.
fn end_pause(turn: &mut Turn<'_>) {
    let ended = |pause: &Pause| pause.until.is_some_and(|until| until <= turn.at);
    if let Some(pause) = turn.state.profile.pause.as_ref().filter(|pause| ended(pause)) {
        let reason = format!("the end that {} set", pause.by);
        let mut profile = Profile::clone(&turn.state.profile);
        profile.pause = None;
        turn.state.set_profile(profile);
        turn.record(Verdict::Paused { held: false, reason }, Vec::new(), None);
    }
}
