//! The fence as a table: a line is an entry, beside it what must come of it.

use baton_model::ids::NodeId;

use super::*;

fn activate(gate: &mut Gate, index: u64) -> Applied {
    gate.activate(index, &Activate { node: NodeId(1), at: Timestamp::UNIX_EPOCH })
}

fn batch(gate: &mut Gate, epoch: u64, seq: u64) -> Applied {
    let version = gate.definitions_version;
    gate.admit(&Batch {
        epoch: Epoch(epoch),
        seq: Seq(seq),
        definitions_version: version,
        at: Timestamp::UNIX_EPOCH,
        writes: Vec::new(),
    })
}

#[test]
fn only_the_next_batch_of_the_current_epoch_is_taken() {
    let mut gate = Gate::default();
    assert_eq!(batch(&mut gate, 0, 2), Applied::Refused);
    assert_eq!(activate(&mut gate, 5), Applied::Activated(Epoch(5)));
    assert_eq!(batch(&mut gate, 5, 2), Applied::Refused);
    assert_eq!(batch(&mut gate, 5, 1), Applied::Taken);
    assert_eq!(batch(&mut gate, 5, 1), Applied::Refused);
    assert_eq!(batch(&mut gate, 5, 2), Applied::Taken);
    assert_eq!(activate(&mut gate, 9), Applied::Activated(Epoch(9)));
    assert_eq!(batch(&mut gate, 5, 3), Applied::Refused);
    assert_eq!(batch(&mut gate, 9, 1), Applied::Taken);
}

#[test]
fn shard_time_never_goes_back() {
    let mut gate = Gate::default();
    let late = Timestamp::from_second(100).unwrap();
    gate.activate(1, &Activate { node: NodeId(1), at: late });
    gate.activate(2, &Activate { node: NodeId(1), at: Timestamp::UNIX_EPOCH });
    assert_eq!(gate.at, late);
}
