//! The ways out of a journey that are open at every step. They come before waits and cancel timers and pending sends at
//! once.

use std::ops::ControlFlow;
use std::sync::Arc;

use baton_journey::journey::{ExitRule, ExitTrigger, Journey};
use baton_model::decision::{Check, Verdict};
use baton_model::ids::EnrolmentId;
use baton_model::reason::{Reason, ReasonCode};
use jiff::Timestamp;

use super::{goals, patterns};
use crate::stimulus::Stimulus;
use crate::touched::Touched;
use crate::turn::Turn;
use crate::turn::evaluate::View;
use crate::turn::record::check as plain_check;
use crate::{TimerKey, Waiting};

/// How an enrolment ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ending {
    /// What the end is called in its record.
    pub name: String,
    /// Why its pending sends are cancelled.
    pub reason: Reason,
    /// It reached the goal.
    pub goal: bool,
    /// What led to it.
    pub checks: Vec<Check>,
}

impl Ending {
    /// The end at which a journey arrives by itself.
    pub fn natural(name: impl Into<String>, goal: bool) -> Self {
        let name = name.into();
        Self { reason: Reason::new(ReasonCode::Completed, name.as_str()), name, goal, checks: Vec::new() }
    }

    /// An end by one of Baton's own words.
    pub fn of(code: ReasonCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let checks = if detail.is_empty() { Vec::new() } else { vec![plain_check(code.as_str(), false, &*detail)] };
        Self { name: code.as_str().to_owned(), reason: Reason::new(code, detail), goal: false, checks }
    }
}

/// Ends the enrolment if one of its ways out is open; breaks if it did.
pub(crate) fn check(turn: &mut Turn<'_>, id: EnrolmentId, stimulus: &Stimulus, touched: &Touched) -> ControlFlow<()> {
    let Some(enrolment) = turn.enrolment(id) else {
        return ControlFlow::Break(());
    };
    if stimulus.is_timer(TimerKey::MaxAge(id)) {
        exit(turn, id, Ending::of(ReasonCode::MaxAge, ""));
        return ControlFlow::Break(());
    }
    let Some(journey) = turn.journey_of(enrolment) else {
        return ControlFlow::Continue(());
    };
    let flipped = enrolment.exit_flip.is_some_and(|flip| flip <= turn.at);
    let due = flipped || stimulus.is_timer(TimerKey::ExitFlip(id));
    let key = enrolment.key.clone();
    let mut flips = Flips { due, next: None, all_seen: true };
    for rule in &journey.exits {
        let open = match &rule.trigger {
            ExitTrigger::Event(pattern) => stimulus
                .event()
                .is_some_and(|event| patterns::matches(turn, pattern, &journey, id, key.as_ref(), event)),
            ExitTrigger::When(when) if flips.due || touched.concerns(when.reads()) => {
                let outcome = turn.evaluate(when, View::of(&journey, id));
                flips.note(outcome.next_flip);
                outcome.value
            }
            ExitTrigger::When(_) => {
                flips.all_seen = false;
                false
            }
        };
        if open {
            let ending = by_rule(turn, &journey, id, rule, stimulus);
            exit(turn, id, ending);
            return ControlFlow::Break(());
        }
    }
    flips.keep(turn, id);
    ControlFlow::Continue(())
}

/// The next flip of several rules, of which only some were looked at.
struct Flips {
    due: bool,
    next: Option<Timestamp>,
    all_seen: bool,
}

impl Flips {
    fn note(&mut self, flip: Option<Timestamp>) {
        self.next = [self.next, flip].into_iter().flatten().min();
    }

    /// Keeps the earliest flip. One that was kept for a rule that was not looked at now still counts.
    fn keep(&self, turn: &mut Turn<'_>, id: EnrolmentId) {
        let at = turn.at;
        let Some(known) = turn.enrolment(id).map(|enrolment| enrolment.exit_flip) else {
            return;
        };
        let still = known.filter(|_| !self.all_seen);
        let next = [still, self.next].into_iter().flatten().min().filter(|flip| *flip > at);
        if next != known
            && let Some(enrolment) = turn.enrolment_mut(id)
        {
            enrolment.exit_flip = next;
        }
    }
}

/// Looks at the rules of all ways out; the name of the first that holds, else when one can open by itself.
pub(crate) fn standing(turn: &mut Turn<'_>, journey: &Journey, view: View<'_>) -> Result<Option<Timestamp>, Ending> {
    let mut next: Option<Timestamp> = None;
    for rule in &journey.exits {
        let ExitTrigger::When(when) = &rule.trigger else {
            continue;
        };
        let outcome = turn.evaluate(when, view);
        if outcome.value {
            let check = turn.check_rule(&format!("exit {}", rule.reason), when, view);
            let reason = Reason::new(ReasonCode::ExitHolds, rule.reason.as_str());
            return Err(Ending { name: rule.reason.clone(), reason, goal: rule.goal, checks: vec![check] });
        }
        next = [next, outcome.next_flip].into_iter().flatten().min();
    }
    Ok(next.filter(|flip| *flip > turn.at))
}

fn by_rule(turn: &mut Turn<'_>, journey: &Journey, id: EnrolmentId, rule: &ExitRule, stimulus: &Stimulus) -> Ending {
    let name = format!("exit {}", rule.reason);
    let check = match (&rule.trigger, stimulus.event()) {
        (ExitTrigger::When(when), _) => turn.check_rule(&name, when, View::of(journey, id)),
        (ExitTrigger::Event(_), Some(event)) => plain_check(name, true, format!("{} {}", event.name, event.message_id)),
        (ExitTrigger::Event(_), None) => plain_check(name, true, ""),
    };
    let reason = Reason::new(ReasonCode::ExitRule, rule.reason.as_str());
    Ending { name: rule.reason.clone(), reason, goal: rule.goal, checks: vec![check] }
}

/// Ends an enrolment that came to its end by itself, once the messages it left on the way (`advance: on_decision`) have ended;
/// until then ways out still cancel them.
pub(crate) fn complete(turn: &mut Turn<'_>, id: EnrolmentId, ending: Ending) {
    if turn.state.ledger.pending().any(|send| send.enrolment == id) {
        if let Some(enrolment) = turn.enrolment_mut(id) {
            enrolment.position.waiting = Waiting::Finishing { reason: ending.name, goal: ending.goal };
        }
    } else {
        exit(turn, id, ending);
    }
}

/// Ends an enrolment: its timers go with it, its pending sends are cancelled.
pub(crate) fn exit(turn: &mut Turn<'_>, id: EnrolmentId, ending: Ending) {
    let Some(enrolment) = Arc::make_mut(&mut turn.state.enrolments).live.remove(&id) else {
        return;
    };
    turn.state.note_live_journeys();
    turn.touched.journeys.insert(enrolment.journey.clone());
    turn.intents.retain(|intent| intent.enrolment != id);
    let verdict = Verdict::Exited {
        enrolled: enrolment.enrolled(),
        step: Some(enrolment.position.step.clone()),
        reason: ending.name,
        goal: ending.goal,
    };
    turn.record(verdict, ending.checks, None);
    goals::keep_open(turn, &enrolment, ending.goal);
    turn.cancel_sends(id, &ending.reason);
}
