//! One input through all phases, and every inner input after it, in the same decision, at the same instant.

use baton_model::reason::{Reason, ReasonCode};

use super::{enrolments, entries, rounds, segments};
use crate::stimulus::Stimulus;
use crate::turn::Turn;

/// The most inner inputs of one input: a chain of segments is as long as segments are deep, so more means a circle. The rest
/// is dropped and `inner_budget` recorded; rules see the facts at the next input.
pub(crate) const INNER_INPUTS_MAX: usize = 64;

/// Lets everything react to an input.
pub(crate) fn react(turn: &mut Turn<'_>, stimulus: Stimulus) {
    segments::update(turn);
    pass(turn, stimulus);
    for _ in 0..INNER_INPUTS_MAX {
        let Some(inner) = next_inner(turn) else {
            return;
        };
        pass(turn, inner);
    }
    if next_inner(turn).is_some() {
        turn.inner.clear();
        turn.touched = crate::touched::Touched::default();
        turn.record_bound(Reason::new(ReasonCode::InnerBudget, format!("more than {INNER_INPUTS_MAX}")));
    }
}

/// Takes facts over that trigger nothing: segments follow silently, pending sends are checked again.
pub(crate) fn absorb(turn: &mut Turn<'_>) {
    segments::update(turn);
    turn.inner.clear();
    let touched = std::mem::take(&mut turn.touched);
    rounds::run(turn, &touched);
}

/// The next inner input: a transition that waits, or facts that the last pass changed.
fn next_inner(turn: &mut Turn<'_>) -> Option<Stimulus> {
    if turn.budget.is_exhausted() {
        return None;
    }
    segments::update(turn);
    turn.inner.pop_front().or_else(|| (!turn.touched.is_empty()).then_some(Stimulus::Fact))
}

/// One input through enrolments, entries, steps and governance, on segments that are up to date.
#[expect(clippy::needless_pass_by_value, reason = "an input is used up")]
fn pass(turn: &mut Turn<'_>, stimulus: Stimulus) {
    let touched = std::mem::take(&mut turn.touched);
    enrolments::react(turn, &stimulus, &touched);
    if let Stimulus::Event(event) = &stimulus {
        entries::react(turn, event);
    }
    rounds::run(turn, &touched);
}
