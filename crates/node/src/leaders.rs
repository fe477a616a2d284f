//! Who leads what here goes to the node that is to lead it, once that node can: leads are even at the start, and again after
//! a node was away. And it goes to whoever can take it when this node stops, or must not lead because of its clock.

use std::sync::Arc;
use std::time::Duration;

use baton_consensus::group::Group;
use baton_consensus::group::leadership::Leadership;
use baton_model::ids::ReplicaId;
use futures::future::join_all;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::agreement::Fitness;
use crate::shards::{ServedShard, Shards};
use crate::system::SystemGroup;
use crate::system::topology::Topology;

/// How often a node looks whether somebody else is to lead what it leads. Long beside an election, so that a node which
/// comes and goes does not pull the leads to and fro.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// How often a node that must not lead tries again to hand over what it leads.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The leads of a node.
#[derive(Clone)]
pub(crate) struct Leads {
    pub(crate) system: Arc<SystemGroup>,
    pub(crate) shards: Arc<Shards>,
    /// Who may lead, as clocks stand.
    pub(crate) clocks: watch::Receiver<Fitness>,
}

impl Leads {
    /// Hands leads over, one at a time, to those who are to have them, until `stop`.
    pub(crate) async fn settle(self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            let topology = self.system.topology();
            for served in self.shards.all() {
                if let Some(to) = self.heir(&served, &topology) {
                    hand_over(&served, to).await;
                }
            }
        }
    }

    /// Hands everything over whenever this node must not lead, until `stop`.
    pub(crate) async fn leave(self, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(TRY_AGAIN_AFTER)).await.is_some() {
            if !self.may_lead() {
                self.hand_over_all().await;
            }
        }
    }

    /// Hands over every lead of this node to somebody who can take it, as far as there is anybody.
    pub(crate) async fn hand_over_all(&self) {
        join_all(self.shards.all().iter().map(async |served| {
            if let Some(to) = self.closest(&served.group) {
                hand_over(served, to).await;
            }
        }))
        .await;
        let group = self.system.group();
        if let Some(to) = self.closest(group)
            && let Err(error) = group.transfer_leadership(to).await
        {
            tracing::debug!(%error, "the lead of the system group stays here");
        }
    }

    fn may_lead(&self) -> bool {
        self.clocks.borrow().may_lead()
    }

    /// The voter whose log is furthest, if this node leads and there is another voter that follows closely and may lead.
    fn closest(&self, group: &Group) -> Option<ReplicaId> {
        if !leads(group) {
            return None;
        }
        let (members, clocks) = (group.members(), self.clocks.borrow());
        let votes = |replica| members.voters.contains(&replica) && replica != group.replica_id();
        let may_take = |replica| members.all.get(&replica).is_some_and(|member| clocks.may_take(member.node));
        let others = group.matched().into_iter().filter(|(replica, _)| votes(*replica) && may_take(*replica));
        let (replica, matched) = others.max_by_key(|(_, matched)| *matched)?;
        follows_closely(group, matched).then_some(replica)
    }

    /// Who is to lead a shard that this node leads, if that is another node, which follows closely and may lead.
    fn heir(&self, served: &ServedShard, topology: &Topology) -> Option<ReplicaId> {
        if !leads(&served.group) {
            return None;
        }
        let first = topology.shards.get(&served.shard)?.replicas.first()?;
        let close = || follows_closely(&served.group, served.group.matched().get(&first.replica).copied().flatten());
        let may_take = || self.clocks.borrow().may_take(first.node);
        (first.node != self.system.node() && may_take() && close()).then_some(first.replica)
    }
}

fn leads(group: &Group) -> bool {
    matches!(*group.leadership().borrow(), Leadership::Leading { .. })
}

fn follows_closely(group: &Group, matched: Option<u64>) -> bool {
    let last = group.status().last_log_index;
    matched.zip(last).is_some_and(|(matched, last)| matched + LAG_MAX >= last)
}

/// An heir that is further behind would make the others wait.
const LAG_MAX: u64 = 64;

/// Hands one lead over: the shard stops deciding, what is under way is applied, and then the heir stands for election.
async fn hand_over(served: &ServedShard, to: ReplicaId) {
    let shard = served.shard;
    let group = served.group.clone();
    let handed = served.handle.hand_over(async move { group.transfer_leadership(to).await }).await;
    match handed {
        Some(Ok(())) => tracing::info!(%shard, replica = %to, "the lead of a shard was handed over"),
        Some(Err(error)) => tracing::debug!(%shard, %error, "the lead of a shard stays here"),
        None => tracing::debug!(%shard, "the shard is too busy to hand its lead over"),
    }
}
