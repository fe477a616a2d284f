//! `baton cluster init`

use baton_wire::pb::admin::v1 as admin;
use serde_json::json;

use crate::{Answer, Connection, Failure};

/// Found a cluster, with the node that is asked as its first.
#[derive(Debug, clap::Args)]
pub struct Init {
    /// How many nodes are to be there before the shards are made
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    nodes: u32,
    /// 32 hexadecimal digits; drawn if left out
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    cluster_id: String,
}

impl Init {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let request = admin::InitRequest { nodes: self.nodes, cluster_id: self.cluster_id };
        let call = async |node: baton_client::Node, request| node.cluster().init(request).await;
        let founded = connection.client().tell(request, call).await?;
        Ok(answer(self.nodes, &founded))
    }
}

fn answer(nodes: u32, founded: &admin::InitResponse) -> Answer {
    let admin::InitResponse { cluster_id, join_token } = founded;
    let value = json!({"cluster_id": cluster_id, "join_token": join_token});
    let others = match nodes {
        1 => "It needs no other node. One that joins later has this in its configuration:".to_owned(),
        2 => "The other node joins with this in its configuration:".to_owned(),
        _ => format!("The other {} nodes join with this in their configuration:", nodes - 1),
    };
    let text = format!(
        "cluster {cluster_id} is founded\n\n{others}\n\n[cluster]\nid = \"{cluster_id}\"\njoin_token = \"{join_token}\"\n\
         seeds = [\"HOST:PORT\"]  # where this node serves the others: its node.peer\n\n\
         The token is shown only now: the cluster keeps nothing but its hash. Keep it as you keep a password."
    );
    Answer::new(value, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;

    #[test]
    fn what_the_other_nodes_need_is_told_once() {
        let founded = admin::InitResponse { cluster_id: "ba70".repeat(8), join_token: "s3cret".to_owned() };
        let text = answer(3, &founded).render(Format::Table);
        assert_eq!(
            text,
            "cluster ba70ba70ba70ba70ba70ba70ba70ba70 is founded\n\n\
             The other 2 nodes join with this in their configuration:\n\n\
             [cluster]\nid = \"ba70ba70ba70ba70ba70ba70ba70ba70\"\njoin_token = \"s3cret\"\n\
             seeds = [\"HOST:PORT\"]  # where this node serves the others: its node.peer\n\n\
             The token is shown only now: the cluster keeps nothing but its hash. Keep it as you keep a password.\n"
        );
        assert_eq!(
            answer(3, &founded).value,
            json!({"cluster_id": "ba70ba70ba70ba70ba70ba70ba70ba70", "join_token": "s3cret"})
        );
    }
}
