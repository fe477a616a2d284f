//! Clock, randomness, environment and unbounded queues are reached through what replaces them, so that a test can
//! decide what they answer.

use crate::tidy::finding::Finding;
use crate::tidy::imports::{Mention, mentions};
use crate::tidy::tables::bans::{BANS, Ban};
use crate::tidy::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &tree.sources {
        for mention in mentions(source) {
            if source.is_test_at(mention.line) {
                continue;
            }
            let ban = BANS.iter().find(|ban| names(ban, &mention) && !is_home(ban, &source.path));
            findings.extend(ban.map(|ban| {
                let what = format!("`{}` is banned here", ban.path.join("::"));
                Finding::new(&source.path, mention.line, what, ban.instead)
            }));
        }
    }
    findings
}

fn names(ban: &Ban, mention: &Mention<'_>) -> bool {
    let segments: Vec<&str> = mention.segments.iter().map(String::as_str).collect();
    let is_excused = !ban.unless.is_empty() && segments.starts_with(ban.unless);
    // One word alone may also name a field or a definition: it counts when it is called.
    let is_called = mention.before != "fn" && matches!(mention.after, "(" | "::");
    segments.ends_with(ban.path) && !is_excused && (ban.path.len() > 1 || is_called)
}

fn is_home(ban: &Ban, path: &str) -> bool {
    ban.home.iter().any(|home| path.starts_with(home))
}
