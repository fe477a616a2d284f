//! Who leads which shard, as the nodes say.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_local_cluster::Node;
use baton_wire::pb::admin::v1 as admin;
use baton_wire::pb::admin::v1::cluster_service_client::ClusterServiceClient;
use tests::waiting::eventually;
use tonic::Request;
use tonic::transport::Endpoint;

use super::SHARDS;

/// How long a node may take to say how the cluster is: it asks the others, and waits for one that does not answer.
const ANSWER_MAX: Duration = Duration::from_secs(4);

/// Who leads, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leads {
    by_shard: BTreeMap<u32, Lead>,
}

/// Who leads one shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lead {
    /// Its number, as the launcher counts.
    node: usize,
    epoch: u64,
}

impl Leads {
    /// The node that leads most, and those of its shards.
    pub(crate) fn busiest(&self) -> (usize, Vec<u32>) {
        let mut shards: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for (shard, lead) in &self.by_shard {
            shards.entry(lead.node).or_default().push(*shard);
        }
        shards.into_iter().max_by_key(|(_, shards)| shards.len()).unwrap()
    }

    /// How many shards a node leads.
    pub(crate) fn of(&self, node: usize) -> usize {
        self.by_shard.values().filter(|lead| lead.node == node).count()
    }

    /// The activation of a shard.
    pub(crate) fn epoch(&self, shard: u32) -> u64 {
        self.by_shard[&shard].epoch
    }
}

/// Waits until every node that runs names the same leader for every shard.
pub(super) async fn agreed(nodes: &mut [Node]) -> Leads {
    let running: Vec<&Node> = nodes.iter_mut().filter_map(|node| node.is_running().then_some(&*node)).collect();
    eventually("all nodes see the same leaders", async || {
        let mut seen: Vec<Leads> = Vec::new();
        for node in &running {
            seen.push(asked(node, &running).await?);
        }
        let first = seen.pop()?;
        seen.iter().all(|other| *other == first).then_some(first)
    })
    .await
}

/// What one node says; nothing if it does not know all leaders.
async fn asked(node: &Node, running: &[&Node]) -> Option<Leads> {
    let channel = Endpoint::from_shared(node.endpoint()).unwrap().connect_lazy();
    let mut request = Request::new(admin::GetClusterRequest {});
    request.set_timeout(ANSWER_MAX);
    let cluster = ClusterServiceClient::new(channel).get_cluster(request).await.ok()?.into_inner();
    let number = |id: u64| {
        let address = &cluster.nodes.iter().find(|node| node.id == id)?.address;
        let leader = running.iter().find(|node| address.ends_with(&format!(":{}", node.grpc().port())))?;
        Some(leader.number())
    };
    let lead = |shard: &admin::Shard| Some((shard.id, Lead { node: number(shard.leader)?, epoch: shard.epoch }));
    let by_shard: BTreeMap<u32, Lead> = cluster.shards.iter().filter_map(lead).collect();
    (by_shard.len() == SHARDS as usize).then_some(Leads { by_shard })
}
