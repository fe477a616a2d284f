//! A replica in memory: entries go through the real gate, in the order of their proposal, and fare as the test says.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use baton_ports::record_store::{KeyRange, Order, RecordError, Records, Row, Rows};
use baton_ports::replica::{Leadership, ProposeError, ReadFailed, ReadJob, Replica};
use baton_shard::entry::{Applied, Batch, Entry};
use baton_shard::gate::Gate;
use bytes::Bytes;
use futures::channel::{mpsc, oneshot};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};

/// What becomes of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fare {
    /// The gate decides.
    Offered,
    /// It is never appended.
    NotAppended,
    /// It is applied, and whoever proposed it does not learn of it.
    AppliedUnheard,
    /// It is lost, and whoever proposed it does not learn of it.
    LostUnheard,
}

/// More changes of leadership than any test makes at once.
const CHANGES_MAX: usize = 64;

/// The replica.
#[derive(Default)]
pub(super) struct TestReplica {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    gate: Gate,
    index: u64,
    rows: BTreeMap<Bytes, Bytes>,
    batches: Vec<Batch>,
    fares: VecDeque<Fare>,
    held: Option<VecDeque<(Entry, Ending)>>,
    proposals: usize,
    unreadable: bool,
    held_reads: Option<Vec<(ReadJob, oneshot::Sender<()>)>>,
    leadership: Vec<mpsc::Sender<Leadership>>,
}

type Ending = oneshot::Sender<Result<Applied, ProposeError>>;

impl State {
    fn apply(&mut self, entry: Entry) -> Result<Applied, ProposeError> {
        self.index += 1;
        match entry {
            Entry::Activate(activate) => Ok(self.gate.activate(self.index, &activate)),
            Entry::Batch(batch) => match self.fares.pop_front().unwrap_or(Fare::Offered) {
                Fare::Offered => Ok(self.admit(batch)),
                Fare::NotAppended => Err(ProposeError::NotLeading { leader: None }),
                Fare::AppliedUnheard => {
                    self.admit(batch);
                    Err(unheard())
                }
                Fare::LostUnheard => Err(unheard()),
            },
        }
    }

    fn admit(&mut self, batch: Batch) -> Applied {
        let applied = self.gate.admit(&batch);
        if applied == Applied::Taken {
            for row in &batch.writes {
                match &row.value {
                    Some(value) => self.rows.insert(row.key.clone(), value.clone()),
                    None => self.rows.remove(&row.key),
                };
            }
            self.batches.push(batch);
        }
        applied
    }
}

fn unheard() -> ProposeError {
    ProposeError::Unknown { reason: "the answer was lost".to_owned() }
}

impl TestReplica {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The next batches fare so.
    pub(super) fn fares(&self, fares: impl IntoIterator<Item = Fare>) {
        self.state().fares.extend(fares);
    }

    /// From now on nothing is applied.
    pub(super) fn hold(&self) {
        self.state().held.get_or_insert_default();
    }

    /// Applies what was held, and no longer holds.
    pub(super) fn release(&self) {
        let state = &mut *self.state();
        for (entry, ending) in state.held.take().unwrap_or_default() {
            let _ = ending.send(state.apply(entry));
        }
    }

    /// Tells who leads.
    pub(super) fn tell(&self, leadership: Leadership) {
        self.state().leadership.retain_mut(|told| told.try_send(leadership).is_ok());
    }

    /// From now on no read comes to an end.
    pub(super) fn hold_reads(&self) {
        self.state().held_reads.get_or_insert_default();
    }

    /// Reads what was held, and no longer holds.
    pub(super) fn release_reads(&self) {
        let held = self.state().held_reads.take().unwrap_or_default();
        for (job, ending) in held {
            job(&self.rows());
            let _ = ending.send(());
        }
    }

    /// Whether reads fail from now on.
    pub(super) fn unreadable(&self, unreadable: bool) {
        self.state().unreadable = unreadable;
    }

    /// Entries proposed so far.
    pub(super) fn proposals(&self) -> usize {
        self.state().proposals
    }

    /// The batches that were taken.
    pub(super) fn batches(&self) -> Vec<Batch> {
        self.state().batches.clone()
    }

    /// The rows as they are now.
    pub(super) fn rows(&self) -> Snapshot {
        Snapshot(self.state().rows.clone())
    }
}

impl Replica for TestReplica {
    fn propose(&self, entry: Entry) -> BoxFuture<'static, Result<Applied, ProposeError>> {
        let state = &mut *self.state();
        state.proposals += 1;
        if state.held.is_none() {
            return futures::future::ready(state.apply(entry)).boxed();
        }
        let (ending, ended) = oneshot::channel();
        state.held.as_mut().unwrap().push_back((entry, ending));
        ended.map(|ended| ended.unwrap_or_else(|_| Err(unheard()))).boxed()
    }

    fn leadership(&self) -> BoxStream<'static, Leadership> {
        let (mut told, tells) = mpsc::channel(CHANGES_MAX);
        told.try_send(Leadership::Leading { term: 1 }).unwrap();
        self.state().leadership.push(told);
        tells.boxed()
    }

    fn confirm_leadership(&self) -> BoxFuture<'static, Result<(), ProposeError>> {
        futures::future::ready(Ok(())).boxed()
    }

    fn fresh_as_of(&self) -> BoxFuture<'static, Option<Instant>> {
        futures::future::ready(Some(Instant::now())).boxed()
    }

    fn read(&self, job: ReadJob) -> BoxFuture<'static, Result<(), ReadFailed>> {
        if self.state().unreadable {
            let failed = ReadFailed { reason: "the disk is gone".to_owned() };
            return futures::future::ready(Err(failed)).boxed();
        }
        if let Some(held) = &mut self.state().held_reads {
            let (ending, ended) = oneshot::channel();
            held.push((job, ending));
            return ended.map(|ended| ended.map_err(|_| ReadFailed { reason: "it was given up".to_owned() })).boxed();
        }
        job(&self.rows());
        futures::future::ready(Ok(())).boxed()
    }

    fn gate(&self) -> Gate {
        self.state().gate
    }
}

/// Rows at one instant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Snapshot(pub(super) BTreeMap<Bytes, Bytes>);

impl Records for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, RecordError> {
        Ok(self.0.get(key).cloned())
    }

    fn range(&self, range: KeyRange, order: Order) -> Rows {
        if range.is_empty() {
            return Box::new(std::iter::empty());
        }
        let bounds: (Bound<Bytes>, Bound<Bytes>) = (range.start, range.end);
        let row = |(key, value): (&Bytes, &Bytes)| Ok(Row { key: key.clone(), value: value.clone() });
        let mut rows: Vec<Result<Row, RecordError>> = self.0.range(bounds).map(row).collect();
        if order == Order::Descending {
            rows.reverse();
        }
        Box::new(rows.into_iter())
    }
}
