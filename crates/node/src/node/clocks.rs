//! The clock of a node, as configured, and who keeps it right.

use std::sync::Arc;

use baton_consensus::group::groups::Groups;
use baton_ports::clock::Clock;
use baton_rpc::PeerChannels;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::agreement::{Agreement, Fitness};
use crate::clock::{ScaledClock, TestClock, Wall, WallClock, Witness};
use crate::config::ClockConfig;
use crate::readiness::NodeReadiness;
use crate::system::SystemGroup;

/// A node's clock.
pub(super) struct Clocks {
    pub(super) clock: Arc<dyn Clock>,
    /// The same, if customer time stands still until somebody steps it.
    pub(super) test_clock: Option<Arc<TestClock>>,
    /// The same, if customer time is the wall clock's.
    wall_clock: Option<Arc<WallClock>>,
}

impl Clocks {
    pub(super) fn of(config: &ClockConfig) -> Self {
        if let Some(start) = config.test_start {
            let clock = Arc::new(TestClock::new(start));
            return Self { clock: Arc::clone(&clock) as _, test_clock: Some(clock), wall_clock: None };
        }
        if config.time_scale != 1 {
            let behind = Arc::new(WallClock::new(Wall::new(config), Witness::Itself));
            let clock = Arc::new(ScaledClock::new(behind, config.time_scale));
            return Self { clock, test_clock: None, wall_clock: None };
        }
        let clock = Arc::new(WallClock::new(Wall::new(config), Witness::Peers));
        Self { clock: Arc::clone(&clock) as _, test_clock: None, wall_clock: Some(clock) }
    }

    /// How clocks stand, before anybody is asked. Where customer time is the wall clock's, peers are asked from now on until
    /// `stop`, and this node leads no shard before they agree.
    pub(super) fn compare(
        &self,
        system: &Arc<SystemGroup>,
        groups: &Groups,
        peers: &PeerChannels,
        readiness: &Arc<NodeReadiness>,
        stop: &CancellationToken,
    ) -> watch::Receiver<Fitness> {
        let (told, fitness) = watch::channel(Fitness::uncompared());
        if let Some(clock) = &self.wall_clock {
            let (clock, system) = (Arc::clone(clock), Arc::clone(system));
            let agreement = Agreement::new(clock, system, groups.clone(), peers.clone(), Arc::clone(readiness), told);
            tokio::spawn(agreement.keep(stop.clone()));
        }
        fitness
    }
}
