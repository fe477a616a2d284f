//! Entries: an event lets the customer into journeys. Each entry and each refusal is recorded.

mod refusal;

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_journey::journey::{Journey, OnDuplicateKey};
use baton_model::decision::{Check, Verdict};
use baton_model::history::StoredEvent;
use baton_model::ids::{EnrolmentId, Run};
use baton_model::reason::{Reason, ReasonCode};
use baton_model::text_id::CorrelationKey;

use super::depart::arrive;
use super::exits::{Ending, exit};
use crate::turn::Turn;
use crate::{Enrolment, Enrolments, Position, RunKey, Runs, Waiting};
use refusal::Admitted;

/// Lets the customer into the journeys that the event opens, highest priority first.
pub(crate) fn react(turn: &mut Turn<'_>, event: &Arc<StoredEvent>) {
    let current = Arc::clone(&turn.current);
    for journey in current.entered_by(&event.name) {
        if turn.budget.is_exhausted() {
            return;
        }
        let mut checks = Vec::new();
        match refusal::admit(turn, journey, event, &mut checks) {
            Ok(admitted) => enter(turn, journey, event, admitted, checks),
            Err(reason) => refuse(turn, journey, reason, checks),
        }
    }
}

fn refuse(turn: &mut Turn<'_>, journey: &Journey, reason: Reason, checks: Vec<Check>) {
    turn.record(Verdict::EntryRefused { journey: journey.id.clone(), reason }, checks, None);
}

/// Enters, or does what an entry does while one with its key is live.
fn enter(turn: &mut Turn<'_>, journey: &Journey, event: &Arc<StoredEvent>, admitted: Admitted, checks: Vec<Check>) {
    if let Some(live) = admitted.live {
        match journey.reentry.on_duplicate_key {
            OnDuplicateKey::Ignore => {
                let reason = Reason::new(ReasonCode::AlreadyLive, live.to_string());
                return refuse(turn, journey, reason, checks);
            }
            OnDuplicateKey::Update => return update(turn, journey, event, live, checks),
            OnDuplicateKey::Restart => exit(turn, live, Ending::of(ReasonCode::Restarted, "")),
        }
    }
    begin(turn, journey, event, admitted, checks);
}

/// The live enrolment takes the new event as its context and keeps its position. Its rules are looked at again in the next
/// pass, as if they were due.
fn update(turn: &mut Turn<'_>, journey: &Journey, event: &Arc<StoredEvent>, live: EnrolmentId, checks: Vec<Check>) {
    let at = turn.at;
    if let Some(enrolment) = turn.enrolment_mut(live) {
        enrolment.event = Arc::clone(event);
        enrolment.context = None;
        enrolment.exit_flip = Some(at);
        if let Waiting::Conditions { flip, .. } = &mut enrolment.position.waiting {
            *flip = Some(at);
        }
    }
    turn.touched.journeys.insert(journey.id.clone());
    refuse(turn, journey, Reason::new(ReasonCode::AlreadyLive, format!("{live} took the new context")), checks);
}

fn begin(turn: &mut Turn<'_>, journey: &Journey, event: &Arc<StoredEvent>, admitted: Admitted, checks: Vec<Check>) {
    let at = turn.at;
    let run = count_run(turn, journey, admitted.key.as_ref());
    let id = EnrolmentId::derive(turn.id, &journey.id, admitted.key.as_ref(), run);
    let first = &journey.steps[usize::from(Journey::FIRST_STEP.0)];
    let enrolment = Enrolment {
        id,
        journey: journey.id.clone(),
        version: turn.current.version,
        key: admitted.key,
        run,
        entered_at: at,
        expires_at: journey.limits.max_age.map(|age| age.after(at, &turn.zone_for(journey))),
        event: Arc::clone(event),
        context: None,
        position: Position {
            step: first.id.clone(),
            visit: baton_model::ids::Visit(0),
            entered_at: at,
            base: at,
            tries: 0,
            waiting: Waiting::Arriving,
        },
        visits: BTreeMap::new(),
        exit_flip: admitted.exit_flip,
        goal_reached: false,
        held: None,
    };
    let enrolled = enrolment.enrolled();
    Arc::make_mut(&mut turn.state.enrolments).live.insert(id, enrolment);
    turn.state.note_live_journeys();
    turn.touched.journeys.insert(journey.id.clone());
    turn.record(Verdict::Entered(enrolled), checks, None);
    arrive(turn, id, journey, first.id.clone(), at);
}

/// Counts the entry; the count outlives the exit.
fn count_run(turn: &mut Turn<'_>, journey: &Journey, key: Option<&CorrelationKey>) -> Run {
    let at = turn.at;
    let enrolments = Arc::make_mut(&mut turn.state.enrolments);
    let run_key = RunKey { journey: journey.id.clone(), key: key.cloned() };
    let last = enrolments.runs.get(&run_key).map_or(enrolments.runs_floor.0, |runs| runs.last.0);
    let run = Run(last.saturating_add(1));
    enrolments.runs.insert(run_key, Runs { last: run, last_entry: at });
    if enrolments.runs.len() > Enrolments::RUNS_MAX {
        forget_oldest_run(enrolments);
    }
    run
}

fn forget_oldest_run(enrolments: &mut Enrolments) {
    let live: Vec<_> = enrolments.live.values().map(|live| (&live.journey, live.key.as_ref())).collect();
    let ended = enrolments.runs.iter().filter(|(run, _)| !live.contains(&(&run.journey, run.key.as_ref())));
    let oldest = ended.min_by_key(|(_, runs)| runs.last_entry).map(|(run, _)| run.clone());
    if let Some(forgotten) = oldest.and_then(|oldest| enrolments.runs.remove(&oldest)) {
        enrolments.runs_floor = enrolments.runs_floor.max(forgotten.last);
    }
}
