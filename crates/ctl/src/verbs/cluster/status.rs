//! `baton cluster status`

use baton_wire::json;
use baton_wire::pb::admin::v1 as admin;

use crate::{Answer, Connection, Failure, table};

pub(super) async fn run(connection: &Connection) -> Result<Answer, Failure> {
    let call = async |node: baton_client::Node, request| node.cluster().get_cluster(request).await;
    let cluster = connection.client().ask(admin::GetClusterRequest {}, call).await?;
    Ok(Answer::new(json::from_pb(&cluster), text(&cluster)))
}

fn text(cluster: &admin::Cluster) -> String {
    format!(
        "cluster {}, documents version {}\n\n{}\n\n{}",
        cluster.id,
        cluster.definitions_version,
        table(["NODE", "ADDRESS", "ZONE", "STATE"], cluster.nodes.iter().map(node)),
        shards(&cluster.shards),
    )
}

fn node(node: &admin::Node) -> [String; 4] {
    let state = if node.ready { "ready".to_owned() } else { node.obstacles.join("; ") };
    [node.id.to_string(), node.address.clone(), or_dash(node.zone.clone()), state]
}

fn shards(shards: &[admin::Shard]) -> String {
    if shards.is_empty() {
        return "no shards yet: they are made once all nodes are there that the cluster was founded for".to_owned();
    }
    let heading = ["SHARD", "LEADER", "REPLICAS", "EPOCH/BATCH", "DOCUMENTS", "LAG", "CUSTOMERS", "OUTBOX"];
    table(heading, shards.iter().map(shard))
}

fn shard(shard: &admin::Shard) -> [String; 8] {
    let leader = if shard.leader == 0 { "none".to_owned() } else { shard.leader.to_string() };
    let replicas: Vec<_> = shard.replicas.iter().map(u64::to_string).collect();
    let position = format!("{}/{}", shard.epoch, shard.seq);
    let numbers = [shard.definitions_version, shard.apply_lag, shard.active_customers, shard.outbox];
    let [version, lag, customers, outbox] = numbers.map(|number| number.to_string());
    [shard.id.to_string(), leader, or_dash(replicas.join(" ")), position, version, lag, customers, outbox]
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster() -> admin::Cluster {
        let node = |id, zone: &str, obstacles: &[&str]| admin::Node {
            id,
            address: format!("node-{id}:7400"),
            ready: obstacles.is_empty(),
            obstacles: obstacles.iter().map(|&obstacle| obstacle.to_owned()).collect(),
            zone: zone.to_owned(),
        };
        let shard = |id, leader| admin::Shard {
            id,
            leader,
            epoch: 5,
            seq: 70,
            definitions_version: 3,
            apply_lag: 1,
            active_customers: 20,
            outbox: 4,
            replicas: vec![1, 2],
        };
        admin::Cluster {
            id: "ba70".repeat(8),
            nodes: vec![node(1, "a", &[]), node(2, "", &["unreachable from node 1: refused"])],
            shards: vec![shard(0, 1), shard(1, 0)],
            definitions_version: 3,
        }
    }

    #[test]
    fn nodes_and_shards_are_tables() {
        let words: Vec<Vec<String>> =
            text(&cluster()).lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect();
        let check = |line: usize, expected: &str| assert_eq!(words[line].join(" "), expected);
        check(0, "cluster ba70ba70ba70ba70ba70ba70ba70ba70, documents version 3");
        check(2, "NODE ADDRESS ZONE STATE");
        check(3, "1 node-1:7400 a ready");
        check(4, "2 node-2:7400 - unreachable from node 1: refused");
        check(6, "SHARD LEADER REPLICAS EPOCH/BATCH DOCUMENTS LAG CUSTOMERS OUTBOX");
        check(7, "0 1 1 2 5/70 3 1 20 4");
        check(8, "1 none 1 2 5/70 3 1 20 4");
    }

    #[test]
    fn a_cluster_that_waits_for_nodes_says_so() {
        let waiting = admin::Cluster { shards: Vec::new(), ..cluster() };
        assert!(text(&waiting).ends_with("that the cluster was founded for"), "{}", text(&waiting));
    }
}
