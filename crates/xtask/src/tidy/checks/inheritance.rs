//! Versions, edition, licence and lints are said once, in the root Cargo.toml; members inherit them.

use crate::tidy::finding::Finding;
use crate::tidy::member::Member;
use crate::tidy::tree::Tree;

const INHERITED: &[&str] = &["version", "edition", "rust-version", "license", "publish"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.members.iter().flat_map(|member| [package(member), lints(member), dependencies(member)].concat()).collect()
}

fn package(member: &Member) -> Vec<Finding> {
    let manifest = &member.manifest;
    let mut findings = Vec::new();
    for key in INHERITED {
        let value = manifest.table.get("package").and_then(|package| package.get(key));
        if !value.is_some_and(is_inherited) {
            let line = manifest.line_of("package", key);
            let what = format!("`{key}` is not the workspace's");
            findings.push(Finding::new(&manifest.path, line, what, format!("write `{key}.workspace = true`")));
        }
    }
    findings
}

fn lints(member: &Member) -> Vec<Finding> {
    if member.manifest.table.get("lints").is_some_and(is_inherited) {
        return Vec::new();
    }
    let line = lints_line(member);
    let instead = "write `[lints]` with `workspace = true`";
    vec![Finding::new(&member.manifest.path, line, "the lints are not the workspace's", instead)]
}

/// The first heading about lints, if any.
fn lints_line(member: &Member) -> usize {
    let position = member.manifest.text.lines().position(|line| line.starts_with("[lints"));
    position.map_or(1, |index| index + 1)
}

fn dependencies(member: &Member) -> Vec<Finding> {
    let mut findings = Vec::new();
    for dependency in member.manifest.dependencies() {
        if !dependency.is_inherited {
            let what = format!("`{}` has its own version or source", dependency.name);
            let instead =
                format!("put it into [workspace.dependencies] and write `{}.workspace = true`", dependency.name);
            findings.push(Finding::new(&member.manifest.path, dependency.line, what, instead));
        }
    }
    findings
}

fn is_inherited(value: &toml::Value) -> bool {
    value.get("workspace").and_then(toml::Value::as_bool) == Some(true)
}
