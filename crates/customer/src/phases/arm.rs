//! The timers a customer needs, which follow from its state; and what changes when the state does.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_model::time::saturating_add;
use jiff::{SignedDuration, Timestamp};

use super::retention::Removed;
use crate::turn::Turn;
use crate::{Enrolment, Marks, TimerChange, TimerKey, Timers, Waiting};

/// A step's deadline is due that much later: an event of its very millisecond comes first. Also what lies between decisions
/// that remove old rows.
const AFTER_DEADLINE: SignedDuration = SignedDuration::from_millis(1);

/// Every timer the customer needs, in their order.
fn needed(turn: &mut Turn<'_>, removed: &Removed) -> Vec<(TimerKey, Timestamp)> {
    let sends = turn.state.ledger.pending_len() > 0 || !turn.state.ledger.cooldowns().is_empty();
    let sends = sends.then(|| turn.govern(|ledger, world, _| baton_governance::next_wake(ledger, world))).flatten();
    let others = [
        (TimerKey::PauseEnd, pause_end(turn)),
        (TimerKey::Segments, turn.state.segments.flips.values().min().copied()),
        (TimerKey::Sends, sends),
        (TimerKey::Retention, retention(turn, removed)),
    ];
    let of_enrolments = turn.state.enrolments.live.values().flat_map(of_enrolment);
    let others = others.into_iter().filter_map(|(timer, due)| Some((timer, due?)));
    let mut timers: Vec<_> = of_enrolments.chain(others).collect();
    timers.sort_unstable();
    timers
}

/// The timers of one enrolment.
pub(super) fn of_enrolment(enrolment: &Enrolment) -> impl Iterator<Item = (TimerKey, Timestamp)> {
    let id = enrolment.id;
    let (deadline, flip) = match &enrolment.position.waiting {
        _ if enrolment.held.is_some() => (None, None),
        Waiting::Until { deadline } | Waiting::Retry { deadline } => (Some(*deadline), None),
        Waiting::Conditions { deadline, grace_until, flip, .. } => (grace_until.or(*deadline), *flip),
        Waiting::Sends { deadline } => (*deadline, None),
        Waiting::Arriving | Waiting::Finishing { .. } | Waiting::Faulted { .. } => (None, None),
    };
    let timers = [
        (TimerKey::Step(id), deadline.map(|deadline| saturating_add(deadline, AFTER_DEADLINE))),
        (TimerKey::WaitFlip(id), flip),
        (TimerKey::ExitFlip(id), enrolment.exit_flip),
        (TimerKey::MaxAge(id), enrolment.expires_at),
    ];
    timers.into_iter().filter_map(|(timer, due)| Some((timer, due?)))
}

/// The next end of a pause that holds the customer, or a journey the customer is in.
fn pause_end(turn: &Turn<'_>) -> Option<Timestamp> {
    let journeys = turn.state.live_journeys.iter();
    let holds = journeys.filter_map(|journey| turn.environment.settings.journey_holds.get(journey));
    let ends = turn.state.profile.pause.iter().chain(holds).filter_map(|hold| hold.until);
    ends.filter(|end| *end > turn.at).min()
}

/// When all that is kept now is too old; at once if this decision could not remove all that is.
fn retention(turn: &Turn<'_>, removed: &Removed) -> Option<Timestamp> {
    if removed.is_full() {
        return Some(saturating_add(turn.at, AFTER_DEADLINE));
    }
    let newest = turn.state.marks.marks.back()?;
    Some(saturating_add(newest.at, turn.environment.settings.history_retention + Marks::SPACING))
}

/// Arms what is needed now; the rows to remove and to add.
pub(crate) fn rearm(turn: &mut Turn<'_>, removed: &Removed) -> Vec<TimerChange> {
    let needed = needed(turn, removed);
    let before = &turn.state.timers.armed;
    if before.iter().map(|(timer, due)| (*timer, *due)).eq(needed.iter().copied()) {
        return Vec::new();
    }
    let after: BTreeMap<TimerKey, Timestamp> = needed.into_iter().collect();
    let gone = before.iter().filter(|(timer, due)| after.get(timer) != Some(due));
    let new = after.iter().filter(|(timer, due)| before.get(timer) != Some(due));
    let disarm = gone.map(|(timer, due)| TimerChange::Disarm { due: *due, timer: *timer });
    let arm = new.map(|(timer, due)| TimerChange::Arm { due: *due, timer: *timer });
    let changes = disarm.chain(arm).collect();
    turn.state.timers = Arc::new(Timers { armed: after });
    changes
}
