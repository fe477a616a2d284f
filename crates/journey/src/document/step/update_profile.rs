//! `update_profile`.

use std::collections::BTreeMap;

use crate::document::binding::BindingDocument;

/// Changes traits.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateProfileDocument {
    /// Traits that get a value.
    #[serde(default)]
    pub set: BTreeMap<String, BindingDocument>,
    /// Traits that are removed.
    #[serde(default)]
    pub unset: Vec<String>,
    /// Numbers that are added.
    #[serde(default)]
    pub increment: BTreeMap<String, BindingDocument>,
    /// Items that are added to lists.
    #[serde(default)]
    pub append: BTreeMap<String, BindingDocument>,
}
