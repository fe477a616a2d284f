//! Row 9: every cap that concerns the message has room for it. What is counted: messages that hold a place in the outbox,
//! and those accepted (or unknown) within the window.

use baton_model::decision::Check;
use baton_model::ids::SendId;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::{Category, Send, SendState};
use baton_model::text_id::PolicyId;
use jiff::Timestamp;

use super::arbitration::{self, Contest};
use super::{Refusal, Subject, passed, refused};
use crate::policy::{FrequencyCap, PolicyCheck, applicable};

/// What the caps say.
pub(crate) enum Place {
    /// There is one, if these lower ones give up theirs.
    Reserved { displaced: Vec<SendId> },
    /// There is none.
    Full(Refusal),
}

/// One cap as it stands for the message at hand.
pub(super) struct Standing<'s> {
    pub id: &'s PolicyId,
    pub cap: &'s FrequencyCap,
    /// The sends that hold a place.
    pub holders: Vec<&'s Send>,
    /// When the places of those that were accepted become free again.
    pub leaves: Vec<Timestamp>,
    /// When the deferred sends of higher priority are due for which places are kept.
    pub kept: Vec<Timestamp>,
}

impl Standing<'_> {
    /// How many places are too few.
    pub fn missing(&self) -> usize {
        let limit = usize::try_from(self.cap.limit).unwrap_or(usize::MAX);
        (self.holders.len() + self.leaves.len() + self.kept.len() + 1).saturating_sub(limit)
    }

    /// The earliest instant at which enough places can be free without new input.
    fn free_at(&self) -> Option<Timestamp> {
        let mut instants: Vec<_> = self.leaves.iter().chain(&self.kept).copied().collect();
        instants.sort_unstable();
        self.missing().checked_sub(1).and_then(|last| instants.get(last).copied())
    }

    /// What the check says.
    fn detail(&self) -> String {
        let used = self.holders.len() + self.leaves.len();
        let kept = match self.kept.len() {
            0 => String::new(),
            kept => format!(", {kept} kept for a higher priority"),
        };
        format!("{used} of {} in {}{kept}", self.cap.limit, self.cap.window)
    }
}

/// Rows 9 and 10: looks for a place under every cap, and where one is full, for messages of lower priority that have to
/// yield. Either all caps have a place or none is taken.
pub(crate) fn reserve(subject: &Subject<'_>, checks: &mut Vec<Check>) -> Place {
    if subject.send.category != Category::Marketing {
        return Place::Reserved { displaced: Vec::new() };
    }
    let standings: Vec<_> = applicable(subject.world.policies, subject.message)
        .flat_map(|policy| policy.checks.iter().map(move |check| (&policy.id, check)))
        .filter_map(|(id, check)| match check {
            PolicyCheck::FrequencyCap(cap) if cap.scope.concerns(subject.send) => Some(standing(subject, id, cap)),
            _ => None,
        })
        .collect();
    for standing in &standings {
        let name = format!("frequency_cap {}", standing.id);
        let check =
            if standing.missing() == 0 { passed(name, standing.detail()) } else { refused(name, standing.detail()) };
        checks.push(check);
    }
    match arbitration::contest(subject, &standings, checks) {
        Contest::Won { displaced } => Place::Reserved { displaced },
        Contest::Lost => Place::Full(refusal(subject, &standings)),
    }
}

/// Counts one cap.
fn standing<'s>(subject: &Subject<'s>, id: &'s PolicyId, cap: &'s FrequencyCap) -> Standing<'s> {
    let Subject { send, ledger, world, .. } = *subject;
    let pending = || ledger.pending().filter(move |other| cap.joins(send, other));
    let changed = world.profile.zone_changed_at;
    let counted = ledger.counted_after(cap.window.reach(world.at)).filter(|(_, other)| cap.joins(send, other));
    let leaves = counted.map(|(counted, _)| cap.window.leaves(counted, world.at, world.zone, changed));
    let soon = cap.look_ahead.map(|span| span.after(world.at, world.zone));
    let due = |other: &Send| match other.state {
        SendState::Deferred { wake: Some(wake), .. } if other.priority > send.priority => Some(wake),
        _ => None,
    };
    Standing {
        id,
        cap,
        holders: pending().filter(|other| other.holds_slot()).collect(),
        leaves: leaves.filter(|leaves| world.at < *leaves).collect(),
        kept: pending().filter_map(due).filter(|wake| soon.is_some_and(|soon| *wake <= soon)).collect(),
    }
}

/// The "no" of all full caps together.
fn refusal(subject: &Subject<'_>, standings: &[Standing<'_>]) -> Refusal {
    let mut refusal = None;
    for standing in standings.iter().filter(|standing| standing.missing() > 0) {
        let only_kept = standing.missing() <= standing.kept.len();
        let code = if only_kept { ReasonCode::Outranked } else { ReasonCode::FrequencyCap };
        let detail = format!("`{}`: {} in {}", standing.id, standing.cap.limit, standing.cap.window);
        let reason = Reason::new(code, detail);
        let further = Refusal { reason, action: subject.message.on_capped, wake: standing.free_at() };
        Refusal::join(&mut refusal, further);
    }
    let unnamed =
        || Refusal { reason: Reason::new(ReasonCode::FrequencyCap, ""), action: subject.message.on_capped, wake: None };
    refusal.unwrap_or_else(unnamed)
}
