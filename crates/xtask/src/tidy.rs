//! `cargo xtask tidy`: the house rules that the compiler cannot check.
//!
//! A check is a function from the tree (all tracked text files, parsed) to findings; it reads no files itself, so a test
//! feeds it a small tree written as text (`cases/`). What the checks look up lies in `tables/`, one row per fact; a
//! legitimate deviation is a row of `tables/exceptions.rs` with its reason, and a row that excuses nothing is reported.

mod checks;
mod exceptions;
mod finding;
mod imports;
mod member;
mod program;
mod source;
mod tables;
mod tokens;
mod tree;

#[cfg(test)]
mod tests;

use std::path::Path;

use finding::Finding;
use tables::exceptions::EXCEPTIONS;
use tree::Tree;

/// Prints what breaks a house rule, as `path:line: what; what to write instead`. Returns whether nothing does.
pub fn run(root: &Path) -> anyhow::Result<bool> {
    let tree = Tree::read(root)?;
    let findings = exceptions::apply(EXCEPTIONS, inspect(&tree));
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {} files, {} checks, {} findings", tree.files.len(), checks::ALL.len(), findings.len());
    Ok(findings.is_empty())
}

/// The findings of all checks, in the order of files and lines.
fn inspect(tree: &Tree) -> Vec<Finding> {
    let mut findings: Vec<Finding> = tree.unreadable.clone();
    for (name, check) in checks::ALL {
        findings.extend(check(tree).into_iter().map(|finding| Finding { check: name, ..finding }));
    }
    findings.sort();
    findings.dedup();
    findings
}
