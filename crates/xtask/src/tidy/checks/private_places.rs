//! Nothing tracked names a place that exists on one machine only: no home folders, no private registries.

use crate::tidy::finding::Finding;
use crate::tidy::tree::Tree;

const FOLDERS: &[&str] = &["/work/", "/root/", "/home/", "/Users/"];
const PUBLIC_REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
const REGISTRY_SCHEMES: &[&str] = &["registry+", "sparse+"];
/// Tables of a Cargo.toml or a cargo configuration that point to another registry.
const REGISTRY_TABLES: &[&str] = &["source", "registries", "registry"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in &tree.files {
        let is_configuration = path.ends_with(".toml");
        for (index, line) in text.lines().enumerate() {
            if let Some(folder) = FOLDERS.iter().find(|folder| names_folder(line, folder)) {
                let what = format!("`{folder}` exists on one machine only");
                findings.push(Finding::new(path, index + 1, what, "take the folder as a setting or from `tempfile`"));
            }
            if names_registry(line) || (is_configuration && opens_registry_table(line)) {
                let instead = "use crates.io; a mirror belongs into the configuration of the machine";
                findings.push(Finding::new(path, index + 1, "names a registry of its own", instead));
            }
        }
    }
    findings
}

/// Whether `line` has `folder` at the start of an absolute path, not inside of another path.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || ".-_}~)>*".contains(letter))
    })
}

fn opens_registry_table(line: &str) -> bool {
    let name = line.strip_prefix('[').and_then(|line| line.split([']', '.']).next());
    name.is_some_and(|name| REGISTRY_TABLES.contains(&name))
}

fn names_registry(line: &str) -> bool {
    let rest = line.replace(PUBLIC_REGISTRY, "");
    REGISTRY_SCHEMES.iter().any(|scheme| rest.contains(&format!("{scheme}http")))
}
