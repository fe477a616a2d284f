//! The engines that can hold records, behind the port [`baton_ports::record_store`].
//!
//! `fjall` holds the customers, `sled` the small records of the system group; either can hold either. Both pass one
//! conformance suite (`engine/conformance.rs`), which is the definition of what a record store must do.

pub mod fjall;
pub mod sled;

use std::path::Path;
use std::sync::Arc;

use baton_ports::record_store::{RecordError, RecordStore};

use self::fjall::FjallStore;
use self::sled::SledStore;

/// Which engine holds the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A log-structured merge tree: fast for many records.
    Fjall,
    /// A B-tree over a log: for few records with a low rate of writes.
    Sled,
}

impl Engine {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Fjall, Self::Sled];

    /// Opens the store in `folder`, and creates it if there is none. `cache_bytes` bounds what it keeps of the disk in
    /// memory. Only one store may have a folder open.
    pub fn open(self, folder: &Path, cache_bytes: u64) -> Result<Arc<dyn RecordStore>, RecordError> {
        Ok(match self {
            Self::Fjall => Arc::new(FjallStore::open(folder, cache_bytes)?),
            Self::Sled => Arc::new(SledStore::open(folder, cache_bytes)?),
        })
    }
}

#[cfg(test)]
mod conformance;
