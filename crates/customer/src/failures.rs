//! The decisions about a customer that failed, and when they park the customer: nothing more is decided until a publish or a
//! person gives reason to try again.
//!
//! Follows from the input rows alone, so that whoever leads the shard next knows what the last leader knew.

use baton_model::ids::DefinitionsVersion;
use jiff::{SignedDuration, Timestamp};

use crate::{HistoryRow, Input};

/// So many failures park a customer: once may be a freak event, twice its repeat under another id.
const FAILURES_MAX: usize = 3;

/// And only within this time, in customer time: seldom ones cost nobody anything.
const FAILURES_WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// The failures that count.
#[derive(Debug, Clone, Default)]
pub(crate) struct Failures {
    /// When the newest ones were, all under one version; fewer than [`FAILURES_MAX`].
    recent: Vec<(Timestamp, DefinitionsVersion)>,
    parked: Option<Parked>,
}

/// About this customer nothing is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// Since when.
    pub since: Timestamp,
    /// The documents under which the decisions failed; others lift it.
    pub version: DefinitionsVersion,
    /// The newest of the dead letters that parked the customer.
    pub dead_letter: String,
}

impl Failures {
    /// The failures that rows tell of, oldest row first.
    pub fn of_rows<'a>(rows: impl IntoIterator<Item = &'a HistoryRow>) -> Self {
        let mut failures = Self::default();
        for row in rows {
            failures.note(row);
        }
        failures
    }

    /// Takes the next input into account.
    pub fn note(&mut self, row: &HistoryRow) {
        match &row.input {
            Input::SetAside { dead_letter, .. } => self.failed(row, dead_letter),
            Input::Resumed { .. } => *self = Self::default(),
            _ => {}
        }
    }

    /// Whether the customer is parked while those documents are the current ones.
    pub fn parked_under(&self, version: DefinitionsVersion) -> Option<&Parked> {
        self.parked.as_ref().filter(|parked| parked.version == version)
    }

    fn failed(&mut self, row: &HistoryRow, dead_letter: &str) {
        if self.parked_under(row.version).is_some() {
            // A person's attempt to lift it failed as well: it stays.
            return;
        }
        let counts = |at: Timestamp| row.at.duration_since(at) <= FAILURES_WITHIN;
        self.recent.retain(|(at, version)| *version == row.version && counts(*at));
        self.recent.push((row.at, row.version));
        self.parked = None;
        if self.recent.len() >= FAILURES_MAX {
            self.recent.clear();
            let dead_letter = dead_letter.to_owned();
            self.parked = Some(Parked { since: row.at, version: row.version, dead_letter });
        }
    }
}

#[cfg(test)]
mod tests;
