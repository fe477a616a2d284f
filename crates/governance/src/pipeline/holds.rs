//! Row 1: nobody holds the message: no kill switch, no pause of the customer, the journey or the channel.

use baton_model::decision::Check;
use baton_model::profile::Pause;
use baton_model::reason::{Reason, ReasonCode};

use super::{Refusal, Subject, passed, refused};
use crate::message::OnRefusal;

const NAME: &str = "holds";

/// Refuses while somebody holds the message; the row can pass when the last hold ends.
pub(super) fn check(subject: &Subject<'_>, checks: &mut Vec<Check>) -> Option<Refusal> {
    let Subject { send, world, .. } = subject;
    let holds = [
        ("cluster", ReasonCode::KillSwitch, world.holds.cluster),
        ("customer", ReasonCode::Paused, world.profile.pause.as_ref()),
        ("journey", ReasonCode::Paused, world.holds.journeys.get(&send.journey)),
        ("channel", ReasonCode::Paused, world.holds.channels.get(&send.channel)),
    ];
    let mut refusal = None;
    for (what, code, hold) in holds {
        let Some(hold) = hold.filter(|hold| holds_at(hold, subject)) else {
            continue;
        };
        let detail = format!("{what} held by {}: {}", hold.by, hold.reason);
        checks.push(refused(NAME, &detail));
        Refusal::join(
            &mut refusal,
            Refusal { reason: Reason::new(code, detail), action: OnRefusal::Defer, wake: hold.until },
        );
    }
    if refusal.is_none() {
        checks.push(passed(NAME, ""));
    }
    refusal
}

fn holds_at(hold: &Pause, subject: &Subject<'_>) -> bool {
    hold.until.is_none_or(|until| subject.world.at < until)
}
