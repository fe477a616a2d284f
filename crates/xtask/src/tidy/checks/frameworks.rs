//! One framework, one crate: replacing a framework must not touch more than its owner.

use crate::tidy::finding::Finding;
use crate::tidy::member::Section;
use crate::tidy::tables::frameworks::FRAMEWORKS;
use crate::tidy::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &tree.members {
        let dependencies = member.manifest.dependencies();
        for dependency in dependencies.iter().filter(|dependency| dependency.section != Section::Dev) {
            let Some(row) = FRAMEWORKS.iter().find(|row| row.crates.contains(&dependency.name)) else { continue };
            if !row.owners.contains(&member.name.as_str()) {
                let what = format!("`{}` may not use `{}`", member.name, dependency.name);
                findings.push(Finding::new(&member.manifest.path, dependency.line, what, home(row.owners)));
            }
        }
    }
    findings
}

fn home(owners: &[&str]) -> String {
    match owners {
        [] => "put it under [dev-dependencies]".to_owned(),
        owners => format!("use what {} offers", owners.join(" or ")),
    }
}
