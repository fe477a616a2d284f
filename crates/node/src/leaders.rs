//! Who leads what here goes to the node that is to lead it, once that node can: leads are even at the start, and again after
//! a node was away.

use std::sync::Arc;
use std::time::Duration;

use baton_consensus::group::Group;
use baton_consensus::group::leadership::Leadership;
use baton_model::ids::ReplicaId;
use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::shards::{ServedShard, Shards};
use crate::system::SystemGroup;
use crate::system::topology::Topology;

/// How often a node looks whether somebody else is to lead what it leads. Long beside an election, so that a node which
/// comes and goes does not pull the leads to and fro.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Hands leads over, one at a time, until `stop`.
pub(crate) async fn settle(system: Arc<SystemGroup>, shards: Arc<Shards>, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
        let topology = system.topology();
        for served in shards.all() {
            if let Some(to) = heir(&served, &topology, &system) {
                hand_over(&served, to).await;
            }
        }
    }
}

/// Hands over every lead of this node to somebody who can take it, as far as there is anybody.
pub(crate) async fn hand_over_all(system: &SystemGroup, shards: &Shards) {
    join_all(shards.all().iter().map(async |served| {
        if let Some(to) = closest(&served.group) {
            hand_over(served, to).await;
        }
    }))
    .await;
    if let Some(to) = closest(system.group())
        && let Err(error) = system.group().transfer_leadership(to).await
    {
        tracing::debug!(%error, "the lead of the system group stays here");
    }
}

/// The voter whose log is furthest, if this node leads and there is another voter that follows closely.
fn closest(group: &Group) -> Option<ReplicaId> {
    if !matches!(*group.leadership().borrow(), Leadership::Leading { .. }) {
        return None;
    }
    let (voters, own) = (group.members().voters, group.replica_id());
    let others = group.matched().into_iter().filter(|(replica, _)| *replica != own && voters.contains(replica));
    let (replica, matched) = others.max_by_key(|(_, matched)| *matched)?;
    follows_closely(group, matched).then_some(replica)
}

fn follows_closely(group: &Group, matched: Option<u64>) -> bool {
    let last = group.status().last_log_index;
    matched.zip(last).is_some_and(|(matched, last)| matched + LAG_MAX >= last)
}

/// Who is to lead a shard that this node leads, if that is another node, which follows closely.
fn heir(served: &ServedShard, topology: &Topology, system: &SystemGroup) -> Option<ReplicaId> {
    if !matches!(*served.group.leadership().borrow(), Leadership::Leading { .. }) {
        return None;
    }
    let first = topology.shards.get(&served.shard)?.replicas.first()?;
    let close = || follows_closely(&served.group, served.group.matched().get(&first.replica).copied().flatten());
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
