//! What an enrolment waits on, when an input comes.

use baton_journey::step::StepKind;
use baton_model::ids::EnrolmentId;

use crate::steps::{self, Outcome, Visiting, delay, elapsed, follow, time_window, wait_for};
use crate::stimulus::Stimulus;
use crate::touched::Touched;
use crate::turn::Turn;
use crate::{TimerKey, Waiting};

/// Lets an enrolment react on its step. One whose way on is held by a pause has reacted already.
pub(crate) fn check(turn: &mut Turn<'_>, id: EnrolmentId, stimulus: &Stimulus, touched: &Touched) {
    let Some(enrolment) = turn.enrolment(id).filter(|enrolment| enrolment.held.is_none()) else {
        return;
    };
    if !concerns(&enrolment.position.waiting, id, stimulus, touched) {
        return;
    }
    let (position, journey) = (enrolment.position.clone(), turn.journey_of(enrolment));
    let Some(journey) = journey else {
        return steps::park(turn, id, "its version of the documents is gone");
    };
    let Some((_, step)) = journey.find(&position.step) else {
        return steps::park(turn, id, "its step is not in its version of the documents");
    };
    let visiting = Visiting { id, journey: &journey, step, position: &position };
    let due = stimulus.is_timer(TimerKey::Step(id));
    let outcome = match (&position.waiting, &step.kind) {
        (Waiting::Until { deadline }, _) if due => Some(Outcome::Go(elapsed(visiting, "elapsed", *deadline))),
        (Waiting::Until { .. }, StepKind::Delay(delay)) => delay::follow_zone(turn, visiting, delay),
        (Waiting::Until { .. }, StepKind::TimeWindow(window)) => time_window::follow_zone(turn, visiting, window),
        (Waiting::Sends { deadline: Some(deadline) }, _) if due => {
            Some(Outcome::Go(elapsed(visiting, "timeout", *deadline)))
        }
        (Waiting::Retry { .. }, _) if due => {
            steps::try_again(turn, id);
            None
        }
        (Waiting::Conditions { .. }, StepKind::WaitFor(wait)) => {
            wait_for::react(turn, visiting, wait, stimulus, touched)
        }
        _ => None,
    };
    if let Some(outcome) = outcome {
        follow(turn, visiting, outcome);
    }
}

/// Whether an input can be of any interest to what is waited on; spares most enrolments the look at their documents.
fn concerns(waiting: &Waiting, id: EnrolmentId, stimulus: &Stimulus, touched: &Touched) -> bool {
    match waiting {
        Waiting::Arriving | Waiting::Finishing { .. } | Waiting::Faulted { .. } => false,
        Waiting::Until { .. } => stimulus.is_timer(TimerKey::Step(id)) || touched.zone,
        Waiting::Sends { .. } | Waiting::Retry { .. } => stimulus.is_timer(TimerKey::Step(id)),
        Waiting::Conditions { .. } => true,
    }
}
