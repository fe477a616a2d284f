//! A made-up cluster: takes calls, fails in made-up ways, and remembers what it took in which order.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::*;

/// The faults of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Faults {
    /// As the API allows: what comes after an event of a customer that was not taken is not taken either.
    Allowed,
    /// Any answer to anything.
    Any,
}

/// Numbers that look random.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// What the nodes took.
#[derive(Default)]
pub(super) struct World {
    /// Customer's events in the order in which they were taken.
    pub(super) taken: BTreeMap<usize, Vec<usize>>,
    /// Those for which the client got to know it.
    pub(super) told: BTreeSet<usize>,
}

impl World {
    /// Ends a call. `owners` says whose each event is; `is_healed` that nothing fails any more.
    pub(super) fn end(
        &mut self,
        call: &Call,
        owners: &[usize],
        faults: Faults,
        is_healed: bool,
        chance: &mut Chance,
    ) -> CallEnd {
        if !is_healed && chance.below(4) == 0 {
            // The connection breaks, before or after the node did its work.
            if chance.below(2) == 0 {
                self.answers(call, owners, faults, is_healed, chance);
            }
            return CallEnd::Failed { reason: "broken".to_owned(), after: Duration::ZERO };
        }
        let results = self.answers(call, owners, faults, is_healed, chance);
        for (event, result) in call.events.iter().zip(&results) {
            if let Some(Answered::Accepted(_)) = result.result {
                self.told.insert(*event);
            }
        }
        CallEnd::Answered(results)
    }

    fn answers(
        &mut self,
        call: &Call,
        owners: &[usize],
        faults: Faults,
        is_healed: bool,
        chance: &mut Chance,
    ) -> Vec<pb::EventResult> {
        let mut held_back = BTreeSet::new();
        let answer = |event: &usize| {
            let customer = owners[*event];
            let taken = self.taken.entry(customer).or_default();
            let is_refused = faults == Faults::Allowed && held_back.contains(&customer);
            let result = match if is_healed { 9 } else { chance.below(10) } {
                _ if is_refused => retry("predecessor", 0),
                0 => retry("no_leader", chance.below(3_000)),
                1 => Answered::Unknown(pb::Unknown {}),
                2 if !taken.contains(event) => {
                    taken.push(*event);
                    Answered::Unknown(pb::Unknown {})
                }
                _ if taken.contains(event) => Answered::Duplicate(pb::Duplicate {}),
                _ => {
                    taken.push(*event);
                    Answered::Accepted(pb::Accepted::default())
                }
            };
            if matches!(result, Answered::Retry(_) | Answered::Unknown(_)) {
                held_back.insert(customer);
            }
            pb::EventResult { result: Some(result) }
        };
        call.events.iter().map(answer).collect()
    }
}

fn retry(reason: &str, after_ms: u64) -> Answered {
    let after = Duration::from_millis(after_ms).try_into().ok();
    Answered::Retry(pb::Retry { reason: reason.to_owned(), after })
}
