//! A message: asks governance, and goes on when its sends let it.

use baton_governance::{Intent, VisitStatus, visit_status};
use baton_journey::step::StepKind;
use baton_journey::step::message::{Advance, Message, OnRefusal};
use baton_model::ids::EnrolmentId;
use baton_model::reason::{Reason, ReasonCode};
use jiff::Timestamp;

use super::{Outcome, Visiting, follow};
use crate::phases::depart::Way;
use crate::phases::exits::{Ending, complete};
use crate::turn::Turn;
use crate::turn::record::check;
use crate::{Enrolment, Waiting};

/// Asks for the message; governance decides about all messages of the round together.
pub(super) fn enter(turn: &mut Turn<'_>, visiting: Visiting<'_>, _message: &Message) -> Outcome {
    let Some(enrolment) = turn.enrolment(visiting.id) else {
        return Outcome::Error("it has ended".to_owned());
    };
    let intent = Intent {
        enrolment: enrolment.id,
        journey: enrolment.journey.clone(),
        version: enrolment.version,
        step: visiting.step.id.clone(),
        visit: visiting.position.visit,
    };
    turn.no_send.remove(&visiting.id);
    turn.intents.push(intent);
    Outcome::Wait(Waiting::Sends { deadline: None }, None)
}

/// Lets every enrolment go on whose sends let it; whether one did.
pub(crate) fn advance_all(turn: &mut Turn<'_>) -> bool {
    let live = turn.state.enrolments.live.values();
    let waits = |enrolment: &&Enrolment| {
        let sends = matches!(enrolment.position.waiting, Waiting::Sends { .. } | Waiting::Finishing { .. });
        sends && enrolment.held.is_none()
    };
    let waiting: Vec<EnrolmentId> = live.filter(waits).map(|enrolment| enrolment.id).collect();
    let mut moved = false;
    for id in waiting {
        moved |= advance(turn, id).is_some();
    }
    moved
}

/// Lets one enrolment go on; `None` if its sends do not let it yet.
fn advance(turn: &mut Turn<'_>, id: EnrolmentId) -> Option<()> {
    let enrolment = turn.enrolment(id)?;
    if let Waiting::Finishing { reason, goal } = &enrolment.position.waiting {
        let ending = Ending::natural(reason.as_str(), *goal);
        complete(turn, id, ending);
        return turn.enrolment(id).is_none().then_some(());
    }
    let (position, journey) = (enrolment.position.clone(), turn.journey_of(enrolment)?);
    let (_, step) = journey.find(&position.step)?;
    let StepKind::Message(message) = &step.kind else {
        return None;
    };
    let visiting = Visiting { id, journey: &journey, step, position: &position };
    let outcome = outcome(turn, visiting, message)?;
    let moved = !matches!(outcome, Outcome::Wait(..));
    follow(turn, visiting, outcome);
    moved.then_some(())
}

/// What the sends of a visit let its enrolment do; `None`: nothing yet.
fn outcome(turn: &mut Turn<'_>, visiting: Visiting<'_>, message: &Message) -> Option<Outcome> {
    let (step, visit) = (&visiting.step.id, visiting.position.visit);
    match visit_status(&turn.state.ledger, visiting.id, step, visit) {
        VisitStatus::Waiting => (message.advance == Advance::OnDecision).then(|| on(turn, visiting, "decided")),
        VisitStatus::Accepted { at } => accepted(turn, visiting, message, at),
        VisitStatus::Failed { reason } => Some(refused(turn, visiting, message.on_failed, reason)),
        VisitStatus::NotSent { reason } => {
            let no_send = turn.no_send.get(&visiting.id).cloned();
            let reason = reason.or(no_send).unwrap_or_else(|| Reason::new(ReasonCode::Unreachable, ""));
            Some(refused(turn, visiting, handling(message, reason.code), reason))
        }
    }
}

fn accepted(turn: &Turn<'_>, visiting: Visiting<'_>, message: &Message, at: Timestamp) -> Option<Outcome> {
    let Advance::OnDelivered { timeout } = &message.advance else {
        return Some(on(turn, visiting, "accepted"));
    };
    let (step, visit) = (&visiting.step.id, visiting.position.visit);
    let mut sends = turn.state.ledger.visit(visiting.id, step, visit).filter(|send| send.counted_at().is_some());
    if sends.all(|send| send.engagement.delivered.is_some()) {
        return Some(on(turn, visiting, "delivered"));
    }
    if visiting.position.waiting != (Waiting::Sends { deadline: None }) {
        return None;
    }
    let deadline = timeout.after(at, &turn.zone_for(visiting.journey));
    if super::is_past(deadline, at, turn.at) {
        return Some(Outcome::Go(Way::to(visiting.step.next, "timeout", deadline.max(at))));
    }
    Some(Outcome::Wait(Waiting::Sends { deadline: Some(deadline) }, Some(deadline)))
}

/// The next step counts from now: from the instant the message let the enrolment go on.
fn on(turn: &Turn<'_>, visiting: Visiting<'_>, by: &str) -> Outcome {
    Outcome::Go(Way::to(visiting.step.next, by, turn.at))
}

/// Where an enrolment goes whose message was refused for good.
fn refused(turn: &Turn<'_>, visiting: Visiting<'_>, handling: OnRefusal, reason: Reason) -> Outcome {
    let by = format!("not sent: {}", reason.code.as_str());
    match handling {
        OnRefusal::Goto(target) => Outcome::Go(Way::to(target, by, turn.at)),
        OnRefusal::Exit => Outcome::Exit(Ending {
            name: reason.code.as_str().to_owned(),
            checks: vec![check("message", false, reason.to_string())],
            reason,
            goal: false,
        }),
        OnRefusal::Defer | OnRefusal::Drop | OnRefusal::Alternate => {
            Outcome::Go(Way::to(visiting.step.next, by, turn.at))
        }
    }
}

/// The part of the step that says what a refusal means; a guard, a missing consent and the like mean `next`.
fn handling(message: &Message, code: ReasonCode) -> OnRefusal {
    match code {
        ReasonCode::FrequencyCap | ReasonCode::MinGap | ReasonCode::QuietHours | ReasonCode::Outranked => {
            message.on_capped
        }
        ReasonCode::SuppressWhile => message.on_suppressed,
        ReasonCode::Unreachable | ReasonCode::ChannelRole => message.on_unreachable,
        _ => OnRefusal::Drop,
    }
}
