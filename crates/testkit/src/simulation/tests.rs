//! No seed finds a rule broken; and each rule, when it is broken, is found.

use super::*;

/// The seeds of every day; `BATON_SEEDS` runs others, as `from..to`.
const SEEDS: std::ops::Range<u64> = 0..200;

#[test]
fn the_invariants_hold_after_every_step_and_all_ends_well() {
    let mut total = Summary::default();
    for seed in seeds() {
        let run = simulate(seed, None).unwrap_or_else(|found| {
            panic!(
                "{found}\nlive through it again: BATON_SEEDS={seed}..{} cargo test -p baton-testkit simulation",
                seed + 1
            )
        });
        total.steps += run.steps;
        total.epochs += run.epochs;
        total.refused += run.refused;
        total.in_storm += run.in_storm;
        total.attempts += run.attempts;
        total.sends += run.sends;
    }
    assert!(total.refused > 0 && total.attempts > total.sends, "nothing went wrong: {total:?}");
}

#[test]
fn each_broken_rule_is_found() {
    let unnoticed = Fault::EVERYDAY.into_iter().filter(|fault| {
        let found = SEEDS.clone().find_map(|seed| simulate(seed, Some(*fault)).err());
        found.is_none()
    });
    assert_eq!(unnoticed.collect::<Vec<_>>(), []);
}

fn seeds() -> std::ops::Range<u64> {
    let chosen = std::env::var("BATON_SEEDS").ok();
    let range = chosen.as_deref().and_then(|text| text.split_once(".."));
    range.map_or(SEEDS, |(from, to)| from.parse().unwrap()..to.parse().unwrap())
}

/// Without the rule about votes after a restart, or without a lease, a leader reads what is no longer true.
#[test]
fn a_voter_that_forgets_its_lease_makes_reads_stale() {
    for fault in [None, Some(Fault::VotesAfterRestart), Some(Fault::ReadsWithoutLease)] {
        let found = (0..8).find_map(|seed| vote_after_restart(seed, fault).err());
        assert_eq!(
            found.as_ref().is_some_and(|found| found.contains("stale")),
            fault.is_some(),
            "{fault:?}: {found:?}"
        );
    }
}
