//! How deep a template nests. Its parser calls itself for each level, so a bound here keeps a document from using up the
//! stack of the node that compiles it.
//!
//! The count is by appearance, before parsing: it may refuse what a parser would take (65 `{% if %}` inside `raw`), never
//! the reverse.

use crate::language::BLOCKS;
use crate::template::Fault;

/// The most blocks and `elsif`s inside one another.
const DEPTH_MAX: usize = 64;

/// The most brackets open at once inside one `{{ … }}` or `{% … %}`.
const BRACKETS_MAX: usize = 16;

pub(crate) fn check(source: &str) -> Result<(), Fault> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some((start, inside)) = next_markup(source, at) {
        at = start + 2;
        let fault = |reason| Fault { line: Some(line_of(source, start)), reason };
        if brackets(inside) > BRACKETS_MAX {
            return Err(fault(format!("has more than {BRACKETS_MAX} brackets inside one another")));
        }
        if source[start..].starts_with("{{") {
            continue;
        }
        let name: &str = inside.trim_start_matches('-').split_whitespace().next().unwrap_or_default();
        if name == "elsif" || BLOCKS.contains(&name) {
            depth += 1;
        } else if name.starts_with("end") {
            // Its `elsif`s stay counted: a text with 64 of them, however spread, is refused.
            depth = depth.saturating_sub(1);
        }
        if depth > DEPTH_MAX {
            return Err(fault(format!("has more than {DEPTH_MAX} blocks inside one another")));
        }
    }
    Ok(())
}

/// The line of a byte, from 1.
pub(crate) fn line_of(source: &str, at: usize) -> usize {
    1 + source[..at].matches('\n').count()
}

/// The next `{{` or `{%` from `at` on, and what is inside.
fn next_markup(source: &str, at: usize) -> Option<(usize, &str)> {
    let rest = &source[at..];
    let start = at + [rest.find("{{"), rest.find("{%")].into_iter().flatten().min()?;
    let close = if source[start..].starts_with("{{") { "}}" } else { "%}" };
    let inside = &source[start + 2..];
    Some((start, inside.find(close).map_or(inside, |length| &inside[..length])))
}

/// How many brackets are open at once, at most.
fn brackets(inside: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in inside.bytes() {
        match byte {
            b'[' | b'(' => open += 1,
            b']' | b')' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}
