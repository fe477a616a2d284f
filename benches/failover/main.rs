//! What losing a node costs: three real nodes, one writer per shard, and the longest time without an acknowledgement.
//!
//! ```text
//!  writer of shard n ── one event after the other, by the client with its default retries ──▶ node 1  node 2  node 3
//!  kill -9 of a node, start it again, wait until it leads again; then stop and start nodes in order
//! ```
//!
//! The time of a kill is the longest, over the shards that the node led, from the last acknowledgement before it to the first
//! one after it, so the client's own waits are in it. A planned change of leaders is measured the same way. Before all that
//! the cluster idles, and the CPU of each node is read.

mod idle;
mod writers;

use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use baton_client::{Client, ClientConfig};
use baton_local_cluster::{Config, LocalCluster, binary_of_sources};
use clap::Parser;
use tokio::time::{Instant, sleep};

use self::writers::Writers;

/// Nodes of the cluster.
const NODES: usize = 3;
/// How long everything may take to be as before a fault.
const SETTLE_MAX: Duration = Duration::from_mins(1);
/// Between two faults: leads are back where they are to be, and nothing is catching up.
const PAUSE: Duration = Duration::from_secs(8);

/// Kills and stops nodes of a real cluster and reports for how long their shards took nothing.
#[derive(Debug, Clone, Copy, Parser)]
struct Options {
    /// Nodes killed, one after the other
    #[arg(long, default_value_t = 20)]
    kills: usize,
    /// Nodes stopped in order, one after the other
    #[arg(long, default_value_t = 6)]
    stops: usize,
    /// Shards of the cluster
    #[arg(long, default_value_t = 32)]
    shards: u32,
    /// How long the idle cluster is watched
    #[arg(long, default_value_t = 20)]
    idle_seconds: u64,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let binary = binary_of_sources(std::env::var_os("CARGO").as_deref())?;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).context("no folder")?;
    let mut config = Config::new(binary, NODES);
    config.folder = Some(folder.path().join("cluster"));
    config.shard_count = options.shards;
    let mut cluster = LocalCluster::start(config).await?;
    let mut out = std::io::stdout();
    sleep(PAUSE).await;
    let idle = idle::cpu_of_each(&mut cluster, Duration::from_secs(options.idle_seconds)).await?;
    let shown: Vec<String> = idle.iter().map(|share| format!("{:.1} %", share * 100.0)).collect();
    writeln!(out, "idle, {} shards: CPU of each node, of one core: {}", options.shards, shown.join(", "))?;

    let client = Client::connect(ClientConfig::to(cluster.endpoints()))?;
    let writers = Writers::start(&client, options.shards);
    let mut kills = Vec::new();
    for number in (1..=NODES).cycle().take(options.kills) {
        sleep(PAUSE).await;
        let led = writers::led_by(&client, cluster.node(number)).await?;
        let began = Instant::now();
        cluster.node_mut(number).kill().await?;
        kills.push(writers.silence(&led, (began, Instant::now())).await?);
        cluster.node_mut(number).start()?;
        cluster.wait_until_ready(SETTLE_MAX).await?;
    }
    report(&mut out, "kill -9 of a node", &mut kills)?;
    let mut stops = Vec::new();
    for number in (1..=NODES).cycle().take(options.stops) {
        sleep(PAUSE).await;
        let led = writers::led_by(&client, cluster.node(number)).await?;
        let began = Instant::now();
        cluster.node_mut(number).stop().await?;
        stops.push(writers.silence(&led, (began, Instant::now())).await?);
        cluster.node_mut(number).start()?;
        cluster.wait_until_ready(SETTLE_MAX).await?;
    }
    report(&mut out, "a node that is stopped in order", &mut stops)?;
    let failed = writers.end().await;
    writeln!(out, "events that were not taken in the end: {failed}")?;
    anyhow::ensure!(failed == 0, "the client gave up on events");
    cluster.stop().await?;
    Ok(())
}

fn report(out: &mut impl Write, what: &str, silences: &mut [Duration]) -> anyhow::Result<()> {
    silences.sort_unstable();
    let (Some(least), Some(most)) = (silences.first(), silences.last()) else { return Ok(()) };
    let median = silences[silences.len() / 2];
    let times = silences.len();
    writeln!(out, "{what}, {times} times: longest silence of its shards {least:.0?} – {median:.0?} – {most:.0?}")?;
    Ok(())
}
