//! A profile step: changes to traits, made in the decision, seen by every rule after it.

use std::collections::BTreeMap;

use crate::binding::Binding;

/// Changes traits: first `unset`, then `set`, `increment` and `append`; no trait stands in two of them.
#[derive(Debug, Clone)]
pub struct UpdateProfile {
    /// Traits that get a value.
    pub set: BTreeMap<String, Binding>,
    /// Traits that are removed.
    pub unset: Vec<String>,
    /// Numbers that are added; an absent trait counts as 0.
    pub increment: BTreeMap<String, Binding>,
    /// Items that are added to the end of lists; an absent trait counts as an empty list.
    pub append: BTreeMap<String, Binding>,
}
