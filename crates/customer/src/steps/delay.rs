//! A delay: one absolute deadline, computed when the step is entered.

use baton_journey::step::delay::{Deadline, Delay, Past};
use baton_model::value::Value;
use jiff::Timestamp;

use super::{Outcome, Visiting, elapsed, is_past};
use crate::Waiting;
use crate::calendar::local_time::next_local_time;
use crate::calendar::random::between;
use crate::phases::depart::Way;
use crate::phases::exits::Ending;
use crate::turn::Turn;
use crate::turn::evaluate::View;

/// Waits for the deadline, or goes on if it has passed.
pub(super) fn enter(turn: &mut Turn<'_>, visiting: Visiting<'_>, delay: &Delay) -> Outcome {
    match deadline(turn, visiting, delay) {
        Some(deadline) => until(turn, visiting, delay, deadline),
        None => Outcome::Error("the expression of `until.at` gives no instant".to_owned()),
    }
}

/// Waits for the deadline in the customer's new zone, if it is one on their clock.
pub(crate) fn follow_zone(turn: &mut Turn<'_>, visiting: Visiting<'_>, delay: &Delay) -> Option<Outcome> {
    let Deadline::LocalTime { .. } = delay.deadline else {
        return None;
    };
    let deadline = deadline(turn, visiting, delay)?;
    Some(until(turn, visiting, delay, deadline))
}

fn until(turn: &Turn<'_>, visiting: Visiting<'_>, delay: &Delay, deadline: Timestamp) -> Outcome {
    if !is_past(deadline, visiting.position.base, turn.at) {
        return Outcome::Wait(Waiting::Until { deadline }, Some(deadline));
    }
    match delay.past {
        Past::Continue => Outcome::Go(elapsed(visiting, "past", deadline)),
        Past::Goto(target) => Outcome::Go(Way { target, ..elapsed(visiting, "past", deadline) }),
        Past::Exit => Outcome::Complete(Ending::natural("past", false)),
    }
}

fn deadline(turn: &mut Turn<'_>, visiting: Visiting<'_>, delay: &Delay) -> Option<Timestamp> {
    let base = visiting.position.base;
    let zone = turn.zone_for(visiting.journey);
    match &delay.deadline {
        Deadline::For(span) => Some(span.after(base, &zone)),
        Deadline::LocalTime { time, days } => Some(next_local_time(base, *time, *days, &zone)),
        Deadline::Random { min, max } => {
            let (earliest, latest) = (min.after(base, &zone), max.after(base, &zone));
            Some(between(earliest, latest, visiting.id, &visiting.step.id, visiting.position.visit))
        }
        Deadline::At { instant, offset } => {
            let value = turn.value(instant, View::of(visiting.journey, visiting.id))?;
            let at = Value::as_str(&value)?.parse().map(baton_model::time::to_millis).ok()?;
            Some(offset.map_or(at, |offset| offset.after(at, &zone)))
        }
    }
}
