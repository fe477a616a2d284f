//! An enrolment leaves a step: for another one, or for its end. While a pause holds it, the way on is kept.

use std::sync::Arc;

use baton_journey::journey::Journey;
use baton_journey::step::Target;
use baton_model::decision::{Check, Verdict};
use baton_model::ids::{EnrolmentId, Visit};
use baton_model::reason::ReasonCode;
use baton_model::text_id::StepId;
use jiff::Timestamp;

use super::exits::{Ending, complete, exit};
use crate::turn::Turn;
use crate::{Departure, Position, Waiting};

/// The most steps one enrolment takes in one decision; one more ends it, visibly: `step_budget`. Publishing refuses circles
/// without a wait, so only `max_visits` circles come near it.
pub(crate) const STEPS_MAX: u32 = 256;

/// Lets an enrolment go on to `target`, or keeps that for the end of the pause that holds it.
pub(crate) fn depart(turn: &mut Turn<'_>, id: EnrolmentId, journey: &Journey, way: Way) {
    let to = match way.target {
        Target::Step(index) => journey.step(index).map(|step| step.id.clone()),
        Target::End => None,
    };
    let departure = Departure { to, by: way.by, base: way.base };
    let Some(enrolment) = turn.enrolment(id) else {
        return;
    };
    if !turn.is_held(enrolment) {
        go(turn, id, journey, departure, way.checks);
    } else if enrolment.held.is_none()
        && let Some(enrolment) = turn.enrolment_mut(id)
    {
        enrolment.held = Some(departure);
    }
}

/// A way on.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// Where to.
    pub target: Target,
    /// By which way, for the record.
    pub by: String,
    /// From where the next step counts.
    pub base: Timestamp,
    /// What led to it.
    pub checks: Vec<Check>,
}

impl Way {
    /// A way on.
    pub fn to(target: Target, by: impl Into<String>, base: Timestamp) -> Self {
        Self { target, by: by.into(), base, checks: Vec::new() }
    }

    /// With what led to it.
    pub fn because(self, check: Check) -> Self {
        Self { checks: vec![check], ..self }
    }
}

/// Goes the ways that a pause had held, the earliest first.
pub(crate) fn release_held(turn: &mut Turn<'_>) {
    let live = turn.state.enrolments.live.values();
    let mut held: Vec<(Timestamp, EnrolmentId)> = live
        .filter(|enrolment| !turn.is_held(enrolment))
        .filter_map(|enrolment| enrolment.held.as_ref().map(|departure| (departure.base, enrolment.id)))
        .collect();
    held.sort_unstable();
    for (_, id) in held {
        let departure = turn.enrolment_mut(id).and_then(|enrolment| enrolment.held.take());
        let journey = turn.enrolment(id).and_then(|enrolment| turn.journey_of(enrolment));
        if let (Some(departure), Some(journey)) = (departure, journey) {
            go(turn, id, &journey, departure, Vec::new());
        }
    }
}

/// Leaves the step.
fn go(turn: &mut Turn<'_>, id: EnrolmentId, journey: &Journey, departure: Departure, checks: Vec<Check>) {
    let Some(enrolment) = turn.enrolment(id) else {
        return;
    };
    let verdict = Verdict::StepLeft {
        enrolled: enrolment.enrolled(),
        step: enrolment.position.step.clone(),
        visit: enrolment.position.visit,
        to: departure.to.clone(),
        by: departure.by,
    };
    turn.record(verdict, checks, None);
    match departure.to {
        Some(step) => arrive(turn, id, journey, step, departure.base),
        None => complete(turn, id, Ending::natural("completed", false)),
    }
}

/// Comes to a step, unless that would be once too often.
pub(crate) fn arrive(turn: &mut Turn<'_>, id: EnrolmentId, journey: &Journey, step: StepId, base: Timestamp) {
    let taken = turn.steps_taken.entry(id).or_default();
    *taken += 1;
    if *taken > STEPS_MAX {
        exit(turn, id, Ending::of(ReasonCode::StepBudget, format!("more than {STEPS_MAX} steps in one decision")));
        return;
    }
    let at = turn.at;
    let Some(enrolment) = Arc::make_mut(&mut turn.state.enrolments).live.get_mut(&id) else {
        return;
    };
    let visits = enrolment.visits.entry(step.clone()).or_default();
    *visits = Visit(visits.0.saturating_add(1));
    let visit = *visits;
    if journey.limits.max_visits.is_some_and(|max| visit.0 > max) {
        let detail = format!("step {step} more than {} times", visit.0 - 1);
        exit(turn, id, Ending::of(ReasonCode::MaxVisits, detail));
        return;
    }
    enrolment.position = Position { step, visit, entered_at: at, base, tries: 0, waiting: Waiting::Arriving };
}
