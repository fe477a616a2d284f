//! Restarts, crashes, checkpoints.

use baton_storage::engine::Engine;

use super::node::{Disks, Led, copy_folder, rows};
use crate::group::groups::CreateError;

#[tokio::test]
async fn a_clean_restart_keeps_everything() {
    for engine in Engine::ALL {
        let disks = Disks::new(engine);
        let node = disks.start();
        let mut led = Led::of(node.group(1).await).await;
        led.put("a", "1").await;
        drop(led);
        node.shutdown().await;
        let node = disks.start();
        let mut led = Led::of(node.group(1).await).await;
        assert_eq!(rows(&led.group).await, "a=1");
        led.put("b", "2").await;
        assert_eq!(rows(&led.group).await, "a=1 b=2");
        node.shutdown().await;
    }
}

#[tokio::test]
async fn a_checkpoint_purges_the_log_and_nothing_is_missing_after_a_crash() {
    for engine in Engine::ALL {
        let disks = Disks::new(engine);
        let node = disks.start();
        let mut led = Led::of(node.group(1).await).await;
        let idle = Led::of(node.group(2).await).await;
        for number in 0..20 {
            led.put("count", &number.to_string()).await;
        }
        node.groups.checkpoint().await.unwrap();
        let status = led.group.status();
        assert_eq!(status.purged, status.applied, "the records hold all of it");
        let status = idle.group.status();
        assert_eq!(status.purged, status.applied, "an idle group pins no log");
        led.put("after", "1").await;
        // The process dies now: the records are as the disk has them, the log loses what was not synced.
        let crashed = disks.crash(7);
        drop((led, idle));
        let node = crashed.start();
        let led = Led::of(node.group(1).await).await;
        assert_eq!(rows(&led.group).await, "after=1 count=19");
        node.shutdown().await;
    }
}

#[tokio::test]
async fn records_older_than_the_log_are_refused() {
    let disks = Disks::new(Engine::Fjall);
    let old = Disks::new(Engine::Fjall);
    let node = disks.start();
    let mut led = Led::of(node.group(1).await).await;
    node.groups.checkpoint().await.unwrap();
    copy_folder(disks.records.path(), old.records.path());
    led.put("a", "1").await;
    node.groups.checkpoint().await.unwrap();
    drop(led);
    node.shutdown().await;
    let node = Disks { log: disks.log.clone(), ..old }.start();
    let refused = node.try_group(1).await.err().unwrap();
    assert!(matches!(refused, CreateError::RecordsBehindLog { .. }), "{refused}");
    assert!(refused.to_string().starts_with("the records of group 1 end at Some("), "{refused}");
    node.shutdown().await;
}

#[tokio::test]
async fn records_without_their_log_are_refused() {
    let disks = Disks::new(Engine::Fjall);
    let node = disks.start();
    drop(Led::of(node.group(1).await).await);
    node.shutdown().await;
    let node = Disks { log: Disks::new(Engine::Fjall).log, ..disks }.start();
    let refused = node.try_group(1).await.err().unwrap();
    assert!(matches!(refused, CreateError::LogLost { .. }), "{refused}");
    node.shutdown().await;
}
