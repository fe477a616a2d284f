//! What the process has used of the machine, as `/proc` tells it.

use std::time::Duration;

use anyhow::Context;

/// The unit of CPU times in `/proc`: `USER_HZ` is 100 on every Linux that Rust runs on.
const TICK: Duration = Duration::from_millis(10);

/// CPU time of all threads, in user and kernel mode: node, clients and sink.
pub fn process_cpu() -> anyhow::Result<Duration> {
    cpu("/proc/self/stat")
}

/// CPU time of the calling thread.
pub fn thread_cpu() -> anyhow::Result<Duration> {
    cpu("/proc/thread-self/stat")
}

/// Fields 14 and 15 of proc(5): user and kernel mode. Field 2 is a name in brackets that may hold spaces.
fn cpu(path: &str) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(path).with_context(|| format!("{path}: the benches run on Linux"))?;
    let (_, after_name) = stat.rsplit_once(')').with_context(|| format!("{path} names no process"))?;
    let ticks = after_name.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
    Ok(TICK * ticks.sum::<Result<u32, _>>().with_context(|| format!("{path} tells no times"))?)
}

/// The most memory the process has held, in MiB.
pub fn peak_rss_mib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak of memory is told")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib / 1024)
}
