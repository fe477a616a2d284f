//! Resume: a person ends the pause, and what failed decisions have parked is tried again. What became due meanwhile happens
//! now, in order.

use baton_model::decision::{Cause, Verdict};
use baton_model::profile::Profile;
use baton_model::text_id::Owner;

use super::adopt;
use crate::phases::{fire, pass};
use crate::stimulus::Stimulus;
use crate::turn::{GivenUp, Turn};
use crate::{Answer, Input};

/// Ends the pause and the parking.
pub(super) fn run(turn: &mut Turn<'_>, by: Owner, reason: String) -> Result<Answer, GivenUp> {
    let parked = turn.is_parked() || adopt::is_any_faulted(turn);
    if turn.state.profile.pause.is_none() && !parked {
        return Err(GivenUp::Unknown);
    }
    fire::due(turn);
    let words = format!("{by}: {reason}");
    turn.open_input(Cause::Operator(by.as_str().to_owned()), |_| Input::Resumed { by, reason });
    turn.record(Verdict::Paused { held: false, reason: words }, Vec::new(), None);
    let mut profile = Profile::clone(&turn.state.profile);
    profile.pause = None;
    turn.state.set_profile(profile);
    adopt::try_faulted_again(turn);
    pass::react(turn, Stimulus::Fact);
    Ok(Answer::Done)
}
