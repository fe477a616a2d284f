//! A node that was away until the others had let go of the log it missed: it gets snapshots, while traffic goes on.

use std::time::Duration;

use crate::arena::{Arena, CHECKPOINT, SERVING_MAX};

/// The others let go of what the checkpoint before the last one held.
const AWAY: Duration = CHECKPOINT.saturating_mul(4);

/// Who is away.
const NODE: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_log_is_gone_catches_up_by_snapshots() {
    let mut arena = Arena::start().await;
    arena.phase("away for long", a_node_is_away).await;
    let installed = arena.finish().await.snapshots;
    assert!(installed[&NODE] > 0, "no snapshot was installed on node {NODE}: {installed:?}");
}

async fn a_node_is_away(arena: &mut Arena) {
    arena.cluster.node_mut(NODE).kill().await.unwrap();
    tokio::time::sleep(AWAY).await;
    arena.every_shard_takes_writes(SERVING_MAX).await;
    arena.cluster.node_mut(NODE).restart().await.unwrap();
}
