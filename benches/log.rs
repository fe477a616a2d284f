//! Durable appends a second of the Raft log alone: some groups, each with a few appends under way, on a real disk.
//!
//! What a node's batches wait for, without the node: an append counts when the log says that it is durable. Nothing is
//! purged, so the log grows for as long as it is measured. In the end it is opened again, and the run fails unless it holds
//! exactly what was said to be durable.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context;
use baton_storage::log::RaftLog;
use baton_storage::log::config::LogConfig;
use baton_storage::log::disk::FolderDisk;
use bytes::Bytes;
use clap::Parser;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Appends to one Raft log and reports how many became durable.
#[derive(Debug, Clone, Copy, Parser)]
struct Options {
    /// Groups that share the log, as the shards of a node do
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    groups: u32,
    /// Bytes of an entry; each append has one
    #[arg(long, default_value_t = 256)]
    bytes: usize,
    /// Appends of one group under way at once: what a shard's writer allows itself
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    in_flight: u32,
    /// Length of the measurement
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

/// How long each append took that became durable; the first that did not says why.
#[derive(Debug, Default)]
struct Seen {
    latencies: Vec<Duration>,
    failure: Option<String>,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    // The build folder lies on a disk; the system's folder for temporary files may lie in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).context("no folder")?;
    let open = || anyhow::Ok(RaftLog::open(LogConfig::default(), Arc::new(FolderDisk::open(folder.path())?))?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let log = open()?;
    let (ends, mut latencies, took) = runtime.block_on(load(&log, options))?;
    drop(log);
    let log = open()?;
    for (group, end) in (0..).zip(&ends) {
        let span = log.span(group);
        anyhow::ensure!((span.first, span.end) == (0, *end), "group {group} has {span:?} of {end} durable entries");
    }
    latencies.sort_unstable();
    let quantile_ms = |thousandths: usize| latencies[latencies.len() * thousandths / 1_000].as_secs_f64() * 1_000.0;
    let Options { groups, bytes, in_flight, .. } = options;
    let mut out = std::io::stdout();
    writeln!(out, "{groups} groups, {in_flight} appends of {bytes} bytes each under way in one")?;
    writeln!(out, "durable appends/s  {:>9.0}", f64::from(u32::try_from(latencies.len())?) / took.as_secs_f64())?;
    writeln!(out, "p50 ms, p99 ms     {:>9.2} {:>9.2}", quantile_ms(500), quantile_ms(990))?;
    writeln!(out, "proof              opened again: all {} entries are there, and no others", latencies.len())?;
    Ok(())
}

/// Lets every group append until the time is over; one past the last entry of each, all latencies, and how long it took.
async fn load(log: &RaftLog, options: Options) -> anyhow::Result<(Vec<u64>, Vec<Duration>, Duration)> {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (began, mut groups) = (Instant::now(), JoinSet::new());
    for group in 0..options.groups {
        groups.spawn(append(log.clone(), group, options, began, Arc::clone(&seen)));
    }
    let mut ends = groups.join_all().await.into_iter().collect::<anyhow::Result<Vec<(u32, u64)>>>()?;
    let took = began.elapsed();
    ends.sort_unstable();
    let mut seen = seen.lock().map_err(|_| anyhow::anyhow!("the log thread panicked"))?;
    anyhow::ensure!(seen.failure.is_none(), "an append failed: {:?}", seen.failure);
    Ok((ends.into_iter().map(|(_, end)| end).collect(), std::mem::take(&mut seen.latencies), took))
}

/// Appends to one group, and waits until all of it is durable.
async fn append(
    log: RaftLog,
    group: u32,
    options: Options,
    began: Instant,
    seen: Arc<Mutex<Seen>>,
) -> anyhow::Result<(u32, u64)> {
    let entry = Bytes::from(vec![0x5a; options.bytes]);
    let room = Arc::new(Semaphore::new(usize::try_from(options.in_flight)?));
    let mut end = 0;
    while began.elapsed() < Duration::from_secs(options.seconds) {
        let permit = Arc::clone(&room).acquire_owned().await?;
        let (seen, asked) = (Arc::clone(&seen), Instant::now());
        let done = move |result: Result<(), _>| {
            if let Ok(mut seen) = seen.lock() {
                match result {
                    Ok(()) => seen.latencies.push(asked.elapsed()),
                    Err(error) => seen.failure = Some(format!("{error}")),
                }
            }
            drop(permit);
        };
        log.append(group, end, vec![entry.clone()], Box::new(done)).await?;
        end += 1;
    }
    let _all = room.acquire_many(options.in_flight).await?;
    Ok((group, end))
}
