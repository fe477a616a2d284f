//! Templates.

use std::collections::BTreeMap;

use baton_model::text_id::TemplateId;

use crate::document::{Body, Document};
use crate::error::Faults;
use crate::publish::reporter;
use crate::source::path::Path;
use crate::template::{Template, Variable};

/// The templates of a set. What their texts say is checked by whoever renders them.
pub(crate) fn compile(documents: &[Document], faults: &mut Faults) -> BTreeMap<TemplateId, Template> {
    let mut templates = BTreeMap::new();
    for document in documents {
        let Body::Template(body) = &document.body else {
            continue;
        };
        for name in body.vars.keys().filter(|name| !is_variable(name)) {
            let message = format!("`{name}` is no name of a variable: write letters, digits and `_`, a letter first");
            reporter(document, faults).add(&Path::root().field("vars").field(name), message);
        }
        let variable = |default: &Option<_>| Variable { default: default.clone() };
        let variables = body.vars.iter().map(|(name, document)| (name.clone(), variable(&document.default))).collect();
        let (id, subject, text, html) = (body.id.clone(), body.subject.clone(), body.text.clone(), body.html.clone());
        templates.insert(body.id.clone(), Template { id, subject, text, html, variables });
    }
    templates
}

/// Whether a text can stand for a variable in a template.
fn is_variable(name: &str) -> bool {
    let word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    word && name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
}
