//! What is merged is finished: no notes to oneself, no placeholders, no debugging leftovers.

use crate::tidy::finding::Finding;
use crate::tidy::imports::mentions;
use crate::tidy::source::Source;
use crate::tidy::tree::Tree;

const NOTES: &[&str] = &["TODO", "FIXME", "XXX", "HACK"];
const MACROS: &[&str] = &["todo", "unimplemented", "dbg"];
/// Other files in which people leave notes.
const TEXT_ENDINGS: &[&str] = &[".proto", ".sh", ".toml", ".yaml", ".yml", ".ci/run"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings: Vec<Finding> = tree.sources.iter().flat_map(placeholders).collect();
    for source in &tree.sources {
        let lines = source.lines_without_strings();
        findings.extend(notes(&source.path, lines.iter().map(String::as_str)));
    }
    let texts = tree.files.iter().filter(|(path, _)| TEXT_ENDINGS.iter().any(|ending| path.ends_with(ending)));
    findings.extend(texts.flat_map(|(path, text)| notes(path, text.lines())));
    findings
}

fn placeholders(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for mention in mentions(source).into_iter().filter(|mention| mention.after == "!") {
        let name = mention.segments.last().map_or("", String::as_str);
        if MACROS.contains(&name) {
            let what = format!("`{name}!` is left over");
            findings.push(Finding::new(
                &source.path,
                mention.line,
                what,
                "write the code, or return an error that says why not",
            ));
        }
    }
    findings
}

fn notes<'a>(path: &str, lines: impl Iterator<Item = &'a str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in lines.enumerate() {
        let mut words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        if let Some(note) = words.find(|word| NOTES.contains(word)) {
            findings.push(Finding::new(path, index + 1, format!("`{note}` is left over"), "do it, or open an issue"));
        }
    }
    findings
}
