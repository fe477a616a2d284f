//! One clear line per verdict.

use baton_model::decision::Cause;
use baton_model::history::InputNumber;
use baton_model::ids::{DefinitionsVersion, EnrolmentId, SendId};
use baton_model::reason::{Reason, ReasonCode};
use baton_model::text_id::{JourneyId, SegmentId};

use super::*;
use crate::decision;

fn enrolled() -> Enrolled {
    Enrolled { enrolment: EnrolmentId(1), journey: JourneyId::new("tips").unwrap() }
}

fn step(id: &str) -> StepId {
    StepId::new(id).unwrap()
}

fn sent(fate: SendFate) -> Verdict {
    let channel = ChannelId::new("push").unwrap();
    Verdict::Send { send: SendId(2), enrolled: enrolled(), step: step("nudge"), channel, fate }
}

fn of(verdict: Verdict) -> DecisionRecord {
    DecisionRecord {
        number: 1,
        at: Timestamp::UNIX_EPOCH,
        input: InputNumber(1),
        cause: Cause::Operator("jo".to_owned()),
        definitions_version: DefinitionsVersion(1),
        tzdb_version: "2026a".to_owned(),
        verdict,
        checks: Vec::new(),
        next: Some("2026-05-02T06:00:00Z".parse().unwrap()),
    }
}

/// A verdict, its word, the word of its send's fate, its line.
type Row = (Verdict, &'static str, &'static str, &'static str);

fn about_journeys() -> Vec<Row> {
    let segment = |entered| Verdict::Segment { segment: SegmentId::new("vip").unwrap(), entered };
    let journey = || JourneyId::new("tips").unwrap();
    let left = |visit, to: Option<&str>| Verdict::StepLeft {
        enrolled: enrolled(),
        step: step("wait"),
        visit: Visit(visit),
        to: to.map(step),
        by: "elapsed".to_owned(),
    };
    let exited =
        |goal| Verdict::Exited { enrolled: enrolled(), step: Some(step("wait")), reason: "exit_rule".to_owned(), goal };
    vec![
        (Verdict::Entered(enrolled()), "entered", "", "entered tips"),
        (
            Verdict::EntryRefused { journey: journey(), reason: Reason::new(ReasonCode::ReentryNever, "") },
            "entry_refused",
            "",
            "did not enter tips: reentry_never",
        ),
        (left(1, Some("nudge")), "step_left", "", "tips: wait → nudge: elapsed"),
        (left(2, None), "step_left", "", "tips: wait (visit 2) → the end: elapsed"),
        (exited(false), "exited", "", "left tips at wait: exit_rule"),
        (exited(true), "exited", "", "left tips at wait: exit_rule, goal reached"),
        (
            Verdict::GoalReached { enrolled: enrolled(), value: Some(Value::Double(12.5)) },
            "goal_reached",
            "",
            "reached the goal of tips, worth 12.5",
        ),
        (
            Verdict::NoSend {
                enrolled: enrolled(),
                step: step("nudge"),
                reason: Reason::new(ReasonCode::Unreachable, ""),
            },
            "no_send",
            "",
            "no message from nudge: unreachable",
        ),
        (segment(true), "segment_entered", "", "entered segment vip"),
        (segment(false), "segment_left", "", "left segment vip"),
        (Verdict::Paused { held: true, reason: "jo: asked".to_owned() }, "paused", "", "held: jo: asked"),
        (Verdict::Paused { held: false, reason: "jo".to_owned() }, "resumed", "", "resumed: jo"),
        (
            Verdict::BoundReached { reason: Reason::new(ReasonCode::LiveEnrolments, "50") },
            "bound_reached",
            "",
            "bound reached: live_enrolments: 50",
        ),
    ]
}

fn about_sends() -> Vec<Row> {
    let quiet = || Reason::new(ReasonCode::QuietHours, "");
    let caps = || Reason::new(ReasonCode::FrequencyCap, "2 of 2 in 24h");
    vec![
        (sent(SendFate::Released), "send", "released", "push nudge released for delivery"),
        (
            sent(SendFate::Deferred(quiet())),
            "send",
            "deferred",
            "push nudge deferred until 2026-05-02T06:00:00Z: quiet_hours",
        ),
        (sent(SendFate::Dropped(caps())), "send", "dropped", "push nudge dropped: frequency_cap: 2 of 2 in 24h"),
        (sent(SendFate::Cancelled(quiet())), "send", "cancelled", "push nudge cancelled: quiet_hours"),
        (sent(SendFate::Expired), "send", "expired", "push nudge expired: deferred for longer than max_defer"),
        (sent(SendFate::Permitted), "send", "permitted", "push nudge may be attempted"),
        (sent(SendFate::Held(quiet())), "send", "held", "push nudge held until 2026-05-02T06:00:00Z: quiet_hours"),
        (sent(SendFate::Accepted), "send", "accepted", "push nudge sent"),
        (
            sent(SendFate::AcceptedAfterExit),
            "send",
            "accepted_after_exit",
            "push nudge sent, after its enrolment had ended",
        ),
        (sent(SendFate::Failed(caps())), "send", "failed", "push nudge failed: frequency_cap: 2 of 2 in 24h"),
        (sent(SendFate::Unknown), "send", "unknown", "push nudge may have been sent: no clear answer, counted as sent"),
        (
            sent(SendFate::Dead(caps())),
            "send",
            "dead",
            "push nudge given up, an operator decides: frequency_cap: 2 of 2 in 24h",
        ),
        (sent(SendFate::GuardFalse), "send", "guard_false", "push nudge not sent: its guard was false"),
        (
            sent(SendFate::RenderError(Reason::new(ReasonCode::Render, "no `name`"))),
            "send",
            "render_error",
            "push nudge not sent: render: no `name`",
        ),
    ]
}

#[test]
fn each_verdict_has_its_line_and_its_words() {
    for (verdict, word, fate, summary) in about_journeys().into_iter().chain(about_sends()) {
        let message = decision::to_pb(&of(verdict));
        assert_eq!((&*message.verdict, &*message.fate, &*message.summary), (word, fate, summary));
    }
}

#[test]
fn a_deferral_without_an_end_names_none() {
    let record = DecisionRecord { next: None, ..of(sent(SendFate::Deferred(Reason::new(ReasonCode::Paused, "jo")))) };
    assert_eq!(super::record(&record), "push nudge deferred: paused: jo");
}
