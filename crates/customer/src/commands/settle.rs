//! Settle: an attempt ended.

use baton_governance::AttemptOutcome;
use baton_model::decision::Cause;
use baton_model::ids::SendId;

use crate::phases::{fire, pass};
use crate::stimulus::Stimulus;
use crate::turn::{GivenUp, Turn};
use crate::{Answer, Input};

/// Takes the end of an attempt.
pub(super) fn run(turn: &mut Turn<'_>, send: SendId, outcome: AttemptOutcome) -> Result<Answer, GivenUp> {
    if turn.state.ledger.get(send).is_none() {
        return Err(GivenUp::Unknown);
    }
    fire::due(turn);
    turn.open_input(Cause::Outcome(send), |_| Input::Outcome { send, outcome: outcome.clone() });
    let decided = turn.govern(|ledger, world, _| baton_governance::settle(send, outcome, ledger, world));
    turn.take_decided(decided);
    pass::react(turn, Stimulus::Fact);
    Ok(Answer::Done)
}
