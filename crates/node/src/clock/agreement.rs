//! Whether this node's clock agrees with those of its cluster, and what follows: who does not agree leads no shard. Nor does
//! one whose disk is almost full, and peers are told so in the same answer.
//!
//! Only the peer port of the others is needed, and nobody has to lead anything: so nodes that start together find each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use baton_consensus::group::groups::Groups;
use baton_model::ids::NodeId;
use baton_ports::clock::{Clock, MachineTime};
use baton_rpc::{PeerChannels, PeerClock, read_clock};
use baton_storage::records::NodeRecord;
use futures::future::join_all;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::exchange::{Exchange, reading};
use super::{Verdict, WallClock, Witness};
use crate::readiness::NodeReadiness;
use crate::system::SystemGroup;
use crate::system::topology::Topology;

/// How often the cluster is asked. A clock that steps is found in about this time.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// How often it is asked before the first answer, since nothing is led before that.
const ASK_FIRST_EVERY: Duration = Duration::from_millis(100);

/// How long a peer may take, with the connection that may have to be opened.
const ANSWER_MAX: Duration = Duration::from_secs(1);

/// How long a reading counts while its peer does not answer: clocks drift by some tens of milliseconds meanwhile. Without it
/// one slow answer would leave this node and a wrong clock alone, and nobody knows which of two is right.
const REMEMBERED: Duration = Duration::from_mins(10);

/// A peer whose clock has been right for this long has found that out itself, and takes a lead.
const STEADY_AFTER: Duration = Duration::from_secs(2);

/// How clocks stand, as far as this node knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fitness {
    /// This node's own.
    pub(crate) verdict: Verdict,
    /// Whether there is room on this node's disk.
    pub(crate) has_room: bool,
    /// The peers that may be given a lead; `None` if clocks are not compared and everybody may.
    pub(crate) steady: Option<BTreeSet<NodeId>>,
}

impl Fitness {
    /// Of a cluster whose clocks are not compared, because customer time is not the wall clock's.
    pub(crate) fn uncompared() -> Self {
        Self { verdict: Verdict::Agrees, has_room: true, steady: None }
    }

    /// Whether this node may lead shards.
    pub(crate) fn may_lead(&self) -> bool {
        self.verdict == Verdict::Agrees && self.has_room
    }

    /// Whether a peer may be given a lead.
    pub(crate) fn may_take(&self, node: NodeId) -> bool {
        self.steady.as_ref().is_none_or(|steady| steady.contains(&node))
    }
}

/// What a peer said of its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    Clock {
        /// What it showed.
        wall: Timestamp,
        /// Its node takes no leads, however right the clock is.
        declines: bool,
    },
    /// The round trip was too long to tell when it was read.
    TooSlowly,
    /// It was not reached.
    Nothing,
}

impl Read {
    fn clock(self) -> Option<Timestamp> {
        match self {
            Self::Clock { wall, .. } => Some(wall),
            Self::TooSlowly | Self::Nothing => None,
        }
    }
}

/// Compares clocks and keeps what is known.
pub(crate) struct Agreement {
    clock: Arc<WallClock>,
    system: Arc<SystemGroup>,
    groups: Groups,
    peers: PeerChannels,
    readiness: Arc<NodeReadiness>,
    /// What each peer's clock showed last, and when it was read.
    readings: BTreeMap<NodeId, (Timestamp, MachineTime)>,
    /// Since when each peer's clock has been right.
    right_since: BTreeMap<NodeId, MachineTime>,
    fitness: watch::Sender<Fitness>,
}

impl Agreement {
    /// What is known before anybody was asked. From now on this node leads shards only while its clock agrees.
    pub(crate) fn new(
        clock: Arc<WallClock>,
        system: Arc<SystemGroup>,
        groups: Groups,
        peers: PeerChannels,
        readiness: Arc<NodeReadiness>,
        fitness: watch::Sender<Fitness>,
    ) -> Self {
        let readings = BTreeMap::new();
        let agreement =
            Self { clock, system, groups, peers, readiness, readings, right_since: BTreeMap::new(), fitness };
        agreement.clock.ask(agreement.witness(&agreement.system.topology()));
        agreement.conclude();
        agreement
    }

    /// Asks the cluster again and again, until `stop`.
    pub(crate) async fn keep(mut self, stop: CancellationToken) {
        let mut topology = self.system.watch_topology();
        loop {
            let now = Arc::clone(&topology.borrow_and_update());
            self.compare(&now).await;
            self.conclude();
            let first = self.clock.verdict() == Verdict::NotCompared;
            let wait = tokio::time::sleep(if first { ASK_FIRST_EVERY } else { ASK_EVERY });
            tokio::select! {
                () = wait => {}
                Ok(()) = topology.changed() => {}
                () = stop.cancelled() => return,
            }
        }
    }

    fn witness(&self, topology: &Topology) -> Witness {
        if topology.nodes.keys().eq([&self.system.node()]) { Witness::Itself } else { Witness::Peers }
    }

    async fn compare(&mut self, topology: &Topology) {
        let witness = self.witness(topology);
        self.clock.ask(witness);
        // A step that was made before is seen before the first is asked.
        self.clock.now();
        let began = self.clock.machine_now();
        let others = topology.nodes.values().filter(|node| node.node != self.system.node());
        let read = join_all(others.map(|node| self.read(node))).await;
        let (own, nodes) = (self.clock.reading(), topology.nodes.len());
        let answered: Vec<Timestamp> = read.iter().filter_map(|(_, read)| read.clock()).collect();
        let known = self.remember(&read, topology);
        let exchange = Exchange::of(began.0, own, &answered, nodes);
        let exchange = exchange.and_then(|_| Exchange::of(began.0, own, &known, nodes));
        if let Some(exchange) = exchange.filter(|_| witness == Witness::Peers) {
            self.clock.exchanged(exchange);
            self.judge(exchange, &read);
        }
    }

    async fn read(&self, node: &NodeRecord) -> (NodeId, Read) {
        let asked = self.clock.machine_now();
        let answer = read_clock(&self.peers, &node.peer_address, ANSWER_MAX).await;
        let answered = self.clock.machine_now();
        let read = match answer {
            Ok(PeerClock { wall, declines_leads: declines }) => {
                let known = |wall| Read::Clock { wall, declines };
                reading(asked.0, answered.0, wall).map_or(Read::TooSlowly, known)
            }
            Err(error) => {
                tracing::debug!(node = %node.node, %error, "a clock was not read");
                Read::Nothing
            }
        };
        (node.node, read)
    }

    /// What is known of the clocks of all peers: of those that did not answer now, what they showed before.
    fn remember(&mut self, read: &[(NodeId, Read)], topology: &Topology) -> Vec<Timestamp> {
        let now = self.clock.machine_now();
        for (node, read) in read {
            if let Some(clock) = read.clock() {
                self.readings.insert(*node, (clock, now));
            }
        }
        self.readings.retain(|node, (_, at)| topology.nodes.contains_key(node) && now.since(*at) < REMEMBERED);
        self.readings.values().map(|(clock, _)| *clock).collect()
    }

    /// Notes since when the clocks of peers are right.
    fn judge(&mut self, exchange: Exchange, read: &[(NodeId, Read)]) {
        let now = self.clock.machine_now();
        for (node, read) in read {
            match read {
                Read::Clock { wall, declines: false } if exchange.differs(*wall).is_none() => {
                    self.right_since.entry(*node).or_insert(now);
                }
                Read::TooSlowly => {}
                Read::Clock { .. } | Read::Nothing => {
                    self.right_since.remove(node);
                }
            }
        }
    }

    /// Tells everybody what is known now.
    fn conclude(&self) {
        let (verdict, now) = (self.clock.verdict(), self.clock.machine_now());
        let steady = self.right_since.iter().filter(|(_, since)| now.since(**since) >= STEADY_AFTER);
        let steady = Some(steady.map(|(node, _)| *node).collect());
        let fitness = Fitness { verdict, has_room: !self.readiness.disk_is_low(), steady };
        self.groups.allow_leading(fitness.may_lead());
        let before = self.fitness.send_replace(fitness).verdict;
        match (before, verdict) {
            (Verdict::Agrees | Verdict::NotCompared, Verdict::Differs(by)) => {
                let by_ms = by.as_millis();
                tracing::warn!(
                    by_ms,
                    "the clock of this node differs from the cluster's: it leads no shard. Check NTP"
                );
            }
            (Verdict::Differs(_), Verdict::Agrees) => {
                tracing::info!("the clock of this node agrees with the cluster's again");
            }
            _ => {}
        }
    }
}
