//! Every Rust file opens with what it is.

use crate::tidy::finding::Finding;
use crate::tidy::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let silent = tree.sources.iter().filter(|source| !source.text.starts_with("//! "));
    let finding = |path: &str| {
        Finding::new(path, 1, "the first line is not `//!`", "say what the module is and which invariants it keeps")
    };
    silent.map(|source| finding(&source.path)).collect()
}
