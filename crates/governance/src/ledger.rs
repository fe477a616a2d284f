//! The sends of one customer, by id, with what caps and wakes are computed from.
//!
//! The indexes follow from the sends: every change goes through [`Ledger::put`], so they cannot disagree.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use baton_model::ids::{EnrolmentId, SendId, Visit};
use baton_model::send::Send;
use baton_model::text_id::{PolicyId, StepId};
use jiff::Timestamp;

/// The sends of one customer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    sends: BTreeMap<SendId, Send>,
    /// Those that are not final.
    pending: BTreeSet<SendId>,
    /// Those that caps count by instant.
    counted: BTreeSet<(Timestamp, SendId)>,
    /// Suppression policies with a cool-down: until when they hold although their rule does not.
    cooldowns: BTreeMap<PolicyId, Cooldown>,
}

/// Where a suppression policy with a cool-down stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cooldown {
    /// Its rule held at the last decision, and can change by itself at that instant.
    Holding {
        /// The rule's next flip.
        next_flip: Option<Timestamp>,
    },
    /// Its rule was found false then; it still holds for its cool-down.
    Since(Timestamp),
}

impl Ledger {
    /// The most pending sends of one customer; the next intent is refused `pending_sends`, recorded.
    pub const PENDING_MAX: usize = 100;

    /// The ledger that was stored.
    pub fn restore(
        sends: impl IntoIterator<Item = Send>,
        cooldowns: impl IntoIterator<Item = (PolicyId, Cooldown)>,
    ) -> Self {
        let mut ledger = Self { cooldowns: cooldowns.into_iter().collect(), ..Self::default() };
        for send in sends {
            ledger.put(send);
        }
        ledger
    }

    /// Every send, by id.
    pub fn sends(&self) -> &BTreeMap<SendId, Send> {
        &self.sends
    }

    /// The send of that id.
    pub fn get(&self, id: SendId) -> Option<&Send> {
        self.sends.get(&id)
    }

    /// The sends that are not final.
    pub fn pending(&self) -> impl Iterator<Item = &Send> {
        self.pending.iter().filter_map(|id| self.sends.get(id))
    }

    /// How many sends are not final.
    pub fn pending_len(&self) -> usize {
        self.pending.len()
    }

    /// The sends of one visit to a message step.
    pub fn visit(&self, enrolment: EnrolmentId, step: &StepId, visit: Visit) -> impl Iterator<Item = &Send> {
        self.sends.values().filter(move |send| send.enrolment == enrolment && send.step == *step && send.visit == visit)
    }

    /// Where suppression policies with a cool-down stand.
    pub fn cooldowns(&self) -> &BTreeMap<PolicyId, Cooldown> {
        &self.cooldowns
    }

    /// Adds a send or replaces the one of its id.
    pub fn put(&mut self, send: Send) {
        let id = send.id;
        if let Some(counted_at) = self.sends.get(&id).and_then(Send::counted_at) {
            self.counted.remove(&(counted_at, id));
        }
        if let Some(counted_at) = send.counted_at() {
            self.counted.insert((counted_at, id));
        }
        if send.is_final() {
            self.pending.remove(&id);
        } else {
            self.pending.insert(id);
        }
        self.sends.insert(id, send);
    }

    /// Removes the final sends that were decided and counted before `before`: retention. Says how many.
    pub fn forget(&mut self, before: Timestamp) -> usize {
        let len = self.sends.len();
        self.sends.retain(|_, send| {
            let newest = send.counted_at().unwrap_or(send.decided_at).max(send.decided_at);
            !send.is_final() || newest >= before
        });
        let sends = &self.sends;
        self.counted.retain(|(_, id)| sends.contains_key(id));
        len - self.sends.len()
    }

    /// The sends that caps count by instant and that were counted after `reach`, newest first.
    pub(crate) fn counted_after(&self, reach: Timestamp) -> impl Iterator<Item = (Timestamp, &Send)> {
        let from = (Bound::Excluded((reach, SendId(u128::MAX))), Bound::Unbounded);
        self.counted.range(from).rev().filter_map(|(at, id)| Some((*at, self.sends.get(id)?)))
    }

    /// Notes where a suppression policy stands; `None` forgets it.
    pub(crate) fn set_cooldown(&mut self, policy: &PolicyId, cooldown: Option<Cooldown>) {
        match cooldown {
            Some(cooldown) => self.cooldowns.insert(policy.clone(), cooldown),
            None => self.cooldowns.remove(policy),
        };
    }
}
