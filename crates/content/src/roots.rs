//! Names that a template cannot mean: the root of an output that is neither one of the five variables nor one the
//! template makes itself. Found when a set is published, so that a slip of the pen does not wait for its first customer.

use std::collections::BTreeSet;

use crate::nesting::{line_of, tag_name};
use crate::template::Fault;

/// What every template may refer to.
pub(crate) const ROOTS: [&str; 5] = ["customer", "event", "context", "vars", "message"];

/// What stands for a value by itself.
const WORDS: [&str; 7] = ["forloop", "true", "false", "nil", "null", "empty", "blank"];

pub(crate) fn check(source: &str) -> Result<(), Fault> {
    let made: BTreeSet<&str> = markup(source).filter_map(|(_, tag)| made_by(tag)).collect();
    for (start, inside) in markup(source) {
        let Some(root) = output_root(&source[start..], inside) else { continue };
        if !ROOTS.contains(&root) && !WORDS.contains(&root) && !made.contains(root) {
            let reason = format!("there is no `{root}`: write one of {}", ROOTS.join(", "));
            return Err(Fault { line: Some(line_of(source, start)), reason });
        }
    }
    Ok(())
}

/// The name that an `assign`, `capture` or `for` makes.
fn made_by(tag: &str) -> Option<&str> {
    let mut words =
        tag.trim_start_matches('-').split(|c: char| c.is_whitespace() || c == '=').filter(|word| !word.is_empty());
    matches!(words.next()?, "assign" | "capture" | "for").then(|| words.next())?
}

/// The first name of `{{ name.field | … }}`; `None` for tags and literals.
fn output_root<'a>(from_start: &str, inside: &'a str) -> Option<&'a str> {
    let inside = inside.trim_start_matches('-').trim_start();
    let end = inside.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(inside.len());
    let name = inside[..end].trim_end_matches('-');
    let is_output = from_start.starts_with("{{");
    (is_output && name.starts_with(|c: char| c.is_alphabetic() || c == '_')).then_some(name)
}

/// Every `{{ … }}` and `{% … %}`: where it starts, and what is inside. What `raw` and `comment` enclose is passed over.
fn markup(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut braces = source[at..].match_indices('{').map(|(start, _)| at + start);
        let start = braces.find(|start| ["{{", "{%"].iter().any(|open| source[*start..].starts_with(open)))?;
        let close = if source[start..].starts_with("{{") { "}}" } else { "%}" };
        let inside = &source[start + 2..];
        let inside = inside.find(close).map_or(inside, |length| &inside[..length]);
        at = start + 2 + inside.len();
        if close == "%}" {
            at += passed_over(inside, &source[at..]);
        }
        Some((start, inside))
    })
}

/// How many bytes after the tag `raw` or `comment` to pass over: up to the tag that ends it.
fn passed_over(tag: &str, rest: &str) -> usize {
    let end = match tag_name(tag) {
        "raw" => "endraw",
        "comment" => "endcomment",
        _ => return 0,
    };
    let mut tags = rest.match_indices("{%").filter(|(start, _)| tag_name(&rest[start + 2..]).starts_with(end));
    tags.next().map_or(0, |(start, _)| start)
}
