//! How deep a template nests. Its parser calls itself for each level, so a bound here keeps a document from using up the
//! stack of the node that compiles it.
//!
//! The count is by appearance, before parsing: every `{{` and `{%` counts, also inside texts and `raw`. So it may refuse what
//! a parser would take, never the reverse.

use crate::language::BLOCKS;
use crate::template::Fault;

/// The most blocks and `elsif`s inside one another.
const DEPTH_MAX: usize = 64;

/// The most brackets open at once inside one `{{ … }}` or `{% … %}`.
const BRACKETS_MAX: usize = 16;

/// The most bytes inside one `{{ … }}` or `{% … %}`. It keeps this check linear.
const MARKUP_BYTES_MAX: usize = 4096;

pub(crate) fn check(source: &str) -> Result<(), Fault> {
    let mut depth = 0_usize;
    for (start, _) in source.match_indices('{') {
        let rest = &source[start..];
        let is_tag = rest.starts_with("{%");
        if !is_tag && !rest.starts_with("{{") {
            continue;
        }
        let fault = |reason| Fault { line: Some(line_of(source, start)), reason };
        let Some(inside) = inside(&rest[2..], if is_tag { "%}" } else { "}}" }) else {
            return Err(fault(format!("has more than {MARKUP_BYTES_MAX} bytes inside one pair of braces")));
        };
        if brackets(inside) > BRACKETS_MAX {
            return Err(fault(format!("has more than {BRACKETS_MAX} brackets inside one another")));
        }
        let name = tag_name(inside);
        if is_tag && (name == "elsif" || BLOCKS.contains(&name)) {
            depth += 1;
        } else if is_tag && name.starts_with("end") {
            // Its `elsif`s stay counted: a text with 64 of them, however spread, is refused.
            depth = depth.saturating_sub(1);
        }
        if depth > DEPTH_MAX {
            return Err(fault(format!("has more than {DEPTH_MAX} blocks inside one another")));
        }
    }
    Ok(())
}

/// What stands before `close`, or before the end; `None` if that is too long.
fn inside<'a>(rest: &'a str, close: &str) -> Option<&'a str> {
    let window = &rest[..rest.floor_char_boundary(MARKUP_BYTES_MAX)];
    match window.find(close) {
        Some(length) => Some(&window[..length]),
        None => (window.len() == rest.len()).then_some(rest),
    }
}

/// The name of a tag, from what is inside.
pub(crate) fn tag_name(inside: &str) -> &str {
    inside.trim_start_matches('-').split_whitespace().next().unwrap_or_default()
}

/// The line of a byte, from 1.
pub(crate) fn line_of(source: &str, at: usize) -> usize {
    1 + source[..at].matches('\n').count()
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
