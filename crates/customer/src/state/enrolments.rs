//! The runs of a customer through journeys: the live ones, and how many there were.

use std::collections::BTreeMap;

use baton_model::ids::{DefinitionsVersion, EnrolmentId, Run};
use baton_model::text_id::{CorrelationKey, JourneyId};
use jiff::Timestamp;

use crate::Enrolment;

/// The enrolments section of a customer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Enrolments {
    /// Live enrolments.
    pub live: BTreeMap<EnrolmentId, Enrolment>,
    /// Entries so far; they outlive the exit.
    pub runs: BTreeMap<RunKey, Runs>,
    /// Ended enrolments whose goal can still be reached.
    pub open_goals: Vec<OpenGoal>,
}

/// What at most one live enrolment is allowed for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunKey {
    /// The journey.
    pub journey: JourneyId,
    /// The correlation key; `None` where the journey has none.
    pub key: Option<CorrelationKey>,
}

/// The entries of one (journey, key).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runs {
    /// The number of the last run.
    pub last: Run,
    /// When it began.
    pub last_entry: Timestamp,
}

/// A goal that an ended enrolment can still reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenGoal {
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// Its journey.
    pub journey: JourneyId,
    /// Its version.
    pub version: DefinitionsVersion,
    /// Its key.
    pub key: Option<CorrelationKey>,
    /// The last instant that counts.
    pub until: Timestamp,
}

impl Enrolments {
    /// The most live enrolments of a customer; a further entry is refused: `live_enrolments`.
    pub const LIVE_MAX: usize = 100;
    /// The most (journey, key) pairs whose runs are counted. Above it the pair with the oldest entry that has no live
    /// enrolment is forgotten; its next entry would count from 1 again, so a send id could repeat only after that many others.
    pub const RUNS_MAX: usize = 2_000;
    /// The most goals of ended enrolments that are watched; the oldest leave first.
    pub const OPEN_GOALS_MAX: usize = 100;
}
