//! Who leads what here goes to the node that is to lead it, once that node can: leads are even at the start, and again after
//! a node was away.

use std::sync::Arc;
use std::time::Duration;

use baton_consensus::group::leadership::Leadership;
use baton_model::ids::ReplicaId;

use crate::shards::{ServedShard, Shards};
use crate::system::SystemGroup;
use crate::system::topology::Topology;

/// How often a node looks whether somebody else is to lead what it leads. Long beside an election, so that a node which
/// comes and goes does not pull the leads to and fro.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Hands leads over, one at a time, until the system group's replica stops.
pub(crate) async fn settle(system: Arc<SystemGroup>, shards: Arc<Shards>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if matches!(*system.group().leadership().borrow(), Leadership::Stopped) {
            return;
        }
        let topology = system.topology();
        for served in shards.all() {
            if let Some(to) = heir(&served, &topology, &system) {
                hand_over(&served, to).await;
            }
        }
    }
}

/// Who is to lead a shard that this node leads, if that is another node, which follows closely.
fn heir(served: &ServedShard, topology: &Topology, system: &SystemGroup) -> Option<ReplicaId> {
    if !matches!(*served.group.leadership().borrow(), Leadership::Leading { .. }) {
        return None;
    }
    let first = topology.shards.get(&served.shard)?.replicas.first()?;
    let close = || {
        let matched = served.group.matched().get(&first.replica).copied().flatten();
        let last = served.group.status().last_log_index;
        matched.zip(last).is_some_and(|(matched, last)| matched + LAG_MAX >= last)
    };
    (first.node != system.node() && close()).then_some(first.replica)
}

/// An heir that is further behind would make the others wait.
const LAG_MAX: u64 = 64;

/// Hands one lead over: the shard stops deciding, what is under way is applied, and then the heir stands for election.
pub(crate) async fn hand_over(served: &ServedShard, to: ReplicaId) {
    let shard = served.shard;
    let group = served.group.clone();
    let handed = served.handle.hand_over(async move { group.transfer_leadership(to).await }).await;
    match handed {
        Some(Ok(())) => tracing::info!(%shard, replica = %to, "the lead of a shard was handed over"),
        Some(Err(error)) => tracing::debug!(%shard, %error, "the lead of a shard stays here"),
        None => tracing::debug!(%shard, "the shard is too busy to hand its lead over"),
    }
}
