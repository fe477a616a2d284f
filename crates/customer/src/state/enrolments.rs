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
    /// The highest count of a pair that was forgotten; new pairs count from above it, so that no enrolment id comes twice.
    pub runs_floor: Run,
    /// The variants that were given on first exposure, kept from then on.
    pub exposures: BTreeMap<Exposure, String>,
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

/// What a variant was given to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exposure {
    /// The experiment.
    pub experiment: String,
    /// The unit, as text.
    pub unit: String,
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
    /// enrolment is forgotten: `reentry` no longer knows of it.
    pub const RUNS_MAX: usize = 2_000;
    /// The most exposures that are kept; further ones are computed each time, which gives the same variant for as long as the
    /// experiment's shares do not change.
    pub const EXPOSURES_MAX: usize = 1_000;
    /// The most goals of ended enrolments that are watched; the oldest leave first.
    pub const OPEN_GOALS_MAX: usize = 100;
}
