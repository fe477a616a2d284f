//! What is acknowledged survives the power, whenever it goes.

use std::sync::Arc;

use baton_storage::engine::Engine;
use baton_storage::log::RaftLog;
use baton_storage::log::power_loss::PowerLossDisk;
use openraft::storage::RaftLogStorage;

use super::memory_store::MemoryStore;
use super::node::{Disks, Led, Node, REPLICA, log_config, rows, start};
use crate::log_store::LogStore;
use crate::snapshot::SnapshotData;
use crate::state_machine::generations::{GroupId, ReplicaStore};
use crate::state_machine::replica::Replica;

/// How many histories are tried.
const SEEDS: u64 = 50;
/// Crashes in each of them.
const CRASHES: u64 = 3;

/// Both disks of a node.
struct Power {
    log: PowerLossDisk,
    records: MemoryStore,
}

impl Power {
    fn on() -> Self {
        Self { log: PowerLossDisk::default(), records: MemoryStore::default() }
    }

    fn start(&self) -> Node {
        start(&self.log, Arc::new(self.records.clone()))
    }

    fn lost(&self, seed: u64) -> Self {
        Self { log: self.log.after_power_loss(seed), records: self.records.after_power_loss(seed) }
    }
}

/// Numbers that only look random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Every answered batch is there after each crash, in its order, and of the others only a prefix.
#[tokio::test]
async fn nothing_acknowledged_is_lost() {
    for seed in 0..SEEDS {
        let mut dice = Dice(seed);
        let mut power = Power::on();
        let mut history: Vec<String> = Vec::new();
        for crash in 0..CRASHES {
            let context = format!("seed {seed}, crash {crash}");
            let node = power.start();
            let mut led = Led::of(node.group(1).await).await;
            let acknowledged = run(&node, &mut led, &mut dice, &mut history, crash).await;
            power = power.lost(dice.below(1 << 20));
            let restarted = power.start();
            let led = Led::of(restarted.group(1).await).await;
            let found = rows(&led.group).await;
            let kept = found.split_terminator(' ').count();
            assert!(kept >= acknowledged, "{context}: {kept} rows of {acknowledged} acknowledged");
            assert_eq!(found, history[..kept].join(" "), "{context}");
            history.truncate(kept);
            restarted.shutdown().await;
            node.shutdown().await;
        }
    }
}

/// Puts rows, some without waiting, with checkpoints in between. Returns how many rows of the history are acknowledged.
async fn run(node: &Node, led: &mut Led, dice: &mut Dice, history: &mut Vec<String>, crash: u64) -> usize {
    let mut acknowledged = history.len();
    for number in 0..=dice.below(20) {
        let key = format!("{crash}-{number:03}");
        let entry = led.next(&key, "v");
        history.push(format!("{key}=v"));
        let submitted = led.group.submit(&entry).unwrap();
        if dice.below(3) > 0 {
            submitted.await.unwrap();
            acknowledged = history.len();
        }
        if dice.below(6) == 0 {
            node.groups.checkpoint().await.unwrap();
        }
    }
    acknowledged
}

/// A replica that holds the records of a snapshot and a log that ends before it.
async fn snapshot_installed_but_log_not_purged() -> Power {
    let leader = Power::on();
    let node = leader.start();
    let mut led = Led::of(node.group(1).await).await;
    let behind = leader.lost(u64::MAX >> 32);
    for number in 0..5 {
        led.put(&format!("key-{number}"), "snapshot").await;
    }
    node.shutdown().await;
    let store = Arc::new(ReplicaStore::open(Arc::new(leader.records)).unwrap());
    let source = Replica::open(store, GroupId(1), REPLICA).unwrap();
    let (meta, data) = source.snapshot().unwrap().unwrap();
    let chunks: Vec<_> = data.into_chunks().collect();
    let store = Arc::new(ReplicaStore::open(Arc::new(behind.records.clone())).unwrap());
    let replica = Replica::open(store, GroupId(1), REPLICA).unwrap();
    replica.install(meta.last_log_id, SnapshotData::from_chunks(chunks.into_iter())).unwrap();
    let end = meta.last_log_id.unwrap().index;
    let log = RaftLog::open(log_config(), Arc::new(behind.log.clone())).unwrap();
    assert!(log.span(1).end <= end, "the log ends before the snapshot");
    behind
}

#[tokio::test]
async fn a_crash_between_installing_a_snapshot_and_purging_the_log_is_healed_at_each_step() {
    let expected = "key-0=snapshot key-1=snapshot key-2=snapshot key-3=snapshot key-4=snapshot";
    let installed = snapshot_installed_but_log_not_purged().await;
    let mut steps = 0;
    for step in 0.. {
        let power = installed.lost(step);
        power.log.cut_power_after(step);
        let interrupted = try_start(&power).await;
        let power = power.lost(step);
        let node = power.start();
        let mut led = Led::of(node.group(1).await).await;
        assert_eq!(rows(&led.group).await, expected, "power cut at step {step}");
        led.put("z", "after").await;
        assert_eq!(rows(&led.group).await, format!("{expected} z=after"));
        node.shutdown().await;
        steps = step;
        if interrupted {
            break;
        }
    }
    assert!(steps > 3, "the start takes several steps, {steps} were cut");
}

/// Starts a node whose log loses its power on the way. `true` when it led before that.
async fn try_start(power: &Power) -> bool {
    let Ok(log) = RaftLog::open(log_config(), Arc::new(power.log.clone())) else { return false };
    let node = super::node::start_with(log, Arc::new(power.records.clone()));
    let led = match node.try_group(1).await {
        Ok(group) => tokio::time::timeout(std::time::Duration::from_millis(500), super::node::try_activate(&group))
            .await
            .unwrap_or(false),
        Err(_) => false,
    };
    node.shutdown().await;
    led
}

/// Installing a snapshot fails at each of its steps: the replica then has the old rows or the new ones, whole.
#[tokio::test]
async fn a_snapshot_is_installed_whole_or_not_at_all() {
    let source = Power::on();
    let node = source.start();
    let mut led = Led::of(node.group(1).await).await;
    let behind = source.lost(u64::MAX >> 32);
    led.put("new", "1").await;
    node.shutdown().await;
    let store = Arc::new(ReplicaStore::open(Arc::new(source.records)).unwrap());
    let source = Replica::open(store, GroupId(1), REPLICA).unwrap();
    let (meta, _) = source.snapshot().unwrap().unwrap();
    let mut whole = 0;
    for step in 0..40 {
        let records = behind.records.after_power_loss(u64::MAX >> 32);
        let store = Arc::new(ReplicaStore::open(Arc::new(records.clone())).unwrap());
        let replica = Replica::open(store, GroupId(1), REPLICA).unwrap();
        let before = replica.applied_state();
        records.fail_after(step);
        let installed = replica.install(meta.last_log_id, source.snapshot().unwrap().unwrap().1);
        let crashed = records.after_power_loss(step);
        let store = Arc::new(ReplicaStore::open(Arc::new(crashed)).unwrap());
        let replica = Replica::open(store, GroupId(1), REPLICA).unwrap();
        let after = replica.applied_state();
        if installed.is_ok() {
            whole += 1;
            assert_eq!(after.0, meta.last_log_id, "step {step}");
        } else {
            assert!(after == before || after.0 == meta.last_log_id, "step {step}: neither the old nor the new rows");
        }
    }
    assert!(whole > 0 && whole < 40, "some were interrupted, some not: {whole}");
}

/// The same with real records, once: the record folder is put back to its copy at the last checkpoint.
#[tokio::test]
async fn records_put_back_to_their_last_checkpoint_catch_up_from_the_log() {
    for engine in Engine::ALL {
        let disks = Disks::new(engine);
        let node = disks.start();
        let mut led = Led::of(node.group(1).await).await;
        led.put("a", "1").await;
        node.groups.checkpoint().await.unwrap();
        let checkpointed = disks.crash(1);
        led.put("b", "2").await;
        led.put("a", "3").await;
        let crashed = Disks { log: disks.log.after_power_loss(3), ..checkpointed };
        let restarted = crashed.start();
        let led_again = Led::of(restarted.group(1).await).await;
        assert_eq!(rows(&led_again.group).await, "a=3 b=2");
        let mut log = LogStore::new(RaftLog::open(log_config(), Arc::new(disks.log.after_kill())).unwrap(), 1);
        let purged = log.get_log_state().await.unwrap().last_purged_log_id;
        assert!(purged.is_some(), "the checkpoint purged the log");
        restarted.shutdown().await;
        node.shutdown().await;
    }
}
