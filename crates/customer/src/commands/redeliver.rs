//! Redeliver: an operator decides about a send whose retries are exhausted.

use baton_model::decision::Cause;
use baton_model::ids::SendId;
use baton_model::text_id::Owner;

use crate::phases::{fire, pass};
use crate::stimulus::Stimulus;
use crate::turn::{GivenUp, Turn};
use crate::{Answer, Input};

/// Puts the send back, or drops it.
pub(super) fn run(turn: &mut Turn<'_>, send: SendId, retry: bool, by: Owner) -> Result<Answer, GivenUp> {
    if turn.state.ledger.get(send).is_none() {
        return Err(GivenUp::Unknown);
    }
    fire::due(turn);
    let who = by.as_str().to_owned();
    turn.open_input(Cause::Operator(who.clone()), |_| Input::Redelivered { send, retry, by });
    let decided = turn.govern(|ledger, world, _| {
        if retry {
            baton_governance::retry_dead(send, &who, ledger, world)
        } else {
            baton_governance::drop_dead(send, &who, ledger, world)
        }
    });
    turn.take_decided(decided);
    pass::react(turn, Stimulus::Fact);
    Ok(Answer::Done)
}
