//! Why an event does not let the customer in, in the order in which it is asked.

use baton_journey::journey::{Journey, OnDuplicateKey, ReentryPolicy};
use baton_model::decision::Check;
use baton_model::history::StoredEvent;
use baton_model::ids::EnrolmentId;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::text_id::CorrelationKey;
use jiff::Timestamp;

use crate::phases::{exits, patterns};
use crate::turn::Turn;
use crate::turn::evaluate::View;
use crate::{Enrolments, RunKey};

/// An entry that nothing refuses.
#[derive(Debug)]
pub(super) struct Admitted {
    /// The correlation key.
    pub key: Option<CorrelationKey>,
    /// An enrolment with that key is live; what happens then, the journey says. Only a restart is an entry, which other rules
    /// can refuse.
    pub live: Option<EnrolmentId>,
    /// When an exit rule can change by itself.
    pub exit_flip: Option<Timestamp>,
}

/// Asks everything that can refuse an entry.
pub(super) fn admit(
    turn: &mut Turn<'_>,
    journey: &Journey,
    event: &StoredEvent,
    checks: &mut Vec<Check>,
) -> Result<Admitted, Reason> {
    if !journey.valid.contains(turn.at) {
        return Err(Reason::new(ReasonCode::NotValid, ""));
    }
    let view = View { journey: Some(journey), enrolment: None, event: Some(event), context: Some(&event.properties) };
    let rules = [("entry.where", &journey.entry.filter), ("audience", &journey.audience)];
    for (name, rule) in rules {
        let Some(rule) = rule else {
            continue;
        };
        let check = turn.check_rule(name, rule, view);
        let passed = check.passed;
        checks.push(check);
        if !passed {
            return Err(Reason::new(ReasonCode::EntryWhere, name));
        }
    }
    let key = patterns::key_of(turn, journey, event);
    if key.is_none() && journey.entry.key.is_some() {
        return Err(Reason::new(ReasonCode::MissingKey, "the event has no text or number at `entry.key`"));
    }
    let live = live(turn, journey, key.as_ref());
    if live.is_some() && journey.reentry.on_duplicate_key != OnDuplicateKey::Restart {
        return Ok(Admitted { key, live, exit_flip: None });
    }
    again(turn, journey, key.as_ref())?;
    room(turn, journey, live)?;
    let exit_flip = exits::standing(turn, journey, view).map_err(|ending| {
        checks.extend(ending.checks);
        ending.reason
    })?;
    Ok(Admitted { key, live, exit_flip })
}

fn live(turn: &Turn<'_>, journey: &Journey, key: Option<&CorrelationKey>) -> Option<EnrolmentId> {
    let mut live = turn.state.enrolments.live.values();
    live.find(|enrolment| enrolment.journey == journey.id && enrolment.key.as_ref() == key).map(|live| live.id)
}

/// Whether the key may enter again.
fn again(turn: &Turn<'_>, journey: &Journey, key: Option<&CorrelationKey>) -> Result<(), Reason> {
    let run_key = RunKey { journey: journey.id.clone(), key: key.cloned() };
    let Some(runs) = turn.state.enrolments.runs.get(&run_key) else {
        return Ok(());
    };
    if journey.reentry.policy == ReentryPolicy::Never {
        return Err(Reason::new(ReasonCode::ReentryNever, ""));
    }
    let Some(interval) = &journey.reentry.min_interval else {
        return Ok(());
    };
    let from = interval.after(runs.last_entry, &turn.zone_for(journey));
    if turn.at < from {
        return Err(Reason::new(ReasonCode::MinInterval, format!("not before {from}")));
    }
    Ok(())
}

/// Whether there is room for one more. A restart takes the room of the enrolment it ends.
fn room(turn: &mut Turn<'_>, journey: &Journey, live: Option<EnrolmentId>) -> Result<(), Reason> {
    if live.is_some() {
        return Ok(());
    }
    let enrolments = &turn.state.enrolments.live;
    if enrolments.len() >= Enrolments::LIVE_MAX {
        return Err(Reason::new(ReasonCode::LiveEnrolments, format!("{} are live", Enrolments::LIVE_MAX)));
    }
    let Some(max) = journey.reentry.max_concurrent else {
        return Ok(());
    };
    let of_journey = enrolments.values().filter(|enrolment| enrolment.journey == journey.id).count();
    if of_journey >= usize::try_from(max).unwrap_or(usize::MAX) {
        return Err(Reason::new(ReasonCode::MaxConcurrent, format!("{max} are live")));
    }
    Ok(())
}
