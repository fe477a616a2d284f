//! Decide: new intents and every pending send, highest priority first.
//!
//! 1. A send that is released or attempting and that rows 1, 3–5 now refuse loses its place, is held, or ends.
//! 2. Everything that waits runs the whole pipeline in one queue: new intents, deferred sends whatever they wait for, and the
//!    sends that a higher one displaces on the way.
//! 3. A send that kept its distance from one that was then displaced has another turn. Each time around a higher priority has
//!    taken a lower one's place and none is ever given back, so this ends.
//!
//! A deferred send is asked in every decision and not only in those that change its row: the answer is the same unless
//! something changed, and a "no" that stays the same is not recorded again.

mod queue;
mod recheck;
mod turn;

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_model::decision::{Check, Enrolled, Verdict};
use baton_model::ids::SendId;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::{Send, SendState};
use baton_rules::Budget;

use queue::Queue;

use super::alternate;
use crate::decided::Decided;
use crate::intent::Intent;
use crate::ledger::Ledger;
use crate::message::Strategy;
use crate::pipeline::reachability::reachable;
use crate::pipeline::suppression;
use crate::world::World;

/// Re-checks every pending send and runs the pipeline for new intents and deferred sends together. Only what changed is
/// returned. Nothing decided with an exhausted budget may be acted on.
pub fn decide(intents: &[Intent], ledger: &mut Arc<Ledger>, world: &World<'_>, budget: &mut Budget) -> Vec<Decided> {
    suppression::watch(ledger, world, budget);
    let mut round = Round {
        world,
        budget,
        ledger,
        queue: Queue::new(world.cluster),
        before: BTreeMap::new(),
        displaced: false,
        new_sends: 0,
        decided: Vec::new(),
    };
    let pending: Vec<_> = round.ledger.pending().map(|send| send.id).collect();
    for id in pending {
        round.recheck(id);
    }
    for intent in intents {
        round.ask_for(intent);
    }
    while round.queue_unblocked() {
        while let Some(send) = round.queue.pop() {
            round.take_turn(send);
        }
    }
    round.decided
}

/// One run through everything that is pending.
struct Round<'r, 'w> {
    world: &'r World<'w>,
    budget: &'r mut Budget,
    ledger: &'r mut Arc<Ledger>,
    /// What waits for its turn.
    queue: Queue,
    /// The states of sends that lost their place in this round, as senders still know them.
    before: BTreeMap<SendId, SendState>,
    /// Somebody was displaced since blocked sends had their last turn.
    displaced: bool,
    /// How many sends this round's intents made.
    new_sends: usize,
    decided: Vec<Decided>,
}

impl Round<'_, '_> {
    /// Queues the sends of a new intent. A visit that has sends was asked for before; their decisions stand.
    fn ask_for(&mut self, intent: &Intent) {
        if self.ledger.visit(intent.enrolment, &intent.step, intent.visit).next().is_some() {
            return;
        }
        let messages = self.world.messages;
        let Some(message) = messages.message(intent.version, &intent.journey, &intent.step) else {
            self.no_send(intent, Reason::new(ReasonCode::Internal, "its step is in no version in use"), Vec::new());
            return;
        };
        let waiting = self.ledger.pending_len() + self.new_sends;
        let channels = match message.strategy {
            Strategy::All => message.channels.iter().collect(),
            Strategy::FirstReachable => {
                let first = reachable(&message, self.world).next();
                first.or(message.channels.first()).into_iter().collect::<Vec<_>>()
            }
        };
        if waiting + channels.len() > Ledger::PENDING_MAX {
            let detail = format!("{waiting} of {} are pending", Ledger::PENDING_MAX);
            self.no_send(intent, Reason::new(ReasonCode::PendingSends, detail), Vec::new());
            return;
        }
        for channel in channels {
            let reason = Reason::new(ReasonCode::Internal, "not decided yet");
            let send = alternate::first(intent, channel, &message, reason, self.world);
            self.queue.push(send, Some(&message));
            self.new_sends += 1;
        }
    }

    /// Queues what may have been blocked by a send that is gone; whether anybody waits for a turn.
    fn queue_unblocked(&mut self) -> bool {
        if std::mem::take(&mut self.displaced) {
            let blocked = |send: &&Send| matches!(&send.state, SendState::Deferred { reason, .. } if reason.code == ReasonCode::MinGap);
            for send in self.ledger.pending().filter(blocked).cloned() {
                let message = self.world.message(&send);
                self.queue.push(send, message.as_ref());
            }
        }
        !self.queue.is_empty()
    }

    /// Records that a message found no send to make.
    fn no_send(&mut self, intent: &Intent, reason: Reason, checks: Vec<Check>) {
        self.decided.push(Decided {
            enrolment: intent.enrolment,
            step: intent.step.clone(),
            visit: intent.visit,
            verdict: Verdict::NoSend {
                enrolled: Enrolled { enrolment: intent.enrolment, journey: intent.journey.clone() },
                step: intent.step.clone(),
                reason,
            },
            checks,
            next: None,
            outbox: None,
        });
    }
}
