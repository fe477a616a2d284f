//! The disk of a node: log and record stores, opened off the async workers.

use std::path::Path;
use std::sync::Arc;

use baton_consensus::state_machine::generations::ReplicaStore;
use baton_ports::clock::Clock;
use baton_storage::engine::Engine;
use baton_storage::log::RaftLog;
use baton_storage::log::config::LogConfig;
use baton_storage::log::disk::FolderDisk;
use baton_storage::log::disk_guard::{DiskGuard, DiskGuardConfig};
use baton_telemetry::Metrics;

use crate::config::{RecordEngine, StorageConfig};
use crate::start_error::StartError;
use crate::timed_disk::TimedDisk;

/// Bytes of a record store's cache.
const CACHE_BYTES: u64 = 128 << 20;

/// The record stores of a node: the system group's, small and ordered, and the customers'.
pub(super) struct Stores {
    pub(super) system: Arc<ReplicaStore>,
    pub(super) customers: Arc<ReplicaStore>,
}

impl Stores {
    pub(super) async fn open(config: &StorageConfig) -> Result<Self, StartError> {
        let engine = match config.customers {
            RecordEngine::Fjall => Engine::Fjall,
            RecordEngine::Sled => Engine::Sled,
        };
        let (system, customers) = (config.dir.join("system"), config.dir.join("customers"));
        let open = move || {
            let system = ReplicaStore::open(Engine::Sled.open(&system, CACHE_BYTES / 16)?)?;
            let customers = ReplicaStore::open(engine.open(&customers, CACHE_BYTES)?)?;
            Ok(Self { system: Arc::new(system), customers: Arc::new(customers) })
        };
        blocking(open).await
    }
}

pub(super) fn disk_guard(config: &StorageConfig) -> Result<DiskGuard, StartError> {
    let watermark_bytes = config.free_min_mib << 20;
    let guard = DiskGuardConfig { watermark_bytes, ..DiskGuardConfig::new(config.dir.clone()) };
    DiskGuard::new(guard).map_err(|source| StartError::Folder { folder: config.dir.clone(), source })
}

pub(super) async fn open_log(
    folder: &Path,
    clock: &Arc<dyn Clock>,
    metrics: &Arc<Metrics>,
) -> Result<RaftLog, StartError> {
    let (folder, clock, metrics) = (folder.join("log"), Arc::clone(clock), Arc::clone(metrics));
    let open = move || {
        let failed = |source| StartError::Folder { folder: folder.clone(), source };
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let disk = FolderDisk::open(&folder).map_err(failed)?;
        Ok(RaftLog::open(LogConfig::default(), Arc::new(TimedDisk::new(disk, clock, metrics)))?)
    };
    blocking(open).await
}

/// Runs what blocks on the disk off the async workers.
async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, StartError> + Send + 'static,
) -> Result<T, StartError> {
    tokio::task::spawn_blocking(job).await.map_err(|error| StartError::Ended { reason: error.to_string() })?
}
