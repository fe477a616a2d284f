//! A time window: passes inside it, else waits for its next opening.

use baton_journey::step::time_window::TimeWindow;

use super::{Outcome, Visiting};
use crate::Waiting;
use crate::calendar::window::{Opening, opening};
use crate::phases::depart::Way;
use crate::turn::Turn;

/// Passes, or waits for the opening. What is asked is whether it is open now, not when the step before should have ended.
pub(super) fn enter(turn: &mut Turn<'_>, visiting: Visiting<'_>, window: &TimeWindow) -> Outcome {
    let zone = window.timezone.clone().unwrap_or_else(|| turn.zone_for(visiting.journey));
    match opening(window, turn.at, &zone) {
        Opening::Now => Outcome::Go(Way::to(visiting.step.next, "open", visiting.position.base)),
        Opening::At(deadline) => Outcome::Wait(Waiting::Until { deadline }, Some(deadline)),
    }
}

/// Looks again in the customer's new zone, if the window follows their clock.
pub(crate) fn follow_zone(turn: &mut Turn<'_>, visiting: Visiting<'_>, window: &TimeWindow) -> Option<Outcome> {
    window.timezone.is_none().then(|| enter(turn, visiting, window))
}
