//! One line for people about each thing that happened: what, to what, until when, why. Times are in UTC.

use baton_model::decision::{DecisionRecord, Enrolled, SendFate, Verdict};
use baton_model::event::EventKind;
use baton_model::history::StoredEvent;
use baton_model::ids::Visit;
use baton_model::text_id::{ChannelId, StepId};
use baton_model::value::Value;
use jiff::Timestamp;

/// What an event was, such as `track Order Completed`.
pub fn event(event: &StoredEvent) -> String {
    let said = match event.kind {
        EventKind::Track | EventKind::Page | EventKind::Screen => format!("{} {}", event.kind.name(), event.name),
        EventKind::Identify | EventKind::Group | EventKind::Alias => event.kind.name().to_owned(),
    };
    if event.historical { format!("{said} (historical: triggers nothing)") } else { said }
}

/// What a record says, such as `push tips deferred until 2026-05-02T06:00:00Z: quiet_hours`.
pub fn record(record: &DecisionRecord) -> String {
    match &record.verdict {
        Verdict::Entered(Enrolled { journey, .. }) => format!("entered {journey}"),
        Verdict::EntryRefused { journey, reason } => format!("did not enter {journey}: {reason}"),
        Verdict::StepLeft { enrolled, step, visit, to, by } => {
            let journey = &enrolled.journey;
            let target = to.as_ref().map_or_else(|| "the end".to_owned(), ToString::to_string);
            format!("{journey}: {} → {target}: {by}", step_and_visit(step, *visit))
        }
        Verdict::Exited { enrolled, step, reason, goal } => {
            let place = step.as_ref().map(|step| format!(" at {step}")).unwrap_or_default();
            let goal = if *goal { ", goal reached" } else { "" };
            format!("left {}{place}: {reason}{goal}", enrolled.journey)
        }
        Verdict::GoalReached { enrolled, value } => {
            let worth = value.as_ref().map(|value| format!(", worth {}", plain(value))).unwrap_or_default();
            format!("reached the goal of {}{worth}", enrolled.journey)
        }
        Verdict::Send { channel, step, fate, .. } => send(channel, step, fate, record.next),
        Verdict::NoSend { step, reason, .. } => format!("no message from {step}: {reason}"),
        Verdict::Segment { segment, entered: true } => format!("entered segment {segment}"),
        Verdict::Segment { segment, entered: false } => format!("left segment {segment}"),
        Verdict::Paused { held: true, reason } => format!("held: {reason}"),
        Verdict::Paused { held: false, reason } => format!("resumed: {reason}"),
        Verdict::BoundReached { reason } => format!("bound reached: {reason}"),
    }
}

fn send(channel: &ChannelId, step: &StepId, fate: &SendFate, next: Option<Timestamp>) -> String {
    let until = next.map(|next| format!(" until {next}")).unwrap_or_default();
    match fate {
        SendFate::Released => format!("{channel} {step} released for delivery"),
        SendFate::Deferred(reason) => format!("{channel} {step} deferred{until}: {reason}"),
        SendFate::Dropped(reason) => format!("{channel} {step} dropped: {reason}"),
        SendFate::Cancelled(reason) => format!("{channel} {step} cancelled: {reason}"),
        SendFate::Expired => format!("{channel} {step} expired: deferred for longer than max_defer"),
        SendFate::Permitted => format!("{channel} {step} may be attempted"),
        SendFate::Held(reason) => format!("{channel} {step} held{until}: {reason}"),
        SendFate::Accepted => format!("{channel} {step} sent"),
        SendFate::AcceptedAfterExit => format!("{channel} {step} sent, after its enrolment had ended"),
        SendFate::Failed(reason) => format!("{channel} {step} failed: {reason}"),
        SendFate::Unknown => format!("{channel} {step} may have been sent: no clear answer, counted as sent"),
        SendFate::Dead(reason) => format!("{channel} {step} given up, an operator decides: {reason}"),
        SendFate::GuardFalse => format!("{channel} {step} not sent: its guard was false"),
        SendFate::RenderError(reason) => format!("{channel} {step} not sent: {reason}"),
    }
}

/// `remind`, and from the second visit on `remind (visit 2)`.
fn step_and_visit(step: &StepId, visit: Visit) -> String {
    if visit > Visit(1) { format!("{step} (visit {visit})") } else { step.to_string() }
}

/// A text without its quotes; anything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
