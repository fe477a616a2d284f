//! Steps: what an enrolment does when it comes to one. One step type per file.

mod branch;
pub(crate) mod delay;
pub(crate) mod message;
mod split;
pub(crate) mod time_window;
mod update_profile;
pub(crate) mod wait_for;

use baton_journey::journey::Journey;
use baton_journey::step::{OnError, Retry, Step, StepKind};
use baton_model::ids::EnrolmentId;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::time::saturating_add;
use jiff::{SignedDuration, Timestamp};

use crate::phases::depart::{Way, depart};
use crate::phases::exits::{Ending, complete, exit};
use crate::turn::Turn;
use crate::{Position, Waiting};

/// What a step came to.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// The enrolment goes on.
    Go(Way),
    /// It waits; the instant is when the step ends by itself.
    Wait(Waiting, Option<Timestamp>),
    /// It has come to its end.
    Complete(Ending),
    /// It ends at once.
    Exit(Ending),
    /// The step cannot do its work; the text says why.
    Error(String),
}

/// One step of one enrolment, as it runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visiting<'s> {
    /// The enrolment.
    pub id: EnrolmentId,
    /// Its journey.
    pub journey: &'s Journey,
    /// The step.
    pub step: &'s Step,
    /// Where it stands.
    pub position: &'s Position,
}

/// Runs the step that an enrolment came to.
pub(crate) fn run(turn: &mut Turn<'_>, id: EnrolmentId) {
    let Some(enrolment) = turn.enrolment(id) else {
        return;
    };
    let position = enrolment.position.clone();
    let Some(journey) = turn.journey_of(enrolment) else {
        return park(turn, id, "its version of the documents is gone");
    };
    let Some((_, step)) = journey.find(&position.step) else {
        return park(turn, id, "its step is not in its version of the documents");
    };
    let visiting = Visiting { id, journey: &journey, step, position: &position };
    let outcome = match &step.kind {
        StepKind::Message(message) => message::enter(turn, visiting, message),
        StepKind::Delay(delay) => delay::enter(turn, visiting, delay),
        StepKind::TimeWindow(window) => time_window::enter(turn, visiting, window),
        StepKind::WaitFor(wait) => wait_for::enter(turn, visiting, wait),
        StepKind::Branch(branch) => branch::enter(turn, visiting, branch),
        StepKind::Split(split) => split::enter(turn, visiting, split),
        StepKind::UpdateProfile(update) => update_profile::enter(turn, visiting, update),
        StepKind::Goto(target) => Outcome::Go(Way::to(*target, "goto", position.base)),
        StepKind::Exit(end) => Outcome::Complete(Ending::natural(end.reason.as_str(), end.goal)),
    };
    follow(turn, visiting, outcome);
}

/// Does what a step came to.
pub(crate) fn follow(turn: &mut Turn<'_>, visiting: Visiting<'_>, outcome: Outcome) {
    match outcome {
        Outcome::Go(way) => depart(turn, visiting.id, visiting.journey, way),
        Outcome::Complete(ending) => complete(turn, visiting.id, ending),
        Outcome::Exit(ending) => exit(turn, visiting.id, ending),
        Outcome::Wait(waiting, next) => wait(turn, visiting.id, waiting, next),
        Outcome::Error(why) => {
            let outcome = on_error(turn, visiting, &why);
            match outcome {
                Outcome::Go(way) => depart(turn, visiting.id, visiting.journey, way),
                Outcome::Wait(waiting, next) => wait(turn, visiting.id, waiting, next),
                _ => exit(turn, visiting.id, Ending::of(ReasonCode::StepError, why)),
            }
        }
    }
}

/// Keeps what an enrolment waits for.
pub(crate) fn wait(turn: &mut Turn<'_>, id: EnrolmentId, waiting: Waiting, next: Option<Timestamp>) {
    if let Some(enrolment) = turn.enrolment_mut(id) {
        enrolment.position.waiting = waiting;
    }
    turn.note_next(id, next);
}

/// Makes an enrolment whose step failed runnable again.
pub(crate) fn try_again(turn: &mut Turn<'_>, id: EnrolmentId) {
    if let Some(enrolment) = turn.enrolment_mut(id) {
        enrolment.position.tries = enrolment.position.tries.saturating_add(1);
        enrolment.position.waiting = Waiting::Arriving;
    }
}

/// The way on of a step that ended by its deadline: lateness is not handed on, and a deadline before the base is none.
pub(crate) fn elapsed(visiting: Visiting<'_>, by: &str, deadline: Timestamp) -> Way {
    Way::to(visiting.step.next, by, deadline.max(visiting.position.base))
}

/// Whether a deadline ends a step on arrival: it lies before the instant of the decision, or adds nothing to the base. At
/// the very instant an event may still come first.
pub(crate) fn is_past(deadline: Timestamp, base: Timestamp, at: Timestamp) -> bool {
    deadline <= base || deadline < at
}

fn on_error(turn: &Turn<'_>, visiting: Visiting<'_>, why: &str) -> Outcome {
    let (step, position) = (visiting.step, visiting.position);
    match &step.on_error {
        OnError::Continue => Outcome::Go(Way::to(step.next, format!("error: {why}"), position.base)),
        OnError::Goto(target) => Outcome::Go(Way::to(*target, format!("error: {why}"), position.base)),
        OnError::Retry(retry) if position.tries < retry.max => {
            let deadline = saturating_add(turn.at, backoff(retry, position.tries));
            Outcome::Wait(Waiting::Retry { deadline }, Some(deadline))
        }
        OnError::Retry(_) | OnError::Exit => Outcome::Error(why.to_owned()),
    }
}

/// `backoff × factor^tries`, at most `max_backoff`.
fn backoff(retry: &Retry, tries: u32) -> SignedDuration {
    let exponent = i32::try_from(tries).unwrap_or(i32::MAX);
    let seconds = retry.backoff.nominal_seconds() * retry.factor.powi(exponent);
    let seconds = seconds.min(retry.max_backoff.nominal_seconds()).max(0.0);
    SignedDuration::try_from_secs_f64(seconds).unwrap_or(SignedDuration::MAX)
}

/// Parks an enrolment that cannot be run; a publish or an operator tries again.
pub(crate) fn park(turn: &mut Turn<'_>, id: EnrolmentId, why: &str) {
    let dead_letter = why.to_owned();
    wait(turn, id, Waiting::Faulted { dead_letter }, None);
    let Some(enrolment) = turn.enrolment(id) else {
        return;
    };
    let (enrolled, step) = (enrolment.enrolled(), enrolment.position.step.clone());
    let detail = format!("{} at {step}: {why}", enrolled.journey);
    turn.record_bound(Reason::new(ReasonCode::Internal, detail));
}
