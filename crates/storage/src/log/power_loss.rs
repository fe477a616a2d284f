//! A disk in memory that can lose its power: for tests of everything that promises to survive it.
//!
//! It is as unkind as a disk may be. Of what was not synced, any 512-byte sector may or may not have reached the platter,
//! in any order; of created, renamed and removed names that were not synced, any prefix. The power can be cut before any
//! chosen operation, and everything after that fails, so a test can crash at each step.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::disk::{LogDisk, LogFile};

/// What a disk writes as a whole or not at all, in bytes.
const SECTOR: usize = 512;

/// The disk. Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub struct PowerLossDisk {
    platter: Arc<Mutex<Platter>>,
    resumed: Arc<Condvar>,
}

#[derive(Debug, Clone, Default)]
struct Platter {
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    unsynced_names: Vec<NameChange>,
    files: BTreeMap<u64, Content>,
    next_file: u64,
    operations: u64,
    power_ends_after: Option<u64>,
    sync_fails: bool,
    syncs_paused: bool,
}

#[derive(Debug, Clone)]
enum NameChange {
    Point { name: String, file: u64 },
    Rename { from: String, to: String },
    Remove { name: String },
}

#[derive(Debug, Clone, Default)]
struct Content {
    now: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Unsynced>,
}

#[derive(Debug, Clone)]
struct Unsynced {
    offset: usize,
    bytes: Vec<u8>,
}

struct OpenFile {
    disk: PowerLossDisk,
    file: u64,
}

/// What happens to the disk.
impl PowerLossDisk {
    /// Cuts the power after `operations` more operations that change something; the one it hits may be done in part.
    pub fn cut_power_after(&self, operations: u64) {
        let mut platter = self.platter();
        platter.power_ends_after = Some(platter.operations + operations);
    }

    /// Makes every later sync fail, as a dying disk does.
    pub fn fail_syncs(&self) {
        self.platter().sync_fails = true;
    }

    /// Makes syncs of files wait until [`PowerLossDisk::resume_syncs`].
    pub fn pause_syncs(&self) {
        self.platter().syncs_paused = true;
    }

    /// Lets syncs go on.
    pub fn resume_syncs(&self) {
        self.platter().syncs_paused = false;
        self.resumed.notify_all();
    }

    /// How many operations changed something so far.
    pub fn operations(&self) -> u64 {
        self.platter().operations
    }

    /// The disk as it may be found when the power is back. Each seed finds another one.
    #[must_use]
    pub fn after_power_loss(&self, seed: u64) -> Self {
        let platter = self.platter();
        let mut dice = Dice(seed);
        let survived = dice.below(platter.unsynced_names.len() as u64 + 1);
        let mut names = platter.durable_names.clone();
        for change in platter.unsynced_names.iter().take(usize::try_from(survived).unwrap_or(usize::MAX)) {
            change.apply(&mut names);
        }
        let files = platter.files.iter().map(|(id, content)| (*id, content.after_power_loss(&mut dice))).collect();
        Self::found(Platter { durable_names: names.clone(), names, files, ..Platter::default() }, platter.next_file)
    }

    /// The disk as a process finds it that replaces one that was killed: nothing is lost, and nothing more is durable.
    #[must_use]
    pub fn after_kill(&self) -> Self {
        let platter = self.platter().clone();
        let next_file = platter.next_file;
        Self::found(Platter { operations: 0, power_ends_after: None, sync_fails: false, ..platter }, next_file)
    }

    /// Flips one bit of a file, durably.
    pub fn flip(&self, name: &str, offset: usize) {
        let mut platter = self.platter();
        let file = platter.names[name];
        let content = platter.files.entry(file).or_default();
        content.now[offset] ^= 0x10;
        content.durable[offset] ^= 0x10;
    }

    /// Makes everything durable.
    pub fn sync_all(&self) {
        let mut platter = self.platter();
        platter.durable_names = platter.names.clone();
        platter.unsynced_names.clear();
        for content in platter.files.values_mut() {
            content.sync();
        }
    }

    /// Cuts a file off, durably.
    pub fn shorten(&self, name: &str, length: usize) {
        let mut platter = self.platter();
        let file = platter.names[name];
        let content = platter.files.entry(file).or_default();
        content.now.truncate(length);
        content.durable.truncate(length);
    }

    /// What a file holds now.
    pub fn content(&self, name: &str) -> Vec<u8> {
        let platter = self.platter();
        platter.files[&platter.names[name]].now.clone()
    }

    fn found(platter: Platter, next_file: u64) -> Self {
        Self { platter: Arc::new(Mutex::new(Platter { next_file, ..platter })), ..Self::default() }
    }

    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.platter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogDisk for PowerLossDisk {
    fn describe(&self) -> String {
        "memory".to_owned()
    }

    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.platter().names.keys().cloned().collect())
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn LogFile>> {
        let file = self.platter().names.get(name).copied();
        let file = file.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, name.to_owned()))?;
        Ok(Arc::new(OpenFile { disk: self.clone(), file }))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn LogFile>> {
        let mut platter = self.platter();
        let file = platter.next_file;
        platter.next_file += 1;
        platter.files.insert(file, Content::default());
        platter.rename_step(NameChange::Point { name: name.to_owned(), file })?;
        Ok(Arc::new(OpenFile { disk: self.clone(), file }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.platter().rename_step(NameChange::Rename { from: from.to_owned(), to: to.to_owned() })
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.platter().rename_step(NameChange::Remove { name: name.to_owned() })
    }

    fn sync_names(&self) -> io::Result<()> {
        let mut platter = self.platter();
        platter.step()?;
        platter.check_sync()?;
        platter.durable_names = platter.names.clone();
        platter.unsynced_names.clear();
        Ok(())
    }
}

impl LogFile for OpenFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.disk.platter().file(self.file).now.len() as u64)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let mut platter = self.disk.platter();
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        let bytes = platter.file(self.file).now.get(start..start + buffer.len());
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut platter = self.disk.platter();
        let has_power = platter.step();
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        platter.file(self.file).write(offset, bytes.to_vec());
        has_power
    }

    fn allocate(&self, size: u64) -> io::Result<()> {
        let mut platter = self.disk.platter();
        platter.step()?;
        let size = usize::try_from(size).map_err(io::Error::other)?;
        let content = platter.file(self.file);
        let grown = size.saturating_sub(content.now.len());
        let offset = content.now.len();
        content.write(offset, vec![0; grown]);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let platter = self.disk.platter();
        let resumed = self.disk.resumed.wait_while(platter, |platter| platter.syncs_paused);
        let mut platter = resumed.unwrap_or_else(PoisonError::into_inner);
        platter.step()?;
        platter.check_sync()?;
        platter.file(self.file).sync();
        Ok(())
    }
}

impl Platter {
    fn step(&mut self) -> io::Result<()> {
        self.operations += 1;
        match self.power_ends_after {
            Some(end) if self.operations > end => Err(io::Error::other("the power is off")),
            _ => Ok(()),
        }
    }

    fn check_sync(&self) -> io::Result<()> {
        if self.sync_fails { Err(io::Error::other("the disk does not sync")) } else { Ok(()) }
    }

    fn rename_step(&mut self, change: NameChange) -> io::Result<()> {
        self.step()?;
        change.apply(&mut self.names);
        self.unsynced_names.push(change);
        Ok(())
    }

    fn file(&mut self, file: u64) -> &mut Content {
        self.files.entry(file).or_default()
    }
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<String, u64>) {
        match self {
            Self::Point { name, file } => {
                names.insert(name.clone(), *file);
            }
            Self::Rename { from, to } => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
            Self::Remove { name } => {
                names.remove(name);
            }
        }
    }
}

impl Content {
    fn write(&mut self, offset: usize, bytes: Vec<u8>) {
        put(&mut self.now, offset, &bytes);
        self.unsynced.push(Unsynced { offset, bytes });
    }

    fn sync(&mut self) {
        for unsynced in std::mem::take(&mut self.unsynced) {
            put(&mut self.durable, unsynced.offset, &unsynced.bytes);
        }
    }

    fn after_power_loss(&self, dice: &mut Dice) -> Self {
        let mut bytes = self.durable.clone();
        for unsynced in &self.unsynced {
            let mut at = 0;
            while at < unsynced.bytes.len() {
                let place = unsynced.offset + at;
                let length = (SECTOR - place % SECTOR).min(unsynced.bytes.len() - at);
                if dice.below(2) == 0 {
                    put(&mut bytes, place, &unsynced.bytes[at..at + length]);
                }
                at += length;
            }
        }
        Self { now: bytes.clone(), durable: bytes, unsynced: Vec::new() }
    }
}

fn put(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}

/// Splitmix64: small, and the same on every machine.
#[derive(Debug)]
pub(super) struct Dice(pub u64);

impl Dice {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
