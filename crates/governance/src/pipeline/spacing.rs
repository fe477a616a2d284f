//! Row 6: no other message is pending, or was sent, within the distance that a policy lays down.

use baton_model::decision::Check;
use baton_model::reason::{Reason, ReasonCode};
use jiff::Timestamp;

use super::{Refusal, Subject, passed, refused};
use crate::policy::{PolicyCheck, Spacing, applicable};

/// Refuses a message that would come too close to another. The row can pass at the end of the distance; while the other is
/// pending, only its own outcome can tell when that is.
pub(super) fn check(subject: &Subject<'_>, checks: &mut Vec<Check>) -> Option<Refusal> {
    let mut refusal = None;
    for policy in applicable(subject.world.policies, subject.message) {
        for check in &policy.checks {
            let PolicyCheck::Spacing(spacing) = check else {
                continue;
            };
            if !spacing.concerns(subject.send) {
                continue;
            }
            let name = format!("{} {}", spacing.name(), policy.id);
            // The reason does not say which one is pending: that may change while the message waits for the same reason.
            let (seen, detail, wake) = match nearest(subject, spacing) {
                Nearest::Clear => {
                    checks.push(passed(name, ""));
                    continue;
                }
                Nearest::Pending(other) => {
                    (format!("{other} is pending"), format!("`{}`: another is pending", policy.id), None)
                }
                Nearest::Sent(until) => {
                    let detail = format!("`{}`: {} after the last one", policy.id, spacing.gap);
                    (format!("until {until}"), detail, Some(until))
                }
            };
            checks.push(refused(name, seen));
            let reason = Reason::new(ReasonCode::MinGap, detail);
            Refusal::join(&mut refusal, Refusal { reason, action: spacing.action.into(), wake });
        }
    }
    refusal
}

/// What stands in the way.
enum Nearest {
    Clear,
    /// A send that holds a place.
    Pending(baton_model::ids::SendId),
    /// One that was sent; its distance ends then.
    Sent(Timestamp),
}

fn nearest(subject: &Subject<'_>, spacing: &Spacing) -> Nearest {
    let Subject { send, ledger, world, .. } = subject;
    let mut pending = ledger.pending().filter(|other| other.holds_slot() && other.id != send.id);
    if let Some(other) = pending.find(|other| spacing.joins(send, other)) {
        return Nearest::Pending(other.id);
    }
    let counted = ledger.counted_after(spacing.gap.reach(world.at));
    let sent = counted.filter(|(_, other)| other.id != send.id && spacing.joins(send, other));
    let ends = sent.map(|(counted, _)| spacing.gap.ends(counted, world.at, world.zone, world.profile.zone_changed_at));
    match ends.max().filter(|end| world.at < *end) {
        Some(end) => Nearest::Sent(end),
        None => Nearest::Clear,
    }
}
