//! Decision records: [`DecisionRecord`] → `baton.v1.DecisionRecord`.

use baton_model::decision::{Cause, Check, DecisionRecord, Enrolled, SendFate, Verdict};
use baton_model::reason::Reason;

use crate::pb::v1 as pb;
use crate::{explain, fields, instant, summary};

/// The record.
pub fn to_pb(record: &DecisionRecord) -> pb::DecisionRecord {
    let message = pb::DecisionRecord {
        number: record.number,
        at: Some(instant::to_pb(record.at)),
        input: record.input.0,
        cause: cause(&record.cause),
        definitions_version: record.definitions_version.0,
        tzdb_version: record.tzdb_version.clone(),
        checks: record.checks.iter().map(check).collect(),
        next: record.next.map(instant::to_pb),
        summary: summary::record(record),
        ..pb::DecisionRecord::default()
    };
    with_verdict(message, &record.verdict)
}

/// What the input was, such as `event 7f3a`.
fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Event(message) => format!("event {message}"),
        Cause::Timer(instant) => format!("timer {instant}"),
        Cause::Outcome(send) => format!("outcome of send {send}"),
        Cause::Permit(send) => format!("permit for send {send}"),
        Cause::Operator(name) => format!("operator {name}"),
        Cause::Publish(version) => format!("documents version {version}"),
    }
}

fn check(check: &Check) -> pb::Check {
    pb::Check {
        name: check.name.clone(),
        passed: check.passed,
        detail: check.detail.clone(),
        explain: check.explain.as_ref().map(explain::to_pb),
    }
}

/// The spelling of a verdict.
fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Entered(_) => "entered",
        Verdict::EntryRefused { .. } => "entry_refused",
        Verdict::StepLeft { .. } => "step_left",
        Verdict::Exited { .. } => "exited",
        Verdict::GoalReached { .. } => "goal_reached",
        Verdict::Send { .. } => "send",
        Verdict::NoSend { .. } => "no_send",
        Verdict::Segment { entered: true, .. } => "segment_entered",
        Verdict::Segment { entered: false, .. } => "segment_left",
        Verdict::Paused { held: true, .. } => "paused",
        Verdict::Paused { held: false, .. } => "resumed",
        Verdict::BoundReached { .. } => "bound_reached",
    }
}

fn with_verdict(mut message: pb::DecisionRecord, verdict: &Verdict) -> pb::DecisionRecord {
    word(verdict).clone_into(&mut message.verdict);
    match verdict {
        Verdict::Entered(enrolled) => with_enrolled(message, enrolled),
        Verdict::EntryRefused { journey, reason } => {
            with_reason(pb::DecisionRecord { journey: journey.to_string(), ..message }, reason)
        }
        Verdict::StepLeft { enrolled, step, visit, to, by } => {
            let next_step = to.as_ref().map(ToString::to_string).unwrap_or_default();
            let message =
                pb::DecisionRecord { step: step.to_string(), visit: visit.0, next_step, way: by.clone(), ..message };
            with_enrolled(message, enrolled)
        }
        Verdict::Exited { enrolled, step, reason, goal } => {
            let step = step.as_ref().map(ToString::to_string).unwrap_or_default();
            with_enrolled(pb::DecisionRecord { step, reason: reason.clone(), goal: *goal, ..message }, enrolled)
        }
        Verdict::GoalReached { enrolled, value } => {
            let goal_value = value.as_ref().map(fields::value_to_pb);
            with_enrolled(pb::DecisionRecord { goal: true, goal_value, ..message }, enrolled)
        }
        Verdict::Send { send, enrolled, step, channel, fate } => {
            let (send, step, channel) = (send.to_string(), step.to_string(), channel.to_string());
            let message = with_enrolled(pb::DecisionRecord { send, step, channel, ..message }, enrolled);
            with_fate(message, fate)
        }
        Verdict::NoSend { enrolled, step, reason } => {
            let message = with_enrolled(pb::DecisionRecord { step: step.to_string(), ..message }, enrolled);
            with_reason(message, reason)
        }
        Verdict::Segment { segment, entered: _ } => pb::DecisionRecord { segment: segment.to_string(), ..message },
        Verdict::Paused { held: _, reason } => pb::DecisionRecord { detail: reason.clone(), ..message },
        Verdict::BoundReached { reason } => with_reason(message, reason),
    }
}

fn with_enrolled(message: pb::DecisionRecord, enrolled: &Enrolled) -> pb::DecisionRecord {
    let Enrolled { enrolment, journey } = enrolled;
    pb::DecisionRecord { enrolment: enrolment.to_string(), journey: journey.to_string(), ..message }
}

fn with_reason(message: pb::DecisionRecord, reason: &Reason) -> pb::DecisionRecord {
    pb::DecisionRecord { reason: reason.code.as_str().to_owned(), detail: reason.detail.clone(), ..message }
}

fn with_fate(mut message: pb::DecisionRecord, fate: &SendFate) -> pb::DecisionRecord {
    let (word, reason) = match fate {
        SendFate::Released => ("released", None),
        SendFate::Deferred(reason) => ("deferred", Some(reason)),
        SendFate::Dropped(reason) => ("dropped", Some(reason)),
        SendFate::Cancelled(reason) => ("cancelled", Some(reason)),
        SendFate::Expired => ("expired", None),
        SendFate::Permitted => ("permitted", None),
        SendFate::Held(reason) => ("held", Some(reason)),
        SendFate::Accepted => ("accepted", None),
        SendFate::AcceptedAfterExit => ("accepted_after_exit", None),
        SendFate::Failed(reason) => ("failed", Some(reason)),
        SendFate::Unknown => ("unknown", None),
        SendFate::Dead(reason) => ("dead", Some(reason)),
        SendFate::GuardFalse => ("guard_false", None),
        SendFate::RenderError(reason) => ("render_error", Some(reason)),
    };
    word.clone_into(&mut message.fate);
    match reason {
        Some(reason) => with_reason(message, reason),
        None => message,
    }
}
