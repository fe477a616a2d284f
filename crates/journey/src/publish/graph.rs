//! The steps as a graph: all of them can be reached, and no circle runs for ever without waiting.

use std::collections::BTreeSet;

use crate::publish::desk::Desk;
use crate::source::path::Path;
use crate::step::delay::{Deadline, Past};
use crate::step::message::OnRefusal;
use crate::step::wait_for::{Condition, Edge};
use crate::step::{OnError, Step, StepKind, Target};

/// Notes steps that nobody comes to and circles in which nothing waits.
pub(crate) fn check(steps: &[Step], max_visits: bool, desk: &mut Desk<'_>) {
    let ways: Vec<_> = steps.iter().map(ways).collect();
    let reached = reach(&ways);
    for (index, step) in steps.iter().enumerate().filter(|(index, _)| !reached.contains(index)) {
        let path = Path::root().field("steps").item(index);
        let message = format!("no step leads to `{}`: name it as a target, or take it out", step.id);
        desk.fault(&path, message);
    }
    let Some(circle) = circle(steps, &ways).filter(|_| !max_visits) else {
        return;
    };
    let names: Vec<_> = circle.iter().chain(circle.first()).map(|index| format!("`{}`", steps[*index].id)).collect();
    let message = format!(
        "the steps {} form a circle in which nothing is sure to wait: write `limits: {{max_visits: ..}}` in the journey, or \
         put a `delay` with `for` between them",
        names.join(" → ")
    );
    desk.fault(&Path::root().field("steps").item(circle[0]), message);
}

/// The steps an enrolment can go to from a step.
fn ways(step: &Step) -> Vec<usize> {
    let mut targets = match &step.kind {
        StepKind::Message(message) => {
            let refusals = [message.on_capped, message.on_suppressed, message.on_unreachable, message.on_failed];
            let elsewhere = refusals.into_iter().filter_map(|refusal| match refusal {
                OnRefusal::Goto(target) => Some(target),
                OnRefusal::Defer | OnRefusal::Drop | OnRefusal::Alternate | OnRefusal::Exit => None,
            });
            elsewhere.chain([step.next]).collect()
        }
        StepKind::Delay(delay) => match delay.past {
            Past::Goto(target) => vec![step.next, target],
            Past::Continue | Past::Exit => vec![step.next],
        },
        StepKind::TimeWindow(_) | StepKind::UpdateProfile(_) => vec![step.next],
        StepKind::WaitFor(wait) => {
            let timeout = wait.timeout.map(|_| wait.on_timeout);
            wait.branches.iter().map(|branch| branch.then).chain(timeout).collect()
        }
        StepKind::Branch(branch) => branch.cases.iter().map(|case| case.then).chain([branch.otherwise]).collect(),
        StepKind::Split(split) => split.variants.iter().map(|variant| variant.then).collect(),
        StepKind::Goto(target) => vec![*target],
        StepKind::Exit(_) => Vec::new(),
    };
    match step.on_error {
        OnError::Continue => targets.push(step.next),
        OnError::Goto(target) => targets.push(target),
        OnError::Retry(_) | OnError::Exit => (),
    }
    let indices = targets.into_iter().filter_map(|target| match target {
        Target::Step(index) => Some(usize::from(index.0)),
        Target::End => None,
    });
    indices.collect()
}

/// The steps that can be reached from the first.
fn reach(ways: &[Vec<usize>]) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![0];
    while let Some(index) = open.pop() {
        if reached.insert(index) {
            open.extend(&ways[index]);
        }
    }
    reached
}

/// Some circle of steps of which none is sure to wait, in the order of its ways.
fn circle(steps: &[Step], ways: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut done = BTreeSet::new();
    (0..steps.len()).find_map(|start| follow(start, steps, ways, &mut Vec::new(), &mut done))
}

/// Looks for a circle from `index` on, `trail` being the way there. As deep as a journey has steps, which is bounded.
fn follow(
    index: usize,
    steps: &[Step],
    ways: &[Vec<usize>],
    trail: &mut Vec<usize>,
    done: &mut BTreeSet<usize>,
) -> Option<Vec<usize>> {
    if let Some(start) = trail.iter().position(|passed| *passed == index) {
        return Some(trail[start..].to_vec());
    }
    if waits(&steps[index].kind) || done.contains(&index) {
        return None;
    }
    trail.push(index);
    let found = ways[index].iter().find_map(|next| follow(*next, steps, ways, trail, done));
    trail.pop();
    done.insert(index);
    found
}

/// Whether an enrolment is sure to spend time on the step, whatever is known of the customer. An open window, a time that
/// has passed and a condition that already holds let it through at once; so does a message that is dropped.
fn waits(kind: &StepKind) -> bool {
    match kind {
        StepKind::Delay(delay) => match &delay.deadline {
            Deadline::For(span) | Deadline::Random { min: span, .. } => span.is_positive(),
            Deadline::At { .. } | Deadline::LocalTime { .. } => false,
        },
        StepKind::WaitFor(wait) => {
            let timeout = wait.timeout.is_none_or(|timeout| timeout.is_positive());
            timeout && !wait.branches.iter().any(|branch| may_hold(&branch.condition, branch.edge))
        }
        _ => false,
    }
}

/// Whether a condition may hold on arrival.
fn may_hold(condition: &Condition, edge: Edge) -> bool {
    match condition {
        Condition::When(_) | Condition::Message { .. } => edge == Edge::Level,
        Condition::Event(_) | Condition::SegmentEnters(_) | Condition::SegmentExits(_) => false,
    }
}
