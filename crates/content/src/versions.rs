//! The compiled sets of every version that is in use on this node.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use baton_model::ids::DefinitionsVersion;
use baton_ports::channel::{RenderError, RenderRequest, Rendered, Renderer};

use crate::set::TemplateSet;

/// Renders with the version that a request names. The definitions that the system group holds say which are in use; they
/// bound how many there are.
#[derive(Debug, Default)]
pub struct Versions(RwLock<BTreeMap<DefinitionsVersion, Arc<TemplateSet>>>);

impl Versions {
    /// Takes a version into use, in place of what it may have had.
    pub fn insert(&self, version: DefinitionsVersion, set: Arc<TemplateSet>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(version, set);
    }

    /// Drops every version that `is_in_use` denies.
    pub fn retain(&self, is_in_use: impl Fn(DefinitionsVersion) -> bool) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|version, _| is_in_use(*version));
    }

    fn get(&self, version: DefinitionsVersion) -> Option<Arc<TemplateSet>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&version).cloned()
    }
}

impl Renderer for Versions {
    fn render(&self, request: &RenderRequest) -> Result<Rendered, RenderError> {
        let version = request.version;
        self.get(version).ok_or(RenderError::UnknownVersion { version })?.render(request)
    }
}

#[cfg(test)]
mod tests;
