//! The batches of an epoch that has ended here, of which nothing was heard yet.
//!
//! Those who wait are told when it is known, and nothing else is done: timers and sends are read again with the new epoch.

use std::collections::BTreeMap;

use baton_model::ids::Seq;

use crate::outcome::{Outcome, Told};

/// What an ended epoch left behind.
#[derive(Debug)]
pub struct Past<T> {
    under_way: BTreeMap<Seq, Vec<T>>,
}

impl<T> Past<T> {
    pub(crate) fn new() -> Self {
        Self { under_way: BTreeMap::new() }
    }

    pub(crate) fn wait_for(&mut self, seq: Seq, items: Vec<T>) {
        self.under_way.insert(seq, items);
    }

    /// A batch was heard of: what those are told who wait for it.
    pub fn heard(&mut self, seq: Seq, outcome: &Outcome) -> Vec<(T, Told)> {
        let told = outcome.told(seq);
        let items = self.under_way.remove(&seq).unwrap_or_default();
        items.into_iter().map(|item| (item, told)).collect()
    }

    /// Whether everything was heard of.
    pub fn is_over(&self) -> bool {
        self.under_way.is_empty()
    }
}
