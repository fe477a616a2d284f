//! The batches of one epoch, as its leader proposes them and hears of them.
//!
//! Invariants: batches are numbered from 1 without gaps; a bounded number is under way; they take effect in the order of
//! their numbers, in whatever order they are heard of; a decision without rows waits for the newest batch before it; no
//! batch is proposed twice. The first that is not taken breaks the chain: nothing is proposed after it.

use std::collections::VecDeque;
use std::time::Duration;

use baton_model::ids::{DefinitionsVersion, Epoch, Seq};
use bytes::Bytes;
use jiff::Timestamp;

use crate::entry::{Applied, Batch, RowWrite};
use crate::outcome::{Outcome, Told};
use crate::past::Past;

/// Decisions on their way to the log, in one epoch. `T` is what is to be done when one of them is applied.
#[derive(Debug)]
pub struct Chain<T> {
    epoch: Epoch,
    bounds: Bounds,
    waiting: VecDeque<(Vec<RowWrite>, T)>,
    /// Each wants a batch after it, if with no rows.
    demands: Vec<T>,
    under_way: VecDeque<UnderWay<T>>,
    proposed: Seq,
    taken: Seq,
    broken: bool,
}

/// How much is proposed at once.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Batches under way; more decisions wait for the next one to be heard of.
    pub under_way_max: usize,
    /// Decisions in one batch.
    pub decisions_max: usize,
    /// Bytes of rows in one batch; a single decision may exceed it.
    pub bytes_max: usize,
    /// So many decisions wait for no company, though another batch is under way.
    pub company_enough: usize,
}

/// What a batch carries besides its rows.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// The documents under which its decisions were made.
    pub definitions_version: DefinitionsVersion,
    /// Shard time.
    pub at: Timestamp,
    /// Machine time, to know when it is overdue.
    pub since: Duration,
}

/// What to do with what waits.
#[derive(Debug, PartialEq, Eq)]
pub enum Next<T> {
    /// Nothing waits, or nothing more may be under way.
    Nothing,
    /// Little waits and another batch is under way: ask again after a moment, and say that it has passed.
    WaitForCompany,
    /// Propose this batch, once, and tell [`Chain::heard`] what came of it.
    Propose(Batch),
    /// These wrote nothing and depend on nothing under way: they take effect now, after batch [`Chain::taken`].
    TakeEffect(Vec<T>),
}

/// A batch whose turn it is to be done with.
#[derive(Debug, PartialEq, Eq)]
pub enum Settled<T> {
    /// It is applied: these take effect, in this order.
    Taken(Seq, Vec<T>),
    /// It was not taken, or nobody knows: stop deciding, and [`Chain::end`].
    Broken(Seq, Outcome),
}

/// A batch under way.
#[derive(Debug)]
struct UnderWay<T> {
    seq: Seq,
    since: Duration,
    own: Vec<T>,
    /// Wrote nothing, and depend on this batch or an earlier one.
    riders: Vec<T>,
    outcome: Option<Outcome>,
}

impl<T> Chain<T> {
    /// The chain of an epoch, without a batch yet.
    pub fn new(epoch: Epoch, bounds: Bounds) -> Self {
        let (waiting, demands, under_way) = (VecDeque::new(), Vec::new(), VecDeque::new());
        Self { epoch, bounds, waiting, demands, under_way, proposed: Seq(0), taken: Seq(0), broken: false }
    }

    /// Its epoch.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The last batch that took effect.
    pub fn taken(&self) -> Seq {
        self.taken
    }

    /// Whether nothing waits and nothing is under way.
    pub fn is_quiet(&self) -> bool {
        !self.has_waiting() && self.under_way.is_empty()
    }

    /// Whether something waits that is in no batch yet.
    pub fn has_waiting(&self) -> bool {
        !self.waiting.is_empty() || !self.demands.is_empty()
    }

    /// The oldest batch, if it has been under way for `longest` or more at `now`.
    pub fn overdue(&self, now: Duration, longest: Duration) -> Option<Seq> {
        let oldest = self.under_way.front()?;
        (now.saturating_sub(oldest.since) >= longest).then_some(oldest.seq)
    }

    /// Takes a decision. Without rows it still waits for what came before it.
    pub fn push(&mut self, writes: Vec<RowWrite>, item: T) {
        self.waiting.push_back((writes, item));
    }

    /// Demands a batch after this call, if with no rows.
    pub fn demand(&mut self, item: T) {
        self.demands.push(item);
    }

    /// What to do with what waits. `waited`: the moment for company has passed.
    pub fn next(&mut self, stamp: Stamp, mut waited: bool) -> Next<T> {
        loop {
            if !self.has_waiting() || self.broken || self.under_way.len() >= self.bounds.under_way_max {
                return Next::Nothing;
            }
            let few = self.waiting.len() < self.bounds.company_enough && self.demands.is_empty();
            if few && !waited && !self.under_way.is_empty() {
                return Next::WaitForCompany;
            }
            waited = false;
            let (mut own, writes) = self.collect();
            if !writes.is_empty() || !self.demands.is_empty() {
                own.append(&mut self.demands);
                return Next::Propose(self.batch(stamp, own, writes));
            }
            match self.under_way.back_mut() {
                Some(newest) => newest.riders.append(&mut own),
                None => return Next::TakeEffect(own),
            }
        }
    }

    /// What waits for batch `seq` to be applied, while that is under way.
    pub fn items(&self, seq: Seq) -> impl Iterator<Item = &T> {
        self.under_way.iter().filter(move |batch| batch.seq == seq).flat_map(|batch| &batch.own)
    }

    /// A batch was heard of. Batches are heard of in any order; see [`Chain::settle`].
    pub fn heard(&mut self, seq: Seq, outcome: Outcome) {
        if let Some(batch) = self.under_way.iter_mut().find(|batch| batch.seq == seq) {
            batch.outcome = Some(outcome);
        }
    }

    /// The next batch whose turn it is, if it was heard of. Ask until there is none.
    pub fn settle(&mut self) -> Option<Settled<T>> {
        let (seq, outcome) = self.under_way.front().and_then(|front| Some((front.seq, front.outcome.clone()?)))?;
        if self.broken || outcome != Outcome::Applied(Applied::Taken) {
            self.broken = true;
            return Some(Settled::Broken(seq, outcome));
        }
        let UnderWay { mut own, riders, .. } = self.under_way.pop_front()?;
        assert!(seq.0 == self.taken.0 + 1, "batches take effect in the order in which they were proposed");
        self.taken = seq;
        own.extend(riders);
        Some(Settled::Taken(seq, own))
    }

    /// Ends the chain with its epoch. Gives what can be told now, and what is still to be heard of.
    pub fn end(self) -> (Vec<(T, Told)>, Past<T>) {
        let (mut told, mut past) = (Vec::new(), Past::new());
        let mut never_proposed = Vec::new();
        for UnderWay { seq, own, riders, outcome, .. } in self.under_way {
            past.wait_for(seq, own);
            if let Some(outcome) = outcome {
                told.extend(past.heard(seq, &outcome));
            }
            never_proposed.extend(riders);
        }
        never_proposed.extend(self.waiting.into_iter().map(|(_, item)| item));
        never_proposed.extend(self.demands);
        told.extend(never_proposed.into_iter().map(|item| (item, Told::Retry)));
        (told, past)
    }

    /// Takes the next batch's worth of decisions.
    fn collect(&mut self) -> (Vec<T>, Vec<RowWrite>) {
        let (mut own, mut writes, mut bytes) = (Vec::new(), Vec::new(), 0);
        while let Some((mut rows, item)) = self.waiting.pop_front() {
            bytes += rows.iter().map(row_bytes).sum::<usize>();
            writes.append(&mut rows);
            own.push(item);
            if own.len() >= self.bounds.decisions_max || bytes >= self.bounds.bytes_max {
                break;
            }
        }
        (own, writes)
    }

    fn batch(&mut self, stamp: Stamp, own: Vec<T>, writes: Vec<RowWrite>) -> Batch {
        let Stamp { definitions_version, at, since } = stamp;
        self.proposed = Seq(self.proposed.0 + 1);
        let seq = self.proposed;
        self.under_way.push_back(UnderWay { seq, since, own, riders: Vec::new(), outcome: None });
        Batch { epoch: self.epoch, seq, definitions_version, at, writes }
    }
}

fn row_bytes(row: &RowWrite) -> usize {
    row.key.len() + row.value.as_ref().map_or(0, Bytes::len)
}

#[cfg(test)]
mod tests;
