//! Kills, pauses, cuts and heals in random order, several at a time, also so many that nobody can serve. Whoever is whole
//! again takes writes within seconds.
//!
//! The order follows from a seed that is told. `BATON_CLUSTER_SEED` repeats a run, `BATON_CLUSTER_SECONDS` makes it longer.

use std::collections::BTreeSet;
use std::time::Duration;

use baton_local_cluster::Mode;
use baton_testkit::seeded::Seeded;
use tokio::time::Instant;

use crate::arena::Arena;
use crate::stalls::pause;

/// The seed of a run that names none.
const SEED: u64 = 20_240_229;

/// How long a run that says nothing else goes on.
const SECONDS: u64 = 30;

/// The longest pause between two steps: some faults end before anybody notices, some are met by the next.
const STEP_MS_MAX: usize = 2_500;

/// The fewest faults of a run; one with fewer shows nothing.
const FAULTS_MIN: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn faults_in_any_order_lose_nothing_and_repeat_nothing() {
    let (seed, seconds) = (setting("BATON_CLUSTER_SEED", SEED), setting("BATON_CLUSTER_SECONDS", SECONDS));
    println!(
        "again: BATON_CLUSTER_SEED={seed} BATON_CLUSTER_SECONDS={seconds} cargo test -p tests --test cluster in_any_order"
    );
    let mut arena = Arena::start().await;
    let mut left = Duration::from_secs(seconds);
    let mut faults = Faults { choices: Seeded::new(seed), dead: BTreeSet::new(), paused: BTreeSet::new(), done: 0 };
    // A verdict now and then, so that a long run knows early and keeps little in mind.
    for part in 1.. {
        let length = left.min(Duration::from_mins(1));
        arena.phase(&format!("random part {part}"), async |arena| faults.run(arena, length).await).await;
        left -= length;
        if left.is_zero() {
            break;
        }
    }
    assert!(faults.done >= FAULTS_MIN, "only {} faults happened", faults.done);
    arena.finish().await;
}

/// What is broken.
struct Faults {
    choices: Seeded,
    dead: BTreeSet<usize>,
    paused: BTreeSet<usize>,
    done: usize,
}

impl Faults {
    /// Breaks and mends for a while, then mends everything.
    async fn run(&mut self, arena: &mut Arena, length: Duration) {
        let end = Instant::now() + length;
        while Instant::now() < end {
            self.step(arena).await;
            let pause = u64::try_from(self.choices.below(STEP_MS_MAX)).unwrap();
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        arena.cluster.links().heal().unwrap();
        for number in std::mem::take(&mut self.paused) {
            arena.cluster.node_mut(number).resume().await.unwrap();
        }
        for number in std::mem::take(&mut self.dead) {
            arena.cluster.node_mut(number).start().unwrap();
        }
    }

    /// One step. It is told, so that the log of a node can be read beside it.
    async fn step(&mut self, arena: &mut Arena) {
        let node = 1 + self.choices.below(3);
        let other = 1 + (node + self.choices.below(2)) % 3;
        let links = arena.cluster.links();
        let what = match self.choices.below(8) {
            0 | 1 if self.dead.remove(&node) => {
                arena.cluster.node_mut(node).start().unwrap();
                format!("{node} starts again")
            }
            0 | 1 => {
                arena.cluster.node_mut(node).kill().await.unwrap();
                self.paused.remove(&node);
                self.dead.insert(node);
                self.breaks(format!("{node} is killed"))
            }
            2 | 3 if self.paused.remove(&node) => {
                arena.cluster.node_mut(node).resume().await.unwrap();
                format!("{node} goes on")
            }
            2 | 3 if !self.dead.contains(&node) => {
                pause(arena, node).await;
                self.paused.insert(node);
                self.breaks(format!("{node} stands still"))
            }
            4 => {
                links.separate(node, other).await;
                self.breaks(format!("{node} and {other} are cut off from each other"))
            }
            5 => {
                links.silence(node, other);
                self.breaks(format!("{other} does not hear {node}"))
            }
            6 => {
                links.one_way(node, other, Mode::Hold);
                self.breaks(format!("{other} hears {node} late"))
            }
            _ => {
                links.heal().unwrap();
                "the network heals".to_owned()
            }
        };
        println!("  {what}");
    }

    fn breaks(&mut self, what: String) -> String {
        self.done += 1;
        what
    }
}

/// A number from the environment.
fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}
