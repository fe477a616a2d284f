//! Names that a template cannot mean: the root of an output that is neither one of the five variables nor one the
//! template makes itself, and a field that one of them never has. Found when a set is published, so that a slip of the pen
//! does not wait for its first customer.

use std::collections::BTreeSet;

use crate::nesting::{line_of, tag_name};
use crate::template::Fault;

/// What every template may refer to.
pub(crate) const ROOTS: [&str; 5] = ["customer", "event", "context", "vars", "message"];

/// What stands for a value by itself.
const WORDS: [&str; 7] = ["forloop", "true", "false", "nil", "null", "empty", "blank"];

/// The fields of `message`: all that a sender tells of the send.
const MESSAGE: [&str; 4] = ["id", "channel", "journey", "step"];

/// The fields of `event`; what its sender wrote stands below `properties` and `context`.
const EVENT: [&str; 5] = ["name", "message_id", "timestamp", "properties", "context"];

/// What Liquid itself has of any map.
const OF_ALL: &str = "size";

/// Refuses names that cannot be meant. `variables` are those that the template declares: the fields of `vars`. Traits of
/// customers and the contexts of journeys are open.
pub(crate) fn check(source: &str, variables: &BTreeSet<String>) -> Result<(), Fault> {
    let made: BTreeSet<&str> = markup(source).filter_map(|(_, tag)| made_by(tag)).collect();
    let fault = |start, reason| Err(Fault { line: Some(line_of(source, start)), reason });
    for (start, inside) in markup(source) {
        if let Some(root) = output_root(&source[start..], inside)
            && !ROOTS.contains(&root)
            && !WORDS.contains(&root)
            && !made.contains(root)
        {
            return fault(start, format!("there is no `{root}`: write one of {}", ROOTS.join(", ")));
        }
        for (root, field) in fields(inside) {
            if !made.contains(root) && field != OF_ALL {
                check_field(root, field, variables).or_else(|reason| fault(start, reason))?;
            }
        }
    }
    Ok(())
}

fn check_field(root: &str, field: &str, variables: &BTreeSet<String>) -> Result<(), String> {
    let there = match root {
        "message" => MESSAGE.to_vec(),
        "event" => EVENT.to_vec(),
        "vars" => variables.iter().map(String::as_str).collect(),
        _ => return Ok(()),
    };
    if there.contains(&field) {
        return Ok(());
    }
    let known: Vec<String> = there.iter().map(|field| format!("`{root}.{field}`")).collect();
    let advice = match (root, known.is_empty()) {
        ("vars", true) => format!("declare it, `vars: {{{field}: {{}}}}`"),
        ("vars", false) => format!("declare it under `vars`, or write one of {}", known.join(", ")),
        ("event", _) => format!("write `event.properties.{field}`, or one of {}", known.join(", ")),
        _ => format!("write one of {}", known.join(", ")),
    };
    Err(format!("there is no `{root}.{field}`: {advice}"))
}

/// Every `name.field` in a piece of markup, as its first two names. What is in quotes is passed over.
fn fields(markup: &str) -> Vec<(&str, &str)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(next) = markup[at..].chars().next() {
        let rest = &markup[at..];
        let length = if next == '"' || next == '\'' {
            rest[1..].find(next).map_or(rest.len(), |length| length + 2)
        } else if next.is_alphabetic() || next == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')));
            let path = &rest[..end.unwrap_or(rest.len())];
            let mut names = path.split('.').map(|name| name.trim_end_matches('-'));
            let is_field = markup[..at].ends_with('.');
            if let (Some(root), Some(field), false) = (names.next(), names.next(), is_field) {
                found.push((root, field));
            }
            path.len()
        } else {
            next.len_utf8()
        };
        at += length;
    }
    found
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
