//! A wait: the first branch, in list order, that something satisfies; else the timeout.
//!
//! Events count from the arrival on; rules and the status of earlier messages may hold already. With `grace`, the timeout is
//! kept open that much longer for events that happened before it and arrive late.

mod conditions;

use std::collections::BTreeMap;

use baton_journey::step::wait_for::{OnRepeat, WaitBranch, WaitFor};
use baton_model::history::StoredEvent;
use baton_model::ids::EnrolmentId;
use baton_model::value::{Fields, weight};
use jiff::Timestamp;

use super::{Outcome, Visiting, is_past};
use crate::phases::depart::Way;
use crate::stimulus::Stimulus;
use crate::touched::Touched;
use crate::turn::Turn;
use crate::turn::evaluate::View;
use crate::{TimerKey, Waiting};
use conditions::Looked;

/// The most bytes of an enrolment's context; what would make it larger is not captured.
const CONTEXT_WEIGHT_MAX: usize = 32 * 1024;

/// Waits, unless something holds already or there is no time to wait.
pub(super) fn enter(turn: &mut Turn<'_>, visiting: Visiting<'_>, wait: &WaitFor) -> Outcome {
    let mut looked = Looked::default();
    for (place, branch) in wait.branches.iter().enumerate() {
        if conditions::holds_on_arrival(turn, visiting, place, branch, &mut looked) {
            return Outcome::Go(taken(turn, visiting, place, branch, None));
        }
    }
    let base = visiting.position.base;
    let deadline = deadline(turn, visiting, wait, base);
    let closes = deadline.map(Deadline::closes);
    if closes.is_some_and(|closes| is_past(closes, base, turn.at))
        && let Some(deadline) = deadline
    {
        return Outcome::Go(timed_out(visiting, wait, deadline.deadline));
    }
    keep(deadline, looked.flip(turn.at, None), looked.edges)
}

/// Lets a waiting enrolment react; `None`: nothing changes.
pub(crate) fn react(
    turn: &mut Turn<'_>,
    visiting: Visiting<'_>,
    wait: &WaitFor,
    stimulus: &Stimulus,
    touched: &Touched,
) -> Option<Outcome> {
    let Waiting::Conditions { deadline, grace_until, flip, edges } = &visiting.position.waiting else {
        return None;
    };
    let due = flip.is_some_and(|flip| flip <= turn.at) || stimulus.is_timer(TimerKey::WaitFlip(visiting.id));
    let mut looked = Looked::after(edges.clone());
    for (place, branch) in wait.branches.iter().enumerate() {
        let event = stimulus.event().filter(|event| in_time(event, *deadline, turn.at));
        let input = conditions::Input { stimulus, event, touched, due };
        if !conditions::satisfied(turn, visiting, place, branch, input, &mut looked) {
            continue;
        }
        if branch.on_repeat == OnRepeat::Reset {
            return Some(reset(turn, visiting, wait, looked));
        }
        return Some(Outcome::Go(taken(turn, visiting, place, branch, event.map(|event| &**event))));
    }
    if stimulus.is_timer(TimerKey::Step(visiting.id)) {
        return deadline.map(|deadline| Outcome::Go(timed_out(visiting, wait, deadline)));
    }
    let next_flip = looked.flip(turn.at, *flip);
    let changed = next_flip != *flip || looked.edges != *edges;
    changed.then(|| {
        let deadline = deadline.map(|deadline| Deadline { deadline, grace_until: *grace_until });
        keep(deadline, next_flip, looked.edges)
    })
}

/// When a wait times out.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    deadline: Timestamp,
    grace_until: Option<Timestamp>,
}

impl Deadline {
    /// When nothing can end the wait but the timeout any more.
    fn closes(self) -> Timestamp {
        self.grace_until.unwrap_or(self.deadline)
    }
}

fn deadline(turn: &Turn<'_>, visiting: Visiting<'_>, wait: &WaitFor, base: Timestamp) -> Option<Deadline> {
    let zone = turn.zone_for(visiting.journey);
    let deadline = wait.timeout.as_ref()?.after(base, &zone);
    let grace_until = wait.grace.as_ref().map(|grace| grace.after(deadline, &zone).max(deadline));
    Some(Deadline { deadline, grace_until })
}

fn keep(deadline: Option<Deadline>, flip: Option<Timestamp>, edges: BTreeMap<u32, bool>) -> Outcome {
    let waiting = Waiting::Conditions {
        deadline: deadline.map(|deadline| deadline.deadline),
        grace_until: deadline.and_then(|deadline| deadline.grace_until),
        flip,
        edges,
    };
    Outcome::Wait(waiting, deadline.map(Deadline::closes))
}

/// After the deadline, within the grace, only events of before the deadline count.
fn in_time(event: &StoredEvent, deadline: Option<Timestamp>, at: Timestamp) -> bool {
    deadline.is_none_or(|deadline| at <= deadline || event.occurred_at <= deadline)
}

fn timed_out(visiting: Visiting<'_>, wait: &WaitFor, deadline: Timestamp) -> Way {
    Way::to(wait.on_timeout, "timeout", deadline.max(visiting.position.base))
}

/// The timeout starts anew from now.
fn reset(turn: &mut Turn<'_>, visiting: Visiting<'_>, wait: &WaitFor, looked: Looked) -> Outcome {
    let at = turn.at;
    if let Some(enrolment) = turn.enrolment_mut(visiting.id) {
        enrolment.position.base = at;
    }
    let Waiting::Conditions { flip, .. } = visiting.position.waiting else {
        return keep(None, None, looked.edges);
    };
    let deadline = deadline(turn, visiting, wait, at);
    keep(deadline, looked.flip(at, flip), looked.edges)
}

fn taken(
    turn: &mut Turn<'_>,
    visiting: Visiting<'_>,
    place: usize,
    branch: &WaitBranch,
    event: Option<&StoredEvent>,
) -> Way {
    let check = conditions::explain(turn, visiting, place, branch, event);
    if let Some(event) = event {
        capture(turn, visiting, branch, event);
    }
    Way::to(branch.then, check.name.clone(), turn.at).because(check)
}

/// Keeps values of the event in the enrolment's context.
fn capture(turn: &mut Turn<'_>, visiting: Visiting<'_>, branch: &WaitBranch, event: &StoredEvent) {
    let view = View::of(visiting.journey, visiting.id).with_event(event);
    let mut captured = Fields::new();
    for (name, expression) in &branch.capture {
        if let Some(value) = turn.value(expression, view) {
            captured.insert(name.clone(), value);
        }
    }
    if captured.is_empty() {
        return;
    }
    merge(turn, visiting.id, captured);
}

fn merge(turn: &mut Turn<'_>, id: EnrolmentId, captured: Fields) {
    let Some(enrolment) = turn.enrolment_mut(id) else {
        return;
    };
    let mut context = enrolment.context().clone();
    context.extend(captured);
    if weight(&context) <= CONTEXT_WEIGHT_MAX {
        enrolment.context = Some(context);
    }
}
