//! `kill -9`: of the node that leads most, of two nodes one after the other, of all at once.

use std::time::Duration;

use crate::arena::{Arena, SERVING_MAX};

/// How long a node stays dead: longer than the others need to elect leaders.
const DEAD: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn killed_nodes_lose_nothing_and_repeat_nothing() {
    let mut arena = Arena::start().await;
    arena.phase("kill of a leader", a_leader_dies).await;
    arena.phase("kill of two in turn", two_die_in_turn).await;
    arena.phase("kill of all", all_die_at_once).await;
    arena.finish().await;
}

async fn a_leader_dies(arena: &mut Arena) {
    let before = arena.everybody_agrees().await;
    let (leader, shards) = before.busiest();
    arena.cluster.node_mut(leader).kill().await.unwrap();
    arena.every_shard_takes_writes(SERVING_MAX).await;
    let after = arena.everybody_agrees().await;
    for shard in shards {
        assert!(after.epoch(shard) > before.epoch(shard), "shard {shard} has a new leader");
    }
    arena.cluster.node_mut(leader).restart().await.unwrap();
}

async fn two_die_in_turn(arena: &mut Arena) {
    let (first, _) = arena.everybody_agrees().await.busiest();
    arena.cluster.node_mut(first).kill().await.unwrap();
    arena.every_shard_takes_writes(SERVING_MAX).await;
    let (second, _) = arena.everybody_agrees().await.busiest();
    assert_ne!(first, second, "a dead node leads nothing");
    arena.cluster.node_mut(second).kill().await.unwrap();
    // Now there is no majority, and nobody can be told anything.
    tokio::time::sleep(DEAD).await;
    arena.cluster.node_mut(first).restart().await.unwrap();
    arena.every_shard_takes_writes(3 * SERVING_MAX).await;
    arena.cluster.node_mut(second).restart().await.unwrap();
}

async fn all_die_at_once(arena: &mut Arena) {
    for node in arena.cluster.nodes_mut() {
        node.kill().await.unwrap();
    }
    for node in arena.cluster.nodes_mut() {
        assert!(!node.is_running());
        node.start().unwrap();
    }
}
