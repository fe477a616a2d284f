//! The text of documents, with the name under which people know it.

use std::sync::Arc;

/// One file, or what came instead of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What errors call it, such as `journeys/welcome.yaml`.
    pub name: Arc<str>,
    /// Its text: one or more YAML documents, or JSON.
    pub text: Arc<str>,
}
