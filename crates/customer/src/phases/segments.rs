//! Segments: memberships follow the facts in the same decision, and each change is an inner input.

use std::sync::Arc;

use baton_journey::segment::Segment;
use baton_model::decision::Verdict;
use baton_model::text_id::SegmentId;

use crate::Membership;
use crate::stimulus::Stimulus;
use crate::turn::Turn;
use crate::turn::evaluate::View;

/// Evaluates the segments that the facts changed since the last time, or that change by themselves by now.
pub(crate) fn update(turn: &mut Turn<'_>) {
    let current = Arc::clone(&turn.current);
    for segment in &current.segments {
        let due = turn.state.segments.flips.get(&segment.id).is_some_and(|flip| *flip <= turn.at);
        if due || turn.touched.concerns(segment.rule.reads()) {
            follow(turn, segment, true);
        }
    }
}

/// Takes over the segments of newly published documents: who is in a new one enters it without an input.
pub(crate) fn adopt(turn: &mut Turn<'_>) {
    let current = Arc::clone(&turn.current);
    let known = |id: &SegmentId| current.segments.iter().any(|segment| segment.id == *id);
    let gone: Vec<_> = turn.state.segments.members.keys().filter(|id| !known(id)).cloned().collect();
    for segment in gone {
        let segments = Arc::make_mut(&mut turn.state.segments);
        segments.members.remove(&segment);
        segments.flips.remove(&segment);
        turn.output.memberships.push(Membership { segment, entered: false });
    }
    for segment in &current.segments {
        follow(turn, segment, false);
    }
}

/// Brings one membership up to date.
fn follow(turn: &mut Turn<'_>, segment: &Segment, announced: bool) {
    let outcome = turn.evaluate(&segment.rule, View::default());
    if turn.budget.is_exhausted() {
        return;
    }
    // A flip that is not in the future would fire without end.
    let flip = outcome.next_flip.filter(|flip| *flip > turn.at);
    if turn.state.segments.flips.get(&segment.id).copied() != flip {
        let flips = &mut Arc::make_mut(&mut turn.state.segments).flips;
        match flip {
            Some(flip) => flips.insert(segment.id.clone(), flip),
            None => flips.remove(&segment.id),
        };
    }
    if turn.state.segments.members.contains_key(&segment.id) != outcome.value {
        change(turn, segment, outcome.value, announced);
    }
}

fn change(turn: &mut Turn<'_>, segment: &Segment, entered: bool, announced: bool) {
    let at = turn.at;
    let members = &mut Arc::make_mut(&mut turn.state.segments).members;
    if entered {
        members.insert(segment.id.clone(), at);
    } else {
        members.remove(&segment.id);
    }
    turn.touched.segments.insert(segment.id.clone());
    turn.output.memberships.push(Membership { segment: segment.id.clone(), entered });
    let check = turn.check_rule("segment", &segment.rule, View::default());
    turn.record(Verdict::Segment { segment: segment.id.clone(), entered }, vec![check], None);
    if announced {
        turn.inner.push_back(Stimulus::Segment { segment: segment.id.clone(), entered });
    }
}
