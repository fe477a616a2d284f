//! The versions that customers may still stand on, and the newest, which new enrolments use.
//!
//! A version is immutable. Its number never comes back, also after it has been retired.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_model::ids::DefinitionsVersion;

use crate::definitions::Definitions;

/// Versions in use.
#[derive(Debug, Clone)]
pub struct Library {
    current: Arc<Definitions>,
    versions: BTreeMap<DefinitionsVersion, Arc<Definitions>>,
}

impl Library {
    /// A library before the first publish: its current version is the empty set, 0.
    pub fn new() -> Self {
        let empty = Arc::new(Definitions::empty());
        Self { versions: BTreeMap::from([(empty.version, Arc::clone(&empty))]), current: empty }
    }

    /// The newest version; what new enrolments use.
    pub fn current(&self) -> &Arc<Definitions> {
        &self.current
    }

    /// That version, if it is still in use.
    pub fn version(&self, version: DefinitionsVersion) -> Option<&Arc<Definitions>> {
        self.versions.get(&version)
    }

    /// Every version in use, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = &Arc<Definitions>> {
        self.versions.values()
    }

    /// Takes a version; it becomes the current one if it is newer. A version that is there already stays as it is.
    pub fn insert(&mut self, definitions: Arc<Definitions>) {
        if definitions.version > self.current.version {
            self.current = Arc::clone(&definitions);
        }
        self.versions.entry(definitions.version).or_insert(definitions);
    }

    /// Lets go of a version that no enrolment stands on any more. The current one stays.
    pub fn retire(&mut self, version: DefinitionsVersion) {
        if version != self.current.version {
            self.versions.remove(&version);
        }
    }
}

impl Default for Library {
    fn default() -> Self {
        Self::new()
    }
}
