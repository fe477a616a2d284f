//! Who knows what is true of one group: the committed log, and the rows that must have come of it.
//!
//! The judge shares no code with the gate: it looks back over the whole log for each entry.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baton_customer::{Customer, Environment, HistoryRow, Settings, TimerKey};
use baton_journey::library::Library;
use baton_model::ids::{ClusterId, DefinitionsVersion, Epoch, SendId, Seq};
use baton_model::text_id::{CustomerId, MessageId};
use baton_shard::entry::{Applied, Batch, Entry};
use baton_storage::records;
use jiff::Timestamp;

use super::invariants;
use super::raft::{LogEntry, Raft, offset};
use super::rows::MemoryRows;
use super::said::{Attempt, Fact, Said};

/// What is true of one group.
pub(super) struct Judge {
    log: Vec<LogEntry>,
    /// What must have come of each entry, by its index; `None` for those of Raft itself.
    verdicts: Vec<Option<Applied>>,
    pub rows: MemoryRows,
    pub portraits: BTreeMap<CustomerId, Portrait>,
    pub taken: BTreeSet<(Epoch, Seq)>,
    pub denied: BTreeSet<(Epoch, Seq)>,
    /// Who decides in each epoch.
    pub openers: BTreeMap<Epoch, (usize, u64)>,
    pub acknowledged: BTreeMap<CustomerId, BTreeSet<MessageId>>,
    pub attempts: Vec<Attempt>,
    pub settings: Settings,
}

/// A customer as the committed rows tell.
pub(super) struct Portrait {
    pub customer: Customer,
    /// Oldest first; while a batch is judged, those that are new.
    pub inputs: Vec<HistoryRow>,
    pub timers: BTreeSet<(Timestamp, TimerKey)>,
    pub outbox: BTreeSet<SendId>,
}

impl Judge {
    pub fn new(settings: Settings) -> Self {
        Self {
            log: Vec::new(),
            verdicts: Vec::new(),
            rows: MemoryRows::default(),
            portraits: BTreeMap::new(),
            taken: BTreeSet::new(),
            denied: BTreeSet::new(),
            openers: BTreeMap::new(),
            acknowledged: BTreeMap::new(),
            attempts: Vec::new(),
            settings,
        }
    }

    /// Takes what a replica says is committed.
    pub fn learn(&mut self, raft: &Raft, customers: &[CustomerId], library: &Arc<Library>) -> Result<(), String> {
        let known = self.log.len();
        let committed = &raft.log[..offset(raft.commit)];
        let (old, new) = committed.split_at(known.min(committed.len()));
        assert!(
            old.last() == old.len().checked_sub(1).and_then(|last| self.log.get(last)),
            "the simulated Raft is wrong"
        );
        for entry in new {
            self.log.push(entry.clone());
            let verdict = entry.entry.as_ref().map(|entry| self.verdict(entry));
            self.verdicts.push(verdict);
            let Some(Entry::Batch(batch)) = entry.entry.as_deref() else { continue };
            if verdict == Some(Applied::Taken) {
                self.take(batch, customers, library)?;
            }
        }
        Ok(())
    }

    /// Hears what a node said, and checks it.
    pub fn hear(&mut self, fact: &Fact) -> Result<(), String> {
        match &fact.said {
            Said::Denied { epoch, seq } => drop(self.denied.insert((*epoch, *seq))),
            Said::Opened { epoch } => drop(self.openers.entry(*epoch).or_insert((fact.node, fact.boot))),
            Said::Attempted(attempt) => self.attempts.push(attempt.clone()),
            Said::Wrong(wrong) => return Err(wrong.clone()),
            Said::Answered { .. } | Said::Read { .. } | Said::NotRead { .. } | Said::Applied { .. } => {}
        }
        invariants::of_what_is_said(self, fact)
    }

    /// What must come of the entry at an index.
    pub fn verdict_at(&self, index: u64) -> Option<Applied> {
        self.verdicts.get(offset(index.checked_sub(1)?)).copied().flatten()
    }

    /// What must have come of all entries.
    pub fn verdicts(&self) -> impl Iterator<Item = Applied> {
        self.verdicts.iter().copied().flatten()
    }

    fn verdict(&self, entry: &Entry) -> Applied {
        let batch = match entry {
            Entry::Activate(_) => return Applied::Activated(Epoch(self.log.len() as u64)),
            Entry::Batch(batch) => batch,
        };
        let activated = |verdict: &Option<Applied>| match verdict {
            Some(Applied::Activated(epoch)) => Some(*epoch),
            _ => None,
        };
        let current = self.verdicts.iter().rev().find_map(activated);
        let before = self.taken.range((batch.epoch, Seq(0))..=(batch.epoch, Seq(u64::MAX))).count() as u64;
        let fits =
            current == Some(batch.epoch) && batch.seq.0 == before + 1 && batch.definitions_version >= self.newest();
        if fits { Applied::Taken } else { Applied::Refused }
    }

    /// The newest documents under which a taken batch was decided.
    fn newest(&self) -> DefinitionsVersion {
        let taken = self.log.iter().zip(&self.verdicts).filter(|(_, verdict)| **verdict == Some(Applied::Taken));
        let versions = taken.filter_map(|(entry, _)| match entry.entry.as_deref() {
            Some(Entry::Batch(batch)) => Some(batch.definitions_version),
            _ => None,
        });
        versions.max().unwrap_or_default()
    }

    fn take(&mut self, batch: &Batch, customers: &[CustomerId], library: &Arc<Library>) -> Result<(), String> {
        self.taken.insert((batch.epoch, batch.seq));
        self.rows.write(&batch.writes);
        for customer in customers.iter().filter(|customer| touches(batch, customer)) {
            let before = self.portraits.remove(customer);
            let known = before.as_ref().map_or(0, |before| before.inputs.len());
            let mut portrait = Portrait::read(&self.rows, customer, known)?;
            let environment = Environment {
                library,
                cluster: ClusterId(1),
                settings: &self.settings,
                epoch: batch.epoch,
                at: batch.at,
            };
            invariants::of_a_customer(self, before.as_ref(), &mut portrait, &environment)?;
            let earlier = before.map(|before| before.inputs).unwrap_or_default();
            portrait.inputs.splice(0..0, earlier);
            self.portraits.insert(customer.clone(), portrait);
        }
        Ok(())
    }
}

impl Portrait {
    /// Reads what the rows say, without the first `known` inputs.
    fn read(rows: &MemoryRows, id: &CustomerId, known: usize) -> Result<Self, String> {
        let read = || -> Result<Option<Self>, records::ReadError> {
            let Some(customer) = records::load_customer(rows, id)? else { return Ok(None) };
            let all = customer.sections().head.next_input.0 - 1;
            let mut inputs = records::inputs(rows, id, u64::MAX, offset(all).saturating_sub(known))?;
            inputs.reverse();
            let timers = records::timers_between(rows, Timestamp::MIN, Timestamp::MAX, usize::MAX)?;
            let outbox = records::outbox(rows, usize::MAX)?;
            Ok(Some(Self {
                customer,
                inputs,
                timers: timers
                    .into_iter()
                    .filter(|(_, who, _)| who == id)
                    .map(|(due, _, timer)| (due, timer))
                    .collect(),
                outbox: outbox.into_iter().filter(|(_, who)| who == id).map(|(send, _)| send).collect(),
            }))
        };
        match read() {
            Ok(Some(portrait)) => Ok(portrait),
            Ok(None) => Err(format!("{id} has rows and is not there")),
            Err(error) => Err(format!("the committed rows of {id} cannot be read: {error}")),
        }
    }

    /// Whether the rows still hold the inputs as they came.
    pub fn is_as_it_came(&self, rows: &MemoryRows) -> bool {
        Self::read(rows, self.customer.id(), 0).is_ok_and(|read| read.inputs == self.inputs)
    }

    /// The events that were taken, oldest first.
    pub fn events(&self) -> impl Iterator<Item = &MessageId> {
        self.inputs.iter().filter_map(|row| match &row.input {
            baton_customer::Input::Event { event, .. } => Some(&event.message_id),
            _ => None,
        })
    }
}

/// Whether a row of the batch may be about that customer; their id stands in the keys of their rows.
fn touches(batch: &Batch, customer: &CustomerId) -> bool {
    let id = customer.as_str().as_bytes();
    batch.writes.iter().any(|row| row.key.windows(id.len()).any(|part| part == id))
}
