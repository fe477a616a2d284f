//! Shows the cluster: where each node is, how it is, and what the relays did.

use std::io::{self, Write};

use baton_local_cluster::{Counts, Flow, LocalCluster};
use serde::Serialize;

use crate::arguments::Output;

#[derive(Debug, Serialize)]
struct View<'a> {
    folder: String,
    cluster_id: Option<&'a str>,
    /// Anybody who sees the screen can have the cluster: it is there to play with.
    join_token: Option<&'a str>,
    nodes: Vec<NodeView>,
    links: Vec<LinkView>,
}

#[derive(Debug, Serialize)]
struct NodeView {
    node: usize,
    process: Option<u32>,
    is_ready: bool,
    grpc: String,
    http: String,
    peer: String,
    log: String,
}

#[derive(Debug, Serialize)]
struct LinkView {
    from: usize,
    to: usize,
    #[serde(flatten)]
    counts: Counts,
}

pub(crate) async fn show(cluster: &mut LocalCluster, output: Output) -> io::Result<()> {
    let mut nodes = Vec::new();
    for node in cluster.nodes_mut() {
        nodes.push(NodeView {
            node: node.number(),
            process: node.process_id(),
            is_ready: node.is_ready().await,
            grpc: node.endpoint(),
            http: format!("http://{}", node.http()),
            peer: node.peer().to_string(),
            log: node.log().display().to_string(),
        });
    }
    let links = cluster.links().relays();
    let view = View {
        folder: cluster.folder().display().to_string(),
        cluster_id: cluster.cluster_id(),
        join_token: cluster.join_token(),
        nodes,
        links: links.map(|(from, to, relay)| LinkView { from, to, counts: relay.counts() }).collect(),
    };
    let text = match output {
        Output::Table => for_people(&view),
        Output::Json => serde_json::to_string(&view)? + "\n",
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn for_people(view: &View<'_>) -> String {
    let mut lines = vec![format!("folder  {}", view.folder)];
    lines.extend(view.cluster_id.map(|id| format!("cluster {id}")));
    lines.push(format!("\n{:<5} {:<9} {:<6} {:<23} {:<23} PEERS", "NODE", "PROCESS", "READY", "GRPC", "HTTP"));
    for NodeView { node, process, is_ready, grpc, http, peer, .. } in &view.nodes {
        let process = process.map_or_else(|| "down".to_owned(), |id| id.to_string());
        let ready = if *is_ready { "yes" } else { "no" };
        lines.push(format!("{node:<5} {process:<9} {ready:<6} {grpc:<23} {http:<23} {peer}"));
    }
    let busy: Vec<&LinkView> = view.links.iter().filter(|link| link.counts != Counts::default()).collect();
    if !busy.is_empty() {
        lines.push("\nLINK  CONNECTIONS  CUT  PASSED        DROPPED       SLOWED".to_owned());
    }
    for LinkView { from, to, counts } in busy {
        let Flow { passed, dropped, slowed, .. } = counts.forth + counts.back;
        let (connections, cut) = (counts.connections, counts.cut);
        lines.push(format!("{from}→{to:<3} {connections:<12} {cut:<4} {passed:<13} {dropped:<13} {slowed}"));
    }
    lines.join("\n") + "\n"
}
