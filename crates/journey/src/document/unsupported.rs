//! What the language of documents has and this version does not: refused by name, never taken for a typing error and never
//! ignored.

use crate::document::Kind;
use crate::source::node::{Data, Node};
use crate::source::path::Path;

/// One thing that is not supported yet.
struct Unsupported {
    kind: Kind,
    /// Where; `*` is any item of a list.
    at: &'static str,
    /// Only this value; any without one.
    value: Option<&'static str>,
    /// What to write instead.
    instead: &'static str,
}

/// A field that is not supported.
const fn field(at: &'static str, instead: &'static str) -> Unsupported {
    Unsupported { kind: Kind::Journey, at, value: None, instead }
}

/// A value that is not supported.
const fn value(at: &'static str, value: &'static str, instead: &'static str) -> Unsupported {
    Unsupported { kind: Kind::Journey, at, value: Some(value), instead }
}

const UNSUPPORTED: &[Unsupported] = &[
    field("holdout", "write a `split` with a variant that goes past the messages"),
    field("entry.segment", "write `entry: {event: .., where: {segment: ..}}`"),
    field("entry.schedule", "send an event at that time and write `entry: {event: ..}`"),
    field("entry.api", "send an event and write `entry: {event: ..}`"),
    field("entry.existing", "leave it out"),
    value("steps.*.message.strategy", "preferred", "write `first_reachable` and list the channels in order"),
    value("steps.*.message.strategy", "affinity", "write `first_reachable` and list the channels in order"),
    field("steps.*.message.send_time", "put a `time_window` step before the message"),
    field("steps.*.message.providers", "list `providers` on the channel"),
    field("steps.*.emit", "send the event yourself when the message arrives"),
    field("steps.*.subscription", "send a `Subscription Changed` event"),
    field("steps.*.consent", "send a `Consent Changed` event"),
    field("steps.*.list", "write an `update_profile` step that sets a trait"),
    field("steps.*.call", "write a `message` step on a channel of type `webhook`"),
    field("steps.*.digest", "leave it out"),
    field("steps.*.throttle", "write a policy with a `frequency_cap`"),
    field("steps.*.approval", "write a `wait_for` step for an event that you send when a person has decided"),
    field("steps.*.recommend", "write a `wait_for` step for an event that carries the recommendation"),
    field("steps.*.start_journey", "let the other journey enter by the same event"),
    field("steps.*.escalate", "write a `message` step on a channel of type `webhook`"),
];

/// Everything in a document that is not supported, with what to write instead.
pub fn find(kind: Kind, tree: &Node) -> Vec<(Path, String)> {
    let mut found = Vec::new();
    for entry in UNSUPPORTED.iter().filter(|entry| entry.kind == kind) {
        let parts: Vec<_> = entry.at.split('.').collect();
        visit(tree, &parts, &Path::root(), &mut |path, node| {
            if entry.value.is_none_or(|value| node.as_str() == Some(value)) {
                let name = entry.value.unwrap_or(parts[parts.len() - 1]);
                found.push((path.clone(), format!("`{name}` is not supported in this version: {}", entry.instead)));
            }
        });
    }
    found
}

/// Calls `seen` for every node that the parts name.
fn visit(node: &Node, parts: &[&str], path: &Path, seen: &mut impl FnMut(&Path, &Node)) {
    let Some((first, rest)) = parts.split_first() else {
        return seen(path, node);
    };
    match (&node.data, *first) {
        (Data::List(items), "*") => {
            for (index, item) in items.iter().enumerate() {
                visit(item, rest, &path.item(index), seen);
            }
        }
        (Data::Map(_), name) => {
            if let Some(value) = node.get(name) {
                visit(value, rest, &path.field(name), seen);
            }
        }
        _ => (),
    }
}
