//! One replica of a shard on one node: its log, and the rows and the gate that came of it.
//!
//! Rows are durable up to the last checkpoint only; a crash puts them back there, and the log is applied again.

use std::rc::Rc;

use baton_shard::entry::{Applied, Entry};
use baton_shard::gate::Gate;
use baton_shard::outcome::Outcome;

use super::fault::Fault;
use super::raft::{Raft, offset};
use super::rows::MemoryRows;
use crate::seeded::Seeded;

/// What a leader proposed, named by itself.
pub(super) type Ticket = u64;

/// What was applied.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    pub applied: u64,
    pub gate: Gate,
    pub rows: MemoryRows,
}

/// The replica.
pub(super) struct Replica {
    pub raft: Raft,
    pub standing: Standing,
    checkpoint: Standing,
    /// Proposals of this process whose fate is open.
    pending: Vec<Pending>,
    /// Proposals whose fate is known and that were not heard of yet.
    pub outcomes: Vec<(Ticket, Outcome)>,
}

struct Pending {
    ticket: Ticket,
    term: u64,
    index: u64,
}

impl Replica {
    pub fn new(raft: Raft) -> Self {
        let (standing, checkpoint) = (Standing::default(), Standing::default());
        Self { raft, standing, checkpoint, pending: Vec::new(), outcomes: Vec::new() }
    }

    /// Hands an entry to the log. What came of it is among [`Replica::outcomes`] later. Its index, if it was appended.
    pub fn propose(&mut self, ticket: Ticket, entry: Entry, busy: bool) -> Option<u64> {
        let place = if busy { None } else { self.raft.propose(Rc::new(entry)) };
        match place {
            Some((term, index)) => self.pending.push(Pending { ticket, term, index }),
            None => self.outcomes.push((ticket, Outcome::NotAppended { reason: "not the leader, or busy".to_owned() })),
        }
        place.map(|(_, index)| index)
    }

    /// Whether an entry can be applied.
    pub fn can_apply(&self) -> bool {
        self.standing.applied < self.raft.commit
    }

    /// Applies the next committed entry: its index, and what came of it if it was one of the shard's.
    pub fn apply(&mut self, fault: Option<Fault>) -> (u64, Option<Applied>) {
        let index = self.standing.applied + 1;
        let log_entry = &self.raft.log[offset(index - 1)];
        let term = log_entry.term;
        self.standing.applied = index;
        let applied = log_entry.entry.as_ref().map(|entry| take(&mut self.standing, index, entry, fault));
        let (ended, pending) = self.pending.drain(..).partition(|pending| pending.index <= index);
        self.pending = pending;
        for Pending { ticket, term: proposed_in, index: at } in ended {
            let own = at == index && proposed_in == term;
            let outcome = if own { applied.map_or_else(discarded, Outcome::Applied) } else { discarded() };
            self.outcomes.push((ticket, outcome));
        }
        (index, applied)
    }

    /// Leadership is lost: some of those that wait hear so at once, the others when their entry is applied or replaced.
    pub fn give_up_some(&mut self, seeded: &mut Seeded) {
        let (given_up, pending) = self.pending.drain(..).partition(|_| seeded.once_in(2));
        self.pending = pending;
        self.outcomes.extend(given_up.into_iter().map(|pending: Pending| (pending.ticket, discarded())));
    }

    /// Whether a proposal waits that this replica can no longer lead to its end.
    pub fn waits_in_vain(&self) -> bool {
        self.raft.leads().is_none() && !self.pending.is_empty()
    }

    /// Makes what is applied durable.
    pub fn keep(&mut self) {
        self.checkpoint = self.standing.clone();
    }

    /// The process has started again.
    pub fn restart(&mut self, now: u64, votes_at_once: bool, seeded: &mut Seeded) {
        self.raft.restart(now, !votes_at_once, seeded);
        self.standing = self.checkpoint.clone();
        self.pending.clear();
        self.outcomes.clear();
    }
}

fn discarded() -> Outcome {
    Outcome::Unknown { reason: "leadership was lost meanwhile".to_owned() }
}

fn take(standing: &mut Standing, index: u64, entry: &Entry, fault: Option<Fault>) -> Applied {
    match entry {
        Entry::Activate(activate) => standing.gate.activate(index, activate),
        Entry::Batch(batch) => {
            let mut shown = batch.clone();
            if fault == Some(Fault::GateForgetsEpochs) {
                (shown.epoch, shown.seq.0) = (standing.gate.epoch, standing.gate.seq.0 + 1);
            }
            if fault == Some(Fault::GateForgetsOrder) {
                shown.seq.0 = standing.gate.seq.0 + 1;
            }
            let applied = standing.gate.admit(&shown);
            if applied == Applied::Taken {
                standing.rows.write(&batch.writes);
            }
            applied
        }
    }
}
