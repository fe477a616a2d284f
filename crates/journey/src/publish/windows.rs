//! How far rules look back: never further than events are kept, or they would forget without saying so.
//!
//! Rules stand in many places of many kinds, also in those that other crates read, so the trees are searched for the words
//! that open a window.

use baton_model::span::Span;

use crate::document::Document;
use crate::error::Faults;
use crate::publish::reporter;
use crate::source::node::Node;
use crate::source::path::Path;

/// The words of rules that count events, of which `within` is the window.
const WORDS: [&str; 2] = ["did", "aggregate"];

/// Notes windows that are longer than events are kept.
pub(crate) fn check(document: &Document, history: Span, faults: &mut Faults) {
    search(&document.tree, &Path::root(), &mut |path, within| {
        if within.nominal_seconds() > history.nominal_seconds() {
            let message = format!("`{within}` is longer than events are kept: write at most `{history}`");
            reporter(document, faults).add(path, message);
        }
    });
}

/// Calls `seen` for every window below a node.
fn search(node: &Node, path: &Path, seen: &mut impl FnMut(&Path, Span)) {
    for (index, item) in node.items().iter().enumerate() {
        search(item, &path.item(index), seen);
    }
    for field in node.fields() {
        let at = path.field(&field.name);
        let within = field.value.get("within").filter(|_| WORDS.contains(&field.name.as_str()));
        if let Some(span) = within.and_then(Node::as_str).and_then(|text| text.parse().ok()) {
            seen(&at.field("within"), span);
        }
        search(&field.value, &at, seen);
    }
}
