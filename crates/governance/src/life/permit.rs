//! Permit: before each attempt the sender asks whether it may go out now. Row 12 of the pipeline.

use std::sync::Arc;

use baton_model::decision::{Check, SendFate};
use baton_model::ids::SendId;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::{Hold, Send, SendState};
use baton_model::value::Fields;
use baton_rules::{Budget, Rule, Scope};
use jiff::Timestamp;

use super::attempts::{self, Attempts};
use super::end::end;
use super::transition::{transition, transition_as};
use super::{alternate, expiry};
use crate::decided::Decided;
use crate::ledger::Ledger;
use crate::pipeline::{Refusal, Row, Subject, first_refusal};
use crate::world::World;

/// The answer to a sender with what it changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Permit {
    /// What to tell the sender.
    pub answer: PermitAnswer,
    /// What to record.
    pub decided: Option<Decided>,
}

/// What to tell the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermitAnswer {
    /// Render it now and send it.
    Granted {
        /// Which attempt it is, from 1.
        attempt: u32,
        /// The channel is at most once: the decision must be durable before the attempt begins.
        record_first: bool,
    },
    /// Not now, or never. If it may go out later, its outbox row comes back by itself.
    Refused {
        /// Why.
        reason: Reason,
        /// When it may, if nothing else happens first.
        retry_at: Option<Timestamp>,
    },
    /// There is no such send, or it is not in the outbox any more.
    Gone,
}

/// Decides whether an attempt may begin now: rows 1, 3–5 and 8, `max_defer`, and the message's guard. `context` is what the
/// enrolment carries, for the guard.
pub fn permit(
    id: SendId,
    context: Option<&Fields>,
    ledger: &mut Arc<Ledger>,
    world: &World<'_>,
    budget: &mut Budget,
) -> Permit {
    let in_outbox = |send: &&Send| matches!(send.state, SendState::Released { .. } | SendState::Attempting { .. });
    let Some(send) = ledger.get(id).filter(in_outbox).cloned() else {
        return Permit { answer: PermitAnswer::Gone, decided: None };
    };
    let attempts = attempts::made(&send, world);
    let mut checks = Vec::new();
    let answer = judge(&send, attempts.as_ref(), context, ledger, world, budget, &mut checks);
    let before = send.state.clone();
    let Some(no) = answer else {
        return grant(send, attempts, checks, ledger, world);
    };
    let mut send = send;
    let (state, reason) = refuse(&send, attempts, no, world);
    send.state = state;
    let refused = send.clone();
    let decided = (send.state != before).then(|| transition(send, Some(&before), checks, ledger, world));
    if matches!(refused.state, SendState::Expired { .. }) {
        alternate::after_failure(&refused, &reason, ledger, world);
    }
    let retry_at = decided.as_ref().and_then(|decided| decided.next);
    Permit { answer: PermitAnswer::Refused { reason, retry_at }, decided }
}

/// Why there is no permit.
enum No {
    /// A row refuses.
    Row(Row, Refusal),
    /// It has waited too long.
    Expired,
    /// Its guard does not hold.
    Guard,
    /// Its channel never repeats an attempt, and one was made.
    Repeat,
    /// Its step is in no version in use.
    Gone,
}

/// Makes every check of row 12.
fn judge(
    send: &Send,
    attempts: Option<&Attempts>,
    context: Option<&Fields>,
    ledger: &Ledger,
    world: &World<'_>,
    budget: &mut Budget,
    checks: &mut Vec<Check>,
) -> Option<No> {
    let Some(message) = world.message(send) else {
        return Some(No::Gone);
    };
    let subject = Subject { send, message: &message, ledger, world };
    if let Some((row, refusal)) = first_refusal(Row::PERMIT, &subject, budget, checks) {
        return Some(No::Row(row, refusal));
    }
    // A pause that is over but was not noticed yet: the time to wait starts anew.
    if !expiry::is_paused(&send.state) && expiry::deadline(send, &message, world) < world.at {
        checks.push(Check { name: "max_defer".into(), passed: false, detail: String::new(), explain: None });
        return Some(No::Expired);
    }
    if attempts.is_some() && attempts::is_at_most_once(send, world) {
        return Some(No::Repeat);
    }
    match message.guard {
        Some(guard) if !guard_holds(guard, context, &subject, budget, checks) => Some(No::Guard),
        _ => None,
    }
}

fn guard_holds(
    guard: &Rule,
    context: Option<&Fields>,
    subject: &Subject<'_>,
    budget: &mut Budget,
    checks: &mut Vec<Check>,
) -> bool {
    let scope = Scope { event: None, context, at: subject.world.at };
    let explain = guard.explain(&subject.world.facts(subject.ledger), &scope, budget);
    let passed = explain.value;
    checks.push(Check { name: "guard".into(), passed, detail: String::new(), explain: Some(explain) });
    passed
}

/// One more attempt.
fn grant(
    mut send: Send,
    attempts: Option<Attempts>,
    checks: Vec<Check>,
    ledger: &mut Arc<Ledger>,
    world: &World<'_>,
) -> Permit {
    let record_first = attempts::is_at_most_once(&send, world);
    let before = send.state.clone();
    if expiry::is_paused(&before) {
        send.defer_base = world.at;
    }
    let none = Attempts { since: world.at, epoch: world.epoch, permitted: 0, failed: 0, hold: None };
    let attempts = attempts.unwrap_or(none);
    let attempt = attempts.permitted.saturating_add(1);
    send.state = Attempts { epoch: world.epoch, permitted: attempt, hold: None, ..attempts }.into_state();
    let decided = transition_as(SendFate::Permitted, send, Some(&before), checks, ledger, world);
    Permit { answer: PermitAnswer::Granted { attempt, record_first }, decided: Some(decided) }
}

/// Where a "no" leaves the send, and the reason to tell.
fn refuse(send: &Send, attempts: Option<Attempts>, no: No, world: &World<'_>) -> (SendState, Reason) {
    let at = world.at;
    match no {
        No::Row(Row::Permission, Refusal { reason, .. }) => {
            (end(send, SendState::Cancelled { at, reason: reason.clone() }, world), reason)
        }
        No::Row(_, Refusal { reason, wake, .. }) => {
            let state = match attempts {
                Some(attempts) => attempts.state_with(Some(Hold { reason: reason.clone(), wake })),
                None => SendState::Deferred { wake, reason: reason.clone() },
            };
            (state, reason)
        }
        No::Expired => (end(send, SendState::Expired { at }, world), Reason::new(ReasonCode::MaxDefer, "")),
        No::Guard => (end(send, SendState::GuardFalse { at }, world), Reason::new(ReasonCode::Guard, "")),
        No::Repeat => {
            let reason = Reason::new(ReasonCode::Provider, "the attempt is never repeated on this channel");
            let in_doubt = attempts.is_some_and(|attempts| attempts.in_doubt());
            let failed = SendState::Failed { at, reason: reason.clone() };
            (if in_doubt { SendState::Unknown { at, given_up: false } } else { failed }, reason)
        }
        No::Gone => {
            let reason = Reason::new(ReasonCode::Internal, "its step is in no version in use");
            (end(send, SendState::Dropped { at, reason: reason.clone() }, world), reason)
        }
    }
}
