//! Every live enrolment reacts to an input: first its ways out, then what it waits on. Highest priority first, then the
//! oldest.

use std::cmp::Reverse;

use baton_model::ids::EnrolmentId;

use super::{exits, goals, waits};
use crate::stimulus::Stimulus;
use crate::touched::Touched;
use crate::turn::Turn;

/// Lets every live enrolment react.
pub(crate) fn react(turn: &mut Turn<'_>, stimulus: &Stimulus, touched: &Touched) {
    for id in in_order(turn) {
        if turn.budget.is_exhausted() {
            return;
        }
        goals::reach(turn, id, stimulus);
        if exits::check(turn, id, stimulus, touched).is_continue() {
            waits::check(turn, id, stimulus, touched);
        }
    }
    if let Some(event) = stimulus.event() {
        goals::reach_after_exit(turn, event);
    }
}

/// The live enrolments in the order in which they react.
pub(crate) fn in_order(turn: &Turn<'_>) -> Vec<EnrolmentId> {
    let live = &turn.state.enrolments.live;
    let mut order: Vec<_> = live
        .values()
        .map(|enrolment| {
            let priority = turn.journey_of(enrolment).map_or(0, |journey| journey.priority);
            (Reverse(priority), enrolment.entered_at, enrolment.id)
        })
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(_, _, id)| id).collect()
}
