//! When a run kills its node: chosen from a seed that is told, so that a run can be repeated.

use std::time::Duration;

use baton_testkit::seeded::Seeded;

/// The seed of a run that names none.
const SEED: usize = 20_240_229;

/// The kills of one run.
pub(super) struct Kills {
    pub(super) seed: usize,
    /// How many, at most.
    pub(super) rounds: usize,
    /// How to repeat the run. A test that passes keeps it to itself; one that fails begins with it.
    pub(super) again: String,
    choices: Seeded,
}

impl Kills {
    /// As many as the environment says; `rounds` if it says nothing. `test` is what the run is called.
    pub(super) fn planned(test: &str, rounds: usize) -> Self {
        let seed = setting("BATON_CRASH_SEED", SEED);
        let rounds = setting("BATON_CRASH_ROUNDS", rounds);
        let again =
            format!("again: BATON_CRASH_SEED={seed} BATON_CRASH_ROUNDS={rounds} cargo test -p tests --test api {test}");
        Self { seed, rounds, again, choices: Seeded::new(u64::try_from(seed).unwrap()) }
    }

    /// Waits for the moment of the next kill.
    pub(super) async fn next(&mut self, longest: Duration) {
        let millis = usize::try_from(longest.as_millis()).unwrap();
        tokio::time::sleep(Duration::from_millis(u64::try_from(self.choices.below(millis)).unwrap())).await;
    }
}

/// A number from the environment.
fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}
