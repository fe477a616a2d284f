//! A place that breaks a house rule, and what to write there instead.

use std::fmt;

/// Ordered by place, so that a report reads like a walk through the tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// From the root of the checkout, with `/`.
    pub path: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub instead: String,
    /// The check that found it, as in `checks::ALL`; filled in by whoever runs the checks.
    pub check: &'static str,
}

impl Finding {
    pub fn new(path: &str, line: usize, what: impl Into<String>, instead: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), instead: instead.into(), check: "" }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}; {}", self.path, self.line, self.what, self.instead)
    }
}
