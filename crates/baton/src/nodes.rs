//! The throwaway cluster of `dev` and `demo`: one node in this process, or several as processes of their own.

use std::path::Path;

use anyhow::{Context, bail};
use baton_client::Client;
use baton_ctl::Failure;
use baton_local_cluster::LocalCluster;
use baton_node::config::Config;
use baton_node::{Birth, Node};
use baton_wire::pb::admin::v1 as admin;
use tokio::sync::Mutex;
use toml::{Table, Value};

/// The most nodes: each is a process with all its threads, on one machine.
pub(crate) const NODES_MAX: usize = 9;

/// A running cluster.
pub(crate) enum Nodes {
    /// In this process.
    Here(Box<Node>),
    /// Processes, which end with this one.
    Processes(Box<Mutex<LocalCluster>>),
}

impl Nodes {
    /// Starts that many nodes, all as configured, with folders below `folder`, and waits until they are ready. `secrets` are the
    /// values that a configuration does not show, by the path of their key.
    pub(crate) async fn start(
        mut config: Config,
        count: usize,
        folder: &Path,
        secrets: &[(&[&str], &str)],
    ) -> anyhow::Result<Self> {
        if count > 1 {
            return Self::spawn(&config, count, folder, secrets).await;
        }
        config.storage.dir = folder.join("node");
        let node = Node::start(config, Birth::Alone).await.context("the node does not start")?;
        node.ready().await;
        Ok(Self::Here(Box::new(node)))
    }

    async fn spawn(config: &Config, count: usize, folder: &Path, secrets: &[(&[&str], &str)]) -> anyhow::Result<Self> {
        let binary = std::env::current_exe().context("this program cannot be found on the disk")?;
        let mut local = baton_local_cluster::Config::new(binary, count);
        local.folder = Some(folder.join("nodes"));
        local.cluster_id = (!config.cluster.id.is_empty()).then(|| config.cluster.id.clone());
        local.shard_count = config.cluster.shard_count;
        local.every_node.settings = settings(config, secrets)?;
        let cluster = LocalCluster::start(local).await.context("the nodes do not start")?;
        Ok(Self::Processes(Box::new(Mutex::new(cluster))))
    }

    /// Where services call: each node.
    pub(crate) async fn endpoints(&self) -> Vec<String> {
        match self {
            Self::Here(node) => vec![format!("http://{}", node.grpc())],
            Self::Processes(cluster) => cluster.lock().await.endpoints(),
        }
    }

    /// Where health and metrics are asked for: each node.
    pub(crate) async fn http(&self) -> Vec<String> {
        match self {
            Self::Here(node) => vec![format!("http://{}", node.http())],
            Self::Processes(cluster) => {
                cluster.lock().await.nodes().iter().map(|node| format!("http://{}", node.http())).collect()
            }
        }
    }

    /// Kills the node that leads the most shards, as a crash would, and starts it again. Returns which it was.
    pub(crate) async fn kill_leader(&self, client: &Client) -> anyhow::Result<usize> {
        let Self::Processes(cluster) = self else { bail!("a node in this process cannot be killed") };
        let view =
            client.ask(admin::GetClusterRequest {}, async |node, request| node.cluster().get_cluster(request).await);
        let view = view.await.map_err(Failure::from)?;
        let leads = |node: &admin::Node| view.shards.iter().filter(|shard| shard.leader == node.id).count();
        let most = view.nodes.iter().max_by_key(|node| leads(node)).context("the cluster has no nodes")?;
        let mut cluster = cluster.lock().await;
        let number = cluster.nodes().iter().find(|node| node.grpc().to_string() == most.address);
        let number = number.map(baton_local_cluster::Node::number).context("the leader is none of the nodes")?;
        let node = cluster.node_mut(number);
        node.kill().await?;
        node.start()?;
        Ok(number)
    }

    /// Ends every node.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        match self {
            Self::Here(node) => node.stop().await,
            Self::Processes(cluster) => cluster.into_inner().stop().await?,
        }
        Ok(())
    }
}

/// What a node is configured with beyond its place, as the launcher writes it.
fn settings(config: &Config, secrets: &[(&[&str], &str)]) -> anyhow::Result<Table> {
    let all = Table::try_from(config).context("the configuration cannot be written")?;
    // The place of a node is the launcher's business.
    let sections = ["clock", "delivery", "telemetry"];
    let mut settings: Table = all.iter().filter(|(name, _)| sections.contains(&name.as_str())).map(pair).collect();
    let retention = ["history_days", "records_days", "dedup_days", "trigger_max_age_hours", "fallback_zone"];
    if let Some(Value::Table(cluster)) = all.get("cluster") {
        let kept = cluster.iter().filter(|(name, _)| retention.contains(&name.as_str())).map(pair).collect();
        settings.insert("cluster".to_owned(), Value::Table(kept));
    }
    for (path, secret) in secrets {
        let Some((key, tables)) = path.split_last() else { continue };
        let table = tables.iter().try_fold(&mut settings, |table, name| table.get_mut(*name)?.as_table_mut());
        let table = table.with_context(|| format!("{} is no part of the configuration", path.join(".")))?;
        table.insert((*key).to_owned(), Value::String((*secret).to_owned()));
    }
    Ok(settings)
}

fn pair((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// A folder that is thrown away.
pub(crate) fn throwaway_folder(name: &str) -> Result<tempfile::TempDir, Failure> {
    let folder = tempfile::Builder::new().prefix(&format!("baton-{name}-")).tempdir();
    folder.map_err(|error| Failure::file(&std::env::temp_dir(), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_get_what_is_configured_and_no_masked_secret() {
        let mut config = Config::default();
        config.cluster.history_days = 730;
        config.node.zone = "elsewhere".to_owned();
        let text = r#"
            [providers.app]
            type = "webhook"
            url = "http://127.0.0.1:1/"
            secret = "whsec_YQ=="
            [channels.app]
            providers = ["app"]
        "#;
        config.delivery = toml::from_str(text).unwrap();
        let settings = settings(&config, &[(&["delivery", "providers", "app", "secret"], "whsec_YQ==")]).unwrap();
        let text = settings.to_string();
        assert!(text.contains("whsec_YQ==") && text.contains("history_days = 730"), "{text}");
        assert!(!text.contains("***") && !text.contains("elsewhere") && !text.contains("join_token"), "{text}");
    }
}
