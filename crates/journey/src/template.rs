//! A message template: the texts of one message, and the variables they are rendered with.
//!
//! The texts are Liquid. This crate checks that every message step gives the variables; whoever renders checks the texts.

use std::collections::BTreeMap;

use baton_model::text_id::TemplateId;
use baton_model::value::Value;

/// One template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// The subject line of an email, the title of a push message.
    pub subject: Option<String>,
    /// The plain text; every template has one.
    pub text: String,
    /// The HTML part of an email.
    pub html: Option<String>,
    /// The variables of the texts, by name.
    pub variables: BTreeMap<String, Variable>,
}

/// One variable of a template.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Variable {
    /// What stands for it where a message does not give it; without one, every message must.
    pub default: Option<Value>,
}
