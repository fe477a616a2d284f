//! A file is named after the concept it holds, never after the fact that it holds several.

use crate::tidy::finding::Finding;
use crate::tidy::tree::Tree;

const NAMELESS: &[&str] = &["common", "helper", "helpers", "manager", "misc", "shared", "types", "util", "utils"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &tree.sources {
        let mut parts = source.path.split('/').map(|part| part.trim_end_matches(".rs"));
        if let Some(name) = parts.find(|part| NAMELESS.contains(part)) {
            let what = format!("`{name}` names no concept");
            findings.push(Finding::new(&source.path, 1, what, "one concept per file, and the file named after it"));
        }
    }
    findings
}
