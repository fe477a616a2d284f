//! Row 5: no `suppress_while` holds, nor its cool-down.

use std::sync::Arc;

use baton_model::decision::Check;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::text_id::PolicyId;
use baton_rules::{Budget, Scope};

use super::{Refusal, Subject, passed, ruled};
use crate::ledger::{Cooldown, Ledger};
use crate::policy::{PolicyCheck, SuppressWhile, applicable};
use crate::world::World;

const NAME: &str = "suppress_while";

/// Refuses while a policy's rule holds; the row can pass at the rule's next flip, plus the cool-down.
pub(super) fn check(subject: &Subject<'_>, budget: &mut Budget, checks: &mut Vec<Check>) -> Option<Refusal> {
    let mut refusal = None;
    for (id, policy) in applicable(subject.world.policies, subject.message).flat_map(|policy| {
        policy.checks.iter().filter_map(|check| match check {
            PolicyCheck::SuppressWhile(check) => Some((&policy.id, check.as_ref())),
            _ => None,
        })
    }) {
        if policy.exempt.covers(subject.send) {
            checks.push(passed(format!("{NAME} {id}"), "exempt"));
            continue;
        }
        if let Some(further) = ask(subject, id, policy, budget, checks) {
            Refusal::join(&mut refusal, further);
        }
    }
    refusal
}

/// Asks one policy.
fn ask(
    subject: &Subject<'_>,
    id: &PolicyId,
    policy: &SuppressWhile,
    budget: &mut Budget,
    checks: &mut Vec<Check>,
) -> Option<Refusal> {
    let world = subject.world;
    let explain = policy.when.explain(&world.facts(subject.ledger), &Scope::at(world.at), budget);
    let (holds, next_flip) = (explain.value, explain.next_flip);
    let cooled = |instant| policy.resume.map_or(instant, |resume| resume.after(instant, world.zone));
    let cools_until = match subject.ledger.cooldowns().get(id) {
        Some(Cooldown::Since(since)) => Some(cooled(*since)).filter(|until| world.at < *until),
        _ => None,
    };
    let (detail, wake) = match (holds, cools_until) {
        (true, _) => (format!("`{id}`"), next_flip.map(cooled)),
        (false, Some(until)) => (format!("`{id}` resumes"), Some(until)),
        (false, None) => {
            checks.push(ruled(format!("{NAME} {id}"), true, String::new(), explain));
            return None;
        }
    };
    checks.push(ruled(format!("{NAME} {id}"), false, detail.clone(), explain));
    let action = policy.action.unwrap_or(subject.message.on_suppressed);
    Some(Refusal { reason: Reason::new(ReasonCode::SuppressWhile, detail), action, wake })
}

/// Notes for each policy with a cool-down whether its rule holds, or since when it does not.
pub(crate) fn watch(ledger: &mut Arc<Ledger>, world: &World<'_>, budget: &mut Budget) {
    let gone: Vec<_> = ledger.cooldowns().keys().filter(|id| !world.policies.contains_key(*id)).cloned().collect();
    for id in gone {
        Arc::make_mut(ledger).set_cooldown(&id, None);
    }
    for policy in world.policies.values() {
        for check in &policy.checks {
            if let PolicyCheck::SuppressWhile(check) = check
                && check.resume.is_some()
            {
                watch_one(ledger, world, &policy.id, check, budget);
            }
        }
    }
}

fn watch_one(ledger: &mut Arc<Ledger>, world: &World<'_>, id: &PolicyId, policy: &SuppressWhile, budget: &mut Budget) {
    let outcome = policy.when.evaluate(&world.facts(ledger), &Scope::at(world.at), budget);
    let before = ledger.cooldowns().get(id).copied();
    let over = |since| policy.resume.is_none_or(|resume| resume.after(since, world.zone) <= world.at);
    let now = match (outcome.value, before) {
        (true, _) => Some(Cooldown::Holding { next_flip: outcome.next_flip }),
        (false, Some(Cooldown::Holding { .. })) => Some(Cooldown::Since(world.at)),
        (false, Some(Cooldown::Since(since))) => Some(Cooldown::Since(since)).filter(|_| !over(since)),
        (false, None) => None,
    };
    if now != before {
        Arc::make_mut(ledger).set_cooldown(id, now);
    }
}
