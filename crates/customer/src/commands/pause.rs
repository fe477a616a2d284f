//! Pause: a person holds the customer's sends and step changes. Events, profile, segments, exits and goals go on.

use baton_model::decision::{Cause, Verdict};
use baton_model::profile::{Pause, Profile};

use crate::phases::{fire, pass};
use crate::stimulus::Stimulus;
use crate::turn::Turn;
use crate::{Answer, Input};

/// Holds the customer. A new pause replaces one that holds already.
pub(super) fn run(turn: &mut Turn<'_>, pause: Pause) -> Answer {
    fire::due(turn);
    let pause = Pause { since: turn.at, ..pause };
    turn.open_input(Cause::Operator(pause.by.as_str().to_owned()), |_| Input::Paused(pause.clone()));
    let reason = format!("{}: {}", pause.by, pause.reason);
    turn.record(Verdict::Paused { held: true, reason }, Vec::new(), pause.until);
    let mut profile = Profile::clone(&turn.state.profile);
    profile.pause = Some(pause);
    turn.state.set_profile(profile);
    pass::react(turn, Stimulus::Fact);
    Answer::Done
}
