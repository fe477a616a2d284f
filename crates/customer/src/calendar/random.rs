//! A length between two, chosen by a hash: the same whenever it is computed, different for every enrolment.

use baton_model::ids::{EnrolmentId, Visit};
use baton_model::text_id::StepId;
use baton_model::time::{from_millis, to_millis};
use jiff::Timestamp;
use xxhash_rust::xxh3::Xxh3;

/// An instant in `[earliest, latest]` that belongs to this visit of this enrolment to this step.
pub(crate) fn between(
    earliest: Timestamp,
    latest: Timestamp,
    enrolment: EnrolmentId,
    step: &StepId,
    visit: Visit,
) -> Timestamp {
    let first = to_millis(earliest).as_millisecond();
    let choices =
        u64::try_from(to_millis(latest).as_millisecond().saturating_sub(first)).unwrap_or(0).saturating_add(1);
    // The high half of the product spreads the hash evenly over the choices (Lemire, "Fast random integer generation in
    // an interval", 2019).
    let offset = (u128::from(hash(enrolment, step, visit)) * u128::from(choices)) >> 64;
    from_millis(first.saturating_add(i64::try_from(offset).unwrap_or(i64::MAX)))
}

fn hash(enrolment: EnrolmentId, step: &StepId, visit: Visit) -> u64 {
    let mut hasher = Xxh3::new();
    hasher.update(b"baton/random-delay/1");
    hasher.update(&enrolment.0.to_be_bytes());
    hasher.update(&visit.0.to_be_bytes());
    hasher.update(step.as_str().as_bytes());
    hasher.digest()
}
