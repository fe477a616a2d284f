//! Restarts, crashes, checkpoints.

use baton_storage::engine::Engine;

use super::node::{Disks, Led, copy_folder, rows};
use crate::group::error::ProposeError;
use crate::group::groups::CreateError;
use crate::group::leadership::Leadership;

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
async fn a_log_that_fails_stops_the_group() {
    let disks = Disks::new(Engine::Fjall);
    let node = disks.start();
    let mut led = Led::of(node.group(1).await).await;
    led.put("a", "1").await;
    disks.log.fail_syncs();
    let entry = led.next("b", "2");
    assert_eq!(led.group.propose(&entry).await, Err(ProposeError::Unknown), "it may be on the disk");
    let mut leadership = led.group.leadership();
    leadership.wait_for(|now| *now == Leadership::Stopped).await.unwrap();
    let entry = led.next("c", "3");
    assert!(matches!(led.group.propose(&entry).await, Err(ProposeError::Stopped { .. })));
    assert_eq!(rows(&led.group).await, "a=1", "stale reads go on");
    node.shutdown().await;
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
