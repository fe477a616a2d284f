//! What a cluster costs that does nothing.

use std::time::Duration;

use anyhow::Context;
use baton_local_cluster::LocalCluster;
use tokio::time::sleep;

/// The unit of CPU times in `/proc`: `USER_HZ` is 100 on every Linux that Rust runs on.
const TICKS_PER_SECOND: f64 = 100.0;

/// The CPU of each node over that time, as a share of one core.
pub async fn cpu_of_each(cluster: &mut LocalCluster, over: Duration) -> anyhow::Result<Vec<f64>> {
    let processes = cluster.nodes_mut().iter_mut().map(|node| node.process_id().context("a node is gone"));
    let processes: Vec<u32> = processes.collect::<anyhow::Result<_>>()?;
    let before = ticks(&processes)?;
    sleep(over).await;
    let after = ticks(&processes)?;
    let share = |(before, after): (u32, u32)| f64::from(after - before) / TICKS_PER_SECOND / over.as_secs_f64();
    Ok(before.into_iter().zip(after).map(share).collect())
}

/// Fields 14 and 15 of proc(5): user and kernel mode. Field 2 is a name in brackets that may hold spaces.
fn ticks(processes: &[u32]) -> anyhow::Result<Vec<u32>> {
    let of = |process: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).context("the benches run on Linux")?;
        let (_, after_name) = stat.rsplit_once(')').context("/proc names no process")?;
        let fields = after_name.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
        fields.sum::<Result<u32, _>>().context("/proc tells no times")
    };
    processes.iter().map(of).collect()
}
