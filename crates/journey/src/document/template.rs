//! `kind: Template`.

use std::collections::BTreeMap;

use baton_model::text_id::{Owner, TemplateId};
use baton_model::value::Value;

/// The texts of one message.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateDocument {
    /// Its id.
    pub id: TemplateId,
    /// Who answers for it.
    #[serde(default)]
    pub owner: Option<Owner>,
    /// The subject line of an email, the title of a push message.
    #[serde(default)]
    pub subject: Option<String>,
    /// The plain text.
    pub text: String,
    /// The HTML part of an email.
    #[serde(default)]
    pub html: Option<String>,
    /// The variables of the texts.
    #[serde(default)]
    pub vars: BTreeMap<String, VariableDocument>,
}

/// One variable: `{}` when every message must give it, `{default: ..}` when it need not.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariableDocument {
    /// What stands for it where a message does not give it.
    #[serde(default)]
    pub default: Option<Value>,
}
