//! `update_profile`.

use std::collections::BTreeSet;

use crate::document::step::update_profile::UpdateProfileDocument;
use crate::publish::desk::Desk;
use crate::source::path::Path;
use crate::step::update_profile::UpdateProfile;

/// The most traits that one step changes.
const TRAITS_MAX: usize = 64;

/// A change of the profile without a fault.
pub(crate) fn compile(document: &UpdateProfileDocument, path: &Path, desk: &mut Desk<'_>) -> Option<UpdateProfile> {
    let UpdateProfileDocument { set, unset, increment, append } = document;
    let named = [
        ("set", set.keys().collect::<Vec<_>>()),
        ("unset", unset.iter().collect()),
        ("increment", increment.keys().collect()),
        ("append", append.keys().collect()),
    ];
    let count = named.iter().map(|(_, names)| names.len()).sum();
    desk.check_len(path, count, "traits", TRAITS_MAX);
    let mut seen = BTreeSet::new();
    for (field, names) in named {
        for name in names {
            let at = path.field(field);
            if name.is_empty() || name.contains('.') {
                desk.fault(&at, format!("`{name}` is no trait: write the name of one, without dots"));
            } else if !seen.insert(name.as_str()) {
                desk.fault(&at, format!("the trait `{name}` is changed twice: keep one of the changes"));
            }
        }
    }
    let set = desk.bindings(set, &path.field("set"));
    let increment = desk.bindings(increment, &path.field("increment"));
    let append = desk.bindings(append, &path.field("append"));
    Some(UpdateProfile { set: set?, unset: unset.clone(), increment: increment?, append: append? })
}
