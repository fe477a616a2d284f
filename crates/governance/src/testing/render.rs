//! What was decided, as a line.

use baton_model::decision::{SendFate, Verdict};
use jiff::Timestamp;

use crate::decided::{Decided, OutboxChange};

/// `promo/email deferred quiet_hours next 2024-03-02T08:00 -outbox`.
pub(crate) fn render(decided: &Decided) -> String {
    let visit = match decided.visit.0 {
        1 => String::new(),
        visit => format!("#{visit}"),
    };
    let (journey, rest) = match &decided.verdict {
        Verdict::Send { enrolled, channel, fate, .. } => {
            (&enrolled.journey, format!("{visit}/{channel} {}", word(fate)))
        }
        Verdict::NoSend { enrolled, reason, .. } => {
            (&enrolled.journey, format!("{visit} no_send {}", reason.code.as_str()))
        }
        other => panic!("governance never decides {other:?}"),
    };
    let next = decided.next.map(|next| format!(" next {}", short(next))).unwrap_or_default();
    let outbox = match decided.outbox {
        Some(OutboxChange::Release(_)) => " +outbox",
        Some(OutboxChange::Withdraw(_)) => " -outbox",
        None => "",
    };
    format!("{journey}{rest}{next}{outbox}")
}

/// An instant to the minute, or as exact as it is.
pub(crate) fn short(instant: Timestamp) -> String {
    let text = instant.to_string();
    text.strip_suffix(":00Z").map_or(text.clone(), str::to_owned)
}

fn word(fate: &SendFate) -> String {
    match fate {
        SendFate::Released => "released".into(),
        SendFate::Deferred(reason) => format!("deferred {}", reason.code.as_str()),
        SendFate::Dropped(reason) => format!("dropped {}", reason.code.as_str()),
        SendFate::Cancelled(reason) => format!("cancelled {}", reason.code.as_str()),
        SendFate::Expired => "expired".into(),
        SendFate::Permitted => "permitted".into(),
        SendFate::Held(reason) => format!("held {}", reason.code.as_str()),
        SendFate::Accepted => "accepted".into(),
        SendFate::AcceptedAfterExit => "accepted_after_exit".into(),
        SendFate::Failed(reason) => format!("failed {}", reason.code.as_str()),
        SendFate::Unknown => "unknown".into(),
        SendFate::Dead(_) => "dead".into(),
        SendFate::GuardFalse => "guard_false".into(),
        SendFate::RenderError(reason) => format!("render_error {}", reason.code.as_str()),
    }
}
