//! `baton cluster status`

use baton_wire::json;
use baton_wire::pb::admin::v1 as admin;

use crate::{Answer, Connection, Failure, table};

pub(super) async fn run(connection: &Connection) -> Result<Answer, Failure> {
    let cluster = connection
        .client()
        .ask(admin::GetClusterRequest {}, async |node, request| node.cluster().get_cluster(request).await)
        .await?;
    Ok(Answer::new(json::from_pb(&cluster), text(&cluster)))
}

fn text(cluster: &admin::Cluster) -> String {
    let nodes = cluster.nodes.iter().map(|node| {
        let state = if node.ready { "ready".to_owned() } else { node.obstacles.join("; ") };
        [node.id.to_string(), node.address.clone(), state]
    });
    let shards = cluster.shards.iter().map(|shard| {
        let leader = if shard.leader == 0 { "none".to_owned() } else { shard.leader.to_string() };
        let position = format!("{}/{}", shard.epoch, shard.seq);
        let numbers = [shard.definitions_version, shard.apply_lag, shard.active_customers, shard.outbox];
        let [version, lag, customers, outbox] = numbers.map(|number| number.to_string());
        [shard.id.to_string(), leader, position, version, lag, customers, outbox]
    });
    format!(
        "cluster {}, documents version {}\n\n{}\n\n{}",
        cluster.id,
        cluster.definitions_version,
        table(["NODE", "ADDRESS", "STATE"], nodes),
        table(["SHARD", "LEADER", "EPOCH/BATCH", "DOCUMENTS", "LAG", "CUSTOMERS", "OUTBOX"], shards),
    )
}
