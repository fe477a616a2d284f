//! Adopt: newly published documents become the customer's. Every command does it first.

use baton_model::decision::Cause;
use baton_model::ids::EnrolmentId;

use crate::phases::{fire, pass, segments};
use crate::state::State;
use crate::stimulus::Stimulus;
use crate::touched::Touched;
use crate::turn::{GivenUp, Turn};
use crate::{Answer, Enrolment, Input, Waiting};

/// Takes over the newest documents and lets everything look at them.
pub(super) fn run(turn: &mut Turn<'_>) -> Result<Answer, GivenUp> {
    let version = turn.current.version;
    if !turn.adopted && !fire::due(turn) {
        return Err(GivenUp::Nothing);
    }
    turn.open_input(Cause::Publish(version), |_| Input::Adopted(version));
    pass::react(turn, Stimulus::Fact);
    Ok(Answer::Done)
}

/// Takes over the newest documents if the last decision was made under others. Segments are brought up to date without an
/// input: who is in a new one was in it before. A customer nothing was known of has nothing to bring up to date.
pub(super) fn follow(turn: &mut Turn<'_>) {
    if turn.state.head.version == turn.current.version {
        return;
    }
    turn.adopted = true;
    turn.state.head.version = turn.current.version;
    turn.cause = Cause::Publish(turn.current.version);
    turn.input = turn.state.head.next_input;
    let is_new = turn.state.head.next_input == State::default().head.next_input;
    turn.touched = Touched::everything();
    if !is_new {
        segments::adopt(turn);
    }
    try_faulted_again(turn);
}

/// Whether a step of the customer could not be run.
pub(super) fn is_any_faulted(turn: &Turn<'_>) -> bool {
    turn.state.enrolments.live.values().any(is_faulted)
}

/// Makes the enrolments whose steps could not be run runnable again.
pub(super) fn try_faulted_again(turn: &mut Turn<'_>) {
    let live = turn.state.enrolments.live.values();
    let faulted: Vec<EnrolmentId> =
        live.filter(|enrolment| is_faulted(enrolment)).map(|enrolment| enrolment.id).collect();
    for id in faulted {
        if let Some(enrolment) = turn.enrolment_mut(id) {
            enrolment.position.waiting = Waiting::Arriving;
        }
    }
}

fn is_faulted(enrolment: &Enrolment) -> bool {
    matches!(enrolment.position.waiting, Waiting::Faulted { .. })
}
