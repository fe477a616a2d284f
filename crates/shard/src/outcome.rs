//! What a leader hears of an entry it proposed, and what it may tell those who wait for it.

use baton_model::ids::Seq;

use crate::entry::Applied;

/// What became of an entry, as its proposer heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is applied on this replica.
    Applied(Applied),
    /// It was never appended, so it will never be applied.
    NotAppended {
        /// What was said.
        reason: String,
    },
    /// It may be applied, now or later.
    Unknown {
        /// What was said.
        reason: String,
    },
}

/// What one who waits for a decision is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Everything that the answer depends on is applied, up to this batch.
    Applied(Seq),
    /// Certainly nothing of it was applied.
    Retry,
    /// It may have been applied.
    Unknown,
}

impl Outcome {
    /// What those are told whose decisions stood in batch `seq`.
    pub fn told(&self, seq: Seq) -> Told {
        match self {
            Self::Applied(Applied::Taken) => Told::Applied(seq),
            Self::Applied(_) | Self::NotAppended { .. } => Told::Retry,
            Self::Unknown { .. } => Told::Unknown,
        }
    }
}
