//! What is wrong with documents, for the people who write them.

use std::fmt;
use std::sync::Arc;

use crate::source::Position;
use crate::source::node::Node;
use crate::source::path::Path;

/// One fault, with its place and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub struct DocumentError {
    /// The file, as it was named.
    pub file: Arc<str>,
    /// The line and column in it.
    pub at: Position,
    /// The field, from the root of its document; empty for the document itself.
    pub path: Path,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.at)?;
        if !self.path.is_root() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// The faults found so far, at most [`Faults::MAX`]; a set with more is so wrong that the first ones say enough.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<DocumentError>);

impl Faults {
    /// The most faults that are told.
    pub(crate) const MAX: usize = 100;

    /// Notes a fault.
    pub(crate) fn push(&mut self, error: DocumentError) {
        if self.0.len() < Self::MAX {
            self.0.push(error);
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// `value`, if there is no fault; else all of them, by file and place.
    pub(crate) fn finish<T>(mut self, value: T) -> Result<T, Vec<DocumentError>> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0.sort();
        self.0.dedup();
        Err(self.0)
    }
}

/// Notes faults of one document by their paths.
pub(crate) struct Reporter<'a> {
    pub(crate) file: &'a Arc<str>,
    pub(crate) tree: &'a Node,
    pub(crate) faults: &'a mut Faults,
}

impl Reporter<'_> {
    /// Notes a fault of the value at `path`.
    pub(crate) fn add(&mut self, path: &Path, message: impl Into<String>) {
        let (file, at) = (self.file.clone(), self.tree.locate(path));
        self.faults.push(DocumentError { file, at, path: path.clone(), message: message.into() });
    }
}
