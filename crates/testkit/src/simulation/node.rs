//! A node: a process with a replica of every group, that may be down, asleep, or behind with its clock and its documents.

use jiff::SignedDuration;

use super::fault::Fault;
use super::raft::Raft;
use super::replica::Replica;
use super::server::Server;
use crate::seeded::Seeded;

/// How far the clocks of two nodes may differ, in milliseconds of customer time.
const SKEW: usize = 2_000;

/// One node.
pub(super) struct Node {
    pub up: bool,
    /// Which start of the process.
    pub boot: u64,
    /// Nothing happens in it before.
    pub sleeps_until: u64,
    /// What its clock is ahead of the world's.
    pub skew: SignedDuration,
    /// Which of the published documents it knows.
    pub documents: usize,
    pub groups: Vec<(Replica, Server)>,
}

impl Node {
    pub fn new(me: usize, groups: usize, seeded: &mut Seeded) -> Self {
        let skew = SignedDuration::from_millis(i64::try_from(seeded.below(SKEW)).unwrap_or(0));
        let groups = (0..groups).map(|_| (Replica::new(Raft::new(me, seeded)), Server::default())).collect();
        Self { up: true, boot: 1, sleeps_until: 0, skew, documents: 0, groups }
    }

    /// Whether nothing happens in it now.
    pub fn is_still(&self, now: u64) -> bool {
        !self.up || now < self.sleeps_until
    }

    /// The process dies: what is not durable is gone.
    pub fn crash(&mut self) {
        self.up = false;
    }

    /// The process starts.
    pub fn restart(&mut self, now: u64, fault: Option<Fault>, seeded: &mut Seeded) {
        self.up = true;
        self.boot += 1;
        self.sleeps_until = 0;
        for (replica, server) in &mut self.groups {
            replica.restart(now, fault == Some(Fault::VotesAfterRestart), seeded);
            *server = Server::default();
        }
    }
}
