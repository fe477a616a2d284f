//! What a branch of a wait looks for, and whether it is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_journey::step::StepIndex;
use baton_journey::step::wait_for::{Condition, Edge, WaitBranch};
use baton_model::decision::Check;
use baton_model::history::StoredEvent;
use baton_model::send::MessageStatus;
use baton_rules::Rule;
use jiff::Timestamp;

use crate::phases::patterns;
use crate::steps::Visiting;
use crate::stimulus::Stimulus;
use crate::touched::Touched;
use crate::turn::Turn;
use crate::turn::evaluate::View;
use crate::turn::record::check;

/// What was seen of the rules of a wait.
#[derive(Debug, Clone, Default)]
pub(super) struct Looked {
    /// The earliest flip of the rules that were evaluated.
    next: Option<Timestamp>,
    /// A rule was not evaluated, because nothing can have changed it.
    skipped: bool,
    /// What the conditions of `edge: new` branches were when last looked at.
    pub edges: BTreeMap<u32, bool>,
}

impl Looked {
    /// Nothing yet, but what was known of the edges.
    pub fn after(edges: BTreeMap<u32, bool>) -> Self {
        Self { edges, ..Self::default() }
    }

    /// When a rule can change by itself: the earliest flip seen, or the one `known` from before for rules not looked at.
    pub fn flip(&self, at: Timestamp, known: Option<Timestamp>) -> Option<Timestamp> {
        let still = known.filter(|_| self.skipped);
        [still, self.next].into_iter().flatten().min().filter(|flip| *flip > at)
    }

    /// Whether a value lets a branch be taken: with `edge: new` only if it was false before.
    fn passes(&mut self, place: usize, edge: Edge, value: bool, on_arrival: bool) -> bool {
        if edge == Edge::Level {
            return value;
        }
        let before = self.edges.insert(index(place), value);
        value && !on_arrival && before == Some(false)
    }
}

/// An input, as a branch sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Input<'i> {
    /// The input.
    pub stimulus: &'i Stimulus,
    /// Its event, if it is one that still counts.
    pub event: Option<&'i Arc<StoredEvent>>,
    /// The facts that changed.
    pub touched: &'i Touched,
    /// A rule of the wait may have changed by itself.
    pub due: bool,
}

/// Whether a branch can be taken on arrival. Events and transitions count only from then on.
pub(super) fn holds_on_arrival(
    turn: &mut Turn<'_>,
    visiting: Visiting<'_>,
    place: usize,
    branch: &WaitBranch,
    looked: &mut Looked,
) -> bool {
    let value = match &branch.condition {
        Condition::When(rule) => look(turn, visiting, rule, looked),
        Condition::Message { step, statuses } => reached(turn, visiting, *step, statuses),
        Condition::Event(_) | Condition::SegmentEnters(_) | Condition::SegmentExits(_) => return false,
    };
    looked.passes(place, branch.edge, value, true)
}

/// Whether an input satisfies a branch.
pub(super) fn satisfied(
    turn: &mut Turn<'_>,
    visiting: Visiting<'_>,
    place: usize,
    branch: &WaitBranch,
    input: Input<'_>,
    looked: &mut Looked,
) -> bool {
    let value = match &branch.condition {
        Condition::Event(pattern) => {
            let key = turn.enrolment(visiting.id).and_then(|enrolment| enrolment.key.clone());
            return input.event.is_some_and(|event| {
                patterns::matches(turn, pattern, visiting.journey, visiting.id, key.as_ref(), event)
            });
        }
        Condition::SegmentEnters(wanted) => {
            return matches!(input.stimulus, Stimulus::Segment { segment, entered: true } if segment == wanted);
        }
        Condition::SegmentExits(wanted) => {
            return matches!(input.stimulus, Stimulus::Segment { segment, entered: false } if segment == wanted);
        }
        Condition::When(rule) if input.due || input.touched.concerns(rule.reads()) => {
            look(turn, visiting, rule, looked)
        }
        Condition::When(_) => {
            looked.skipped = true;
            return false;
        }
        Condition::Message { step, statuses } => reached(turn, visiting, *step, statuses),
    };
    looked.passes(place, branch.edge, value, false)
}

/// What made a branch be taken, for the record.
pub(super) fn explain(
    turn: &mut Turn<'_>,
    visiting: Visiting<'_>,
    place: usize,
    branch: &WaitBranch,
    event: Option<&StoredEvent>,
) -> Check {
    let name = format!("branch {}", place + 1);
    match (&branch.condition, event) {
        (Condition::When(rule), _) => turn.check_rule(&name, rule, View::of(visiting.journey, visiting.id)),
        (Condition::Event(_), Some(event)) => check(name, true, format!("{} {}", event.name, event.message_id)),
        (Condition::SegmentEnters(segment), _) => check(name, true, format!("entered {segment}")),
        (Condition::SegmentExits(segment), _) => check(name, true, format!("left {segment}")),
        (Condition::Message { step, .. }, _) => {
            let step = visiting.journey.step(*step).map_or("", |step| step.id.as_str());
            check(name, true, format!("message {step}"))
        }
        (Condition::Event(_), None) => check(name, true, ""),
    }
}

fn look(turn: &mut Turn<'_>, visiting: Visiting<'_>, rule: &Rule, looked: &mut Looked) -> bool {
    let outcome = turn.evaluate(rule, View::of(visiting.journey, visiting.id));
    looked.next = [looked.next, outcome.next_flip].into_iter().flatten().min();
    outcome.value
}

/// Whether the message of the last visit to a step reached one of the statuses.
fn reached(turn: &Turn<'_>, visiting: Visiting<'_>, step: StepIndex, statuses: &[MessageStatus]) -> bool {
    let Some(step) = visiting.journey.step(step) else {
        return false;
    };
    let Some(visit) = turn.enrolment(visiting.id).and_then(|enrolment| enrolment.visits.get(&step.id)) else {
        return false;
    };
    let mut sends = turn.state.ledger.visit(visiting.id, &step.id, *visit);
    sends.any(|send| statuses.iter().any(|status| send.reached(*status).is_some()))
}

fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
