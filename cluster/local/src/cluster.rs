//! The cluster: made from a [`Config`], gone when it is dropped.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::birth::{self, Birth};
use crate::config::Config;
use crate::error::{NodeError, StartError};
use crate::folder::Folder;
use crate::guardian::Guardian;
use crate::links::Links;
use crate::node::{Launch, Node, Ports};
use crate::port::{NoPort, Port};
use crate::settings::{self, Peers, Place};

/// With more, the relays between all pairs would need more files than a process may have open by default.
pub(crate) const NODES_MAX: usize = 16;

/// Real nodes on this machine. Dropped, it kills them and removes its folder, unless that was given or is kept.
#[derive(Debug)]
pub struct LocalCluster {
    // In the order in which they must go: first who writes into the folder.
    nodes: Vec<Node>,
    links: Links,
    config: Config,
    birth: Option<Birth>,
    folder: Folder,
}

impl LocalCluster {
    /// Starts all nodes, has the cluster born, and waits until each of them is ready. On an error the folder is kept.
    ///
    /// One node alone is started with `serve --init` and gets no settings about peers.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        if !(1..=NODES_MAX).contains(&config.nodes) {
            return Err(StartError::Nodes(config.nodes));
        }
        let mut cluster = Self::prepare(config)?;
        let launched = cluster.launch().await;
        if launched.is_err() {
            cluster.keep();
        }
        launched.map(|()| cluster)
    }

    /// All nodes, in the order of their numbers.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// All nodes, in the order of their numbers.
    pub fn nodes_mut(&mut self) -> &mut [Node] {
        &mut self.nodes
    }

    /// A node by its number, from 1.
    ///
    /// # Panics
    /// If there is no such node.
    pub fn node(&self, number: usize) -> &Node {
        let index = self.index(number);
        &self.nodes[index]
    }

    /// A node by its number, from 1.
    ///
    /// # Panics
    /// If there is no such node.
    pub fn node_mut(&mut self, number: usize) -> &mut Node {
        let index = self.index(number);
        &mut self.nodes[index]
    }

    /// The network between the nodes.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// Where to call each node, as `--endpoint` wants it.
    pub fn endpoints(&self) -> Vec<String> {
        self.nodes.iter().map(Node::endpoint).collect()
    }

    /// The id of the cluster; of one node alone, only if it was given.
    pub fn cluster_id(&self) -> Option<&str> {
        self.birth.as_ref().map(|birth| birth.cluster_id.as_str()).or(self.config.cluster_id.as_deref())
    }

    /// What a further node needs to join; none for one node alone.
    pub fn join_token(&self) -> Option<&str> {
        self.birth.as_ref().map(|birth| birth.join_token.as_str())
    }

    /// Where everything is.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder stays when the cluster goes.
    pub fn keep(&mut self) {
        self.folder.keep();
    }

    /// Waits until each node that runs is ready; `max` is for all of them together.
    pub async fn wait_until_ready(&mut self, max: Duration) -> Result<(), NodeError> {
        let end = tokio::time::Instant::now() + max;
        for node in &mut self.nodes {
            if node.is_running() {
                node.wait_until_ready(end.saturating_duration_since(tokio::time::Instant::now())).await?;
            }
        }
        Ok(())
    }

    /// Ends all nodes in order, at the same time. The first error is returned after all were tried; what does not end is
    /// killed when the cluster is dropped.
    pub async fn stop(&mut self) -> Result<(), NodeError> {
        let mut outcome = Ok(());
        let mut asked = Vec::new();
        for node in self.nodes.iter_mut().filter_map(|node| node.is_running().then_some(node)) {
            match node.ask_to_stop().await {
                Ok(()) => asked.push(node),
                error => outcome = outcome.and(error),
            }
        }
        for node in asked {
            outcome = outcome.and(node.wait_until_stopped().await.map(drop));
        }
        outcome
    }

    /// Everything but processes.
    fn prepare(config: Config) -> Result<Self, StartError> {
        let given = config.folder.as_deref();
        let folder = Folder::open(given).map_err(|source| StartError::File {
            path: given.map_or_else(std::env::temp_dir, PathBuf::from),
            source,
        })?;
        let guardian = Arc::new(Guardian::start().map_err(StartError::Guardian)?);
        let mut nodes = Vec::new();
        for number in 1..=config.nodes {
            let launch = launch(&config, &folder, number);
            nodes.push(Node::new(number, ports()?, launch, Arc::clone(&guardian)));
        }
        let peers: Vec<SocketAddr> = nodes.iter().map(Node::peer).collect();
        let links = if config.relays { Links::start(&peers)? } else { Links::none() };
        Ok(Self { nodes, links, config, birth: None, folder })
    }

    async fn launch(&mut self) -> Result<(), StartError> {
        self.start_node(1)?;
        if self.config.nodes > 1 {
            self.nodes[0].wait_until_alive(self.config.start_max).await?;
            let birth = birth::init(&self.config, &self.nodes[0]).await;
            let folder = || self.folder.path().to_path_buf();
            self.birth = Some(birth.map_err(|said| StartError::Birth { said, folder: folder() })?);
            for number in 2..=self.config.nodes {
                self.start_node(number)?;
            }
        }
        let max = self.config.start_max;
        Ok(self.wait_until_ready(max).await?)
    }

    /// Writes its file and starts it.
    fn start_node(&mut self, number: usize) -> Result<(), StartError> {
        let path = self.folder.settings(number);
        let file = settings::file(&self.config, &self.place(number));
        fs::write(&path, file.to_string()).map_err(|source| StartError::File { path, source })?;
        Ok(self.node_mut(number).start()?)
    }

    fn place(&self, number: usize) -> Place<'_> {
        let node = self.node(number);
        Place {
            number,
            grpc: node.grpc(),
            http: node.http(),
            home: node.home(),
            peers: self.peers(number),
            cluster_id: self.cluster_id(),
            join_token: self.join_token(),
        }
    }

    fn peers(&self, number: usize) -> Peers {
        let all: Vec<SocketAddr> = self.nodes.iter().map(Node::peer).collect();
        let others = all.iter().copied().filter(|peer| *peer != all[number - 1]);
        let seeds = if number == 1 { Vec::new() } else { others.collect() };
        Peers { listen: all[number - 1], seeds, dial: self.links.dial(number, &all) }
    }

    fn index(&self, number: usize) -> usize {
        assert!((1..=self.nodes.len()).contains(&number), "no node {number}: they are 1 to {}", self.nodes.len());
        number - 1
    }
}

fn ports() -> Result<Ports, NoPort> {
    Ok(Ports { grpc: Port::reserve()?, http: Port::reserve()?, peer: Port::reserve()? })
}

fn launch(config: &Config, folder: &Folder, number: usize) -> Launch {
    let mut arguments = vec!["serve".to_owned(), "--config".to_owned(), folder.settings(number).display().to_string()];
    arguments.extend((config.nodes == 1).then(|| "--init".to_owned()));
    arguments.extend(settings::options(config, number).flat_map(|options| options.flags.clone()));
    let environment = settings::options(config, number).flat_map(|options| options.environment.clone()).collect();
    let (home, log) = (folder.home(number), folder.log(number));
    Launch { binary: config.binary.clone(), arguments, environment, home, log }
}
