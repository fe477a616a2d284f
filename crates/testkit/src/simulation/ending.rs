//! What must have come about when a healed world has come to its end.

use std::collections::BTreeSet;

use baton_customer::Input;
use baton_model::ids::SendId;
use baton_model::send::SendState;
use baton_shard::entry::Applied;

use super::Summary;
use super::documents::SENDS_OF_AN_EVENT;
use super::judge::{Judge, Portrait};
use super::world::World;

/// Checks the end of a run.
pub(super) fn check(world: &World) -> Result<(), String> {
    every_replica_is_the_same(world)?;
    let portraits = || world.judges.iter().flat_map(|judge| judge.portraits.values());
    for judge in &world.judges {
        if let Some(portrait) = judge.portraits.values().find(|portrait| !portrait.is_as_it_came(&judge.rows)) {
            return Err(format!("an input of {} was written over", portrait.customer.id()));
        }
    }
    for portrait in portraits() {
        every_send_is_made_once(world, portrait)?;
        every_timer_fired_once(world, portrait)?;
    }
    let taken: usize = portraits().map(|portrait| portrait.events().count()).sum();
    let acknowledged = acknowledged(world);
    if taken == acknowledged { Ok(()) } else { Err(format!("{taken} events are taken, {acknowledged} acknowledged")) }
}

/// How many events were acknowledged.
pub(super) fn acknowledged(world: &World) -> usize {
    world.judges.iter().flat_map(|judge| judge.acknowledged.values()).map(BTreeSet::len).sum()
}

/// What happened.
pub(super) fn summary(world: &World) -> Summary {
    let count = |count: fn(&Judge) -> usize| world.judges.iter().map(count).sum();
    Summary {
        steps: world.steps,
        epochs: count(|judge| judge.openers.len()),
        refused: count(|judge| judge.verdicts().filter(|verdict| *verdict == Applied::Refused).count()),
        attempts: count(|judge| judge.attempts.len()),
        in_storm: 0,
        sends: world.delivered.iter().map(|attempt| attempt.send).collect::<BTreeSet<SendId>>().len(),
    }
}

/// All replicas hold the rows that the committed log says.
fn every_replica_is_the_same(world: &World) -> Result<(), String> {
    for (place, node) in world.nodes.iter().enumerate() {
        for (group, (replica, _)) in node.groups.iter().enumerate() {
            if replica.standing.rows != world.judges[group].rows {
                return Err(format!("the rows of group {group} on node {place} are not those of the others"));
            }
        }
    }
    Ok(())
}

/// Each event has led to its sends; each came to the provider, under one id, and is settled.
fn every_send_is_made_once(world: &World, portrait: &Portrait) -> Result<(), String> {
    let id = portrait.customer.id();
    let sends = portrait.customer.sections().ledger.sends();
    let expected = portrait.events().count() * SENDS_OF_AN_EVENT;
    if sends.len() != expected {
        return Err(format!("{id} has {} sends instead of {expected}", sends.len()));
    }
    let settled = |state: &SendState| matches!(state, SendState::Accepted { .. });
    if let Some(open) = sends.values().find(|send| !settled(&send.state)) {
        return Err(format!("send {} of {id} ended as {:?}", open.id, open.state));
    }
    let to_them = world.delivered.iter().filter(|attempt| attempt.customer == *id).map(|attempt| attempt.send);
    let arrived: BTreeSet<SendId> = to_them.collect();
    if arrived == sends.keys().copied().collect() {
        return Ok(());
    }
    Err(format!("the sends that the provider saw for {id} are not those that were decided"))
}

/// No timer fired twice, and none that was due is armed any more.
fn every_timer_fired_once(world: &World, portrait: &Portrait) -> Result<(), String> {
    let id = portrait.customer.id();
    let mut fired = BTreeSet::new();
    for input in &portrait.inputs {
        if let Input::Timer { timer, due } = &input.input
            && !fired.insert((*due, *timer))
        {
            return Err(format!("timer {timer:?} of {id} fired twice"));
        }
    }
    let left = portrait.timers.first().filter(|(due, _)| *due <= world.end());
    left.map_or(Ok(()), |(due, timer)| Err(format!("timer {timer:?} of {id} was due at {due} and never fired")))
}
