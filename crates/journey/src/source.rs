//! The text of documents, with the name and the place under which people know it, and the tree it parses to.
//!
//! Every error about a document is a path into its tree; the tree knows the line and column of every key and value. So
//! whoever finds an error needs no positions, only the path.

use std::fmt;
use std::sync::Arc;

pub mod deserializer;
pub mod node;
pub mod path;
pub mod yaml;

/// One file, one of its documents, or what came instead of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What errors call it, such as `journeys/welcome.yaml`.
    pub name: Arc<str>,
    /// The line of the file on which the text starts, from 1.
    pub first_line: u32,
    /// Its text: one or more YAML documents, or JSON.
    pub text: Arc<str>,
}

impl Source {
    /// The most bytes of one text. A larger one is refused whole: documents are written by people.
    pub const BYTES_MAX: usize = 1024 * 1024;

    /// A whole file.
    pub fn new(name: &str, text: &str) -> Self {
        Self { name: Arc::from(name), first_line: 1, text: Arc::from(text) }
    }
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
