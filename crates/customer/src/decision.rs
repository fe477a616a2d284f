//! What one command changed and what it asks of the world.

use std::ops::Range;

use baton_governance::OutboxChange;
use baton_model::decision::DecisionRecord;
use baton_model::ids::EnrolmentId;
use jiff::Timestamp;

use crate::{Answer, HistoryRow, Membership, TimerKey};

/// The outcome of one command. Everything in it belongs to one atomic write; nothing may leave before that is durable.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The instant it was decided at: never before the customer's previous one.
    pub at: Timestamp,
    /// What to tell whoever sent the command.
    pub answer: Answer,
    /// The sections to write again. Empty means that nothing changed at all.
    pub sections: SectionSet,
    /// The inputs to add, oldest first.
    pub history: Vec<HistoryRow>,
    /// The numbers of the inputs that are too old: remove their rows.
    pub history_removed: Range<u64>,
    /// The decision records to add, oldest first.
    pub records: Vec<DecisionRecord>,
    /// The numbers of the records that are too old: remove their rows.
    pub records_removed: Range<u64>,
    /// Index rows of segment members to add and remove.
    pub memberships: Vec<Membership>,
    /// Timer rows to add and remove; a fired timer is removed. Removals come first.
    pub timers: Vec<TimerChange>,
    /// Outbox rows to add and remove.
    pub outbox: Vec<OutboxChange>,
    /// Enrolments that nothing would ever wake. Always empty, unless there is a fault in Baton; counted and alarmed.
    pub wake_violations: Vec<WakeViolation>,
    /// Steps of work it took.
    pub work: u64,
}

/// A change of one timer row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerChange {
    /// Adds the row.
    Arm {
        /// The instant from which the customer wants to be woken.
        due: Timestamp,
        /// Which of the customer's timers.
        timer: TimerKey,
    },
    /// Removes the row.
    Disarm {
        /// The instant under which it was armed.
        due: Timestamp,
        /// Which of the customer's timers.
        timer: TimerKey,
    },
}

/// A live enrolment without a wake source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WakeViolation {
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// Where it stands and what is missing, for reading.
    pub detail: String,
}

/// A set of sections of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SectionSet(u8);

impl SectionSet {
    /// Counters; changed by every decision that writes.
    pub const HEAD: Self = Self(1);
    /// The profile.
    pub const PROFILE: Self = Self(1 << 1);
    /// Segment memberships.
    pub const SEGMENTS: Self = Self(1 << 2);
    /// Live enrolments and run counters.
    pub const ENROLMENTS: Self = Self(1 << 3);
    /// Sends.
    pub const LEDGER: Self = Self(1 << 4);
    /// Where old rows begin.
    pub const MARKS: Self = Self(1 << 5);
    /// Armed timers.
    pub const TIMERS: Self = Self(1 << 6);

    /// The sections of both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all sections of `other` are in it.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether no section is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}
