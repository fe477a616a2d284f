//! Which crate may know which: exactly what the table says, so that a new arrow is a decision and not an accident.

use crate::tidy::finding::Finding;
use crate::tidy::member::{Dependency, Member, Section};
use crate::tidy::tables::crates::{self, Crate, TEST_SUPPORT};
use crate::tidy::tree::Tree;

const TABLE: &str = "crates/xtask/src/tidy/tables/crates.rs";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &tree.members {
        let Some((height, row)) = crates::find(&member.name) else {
            let what = format!("`{}` has no row in the table of crates", member.name);
            let line = member.manifest.line_of("package", "name");
            findings.push(Finding::new(&member.manifest.path, line, what, format!("add its row to {TABLE}")));
            continue;
        };
        let arrows = member.manifest.dependencies();
        findings.extend(arrows.iter().filter_map(|arrow| judge(member, height, row, arrow)));
    }
    findings
}

fn judge(member: &Member, height: usize, row: &Crate, arrow: &Dependency<'_>) -> Option<Finding> {
    let (target_height, _) = crates::find(arrow.name)?;
    let (allowed, instead) = match arrow.section {
        Section::Dev => (
            target_height < height || arrow.name == TEST_SUPPORT,
            "test it from the crate above, or move the test there".to_owned(),
        ),
        Section::Normal | Section::Build => (
            row.knows.contains(&arrow.name),
            format!("pass what is needed as an argument or through a port, or decide for the arrow in {TABLE}"),
        ),
    };
    let what = format!("`{}` may not know `{}`", member.name, arrow.name);
    (!allowed).then(|| Finding::new(&member.manifest.path, arrow.line, what, instead))
}
