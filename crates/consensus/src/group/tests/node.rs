//! A node for tests: a log on a disk that can lose its power, records in a folder that can be put back.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use baton_model::ids::{DefinitionsVersion, Epoch, NodeId, ReplicaId, Seq};
use baton_ports::record_store::{KeyRange, Order, RecordStore, Records};
use baton_shard::entry::{Activate, Applied, Batch, Entry, RowWrite};
use baton_storage::engine::Engine;
use baton_storage::log::RaftLog;
use baton_storage::log::config::LogConfig;
use baton_storage::log::power_loss::PowerLossDisk;
use bytes::Bytes;
use jiff::Timestamp;
use tempfile::TempDir;

use crate::config::Config;
use crate::group::Group;
use crate::group::candidacy::Standing;
use crate::group::groups::{Beginning, CreateError, GroupSpec, Groups};
use crate::group::leadership::Leadership;
use crate::network::transport::Alone;
use crate::observer::Unobserved;
use crate::snapshot::local::LocalSnapshots;
use crate::state_machine::generations::{GroupId, ReplicaStore};
use crate::type_config::Member;

const CACHE_BYTES: u64 = 8 << 20;
pub(super) const REPLICA: ReplicaId = ReplicaId(11);

/// The id of a node's replica, unlike the node's own.
pub(super) fn replica_of(node: NodeId) -> ReplicaId {
    ReplicaId(node.0 + 10)
}

/// What survives when the process is gone.
pub(super) struct Disks {
    pub(super) log: PowerLossDisk,
    pub(super) records: TempDir,
    pub(super) engine: Engine,
}

/// A running node.
pub(super) struct Node {
    pub(super) groups: Groups,
    pub(super) records: Arc<ReplicaStore>,
}

impl Disks {
    pub(super) fn new(engine: Engine) -> Self {
        Self { log: PowerLossDisk::default(), records: tempfile::tempdir().unwrap(), engine }
    }

    pub(super) fn start(&self) -> Node {
        start(&self.log, self.engine.open(self.records.path(), CACHE_BYTES).unwrap())
    }

    /// Disks of their own, as if this process died now: the records as they are in their files, the log without some of
    /// what was not synced. The first ones live on.
    pub(super) fn crash(&self, seed: u64) -> Self {
        let records = tempfile::tempdir().unwrap();
        copy_folder(self.records.path(), records.path());
        Self { log: self.log.after_power_loss(seed), records, engine: self.engine }
    }
}

/// Small segments, because the disk is memory that is copied.
pub(super) fn log_config() -> LogConfig {
    LogConfig { segment_bytes: 64 << 10, ..LogConfig::default() }
}

/// Starts a node on these disks.
pub(super) fn start(log: &PowerLossDisk, records: Arc<dyn RecordStore>) -> Node {
    start_with(RaftLog::open(log_config(), Arc::new(log.clone())).unwrap(), records)
}

pub(super) fn start_with(log: RaftLog, records: Arc<dyn RecordStore>) -> Node {
    start_keeping(log, records, None)
}

pub(super) fn start_keeping(
    log: RaftLog,
    records: Arc<dyn RecordStore>,
    local_snapshots: Option<LocalSnapshots>,
) -> Node {
    let records = Arc::new(ReplicaStore::open(records).unwrap());
    // Checkpoints are made by the tests.
    let config = Config { checkpoint_interval_s: 3600, local_snapshots, ..Config::default() };
    let groups = Groups::open(config, log, Arc::new(Alone), Arc::new(Unobserved)).unwrap();
    Node { groups, records }
}

impl Node {
    pub(super) async fn group(&self, group: u32) -> Group {
        self.try_group(group).await.unwrap()
    }

    pub(super) async fn try_group(&self, group: u32) -> Result<Group, CreateError> {
        let member = Member { node: NodeId(1), address: "127.0.0.1:0".to_owned(), zone: String::new() };
        let spec = GroupSpec {
            group: GroupId(group),
            replica: REPLICA,
            beginning: Beginning::Founding { members: BTreeMap::from([(REPLICA, member)]), first: REPLICA },
            standing: Standing::Always,
            records: self.records.clone(),
        };
        self.groups.create_group(spec).await
    }

    /// Ends the node cleanly.
    pub(super) async fn shutdown(self) {
        self.groups.shutdown().await;
    }
}

/// A group that leads, with an epoch of its own.
pub(super) struct Led {
    pub(super) group: Group,
    pub(super) epoch: Epoch,
    pub(super) seq: u64,
}

impl Led {
    pub(super) async fn of(group: Group) -> Self {
        leads(&group).await;
        let epoch = group.activate(&activate()).await.unwrap();
        Self { group, epoch, seq: 0 }
    }

    /// The next batch in order, which puts one row.
    pub(super) fn next(&mut self, key: &str, value: &str) -> Entry {
        self.seq += 1;
        batch(self.epoch, self.seq, &[(key, Some(value))])
    }

    pub(super) async fn put(&mut self, key: &str, value: &str) {
        let entry = self.next(key, value);
        assert_eq!(self.group.propose(&entry).await, Ok(Applied::Taken));
    }
}

pub(super) async fn leads(group: &Group) -> u64 {
    let mut leadership = group.leadership();
    let leading = leadership.wait_for(|now| matches!(now, Leadership::Leading { .. }));
    let now = tokio::time::timeout(Duration::from_secs(10), leading).await.unwrap().unwrap().clone();
    let Leadership::Leading { term } = now else { panic!("waited for a leader") };
    term
}

/// Whether the group comes to lead and opens an epoch.
pub(super) async fn try_activate(group: &Group) -> bool {
    let mut leadership = group.leadership();
    let settled = leadership.wait_for(|now| !matches!(now, Leadership::Following { .. })).await;
    let leading = settled.is_ok_and(|now| matches!(*now, Leadership::Leading { .. }));
    leading && group.activate(&activate()).await.is_ok()
}

pub(super) fn activate() -> Activate {
    Activate { node: NodeId(1), at: Timestamp::UNIX_EPOCH }
}

pub(super) fn batch(epoch: Epoch, seq: u64, rows: &[(&str, Option<&str>)]) -> Entry {
    let copied = |text: &str| Bytes::copy_from_slice(text.as_bytes());
    let writes = rows.iter().map(|(key, value)| RowWrite { key: copied(key), value: value.map(copied) }).collect();
    let definitions_version = DefinitionsVersion(0);
    Entry::Batch(Batch { epoch, seq: Seq(seq), definitions_version, at: Timestamp::UNIX_EPOCH, writes })
}

/// The group's own rows, as `key=value` separated by blanks.
pub(super) async fn rows(group: &Group) -> String {
    group.read(|records| Ok(listed(records))).await.unwrap()
}

pub(super) fn listed(records: &dyn Records) -> String {
    let own =
        records.range(KeyRange::all().after(Bytes::from_static(&[0, u8::MAX])), Order::Ascending).map(Result::unwrap);
    let text = |bytes: &Bytes| String::from_utf8(bytes.to_vec()).unwrap();
    own.map(|row| format!("{}={}", text(&row.key), text(&row.value))).collect::<Vec<_>>().join(" ")
}

pub(super) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
