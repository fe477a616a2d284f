//! Whatever documents say and people do: nothing panics, every decision holds together, no cap is exceeded.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::{CAP_HOURS, CAP_LIMIT, random_scenario};
use crate::scenario::{Scenario, sends};

/// How many made-up scenarios are played; `BATON_SEEDS` plays others, as `from..to`.
const SEEDS: std::ops::Range<u64> = 0..40;

#[test]
fn no_made_up_scenario_breaks_a_rule() {
    let mut total = 0;
    for seed in seeds() {
        let text = random_scenario(seed);
        let scenario = Scenario::parse(Path::new("made-up.txt"), &text);
        let accepted = sends(&scenario).unwrap_or_else(|failure| {
            panic!("seed {seed}: {failure}\n{text}\nplay it again: BATON_SEEDS={seed}..{} cargo test -p baton-testkit made_up", seed + 1)
        });
        total += accepted.len();
        for channel in ["email", "sms", "push"] {
            let of_channel: Vec<Timestamp> =
                accepted.iter().filter(|(_, to)| to == channel).map(|(at, _)| *at).collect();
            assert_eq!(crowded(&of_channel), None, "seed {seed}: {channel} is over its cap\n{text}");
        }
    }
    assert!(total > 0, "no scenario sent anything");
}

/// The first instant at which a window ends that holds more than the cap allows: each instant is counted anew, by hand.
fn crowded(accepted: &[Timestamp]) -> Option<Timestamp> {
    accepted.iter().copied().find(|end| {
        let within = |at: &&Timestamp| {
            let age = end.duration_since(**at);
            age >= SignedDuration::ZERO && age < SignedDuration::from_hours(CAP_HOURS)
        };
        accepted.iter().filter(within).count() > CAP_LIMIT
    })
}

fn seeds() -> std::ops::Range<u64> {
    let chosen = std::env::var("BATON_SEEDS").ok();
    let range = chosen.as_deref().and_then(|text| text.split_once(".."));
    range.map_or(SEEDS, |(from, to)| from.parse().unwrap()..to.parse().unwrap())
}
