//! What may befall nodes and the network, and what may just happen.

use super::World;
use crate::simulation::raft::VOTERS;

/// The longest sleep of a node: longer than any election takes.
const SLEEP_MAX: usize = 2_500;

impl World {
    /// One misfortune, or its end. The node that leads is hit more often than others.
    pub(super) fn befall(&mut self) {
        let node = self.victim();
        let other = self.seeded.below(VOTERS);
        match self.seeded.below(80) {
            0 => self.nodes[node].crash(),
            2..=5 => self.restart_down(),
            1 | 6 => self.crash_and_restart(node),
            7 => self.nodes[node].sleeps_until = self.now + self.seeded.below(SLEEP_MAX) as u64,
            9 => self.network.cut[node][other] = true,
            10 => self.isolate(node),
            11..=14 => self.network.cut = Default::default(),
            15 | 16 => self.nodes[node].documents = self.libraries.len() - 1,
            17..=20 => self.keep(node),
            _ => {}
        }
    }

    fn victim(&mut self) -> usize {
        let group = self.seeded.below(self.judges.len());
        let leader = self.nodes.iter().position(|node| node.groups[group].0.raft.leads().is_some());
        leader.filter(|_| self.seeded.once_in(2)).unwrap_or_else(|| self.seeded.below(VOTERS))
    }

    fn restart_down(&mut self) {
        if let Some(node) = self.nodes.iter_mut().find(|node| !node.up) {
            node.restart(self.now, self.fault, &mut self.seeded);
        }
    }

    /// A restart that is quick: well within the lease that was given or held.
    pub(in crate::simulation) fn crash_and_restart(&mut self, node: usize) {
        if self.nodes[node].up {
            self.nodes[node].crash();
            self.nodes[node].restart(self.now, self.fault, &mut self.seeded);
        }
    }

    pub(in crate::simulation) fn isolate(&mut self, node: usize) {
        for other in 0..VOTERS {
            self.network.cut[node][other] = true;
            self.network.cut[other][node] = true;
        }
    }

    /// A checkpoint.
    fn keep(&mut self, node: usize) {
        if self.nodes[node].up {
            for (replica, _) in &mut self.nodes[node].groups {
                replica.keep();
            }
        }
    }
}
