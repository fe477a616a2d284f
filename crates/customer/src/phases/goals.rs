//! Goals: the event a journey is for, while an enrolment is live and for a while after its end.

use std::sync::Arc;

use baton_journey::journey::{Goal, Journey};
use baton_model::decision::{Check, Enrolled, Verdict};
use baton_model::history::StoredEvent;
use baton_model::ids::EnrolmentId;
use jiff::Timestamp;

use super::patterns;
use crate::stimulus::Stimulus;
use crate::turn::Turn;
use crate::turn::evaluate::View;
use crate::turn::record::check as plain_check;
use crate::{Enrolment, Enrolments, OpenGoal};

/// Notes that a live enrolment reached its goal, the first time.
pub(crate) fn reach(turn: &mut Turn<'_>, id: EnrolmentId, stimulus: &Stimulus) {
    let Some(event) = stimulus.event() else {
        return;
    };
    let Some(enrolment) = turn.enrolment(id).filter(|enrolment| !enrolment.goal_reached) else {
        return;
    };
    let Some(journey) = turn.journey_of(enrolment) else {
        return;
    };
    let Some(goal) = journey.goal.as_ref().filter(|goal| goal.pattern.event == event.name) else {
        return;
    };
    let (key, enrolled, entered_at) = (enrolment.key.clone(), enrolment.enrolled(), enrolment.entered_at);
    let in_time = last_instant(turn, &journey, goal, entered_at).is_none_or(|last| turn.at <= last);
    if in_time && patterns::matches(turn, &goal.pattern, &journey, id, key.as_ref(), event) {
        record(turn, &journey, goal, enrolled, event);
        if let Some(enrolment) = turn.enrolment_mut(id) {
            enrolment.goal_reached = true;
        }
    }
}

/// Notes that enrolments which have ended reached their goal, and forgets those that no longer can.
pub(crate) fn reach_after_exit(turn: &mut Turn<'_>, event: &StoredEvent) {
    let open = turn.state.enrolments.open_goals.clone();
    if open.is_empty() {
        return;
    }
    let mut still_open = Vec::with_capacity(open.len());
    for ended in &open {
        if turn.at <= ended.until && !reached(turn, ended, event) {
            still_open.push(ended.clone());
        }
    }
    if still_open != open {
        Arc::make_mut(&mut turn.state.enrolments).open_goals = still_open;
    }
}

/// Watches the goal of an enrolment that ended without reaching it, for as long as it counts.
pub(crate) fn keep_open(turn: &mut Turn<'_>, ended: &Enrolment, reached: bool) {
    let Some(journey) = turn.journey_of(ended).filter(|_| !reached && !ended.goal_reached) else {
        return;
    };
    let Some(goal) = &journey.goal else {
        return;
    };
    let Some(until) = last_instant(turn, &journey, goal, ended.entered_at).filter(|until| turn.at <= *until) else {
        return;
    };
    let open_goals = &mut Arc::make_mut(&mut turn.state.enrolments).open_goals;
    if open_goals.len() >= Enrolments::OPEN_GOALS_MAX {
        open_goals.remove(0);
    }
    open_goals.push(OpenGoal {
        enrolment: ended.id,
        journey: ended.journey.clone(),
        version: ended.version,
        key: ended.key.clone(),
        until,
    });
}

fn reached(turn: &mut Turn<'_>, ended: &OpenGoal, event: &StoredEvent) -> bool {
    let definitions = turn.environment.library.version(ended.version);
    let Some(journey) = definitions.and_then(|definitions| definitions.journeys.get(&ended.journey)).cloned() else {
        return false;
    };
    let Some(goal) = &journey.goal else {
        return false;
    };
    let matches = patterns::matches(turn, &goal.pattern, &journey, ended.enrolment, ended.key.as_ref(), event);
    if matches {
        let enrolled = Enrolled { enrolment: ended.enrolment, journey: ended.journey.clone() };
        record(turn, &journey, goal, enrolled, event);
    }
    matches
}

/// The last instant at which the goal counts; `None` without a limit, and then only while the enrolment is live.
fn last_instant(turn: &Turn<'_>, journey: &Journey, goal: &Goal, entered_at: Timestamp) -> Option<Timestamp> {
    let within = goal.within.as_ref()?;
    Some(within.after(entered_at, &turn.zone_for(journey)))
}

fn record(turn: &mut Turn<'_>, journey: &Journey, goal: &Goal, enrolled: Enrolled, event: &StoredEvent) {
    let view = View::of(journey, enrolled.enrolment).with_event(event);
    let value = goal.value.as_ref().and_then(|value| turn.value(value, view));
    let check: Check = plain_check("goal", true, format!("{} {}", event.name, event.message_id));
    turn.record(Verdict::GoalReached { enrolled, value }, vec![check], None);
}
