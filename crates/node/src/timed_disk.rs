//! The log's disk with a stopwatch: how long a frame takes until it is durable, and how long the sync in it takes.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use baton_ports::clock::{Clock, MachineTime};
use baton_storage::log::disk::{LogDisk, LogFile};
use baton_telemetry::Metrics;

/// A disk whose files are timed.
pub(crate) struct TimedDisk<D> {
    disk: D,
    stopwatch: Arc<Stopwatch>,
}

/// What times, and what is told.
struct Stopwatch {
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
}

/// One timed file. The log writes a frame, then syncs it, on one thread.
struct TimedFile {
    file: Arc<dyn LogFile>,
    stopwatch: Arc<Stopwatch>,
    /// When the first write since the last sync began.
    began: Mutex<Option<MachineTime>>,
}

impl<D: LogDisk> TimedDisk<D> {
    /// Times the files of `disk`.
    pub(crate) fn new(disk: D, clock: Arc<dyn Clock>, metrics: Arc<Metrics>) -> Self {
        Self { disk, stopwatch: Arc::new(Stopwatch { clock, metrics }) }
    }

    fn timed(&self, file: Arc<dyn LogFile>) -> Arc<dyn LogFile> {
        Arc::new(TimedFile { file, stopwatch: Arc::clone(&self.stopwatch), began: Mutex::new(None) })
    }
}

impl<D: LogDisk> LogDisk for TimedDisk<D> {
    fn describe(&self) -> String {
        self.disk.describe()
    }

    fn names(&self) -> io::Result<Vec<String>> {
        self.disk.names()
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn LogFile>> {
        self.disk.open(name).map(|file| self.timed(file))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn LogFile>> {
        self.disk.create(name).map(|file| self.timed(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn sync_names(&self) -> io::Result<()> {
        self.disk.sync_names()
    }
}

impl LogFile for TimedFile {
    fn size(&self) -> io::Result<u64> {
        self.file.size()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.file.read_at(buffer, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut began = self.began.lock().unwrap_or_else(PoisonError::into_inner);
        began.get_or_insert_with(|| self.stopwatch.clock.machine_now());
        drop(began);
        self.file.write_at(bytes, offset)
    }

    fn allocate(&self, size: u64) -> io::Result<()> {
        self.file.allocate(size)
    }

    fn sync(&self) -> io::Result<()> {
        let Stopwatch { clock, metrics } = self.stopwatch.as_ref();
        let syncing = clock.machine_now();
        self.file.sync()?;
        let durable = clock.machine_now();
        metrics.log_sync.observe(durable.since(syncing).as_secs_f64());
        if let Some(began) = self.began.lock().unwrap_or_else(PoisonError::into_inner).take() {
            metrics.log_append.observe(durable.since(began).as_secs_f64());
        }
        Ok(())
    }
}
