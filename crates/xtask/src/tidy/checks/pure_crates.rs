//! The crates that decide see nothing but their arguments, so that every replica decides the same.

use crate::tidy::finding::Finding;
use crate::tidy::imports::mentions;
use crate::tidy::member::{Member, Section};
use crate::tidy::source::Source;
use crate::tidy::tables::bans::IMPURE;
use crate::tidy::tables::crates::{self, PURE_MAY_USE};
use crate::tidy::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let is_pure = |member: &&Member| crates::is_pure(&member.name);
    let mut findings: Vec<Finding> = tree.members.iter().filter(is_pure).flat_map(foreign_crates).collect();
    for source in &tree.sources {
        if tree.member_of(&source.path).as_ref().is_some_and(is_pure) {
            findings.extend(impure_words(source));
        }
    }
    findings
}

fn foreign_crates(member: &Member) -> Vec<Finding> {
    let mut findings = Vec::new();
    for dependency in member.manifest.dependencies() {
        let is_ours = crates::find(dependency.name).is_some();
        if dependency.section != Section::Dev && !is_ours && !PURE_MAY_USE.contains(&dependency.name) {
            let what = format!("the pure crate `{}` may not use `{}`", member.name, dependency.name);
            let instead = "do it in a shell crate, or decide for it in crates/xtask/src/tidy/tables/crates.rs";
            findings.push(Finding::new(&member.manifest.path, dependency.line, what, instead));
        }
    }
    findings
}

fn impure_words(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for mention in mentions(source) {
        if source.is_test_at(mention.line) {
            continue;
        }
        for (path, instead) in IMPURE {
            let begins =
                mention.segments.len() >= path.len() && mention.segments.iter().zip(*path).all(|(a, b)| a == b);
            let is_word = path.len() == 1 && mention.segments.iter().any(|segment| segment == path[0]);
            if begins || is_word {
                let what = format!("`{}` in a pure crate", path.join("::"));
                findings.push(Finding::new(&source.path, mention.line, what, *instead));
            }
        }
    }
    findings
}
