//! For every made-up run: no event twice under way, the order of each customer, the bounds, the end in time, one answer
//! each. A failure prints the arguments of the run.

use std::collections::BTreeSet;
use std::time::Duration;

use baton_wire::limits::BATCH_EVENTS_MAX;
use proptest::prelude::*;

use super::world::{Chance, Faults, World};
use super::*;

/// Faults end here, where they end at all.
const HEALED_AT: Duration = Duration::from_secs(10);

/// More than any run needs: each step ends a call or lets time go by.
const STEPS_MAX: usize = 1_000_000;

struct Run {
    delivery: Delivery,
    owners: Vec<usize>,
    sizes: Vec<usize>,
    calls: Vec<Call>,
    world: World,
    chance: Chance,
    now: Duration,
}

impl Run {
    fn new(seed: u64, events: usize, customers: u64) -> Self {
        let mut chance = Chance(seed);
        let large = REQUEST_BYTES_MAX as u64;
        let size = |chance: &mut Chance| if chance.below(50) == 0 { chance.below(large) + 1 } else { 100 };
        let sizes: Vec<usize> = (0..events).map(|_| usize::try_from(size(&mut chance)).unwrap()).collect();
        let owners: Vec<usize> = (0..events).map(|_| usize::try_from(chance.below(customers)).unwrap()).collect();
        let names: Vec<String> = owners.iter().map(|owner| format!("customer-{owner}")).collect();
        let delivery = Delivery::new(names.iter().map(String::as_str).zip(sizes.iter().copied()), bounds());
        Self { delivery, owners, sizes, calls: Vec::new(), world: World::default(), chance, now: Duration::ZERO }
    }

    /// Runs to the end and checks each step.
    fn check(mut self, faults: Faults, heals: bool) {
        for step in 0.. {
            assert!(step < STEPS_MAX, "the delivery does not end");
            self.plan();
            if self.delivery.is_done() {
                break;
            }
            self.step(faults, heals && self.now >= HEALED_AT);
        }
        assert!(self.now <= bounds().give_up_at, "it took {:?}", self.now);
        self.check_answers(heals && faults == Faults::Allowed);
    }

    fn plan(&mut self) {
        let chance = self.chance.below(3);
        let planned =
            self.delivery.plan(self.now, |customer| node(&format!("n{}", (customer.len() as u64 + chance) % 3)));
        for call in planned {
            self.check_call(&call);
            self.calls.push(call);
        }
        assert!(self.calls.len() <= bounds().calls_in_flight_max);
        for call in &self.calls {
            let beside = self.calls.iter().filter(|other| other.to == call.to).count();
            assert!(beside <= bounds().calls_in_flight_max.div_ceil(2), "{beside} calls to one node");
        }
    }

    fn check_call(&self, call: &Call) {
        let under_way: BTreeSet<usize> =
            self.calls.iter().flat_map(|call| &call.events).map(|event| self.owners[*event]).collect();
        assert!(!call.events.is_empty() && call.events.len() <= BATCH_EVENTS_MAX);
        assert!(call.events.iter().map(|event| self.sizes[*event]).sum::<usize>() <= REQUEST_BYTES_MAX);
        assert!(self.now + call.timeout <= bounds().give_up_at && !call.timeout.is_zero());
        for (at, event) in call.events.iter().enumerate() {
            let owner = self.owners[*event];
            assert!(!under_way.contains(&owner), "customer {owner} is under way twice");
            let is_of_owner = |other: &&usize| self.owners[**other] == owner;
            assert!(call.events[..at].iter().all(|before| before < event), "{:?} is not in order", call.events);
            let later = self.world.told.iter().filter(is_of_owner).max();
            assert!(later.is_none_or(|told| told < event), "event {event} is sent although {later:?} was accepted");
        }
    }

    /// A call ends, or time goes by. A call that hangs for its whole time has failed.
    fn step(&mut self, faults: Faults, is_healed: bool) {
        if self.calls.is_empty() || self.chance.below(3) == 0 {
            let soon = self.now + Duration::from_millis(1 + self.chance.below(400));
            let next = self.delivery.next_plan(self.now);
            self.now = if self.calls.is_empty() { next } else { next.min(soon) };
            return;
        }
        let last = self.calls.len() as u64;
        let call = self.calls.remove(usize::try_from(self.chance.below(last)).unwrap());
        let end = if !is_healed && self.chance.below(30) == 0 {
            self.now = (self.now + call.timeout).min(bounds().give_up_at);
            CallEnd::Failed { reason: "timeout".to_owned(), after: Duration::ZERO }
        } else {
            self.world.end(&call, &self.owners, faults, is_healed, &mut self.chance)
        };
        let chance = self.chance.below(1_000);
        self.delivery.conclude(call.id, end, self.now, chance.into());
    }

    fn check_answers(self, must_be_taken: bool) {
        let answers = self.delivery.into_answers();
        assert_eq!(answers.len(), self.owners.len());
        for (event, answer) in answers.iter().enumerate() {
            let taken = self.world.taken.get(&self.owners[event]).is_some_and(|taken| taken.contains(&event));
            match answer {
                Answer::Accepted(_) | Answer::Duplicate => assert!(taken, "event {event} was never taken"),
                Answer::Unanswered(reason) => {
                    assert!(!must_be_taken, "event {event} is unanswered: {reason}");
                    assert!(!reason.is_empty(), "event {event} does not say why");
                }
                Answer::Rejected(_) | Answer::Refused(_) => panic!("event {event}: {answer:?}"),
            }
        }
        if must_be_taken {
            for (customer, taken) in &self.world.taken {
                assert!(taken.is_sorted(), "customer {customer} was decided out of order: {taken:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cluster_that_heals_takes_everything_in_order(seed: u64, events in 0_usize..400, customers in 1_u64..40) {
        Run::new(seed, events, customers).check(Faults::Allowed, true);
    }

    #[test]
    fn a_cluster_that_never_heals_costs_no_more_than_the_time(seed: u64, events in 0_usize..400, customers in 1_u64..40) {
        Run::new(seed, events, customers).check(Faults::Allowed, false);
    }

    #[test]
    fn nothing_is_sent_out_of_order_whatever_is_answered(seed: u64, events in 0_usize..400, customers in 1_u64..10) {
        Run::new(seed, events, customers).check(Faults::Any, false);
    }
}

#[test]
fn many_events_go_in_several_calls() {
    for seed in 0..2 {
        Run::new(seed, 4_000, 300).check(Faults::Allowed, true);
    }
}
