//! No file outside the tests is longer than a reader keeps in mind.

use crate::tidy::finding::Finding;
use crate::tidy::tree::Tree;

/// Above this a file holds two concepts, each of which deserves its own name.
const FILE_LINES_MAX: usize = 400;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources.iter().filter(|source| !source.is_test) {
        let lines = source.text.lines().count();
        if lines > FILE_LINES_MAX {
            let what = format!("{lines} lines, at most {FILE_LINES_MAX} are allowed");
            findings.push(Finding::new(
                &source.path,
                FILE_LINES_MAX + 1,
                what,
                "move one concept to a file named after it",
            ));
        }
    }
    findings
}
