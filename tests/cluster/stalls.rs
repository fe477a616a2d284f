//! A node whose time stands still (SIGSTOP): its shards go to others, and when it goes on it does nothing under its old epoch.

use std::time::Duration;

use baton_channels::sink::Answer;
use tests::waiting::eventually;

use crate::arena::{Arena, SERVING_MAX};

/// Longer than the election timeout.
const STALL: Duration = Duration::from_secs(5);

/// So many attempts are turned away before, for so long.
const TURNED_AWAY: usize = 12;
const TURNING_AWAY: Duration = Duration::from_millis(800);

/// Attempts that may have had their permit when time stopped, and go out when it goes on. The sink knows them by their id.
const ON_THE_WIRE_MAX: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_stood_still_commits_nothing_under_its_old_epoch() {
    let mut arena = Arena::start().await;
    let outcome = arena.phase("pause of a leader", a_leader_stands_still).await;
    assert!(outcome.late <= ON_THE_WIRE_MAX, "{} attempts under an old epoch", outcome.late);
    arena.phase("short pause of a leader", a_leader_hesitates).await;
    arena.finish().await;
}

async fn a_leader_stands_still(arena: &mut Arena) {
    let before = arena.everybody_agrees().await;
    let (leader, shards) = before.busiest();
    // Sends wait for their next attempt when time stops, and are due when it goes on.
    arena.hook.script([Answer::Refuse(503, None); TURNED_AWAY]);
    tokio::time::sleep(TURNING_AWAY).await;
    pause(arena, leader).await;
    tokio::time::sleep(STALL).await;
    arena.every_shard_takes_writes(SERVING_MAX).await;
    arena.cluster.node_mut(leader).resume().await.unwrap();
    let after = arena.everybody_agrees().await;
    for shard in shards {
        assert!(after.epoch(shard) > before.epoch(shard), "shard {shard} went to another node");
    }
}

/// Shorter than the election timeout: whether or not it stays the leader, nothing is lost.
async fn a_leader_hesitates(arena: &mut Arena) {
    let (leader, _) = arena.everybody_agrees().await.busiest();
    for _ in 0..4 {
        pause(arena, leader).await;
        tokio::time::sleep(Duration::from_millis(700)).await;
        arena.cluster.node_mut(leader).resume().await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Stops it, and waits until it stands.
pub(crate) async fn pause(arena: &mut Arena, number: usize) {
    let node = arena.cluster.node_mut(number);
    node.pause().await.unwrap();
    let status = format!("/proc/{}/stat", node.process_id().unwrap());
    eventually("the node stands still", async || {
        let status = std::fs::read_to_string(&status).unwrap();
        let (_, state) = status.rsplit_once(") ").unwrap();
        state.starts_with('T').then_some(())
    })
    .await;
}
