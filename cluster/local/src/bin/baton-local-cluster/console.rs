//! Does what is typed.

use std::io::{self, BufRead, Write};
use std::time::Duration;

use baton_local_cluster::{LocalCluster, Mode, NodeError};
use serde_json::json;
use tokio::sync::mpsc;

use crate::arguments::Output;
use crate::command::{Command, HELP};
use crate::table;

/// Lines that were typed ahead. When they are full, whoever types waits.
const LINES_MAX: usize = 16;

/// How long a restarted node may take; commands wait meanwhile.
const READY_MAX: Duration = Duration::from_mins(1);

pub(crate) struct Console {
    lines: mpsc::Receiver<String>,
    output: Output,
}

/// Why a command was not obeyed.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("there is no node {number}: they are 1 to {nodes}")]
    NoNode { number: usize, nodes: usize },
    #[error("a node has no link to itself: name two nodes")]
    NoLink,
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error("a link cannot be healed: {0}")]
    Heal(#[source] io::Error),
    #[error("nobody reads: {0}")]
    Output(#[source] io::Error),
}

impl Console {
    /// Reads lines on a thread of its own, which ends with the process: a read cannot be given up.
    pub(crate) fn open(output: Output) -> Self {
        let (sender, lines) = mpsc::channel(LINES_MAX);
        std::thread::spawn(move || {
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                if sender.blocking_send(line).is_err() {
                    return;
                }
            }
        });
        Self { lines, output }
    }

    /// Until `quit`. When there is nothing more to read, the cluster goes on until a signal ends it.
    pub(crate) async fn run(mut self, cluster: &mut LocalCluster) -> io::Result<()> {
        while let Some(line) = self.lines.recv().await {
            if line.trim().is_empty() {
                continue;
            }
            match line.parse() {
                Ok(Command::Quit) => return Ok(()),
                Ok(command) => match self.obey(cluster, command).await {
                    Ok(()) => {}
                    Err(Refusal::Output(error)) => return Err(error),
                    Err(refusal) => self.say(false, &refusal.to_string())?,
                },
                Err(error) => self.say(false, &error)?,
            }
        }
        std::future::pending().await
    }

    async fn obey(&self, cluster: &mut LocalCluster, command: Command) -> Result<(), Refusal> {
        check(cluster, command)?;
        let links = cluster.links();
        match command {
            Command::Status => return table::show(cluster, self.output).await.map_err(Refusal::Output),
            Command::Help => return self.say(true, HELP).map_err(Refusal::Output),
            Command::Kill(node) => cluster.node_mut(node).kill().await?,
            Command::Stop(node) => drop(cluster.node_mut(node).stop().await?),
            Command::Restart(node) => {
                cluster.node_mut(node).restart().await?;
                cluster.node_mut(node).wait_until_ready(READY_MAX).await?;
            }
            Command::Pause(node) => cluster.node_mut(node).pause().await?,
            Command::Resume(node) => cluster.node_mut(node).resume().await?,
            Command::Cut(one, other) => links.separate(one, other).await,
            Command::Isolate(node) => links.isolate(node).await,
            Command::Silence(from, to) => links.silence(from, to),
            Command::Slow { one, other, milliseconds } => {
                let delay = Mode::Delay(Duration::from_millis(milliseconds));
                links.one_way(one, other, delay);
                links.one_way(other, one, delay);
            }
            Command::Heal => links.heal().map_err(Refusal::Heal)?,
            Command::Quit => {}
        }
        self.say(true, "done").map_err(Refusal::Output)
    }

    fn say(&self, is_done: bool, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match self.output {
            Output::Table => writeln!(out, "{text}"),
            Output::Json => writeln!(out, "{}", json!({"done": is_done, "said": text})),
        }
    }
}

/// Whether the cluster has what the command names.
fn check(cluster: &LocalCluster, command: Command) -> Result<(), Refusal> {
    let named = command.nodes();
    let nodes = cluster.nodes().len();
    if let Some(number) = named.iter().copied().find(|number| !(1..=nodes).contains(number)) {
        return Err(Refusal::NoNode { number, nodes });
    }
    if matches!(named.as_slice(), [one, other] if one == other) {
        return Err(Refusal::NoLink);
    }
    Ok(())
}
