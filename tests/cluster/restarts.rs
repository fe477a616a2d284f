//! Nodes that are stopped in order and started again, one after the other, under load: nobody notices.

use std::time::Duration;

use crate::arena::{Arena, READY_MAX};

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_fails_no_call() {
    let mut arena = Arena::start().await;
    let outcome = arena.phase("rolling restart", each_restarts).await;
    assert!(outcome.failures.is_empty(), "calls failed: {:?}", outcome.failures);
    arena.finish().await;
}

async fn each_restarts(arena: &mut Arena) {
    for number in 1..=3 {
        let node = arena.cluster.node_mut(number);
        let before = node.process_id();
        let status = node.stop().await.unwrap();
        assert!(status.success(), "node {number} ended with {status}");
        node.start().unwrap();
        node.wait_until_ready(READY_MAX).await.unwrap();
        assert_ne!(node.process_id(), before, "node {number} is another process");
        arena.everybody_agrees().await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
