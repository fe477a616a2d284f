//! openraft's own suite over the log, on a disk in memory and on a real one.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use baton_storage::log::RaftLog;
use baton_storage::log::config::LogConfig;
use baton_storage::log::disk::{FolderDisk, LogDisk};
use baton_storage::log::power_loss::PowerLossDisk;
use openraft::StorageError;
use openraft::testing::log::{StoreBuilder, Suite};

use super::super::LogStore;
use super::memory_machine::MemoryMachine;
use crate::type_config::TypeConfig;

/// Gives each test a group of its own in one shared log, as on a node.
struct Groups {
    log: RaftLog,
    next: AtomicU32,
}

impl Groups {
    fn open(disk: Arc<dyn LogDisk>, config: LogConfig) -> Self {
        Self { log: RaftLog::open(config, disk).unwrap(), next: AtomicU32::new(0) }
    }
}

impl StoreBuilder<TypeConfig, LogStore, MemoryMachine> for Groups {
    async fn build(&self) -> Result<((), LogStore, MemoryMachine), StorageError<TypeConfig>> {
        let group = self.next.fetch_add(1, Ordering::Relaxed);
        Ok(((), LogStore::new(self.log.clone(), group), MemoryMachine::default()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passes_the_suite_with_entries_in_memory() {
    let groups =
        Groups::open(Arc::new(PowerLossDisk::default()), LogConfig { segment_bytes: 64 << 10, ..LogConfig::default() });
    Suite::test_all(groups).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passes_the_suite_with_entries_on_disk_and_many_segments() {
    let folder = tempfile::tempdir().unwrap();
    let config = LogConfig { segment_bytes: 4096, cached_bytes_per_group: 0 };
    let groups = Groups::open(Arc::new(FolderDisk::open(Path::new(folder.path())).unwrap()), config);
    Suite::test_all(groups).await.unwrap();
}
