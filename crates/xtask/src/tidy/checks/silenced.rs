//! Nothing is silenced for good: a lint is expected with its reason, a test runs and asserts.

use crate::tidy::finding::Finding;
use crate::tidy::tokens::Token;
use crate::tidy::tree::Tree;

const SILENCERS: &[(&str, &str)] = &[
    ("allow", "write `#[expect(lint, reason = \"…\")]`"),
    ("ignore", "move the test to the class of `tests/` whose budget it fits"),
    ("should_panic", "return the error as a value and assert it"),
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &tree.sources {
        for (index, token) in source.tokens.iter().enumerate() {
            let Some((word, instead)) = SILENCERS.iter().find(|(word, _)| token.text == *word) else { continue };
            if opens_attribute(&source.tokens[..index]) {
                findings.push(Finding::new(&source.path, token.line, format!("`#[{word}]` silences"), *instead));
            }
        }
    }
    findings
}

/// Whether the row ends with `#[` or `#![`, or with a `,` directly inside of a `cfg_attr` of one.
fn opens_attribute(before: &[Token]) -> bool {
    let texts: Vec<&str> = before.iter().map(|token| token.text.as_str()).collect();
    let is_opening = |texts: &[&str]| texts.ends_with(&["#", "["]) || texts.ends_with(&["#", "!", "["]);
    if is_opening(&texts) {
        return true;
    }
    let Some(start) = texts.iter().rposition(|text| *text == "cfg_attr") else { return false };
    is_opening(&texts[..start]) && texts.ends_with(&[","]) && !texts[start..].contains(&"]")
}
