//! Nothing that was acknowledged is lost when the power goes, and nothing appears that was never written.
//!
//! The log that is found afterwards must be the one after some number of operations: at least those acknowledged, at
//! most those begun.

use bytes::Bytes;

use super::super::power_loss::{Dice, PowerLossDisk};
use super::super::{RaftLog, Row};
use super::model::{Model, Op};
use super::open;

/// Seeds of the random test. Each plays several lives of a log.
const SEEDS: u64 = 50;
/// Lives of one log: each ends with a power loss, the next begins with what is left.
const LIVES: u64 = 4;

#[tokio::test]
async fn no_acknowledged_operation_is_lost() {
    for seed in 0..SEEDS {
        let mut dice = Dice(seed);
        let mut disk = PowerLossDisk::default();
        let mut model = Model::default();
        for life in 0..LIVES {
            let ops = random_ops(&mut dice);
            disk.cut_power_after(dice.below(120));
            let context = format!("seed {seed}, life {life}, operations {ops:?}");
            (disk, model) = crash(&disk, model, &ops, dice.below(u64::MAX), &context).await;
        }
        open(&disk);
    }
}

#[tokio::test]
async fn a_replaced_tail_survives_a_crash_at_each_step() {
    use Op::{Append, Checkpoint, CutBack, Vote};

    let ops = [
        Vote { group: 1 },
        Append { group: 1, count: 10 },
        Append { group: 2, count: 3 },
        CutBack { group: 1, count: 5 },
        Vote { group: 1 },
        Append { group: 1, count: 3 },
        CutBack { group: 1, count: 8 },
        Append { group: 1, count: 9 },
        Checkpoint,
    ];
    crash_at_each_step(&ops).await;
}

#[tokio::test]
async fn a_log_purged_beyond_its_end_survives_a_crash_at_each_step() {
    use Op::{Append, Checkpoint, CutBack, Drop, Purge};

    let ops = [
        Append { group: 1, count: 6 },
        CutBack { group: 1, count: 2 },
        Purge { group: 1, ahead: 30 },
        Append { group: 1, count: 4 },
        Checkpoint,
        Append { group: 2, count: 20 },
        Purge { group: 2, ahead: 15 },
        Drop { group: 1 },
        Append { group: 1, count: 2 },
        Checkpoint,
    ];
    crash_at_each_step(&ops).await;
}

#[tokio::test]
async fn what_a_killed_process_left_is_durable_once_it_was_read() {
    let ops = [Op::Append { group: 1, count: 3 }, Op::Vote { group: 1 }, Op::Append { group: 1, count: 2 }];
    let steps = steps_of(&ops).await;
    for cut in 0..steps {
        let disk = PowerLossDisk::default();
        disk.cut_power_after(cut);
        let _ = play(&disk, Model::default(), &ops).await;
        let killed = disk.after_kill();
        let Ok(log) = RaftLog::open(super::SMALL, std::sync::Arc::new(killed.clone())) else { panic!("cut {cut}") };
        let seen = Model::observe(&log).await;
        for seed in 0..8 {
            let found = Model::observe(&open(&killed.after_power_loss(seed))).await;
            assert_eq!(found, seen, "cut {cut}, seed {seed}");
        }
    }
}

#[tokio::test]
async fn a_torn_batch_is_never_completed_by_a_later_one() {
    // Both batches hold the same bytes in the same place; only what comes before them differs.
    let (vote, entry) = (Bytes::from(vec![b'x'; 1200]), Bytes::from(vec![b'x'; 1300]));
    for seed in 0..400 {
        let disk = PowerLossDisk::default();
        let log = open(&disk);
        disk.cut_power_after(1);
        assert!(log.put_row(1, Row::Vote, vote.clone()).await.is_err());

        let disk = disk.after_power_loss(seed);
        let log = open(&disk);
        let found = log.row(1, Row::Vote);
        disk.cut_power_after(1);
        log.append(2, 0, vec![entry.clone()], Box::new(|result| assert!(result.is_err()))).await.unwrap();
        assert!(log.put_row(3, Row::Vote, Bytes::new()).await.is_err());

        let log = open(&disk.after_power_loss(seed + 7));
        assert_eq!(log.row(1, Row::Vote), found, "seed {seed}");
    }
}

async fn crash_at_each_step(ops: &[Op]) {
    for cut in 0..=steps_of(ops).await {
        for seed in 0..6 {
            let disk = PowerLossDisk::default();
            disk.cut_power_after(cut);
            let context = format!("power cut after {cut}, seed {seed}");
            let (disk, model) = crash(&disk, Model::default(), ops, seed, &context).await;
            // The replica not only starts, it goes on.
            let more = [Op::Append { group: 1, count: 2 }, Op::Vote { group: 1 }];
            disk.cut_power_after(u64::MAX / 2);
            let (_, went_on) = crash(&disk, model, &more, seed, &context).await;
            assert_ne!(went_on, Model::default());
        }
    }
}

/// Plays operations until the power goes, and checks what is found when it is back.
async fn crash(disk: &PowerLossDisk, model: Model, ops: &[Op], seed: u64, context: &str) -> (PowerLossDisk, Model) {
    let (history, acknowledged) = play(disk, model, ops).await;
    let left = disk.after_power_loss(seed);
    let log = match RaftLog::open(super::SMALL, std::sync::Arc::new(left.clone())) {
        Ok(log) => log,
        Err(e) => panic!("{context}: {e}"),
    };
    let found = Model::observe(&log).await;
    let possible = &history[acknowledged..];
    let Some(which) = possible.iter().position(|model| model.clone().comparable() == found) else {
        panic!("{context}: {acknowledged} acknowledged, found {found:#?}, possible {possible:#?}");
    };
    drop(log);
    (left, possible[which].clone())
}

/// Plays operations. The log may not even open, if the power goes so early.
async fn play(disk: &PowerLossDisk, model: Model, ops: &[Op]) -> (Vec<Model>, usize) {
    let Ok(log) = RaftLog::open(super::SMALL, std::sync::Arc::new(disk.clone())) else { return (vec![model], 0) };
    let played = model.play(&log, ops).await;
    (played.history, played.acknowledged)
}

async fn steps_of(ops: &[Op]) -> u64 {
    let disk = PowerLossDisk::default();
    play(&disk, Model::default(), ops).await;
    disk.operations()
}

fn random_ops(dice: &mut Dice) -> Vec<Op> {
    let mut ops = Vec::new();
    for _ in 0..60 {
        let group = u32::try_from(dice.below(3)).unwrap();
        ops.push(match dice.below(12) {
            0..=5 => Op::Append { group, count: 1 + dice.below(4) },
            6 => Op::CutBack { group, count: dice.below(4) },
            7 => Op::Purge { group, ahead: dice.below(6) },
            8 | 9 => Op::Vote { group },
            10 if dice.below(3) == 0 => Op::Drop { group },
            _ => Op::Checkpoint,
        });
    }
    ops
}
