//! Rounds: runnable enrolments do their steps up to the next wait, then governance decides about all their messages
//! together; what it decides may make enrolments runnable again.

use baton_model::ids::EnrolmentId;

use super::depart;
use super::enrolments::in_order;
use crate::Waiting;
use crate::steps;
use crate::touched::Touched;
use crate::turn::Turn;

/// Runs rounds until nobody can go on. Each enrolment's steps are bounded, and so are the rounds. Ways that a pause held are
/// gone first, once nothing holds them.
pub(crate) fn run(turn: &mut Turn<'_>, touched: &Touched) {
    depart::release_held(turn);
    let mut sends_changed = touched.sends;
    loop {
        let ran = run_steps(turn);
        sends_changed |= govern(turn);
        if turn.budget.is_exhausted() {
            return;
        }
        let advanced = sends_changed && steps::message::advance_all(turn);
        sends_changed = false;
        if !ran && !advanced {
            return;
        }
    }
}

/// Runs every runnable enrolment to its next wait; whether there was one.
fn run_steps(turn: &mut Turn<'_>) -> bool {
    let mut ran = false;
    for id in in_order(turn) {
        while is_runnable(turn, id) && !turn.budget.is_exhausted() {
            steps::run(turn, id);
            ran = true;
        }
    }
    ran
}

fn is_runnable(turn: &Turn<'_>, id: EnrolmentId) -> bool {
    let enrolment = turn.enrolment(id);
    enrolment.is_some_and(|enrolment| enrolment.position.waiting == Waiting::Arriving && !turn.is_held(enrolment))
}

/// Asks governance about new messages and every pending send; whether an enrolment may have to go on. Also with nothing
/// pending: governance notes when a rule that silences begins and ceases to hold.
fn govern(turn: &mut Turn<'_>) -> bool {
    let intents = std::mem::take(&mut turn.intents);
    let decided = turn.govern(|ledger, world, budget| baton_governance::decide(&intents, ledger, world, budget));
    turn.take_decided(decided);
    !intents.is_empty() || turn.touched.sends
}
